from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents.config import View
from casefiles.documents.trace import Trace, TraceHead, seal
from casefiles.documents.turns import Part, Turn
from casefiles.review.arrangement import (
    LONG_CHARACTERS,
    LONG_LINES,
    Arrangement,
    answer_turn,
    arrange,
    query_turn,
)

CALL = Part(type="tool_call", text='{"id": 7}', data={"id": "c1", "name": "find_order"})
RESULT = Part(type="tool_result", text="on its way", data={"name": "find_order", "score": 0.5})
THOUGHT = Part(type="reasoning", text="The order is seven.")


def said(role: str, text: str) -> Turn:
    """One text."""
    return Turn(role=role, parts=(Part(text=text),))


TURNS = (
    said("system", "Be kind."),
    said("user", "where is it?"),
    Turn(role="assistant", parts=(THOUGHT, CALL), data={"model": "m-1", "usage": {"in": 5}}),
    Turn(role="tool", parts=(RESULT,)),
    said("assistant", "On its way."),
)
HEAD = TraceHead(
    dimensions={"persona": "child"},
    session="s1",
    source={"kind": "production", "file": "log.jsonl"},
    extra={"record": {"tier": "gold", "tags": ["a", "b"]}},
)
TALK = seal(HEAD, TURNS)


def arranged(trace: Trace = TALK, *, system_known: bool = False, **view: Any) -> Arrangement:
    """Arrange with some settings."""
    return arrange(trace, View(**view), system_known=system_known)


def folds(found: Arrangement) -> dict[tuple[int, str], str | None]:
    """(turn, kind of part) to why it is folded."""
    return {(t.number, p.part.type): p.fold for t in found.turns for p in t.pieces}


def numbers(found: Arrangement) -> list[int]:
    """The turns shown."""
    return [turn.number for turn in found.turns]


def test_what_was_said_is_open_and_thoughts_are_folded() -> None:
    """Nobody heard the reasoning; short calls, results and prompts stand as they are."""
    assert folds(arranged()) == {
        (1, "text"): None,
        (2, "text"): None,
        (3, "reasoning"): "inner",
        (3, "tool_call"): None,
        (4, "tool_result"): None,
        (5, "text"): None,
    }
    assert [turn.heard for turn in arranged().turns] == [False, True, False, False, True]


@pytest.mark.parametrize("text", ["x" * (LONG_CHARACTERS + 1), "x\n" * LONG_LINES])
def test_what_is_long_is_folded_unless_it_was_said_aloud(text: str) -> None:
    """A prompt and a tool's output by their length; what the user read never by itself."""
    trace = seal(TraceHead(), (said("system", text), said("assistant", text), said("tool", text)))
    assert list(folds(arranged(trace)).values()) == ["long", None, "long"]


def test_a_known_prompt_is_folded_whatever_its_length() -> None:
    """The reader has read it."""
    assert folds(arranged(system_known=True))[1, "text"] == "known"


@pytest.mark.parametrize("name", ["tool", "tool_result", "find_order"])
def test_roles_kinds_and_tools_can_be_folded(name: str) -> None:
    """One list for all three."""
    assert folds(arranged(fold=(name,)))[4, "tool_result"] == "settings"


def test_what_is_hidden_is_counted() -> None:
    """A turn with nothing left goes, its number stays free; the count is of parts."""
    found = arranged(hide=("system", "find_order"))
    assert numbers(found) == [2, 3, 5]
    assert found.hidden == 3
    assert arranged().hidden == 0


def test_what_is_wanted_first_stands_in_front_open_and_again_in_its_place() -> None:
    """Retrieved documents, say: by role, kind or tool."""
    found = arranged(first=("find_order",))
    assert [(t.number, [p.part.type for p in t.pieces]) for t in found.first] == [
        (3, ["tool_call"]),
        (4, ["tool_result"]),
    ]
    assert numbers(found) == [1, 2, 3, 4, 5]
    assert folds(found)[4, "tool_result"] is None


def test_first_opens_what_is_long() -> None:
    """Who asks for something in front wants to read it."""
    trace = seal(TraceHead(), (said("user", "?"), said("tool", "x\n" * 99)))
    assert [p.fold for t in arranged(trace, first=("tool",)).first for p in t.pieces] == [None]


