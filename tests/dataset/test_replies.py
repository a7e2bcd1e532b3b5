"""What a model replies: strict about what is used, lenient about its wrapping."""

from __future__ import annotations

import contextlib
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.dataset.replies import (
    Draft,
    dimensions_schema,
    queries_schema,
    read_dimensions,
    read_queries,
    read_verdicts,
    verdicts_schema,
)
from casefiles.documents.dataset import PersonaPlan, Query
from casefiles.documents.dataset_edit import append_rows, query_row
from casefiles.documents.dataset_reader import parse_queries
from hostile import is_encodable, json_values, texts

ONE = {"id": "t01", "queries": [{"text": " hello \n"}]}
PLAN = {"goal": "get it", "facts": ["a", "b"], "never_says": ["c"], "approver": "d", "max_turns": 3}


@pytest.mark.parametrize(
    "reply",
    [
        json.dumps({"tuples": [ONE]}),
        json.dumps([ONE]),
        json.dumps(ONE),
        json.dumps({"q-0123456789": {"tuples": [ONE]}}),
        f"Sure! Here:\n```json\n{json.dumps({'tuples': [ONE]}, indent=2)}\n```\nAnything else?",
        json.dumps({"tuples": [{**ONE, "mood": "x"}], "notes": "y"}),
        json.dumps({"tuples": [ONE, {"id": "t02", "queries": [{"text": "x"}]}]})[:-9],
    ],
    ids=[
        "as asked",
        "list",
        "alone",
        "under an id",
        "in prose and a fence",
        "more keys",
        "cut off",
    ],
)
def test_queries_are_found_in_any_wrapping(reply: str) -> None:
    """Blanks around a text are no part of it."""
    assert read_queries(reply, ["t01"], plans=False).by_tuple == {"t01": (Draft(text="hello"),)}


def test_answers_in_several_pieces_are_one() -> None:
    """A chat that was told to go on replies in parts."""
    second = {"id": "t01", "queries": [{"text": "again"}]}
    reply = f"{json.dumps({'tuples': [ONE]})}\n\ncontinued:\n{json.dumps([second])}"
    found = read_queries(reply, ["t01"], plans=False)
    assert [draft.text for draft in found.by_tuple["t01"]] == ["hello", "again"]


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("Of course!", "no complete JSON"),
        ("{}", "must be one JSON object with a list 'tuples'"),
        ('{"tuples": 3}', "entry 1"),
        ('{"tuples": [{"id": "t01", "queries": []}]}', "entry 1: queries: "),
        ('{"tuples": [{"id": "t01", "queries": [{"text": " "}]}]}', "entry 1: queries.0.text: "),
        ('{"tuples": [{"id": "t01", "queries": [{"text": "\\u001c"}]}]}', "must not be blank"),
        ('{"tuples": [{"id": "t01", "queries": ["x"]}]}', "entry 1: queries.0: "),
        ('{"tuples": [{"id": 1, "queries": [{"text": "x"}]}]}', "entry 1: id: "),
        (
            '{"tuples": [{"id": "t02", "queries": [{"text": "x"}]}]}',
            "an answer for 't02', which was not asked; no answer for 't01'",
        ),
    ],
)
def test_what_is_wrong_is_said_in_words_for_the_model(reply: str, said: str) -> None:
    """So that it can mend its reply."""
    with pytest.raises(ValueError, match=re.escape(said)):
        read_queries(reply, ["t01"], plans=False)


def test_part_of_the_answers_is_enough_if_that_is_all_there_is() -> None:
    """A chat's reply is taken for what it holds; the rest is named."""
    row = {"id": "t99", "queries": [{"text": "x"}]}
    bad = {"id": "t02", "queries": [{"txt": "x"}]}
    found = read_queries(json.dumps([ONE, row, bad]), ["t01", "t02"], plans=False, whole=False)
    assert set(found.by_tuple) == {"t01"}
    assert found.faults == (
        "entry 3: queries.0.text: field required",
        "an answer for 't99', which was not asked",
    )
    with pytest.raises(ValueError, match="no answer for 't02'"):
        read_queries(json.dumps([ONE, row, bad]), ["t01", "t02"], plans=False)


def test_a_plan_is_read_where_it_is_asked_for() -> None:
    """And asked for again where it is missing."""
    planned = {"id": "t01", "queries": [{"text": "hello", "plan": PLAN}]}
    found = read_queries(json.dumps(planned), ["t01"], plans=True)
    assert found.by_tuple["t01"][0].plan == PersonaPlan(
        goal="get it", facts=("a", "b"), never_says=("c",), approver="d", max_turns=3
    )
    with pytest.raises(ValueError, match=r"queries\.0\.plan: field required"):
        read_queries(json.dumps(ONE), ["t01"], plans=True)
    assert read_queries(json.dumps(planned), ["t01"], plans=False).by_tuple["t01"][0].plan is None
    mixed = json.dumps([planned, {"id": "t02", "queries": [{"text": 'my "plan"'}]}])
    either = read_queries(mixed, ["t01", "t02"], plans=None).by_tuple
    assert (either["t01"][0].plan is None, either["t02"][0].plan is None) == (False, True)


