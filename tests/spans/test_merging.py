"""Two accounts of one conversation: telemetry, and what the application told."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents.turns import Part, Turn
from casefiles.spans.alignment import gist
from casefiles.spans.merging import merged


def turn(role: str, text: str, **data: object) -> Turn:
    """A turn of words."""
    return Turn(role=role, parts=(Part(text=text),), data=data)


SYSTEM, ASKED, ANSWER = (
    turn("system", "be kind"),
    turn("user", "refund?"),
    turn("assistant", "84 EUR"),
)
CALL = Turn(
    role="assistant", parts=(Part(type="tool_call", text="{}", data={"id": "c", "name": "f"}),)
)
RESULT = Turn(
    role="tool", parts=(Part(type="tool_result", text="ok", data={"id": "c", "name": "f"}),)
)
LONG = "I have refunded 84 EUR to the card you paid with; it takes five days."


def said(turns: tuple[Turn, ...]) -> list[str]:
    """Turns in short; those only told in brackets."""
    short = [f"{t.role}: {t.parts[0].text}" for t in turns]
    return [f"({s})" if t.data.get("source") else s for s, t in zip(short, turns, strict=True)]


def test_what_the_telemetry_has_is_not_told_twice() -> None:
    """The usual case: question and answer are among the turns."""
    captured = (SYSTEM, ASKED, CALL, RESULT, ANSWER)

    assert merged(captured, (ASKED, ANSWER)) == captured


def test_without_telemetry_what_was_told_is_all() -> None:
    """Turns that are only told say so."""
    assert said(merged((), (ASKED, ANSWER))) == ["(user: refund?)", "(assistant: 84 EUR)"]


def test_what_only_was_told_stands_where_it_belongs() -> None:
    """The question behind the instructions, the final words at the end."""
    captured = (SYSTEM, turn("user", "classify"), turn("assistant", "refunds"))

    assert said(merged(captured, (ASKED, ANSWER))) == [
        "system: be kind",
        "(user: refund?)",
        "user: classify",
        "assistant: refunds",
        "(assistant: 84 EUR)",
    ]


def test_a_question_in_a_template_is_no_second_question() -> None:
    """But a short one is not found in the middle of a word."""
    wrapped = turn("user", "Answer politely.\nQuestion: refund?\nContext: …")

    assert merged((wrapped, ANSWER), (ASKED, ANSWER)) == (wrapped, ANSWER)
    assert len(merged((turn("user", "nothing"), ANSWER), (turn("user", "no"), ANSWER))) == 3


def test_a_long_answer_in_a_schema_is_no_second_answer() -> None:
    """A short one is shown: it may be there by chance."""
    structured = turn("assistant", f'{{"answer": "{LONG}", "sure": true}}')

    assert merged((ASKED, structured), (ASKED, turn("assistant", LONG))) == (ASKED, structured)
    short = turn("assistant", "true")
    assert said(merged((ASKED, structured), (ASKED, short)))[-1] == "(assistant: true)"


def test_results_told_in_one_message_are_known_from_several() -> None:
    """Some frameworks put all results into one message."""
    second = Turn(role="tool", parts=(Part(type="tool_result", text="b", data={"id": "d"}),))
    both = Turn(role="user", parts=(*RESULT.parts, *second.parts))
    captured = (ASKED, CALL, RESULT, second, ANSWER)

    assert merged(captured, (ASKED, CALL, both, ANSWER)) == captured


def test_what_only_the_application_knows_of_a_turn_is_kept() -> None:
    """Who spoke, what it thought: data and parts that the telemetry lacks."""
    told = replace(
        ANSWER,
        parts=(Part(type="reasoning", text="84 is right"), *ANSWER.parts),
        data={"needs_human": "sure?", "ms": 900},
    )
    captured = replace(ANSWER, data={"ms": 50, "model": "m"})

    (found,) = merged((captured,), (told,))

    assert [part.type for part in found.parts] == ["reasoning", "text"]
    assert found.data == {"needs_human": "sure?", "ms": 50, "model": "m"}


def test_places_that_moved_are_told_anew() -> None:
    """An answer that says which turns it was given names the same ones after."""
    routed = replace(turn("assistant", "refunds", thread=2), data={"thread": 2, "context": [1, 2]})
    captured = (SYSTEM, turn("user", "classify"), routed, ANSWER)

    found = merged(captured, (ASKED, ANSWER))

    assert said(found)[1] == "(user: refund?)"
    assert found[3].data["context"] == [1, 3]


turns = st.builds(
    turn, st.sampled_from(["system", "user", "assistant"]), st.sampled_from(["a", "b", "c c", LONG])
)


@given(st.lists(turns, max_size=6), st.lists(turns, max_size=6))
def test_nothing_of_either_account_is_missing(captured: list[Turn], told: list[Turn]) -> None:
    """All captured turns stay in order; every told text stands somewhere."""
    found = merged(captured, told)

    left = [gist(t) for t in found if t.data.get("source") != "answer"]
    assert left == [gist(t) for t in captured]
    for one in told:
        text = one.parts[0].text or ""
        assert any(text in (part.text or "") for t in found for part in t.parts)
