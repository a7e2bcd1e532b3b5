"""What became of a query, as a trace."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefiles.documents.trace import Trace, parse, render
from casefiles.loop.monitor import Captured
from casefiles.loop.run_trace import About, trace_of
from casefiles.spans.conversation import Conversation
from casefiles.targets.answer import RubbishError, parse_answer
from casefiles.targets.conversation import Ended, Exchange, Said
from casefiles.targets.holding import Held
from casefiles.targets.protocol import Outcome
from casefiles.targets.redaction import redacted
from casefiles.text.redact import Redactor
from hostile import json_values, texts

message = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "tool", "system", " "]) | texts},
    optional={"content": json_values, "tool_calls": json_values, "name": json_values},
)
answers = st.fixed_dictionaries(
    {"output": texts | st.none(), "messages": st.lists(message, max_size=3)},
    optional={
        "metadata": st.dictionaries(texts | st.just("app_version"), json_values, max_size=3),
        "session_id": texts,
        "usage": json_values | st.dictionaries(st.sampled_from(["in", "out"]), json_values),
        "error": texts,
    },
)


def trace(
    value: Any, query: str = "hi", error: str | None = None, captured: Captured | None = None
) -> tuple[Trace, dict[str, str]]:
    """Make the trace of what an application answered."""
    status: Literal["ok", "error"] = "ok" if error is None else "error"
    try:
        answer = parse_answer(value)
    except RubbishError as wrong:
        answer, error, status = None, str(wrong), "error"
    turn = Exchange(
        said=Said(text=query),
        outcome=Outcome(status=status, answer=answer, error=error),
        started="2026-11-24T01:20:00Z",
        ms=3,
    )
    held = Held(turns=(redacted(turn, Redactor()),), ended=Ended(reason="answered"))
    return trace_of(About(reference="r/q1", query="q1", target="app"), held, captured)


@settings(max_examples=150)
@given(value=answers | json_values, query=texts, error=texts)
def test_whatever_is_answered_becomes_a_trace_that_reads_back(
    value: Any, query: str, error: str
) -> None:
    """No answer stops a run, and no file is broken by one."""
    found, _ = trace(value, query, error)

    read, problems = parse(render(found), "traces/r/q1.md")

    assert [problem for problem in problems if problem.level == "error"] == []
    assert read is not None
    assert read.turns == found.turns
    assert read.head.sha256 == found.head.sha256


@pytest.mark.parametrize("depth", range(93, 103))
@pytest.mark.parametrize("key", ["content", "tool_calls", "x"])
def test_nesting_near_the_limit_becomes_a_trace(key: str, depth: int) -> None:
    """Either kept or said to be unreadable; metadata as JSON where they get too deep."""
    deep: Any = []
    for _ in range(depth):
        deep = [deep]

    for value in (
        {"messages": [{"role": "assistant", key: deep}]},
        {"output": "x", "metadata": {"deep": deep}},
    ):
        found, _ = trace(value)
        assert parse(render(found), "traces/r/q1.md")[1] == ()


def test_a_long_error_keeps_its_beginning_and_its_end() -> None:
    """What failed, and the last that was said."""
    error = trace({"output": "x"}, error="start" + "x" * 9000 + "end")[0].head.error or ""

    assert error.startswith("startx")
    assert error.endswith("xend")
    assert "[… 4,008 characters …]" in error


def test_messages_that_cannot_be_read_leave_the_output() -> None:
    """With status error and the reason."""
    found, _ = trace({"output": "Here.", "messages": [{"role": " "}]})

    assert found.head.status == "error"
    assert "message 1 has no role" in (found.head.error or "")
    assert [turn.parts[0].text for turn in found.turns] == ["hi", "Here."]


def test_a_query_that_is_not_repeated_comes_first() -> None:
    """Behind the instructions; another user message is another turn."""
    said = [
        {"role": "system", "content": "be kind"},
        {"role": "user", "content": "and again"},
        {"role": "assistant", "content": "Here."},
    ]

    found, _ = trace({"messages": said, "output": "Bye."})

    assert [(turn.role, turn.parts[0].text) for turn in found.turns] == [
        ("system", "be kind"),
        ("user", "hi"),
        ("user", "and again"),
        ("assistant", "Here."),
        ("assistant", "Bye."),
    ]


def test_the_application_may_say_its_version_and_session() -> None:
    """Ours, handed back, says nothing."""
    answer = {"output": "x", "session_id": "s-1", "metadata": {"app_version": 2, "ok": True}}
    found, _ = trace(answer)

    assert (found.head.app_version, found.head.session) == ("2", "s-1")
    assert found.head.extra == {"metadata": {"ok": "yes"}}
    assert trace({"output": "x", "session_id": "r/q1"})[0].head.session is None


def seen(*, tells_all_tokens: bool = True, lost: tuple[str, ...] = (), **more: Any) -> Captured:
    """What telemetry told: three tokens in, and whether that is all."""
    found = Conversation(usage={"in": 3}, tells_all_tokens=tells_all_tokens, **more)
    return Captured(conversation=found, lost=lost)


def test_tokens_of_the_telemetry_count_if_it_tells_all_of_them() -> None:
    """Else those that the application tells, as far as it does."""
    answer = {"output": "hello", "usage": {"in": 5}, "cost_usd": 0.5}

    whole, _ = trace(answer, captured=seen())
    part, _ = trace(answer, captured=seen(tells_all_tokens=False))
    silent, _ = trace({"output": "hello"}, captured=seen(tells_all_tokens=False))

    assert whole.head.usage == {"in": 3, "cost_usd": 0.5}
    assert part.head.usage == {"in": 5, "cost_usd": 0.5}
    assert silent.head.usage == {"in": 3}


def test_what_is_lost_makes_a_good_trace_partial_and_stands_behind_an_error() -> None:
    """The deepest error comes first; one that was got over is no error of the trace."""
    lost = seen(lost=("a", "b"), errors=("KeyError: x",))

    good, _ = trace({"output": "hello"}, captured=lost)
    bad, _ = trace({"output": "hello"}, error="exit code 1", captured=lost)
    whole, _ = trace({"output": "hello"}, captured=seen(errors=("KeyError: x",)))

    assert (good.head.status, good.head.error) == ("partial", "lost: a; b")
    assert (bad.head.status, bad.head.error) == ("error", "KeyError: x\nexit code 1\nlost: a; b")
    assert (whole.head.status, whole.head.error) == ("ok", None)
    assert whole.head.extra["errors_inside"] == ["KeyError: x"]
    assert "errors_inside" not in bad.head.extra