def test_verdicts_are_read_by_query() -> None:
    """A reason is kept on one line; one that is missing is said."""
    found = {
        "verdicts": [
            {"id": "q1", "realistic": True, "why": "so natural"},
            {"id": "q2", "realistic": False, "why": "reads like\na test"},
            {"id": "q3", "realistic": False},
            {"id": "q9", "realistic": False, "why": "not asked about"},
        ]
    }
    assert read_verdicts(json.dumps(found), ["q1", "q2", "q3"]) == {
        "q1": None,
        "q2": "reads like a test",
        "q3": "not realistic; the model gave no reason",
    }
    with pytest.raises(ValueError, match="no verdict on 'q4'"):
        read_verdicts(json.dumps(found), ["q1", "q4"])
    assert read_verdicts(json.dumps(found), ["q1", "q4"], whole=False) == {"q1": None}
    with pytest.raises(ValueError, match="realistic: field required"):
        read_verdicts('{"verdicts": [{"id": "q1"}]}', ["q1"])


def dimension(name: str, *values: str) -> dict[str, Any]:
    """One suggested dimension."""
    return {
        "name": name,
        "description": f"what {name} is",
        "values": [{"name": value, "description": f"is {value}"} for value in values],
    }


def test_dimensions_are_read_and_marked_as_suggested() -> None:
    """Those that are known already are not taken again."""
    reply = {"dimensions": [dimension(name, "x", "y") for name in ("a", "b", "c", "Persona")]}
    found = read_dimensions(json.dumps(reply), ["persona"])
    assert [item.name for item in found] == ["a", "b", "c"]
    assert all(item.suggested and not item.used for item in found)
    assert found[0].values[0].description == "is x"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([dimension("a", "x", "y")], "1 usable dimensions; at least 3 are needed"),
        ([dimension("a", "x", "X")] * 3, "two values of 'a' have one name"),
        ([dimension("persona", "x", "y")] * 3, "the dimension 'persona' is there already"),
        ([dimension("a", "x")] * 3, "entry 1: values: "),
        ([dimension("", "x", "y")] * 3, "entry 1: name: "),
    ],
)
def test_suggestions_that_help_nobody_are_asked_for_again(rows: list[Any], said: str) -> None:
    """At least three new ones, of two values or more."""
    with pytest.raises(ValueError, match=re.escape(said)):
        read_dimensions(json.dumps({"dimensions": rows}), ["persona"])


@given(
    st.one_of(
        texts,
        json_values.map(json.dumps),
        st.fixed_dictionaries(
            {
                "tuples": st.lists(
                    st.fixed_dictionaries({"id": st.just("t01"), "queries": json_values})
                )
            }
        ).map(json.dumps),
    )
)
def test_any_reply_is_read_or_said_to_be_wrong(reply: str) -> None:
    """Nothing but ValueError is raised, whatever comes back."""
    for read in (
        lambda: read_queries(reply, ["t01"], plans=False),
        lambda: read_queries(reply, ["t01"], plans=True, whole=False),
        lambda: read_verdicts(reply, ["q1"]),
        lambda: read_dimensions(reply, []),
    ):
        with contextlib.suppress(ValueError):
            read()


@given(texts)
def test_any_text_that_is_let_in_can_stand_in_the_file(text: str) -> None:
    """What the model's reply holds is read back from queries.yaml as it was let in."""
    reply = json.dumps({"id": "t01", "queries": [{"text": text}]})
    try:
        (draft,) = read_queries(reply, ["t01"], plans=False).by_tuple["t01"]
    except ValueError:
        assert not text.strip() or not is_encodable(text)
        return
    row = query_row(Query(id="q1", text=draft.text, origin={"by": "model"}))
    found, problems = parse_queries(append_rows(None, "queries", [row]), "queries.yaml")
    assert problems == ()
    assert found is not None
    assert found[0].text == draft.text


def test_the_schemas_say_what_is_read() -> None:
    """With the words of a person, for models that only see the schema."""
    assert "plan" in json.dumps(queries_schema(plans=True))
    assert "plan" not in json.dumps(queries_schema(plans=False))
    assert verdicts_schema()["required"] == ["verdicts"]
    assert dimensions_schema()["properties"]["dimensions"]["type"] == "array"