def test_final_first_leaves_only_query_and_answer_open() -> None:
    """All of the conversation, these two included, is folded below."""
    found = arranged(final_first=True, fold=("tool",))
    assert [turn.number for turn in found.first] == [2, 5]
    assert set(folds(found).values()) == {"rest", "inner", "settings"}
    assert numbers(found) == [1, 2, 3, 4, 5]


def test_final_first_of_a_trace_without_an_answer_shows_the_query() -> None:
    """And of one in which nobody says anything, it shows everything as ever."""
    found = arranged(seal(TraceHead(), TURNS[:4]), final_first=True)
    assert [turn.number for turn in found.first] == [2]
    mute = arranged(seal(TraceHead(), TURNS[3:4]), final_first=True)
    assert (mute.first, folds(mute)) == ((), {(4 - 3, "tool_result"): None})


def test_query_and_answer_are_the_first_and_the_last_words() -> None:
    """Calls are no answer."""
    assert (query_turn(TURNS), answer_turn(TURNS)) == (2, 5)
    assert (query_turn(TURNS[2:4]), answer_turn(TURNS[2:4])) == (None, None)


def test_unknown_metadata_is_folded_never_lost() -> None:
    """Of the trace, of a turn and of a part; what bears on judging is open."""
    found = arranged()
    assert {fact.key: fact.value for fact in found.open_facts} == {
        "persona": "child",
        "session": "s1",
    }
    assert {fact.key: fact.value for fact in found.folded_facts} == {
        "source.kind": "production",
        "source.file": "log.jsonl",
        "record.tier": "gold",
        "record.tags": '["a", "b"]',
    }
    assert [(f.key, f.value) for f in found.turns[2].facts] == [("model", "m-1"), ("usage.in", "5")]
    assert [(f.key, f.value) for f in found.turns[3].pieces[0].facts] == [("score", "0.5")]


@pytest.mark.parametrize("name", ["record", "record.tier", "tier"])
def test_metadata_is_named_whole_by_its_table_or_by_its_last_word(name: str) -> None:
    """Opened and put in front, or hidden."""
    found = arranged(first=(name,))
    assert "record.tier" in [fact.key for fact in found.open_facts]
    assert found.facts[0].key == "record.tier"
    assert "record.tier" not in [fact.key for fact in arranged(hide=(name,)).facts]


def test_an_open_fact_can_be_folded() -> None:
    """Who judges without knowing the persona folds it."""
    assert [fact.key for fact in arranged(fold=("persona",)).open_facts] == ["session"]


names = st.sampled_from(["system", "user", "assistant", "tool", "text", "find_order", "persona"])
lists = st.lists(names, max_size=3).map(tuple)
views = st.builds(View, first=lists, fold=lists, hide=lists, final_first=st.booleans())


@given(views, st.booleans())
def test_every_part_is_shown_in_order_or_counted_as_hidden(view: View, known: bool) -> None:  # noqa: FBT001
    """No setting loses a part or changes the order of the conversation."""
    found = arrange(TALK, view, system_known=known)
    assert numbers(found) == sorted(numbers(found))
    assert sum(len(turn.pieces) for turn in found.turns) + found.hidden == 6
    kept = [part for turn in found.turns for part in turn.pieces]
    assert all(piece.part in TURNS[t.number - 1].parts for t in found.turns for piece in t.pieces)
    assert len(kept) == len({(t.number, id(p)) for t in found.turns for p in t.pieces})


def test_what_agents_say_to_each_other_was_not_heard_by_the_user() -> None:
    """A sub-agent's question is not the user's, its answer not the application's."""
    aside = {"thread": 2, "agent": "finder"}
    asked = Turn(role="user", parts=(Part(text="find LF-1"),), data=aside)
    found = Turn(role="assistant", parts=(Part(text="found"),), data=aside)
    trace = seal(
        HEAD, (asked, found, said("user", "where is it?"), said("assistant", "here"), found)
    )

    seen = arranged(trace)

    assert [turn.heard for turn in seen.turns] == [False, False, True, True, False]
    assert (query_turn(trace.turns), answer_turn(trace.turns)) == (3, 4)
