"""What an application printed or returned is understood or refused, never worse."""

from __future__ import annotations

import contextlib
import json
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.targets.answer import RubbishError, parse_answer, parse_output
from casefiles.targets.protocol import Answer
from hostile import json_values, texts

keys = st.sampled_from(
    ["output", "messages", "error", "usage", "cost_usd", "metadata", "session_id", "needs_human"]
)
likely = st.dictionaries(keys, json_values | st.just([{"role": "user", "content": "x"}]))


@given(value=json_values | likely)
def test_any_json_is_an_answer_or_rubbish(value: Any) -> None:
    """Nothing else is raised, whatever an application thinks of."""
    with contextlib.suppress(RubbishError):
        found = parse_answer(value)
        assert isinstance(found, Answer)
        assert all(number >= 0 for number in found.usage.values())


@given(text=texts | likely.map(json.dumps), form=st.sampled_from(["json", "text"]))
def test_any_output_is_an_answer_or_rubbish(text: str, form: Literal["json", "text"]) -> None:
    """As JSON and as text."""
    with contextlib.suppress(RubbishError):
        assert isinstance(parse_output(text, form), Answer)


@pytest.mark.parametrize("depth", [101, 900, 990, 5000])
@pytest.mark.parametrize("shape", ['{{"output": {}}}', '{{"metadata": {}, "output": "x"}}', "{}"])
def test_deep_nesting_is_rubbish(shape: str, depth: int) -> None:
    """Near and over the depth that Python can follow."""
    with pytest.raises(RubbishError):
        parse_output(shape.format("[" * depth + "]" * depth), "json")


def test_numbers_too_large_for_a_float_do_no_harm() -> None:
    """A count of tokens with 401 digits is nonsense, not a crash."""
    assert parse_answer({"output": "x", "usage": {"in": 10**400}}).output == "x"


def test_logs_before_and_after_the_answer_do_not_count() -> None:
    """The last line that is JSON is the answer."""
    text = 'starting\n{"level": 1\n{"output": "hi"}\ndone in 3 s\n'

    assert parse_output(text, "json").output == "hi"


def test_json_over_several_lines_is_read_whole() -> None:
    """An application may indent what it prints."""
    assert parse_output(json.dumps({"output": "hi"}, indent=2), "json").output == "hi"


def test_text_is_kept_but_for_newlines_around_it() -> None:
    """Blanks and lines inside are the application's own."""
    assert parse_output("\n  a\n\nb \n", "text").output == "  a\n\nb "


def test_structured_output_is_written_as_json_for_people() -> None:
    """Letters stay letters."""
    assert parse_answer({"output": {"city": "Köln"}}).output == '{"city": "Köln"}'


def test_an_answer_says_what_it_cost_under_several_names() -> None:
    """The names that providers use; what is no amount is left out."""
    usage = {"prompt_tokens": 3, "output_tokens": 4, "cost_usd": -1}

    assert parse_answer({"output": "x", "usage": usage}).usage == {"in": 3, "out": 4}
    assert parse_answer({"output": "x", "cost_usd": 0.5}).usage == {"cost_usd": 0.5}
    assert parse_answer({"output": "x", "cost_usd": True}).usage == {}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (3, "not 3"),
        ({}, "neither output nor messages"),
        ({"output": None}, "neither output nor messages"),
        ([1], "messages must be a list"),
        ({"messages": "hi"}, "messages must be a list"),
        ({"messages": [{"content": "x"}]}, "with a role"),
    ],
)
def test_rubbish_says_why(value: Any, said: str) -> None:
    """The message is what a person reads in the trace."""
    with pytest.raises(RubbishError, match=said):
        parse_answer(value)


def test_text_where_json_is_expected_names_the_setting() -> None:
    """The most common mistake in a configuration."""
    with pytest.raises(RubbishError, match='output = "text"'):
        parse_output("Hello!", "json")
