"""What was said, as messages and as turns."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from casefiles.targets.conversation import Exchange, Said
from casefiles.targets.protocol import Answer, Outcome
from casefiles.targets.transcript import messages_of, reply_of, text_of, transcript, turns_of
from hostile import texts


def turn(said: str, *, actor: str | None = None, tries: int = 1, **answer: Any) -> Exchange:
    """Return one turn."""
    approves = "refund?" if actor == "approver" else None
    return Exchange(
        said=Said(text=said, actor=actor, approves=approves),
        outcome=Outcome(status="ok", answer=Answer(**answer)),
        started="",
        ms=7,
        tries=tries,
    )


def assistant(text: str) -> dict[str, str]:
    """Return a message of the assistant."""
    return {"role": "assistant", "content": text}


def test_turns_of_a_trace_say_who_spoke() -> None:
    """Simulated, approving and replayed messages are marked, the query is not."""
    turns = (
        turn("query", output="a", needs_human="refund?", metadata={"x": 1}),
        turn("yes", actor="approver", output="b", tries=2),
        turn("thanks", actor="simulated", output="c"),
    )

    found = turns_of([assistant("welcome")], turns)

    assert [(one.role, one.parts[0].text, dict(one.data)) for one in found] == [
        ("assistant", "welcome", {"actor": "replayed"}),
        ("user", "query", {}),
        ("assistant", "a", {"ms": 7, "needs_human": "refund?", "metadata": {"x": 1}}),
        ("user", "yes", {"actor": "approver", "approves": "refund?", "tries": 2}),
        ("assistant", "b", {"ms": 7}),
        ("user", "thanks", {"actor": "simulated"}),
        ("assistant", "c", {"ms": 7}),
    ]


def test_a_single_turn_keeps_its_data_in_the_head_of_the_trace() -> None:
    """So nothing is said twice."""
    found = turns_of((), (turn("query", output="a", metadata={"x": 1}),))

    assert [dict(one.data) for one in found] == [{}, {}]


def test_instructions_stand_first_once() -> None:
    """Those of a later turn where they came."""
    rules = {"role": "system", "content": "rules"}
    turns = (
        turn("a", messages=(rules, assistant("b"))),
        turn("c", messages=({"role": "developer", "content": "more"}, assistant("d"))),
    )

    roles = [message["role"] for message in messages_of([assistant("hi")], turns)]

    assert roles == ["system", "assistant", "user", "assistant", "developer", "user", "assistant"]


def test_a_turn_that_failed_leaves_what_was_said() -> None:
    """There is no answer to it."""
    failed = Exchange(
        said=Said(text="a"), outcome=Outcome(status="error", error="x"), started="", ms=1
    )

    assert messages_of((), (failed,)) == ({"role": "user", "content": "a"},)
    assert reply_of(failed) == ""


def test_the_reply_is_what_a_user_sees() -> None:
    """The final text, else all that the assistant said; never what a tool did."""
    tool = {"role": "tool", "content": "secret"}
    blocks = {"role": "assistant", "content": [{"type": "text", "text": "two"}, {"type": "image"}]}

    assert reply_of(turn("a", output=" x ", messages=(assistant("y"),))) == "x"
    assert reply_of(turn("a", messages=(assistant("one"), tool, blocks))) == "one\n\ntwo"
    assert text_of({"role": "user"}) == ""


words = st.sampled_from(["a", "b", "hi"]) | texts
said_messages = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["assistant", "user", "tool"]), "content": words}
    ),
    max_size=3,
)


@given(
    turns=st.lists(st.tuples(words, said_messages, st.none() | words), min_size=1, max_size=4),
    history=said_messages,
)
def test_what_is_said_so_far_only_grows(turns: list[Any], history: list[Any]) -> None:
    """Each turn's messages begin with all of those before; every user's word is there once."""
    exchanges = [
        turn(said, messages=tuple(messages), output=output) for said, messages, output in turns
    ]

    so_far = [messages_of(history, exchanges[:n]) for n in range(len(exchanges) + 1)]

    for before, after in pairwise(so_far):
        assert after[: len(before)] == before
        assert len(after) > len(before)
    marked = transcript(history, exchanges)
    assert [one.message for one in marked] == list(so_far[-1])
