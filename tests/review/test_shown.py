from __future__ import annotations

import re

from casefiles.documents.config import View
from casefiles.documents.trace import Trace, TraceHead, seal
from casefiles.documents.turns import Part, Turn
from casefiles.review.arrangement import arrange
from casefiles.review.shown import (
    COLUMNS,
    HEAD_LINES,
    TAIL_LINES,
    WIDTH,
    facts_of,
    lines_of,
)

CALL = Part(type="tool_call", text='{"id": 7}', data={"name": "find_order", "lang": "json"})


def _result(text: str) -> Turn:
    return Turn(
        role="tool", parts=(Part(type="tool_result", text=text, data={"name": "find_order"}),)
    )


def _trace(*turns: Turn) -> Trace:
    return seal(TraceHead(), turns)


def _said(role: str, *texts: str) -> Turn:
    return Turn(role=role, parts=tuple(Part(text=text) for text in texts))


PROMPT = "You are a shop assistant.\nBe kind.\n" + "\n".join(f"Rule {n}." for n in range(30))
PROMPT_LINE = "|== 1 system (32 lines, below): " + " ".join(PROMPT.split())
TALK = _trace(
    _said("system", PROMPT),
    _said("user", "where is it?"),
    Turn(role="assistant", parts=(Part(text="Let me see."), CALL)),
    _result("on its way"),
    _said("assistant", "It is on its way."),
)


def _shown(trace: Trace, *, system_known: bool = False, **view: object) -> list[str]:
    settings = View(**view)  # type: ignore[arg-type]
    return list(lines_of(arrange(trace, settings, system_known=system_known)))


def _heads(lines: list[str]) -> list[str]:
    return [line.strip("|= ") for line in lines if line.startswith("|==")]


def _below(lines: list[str]) -> list[str]:
    """The lines below the conversation."""
    at = next((n for n, line in enumerate(lines) if line.startswith("|== folded")), len(lines))
    return lines[at + 1 :]


def test_the_conversation_stands_in_front_and_machines_take_a_line_each() -> None:
    """A reader sees who said what, which tool was called with what, and what it said."""
    lines = _shown(TALK)
    assert [line.rstrip("=") for line in lines[: lines.index(_below(lines)[0])]] == [
        f"{PROMPT_LINE[: COLUMNS - 1]}…",
        "",
        "|== 2 user ",
        "| where is it?",
        "",
        "|== 3 assistant ",
        "| Let me see.",
        '|-- calls find_order: {"id": 7}',
        "|== 4 result of find_order: on its way",
        "",
        "|== 5 assistant ",
        "| It is on its way.",
        "",
        "|== folded: the whole of what is cut short above ",
    ]


def test_what_a_line_cuts_short_stands_whole_below() -> None:
    """The prompt, this time; short calls and results need no place there."""
    assert _below(_shown(TALK))[0].startswith("|== 1 system =")
    assert _below(_shown(TALK))[1:] == [f"| {line}" for line in PROMPT.split("\n")]


def test_a_known_system_prompt_is_not_shown_again() -> None:
    """Reading the same prompt a hundred times is no review."""
    lines = _shown(TALK, system_known=True)
    assert lines[0].startswith("|== 1 system (32 lines, shown before): You are a shop assistant.")
    assert not [line for line in lines if "Rule 20." in line]
    assert _below(lines) == []


def test_long_tool_output_is_folded_to_its_ends() -> None:
    """The begin and the end of what a tool said are shown, with the number of lines between."""
    lines = _below(_shown(_trace(_result("\n".join(f"row {n}" for n in range(237))))))[2:]
    assert lines[0] == "| row 0"
    assert lines[-1] == "| row 236"
    assert "|… 187 lines more" in lines
    assert len(lines) == HEAD_LINES + TAIL_LINES + 1


def test_compact_json_is_laid_out_below() -> None:
    """A thousand characters on one line are unreadable."""
    found = _below(_shown(_trace(_result('{"first": "' + "x" * 90 + '", "second": [1, 2, 3]}'))))
    assert found == []  # it fits the line in the conversation
    rows = ", ".join(f'"key {n}": "value {n}"' for n in range(20))
    found = _below(_shown(_trace(_result("{" + rows + "}"))))
    assert found[2:5] == ["| {", '|   "key 0": "value 0",', '|   "key 1": "value 1",']


def test_long_prose_of_the_assistant_is_whole_and_wrapped() -> None:
    """What the user saw is never folded by itself; no line needs scrolling, no word is lost."""
    text = "\n".join(f"line {n}" for n in range(500))
    assert _shown(_trace(_said("assistant", text)))[2:] == [f"| line {n}" for n in range(500)]
    long = "  - " + "many words of a list " * 20
    lines = _shown(_trace(_said("assistant", long)))[2:]
    assert all(line.startswith("|   ") and len(line) <= COLUMNS + 2 for line in lines)
    assert " ".join(" ".join(lines).replace("|", "").split()) == " ".join(long.split())


def test_a_megabyte_on_one_line_is_cut_visibly() -> None:
    """Editors stumble over it; the reader sees how much is missing."""
    lines = _shown(_trace(_said("assistant", "x" * 1_000_000)))
    assert len(lines[2]) == WIDTH + 2
    assert lines[3] == "|… 990,000 characters more"
    folded = _shown(_trace(_result("y" * 1_000_000)))
    assert folded[-1] == "|… 994,000 characters more"
    assert max(map(len, folded)) < WIDTH
    words = _shown(_trace(_said("assistant", "word " * 200_000)))
    assert words[-1] == "|… 990,000 characters more"


def test_a_hundred_thousand_lines_are_cut_visibly() -> None:
    """A pasted log makes no buffer of megabytes."""
    lines = _shown(_trace(_said("user", "x\n" * 100_000)))
    assert len(lines) < 2_100
    assert [line for line in lines if line.endswith("lines more")] == ["|… 97,991 lines more"]


def test_empty_and_broken_answers_are_visible() -> None:
    """An empty reply, arguments that are no JSON and errors are failures a reader must see."""
    bad = Part(type="tool_call", text="{", data={"name": "pay", "invalid_json": True})
    failed = Part(type="tool_result", text="", data={"name": "pay", "error": "time\nout"})
    trace = _trace(
        _said("assistant", ""),
        Turn(role="assistant", data={"error": "429\x1b"}),
        Turn(role="tool", parts=(bad, failed)),
    )
    lines = [line for line in _shown(trace) if line.startswith(("|-- ", "|== 3"))]
    assert lines == [
        "|-- text, empty",
        "|-- nothing",
        "|-- error: 429\\x1b",
        "|== 3 calls pay, arguments are not valid JSON: {",
        "|-- result of pay, empty, error: time out",
    ]


def test_view_hides_and_folds_by_role_tool_and_kind() -> None:
    """A hidden turn leaves its number out and is counted; a folded one takes a line."""
    lines = _shown(TALK, hide=("system", "find_order"))
    assert _heads(lines) == ["2 user", "3 assistant", "5 assistant"]
    assert lines[-1] == "|… 3 parts hidden by [view] of the settings"
    assert "|-- It is on its way." in _shown(TALK, fold=("assistant",))


def test_final_first_shows_question_and_answer_and_folds_the_rest() -> None:
    """The whole conversation stands below, these two included."""
    lines = _shown(TALK, final_first=True)
    assert _heads(lines) == [
        "2 user",
        "5 assistant",
        "folded: the whole of what is cut short above",
        "2 user",
        "3 assistant",
        "4 tool",
        "5 assistant",
        "1 system",
    ]


def test_what_is_wanted_first_comes_before_the_start() -> None:
    """And again in its place."""
    assert [head[:14] for head in _heads(_shown(TALK, first=("find_order",)))[:4]] == [
        "3 calls find_o",
        "4 result of fi",
        "from the start",
        "1 system (32 l",
    ]


def test_facts_can_be_hidden_and_folded() -> None:
    """Dimensions, session and a status other than ok are named above the turns."""
    head = TraceHead(dimensions={"persona": "child", "mood": "sad"}, status="timeout", error="a\nb")
    trace = seal(head, TALK.turns)
    arranged = arrange(trace, View(hide=("mood",), fold=("error",)))
    assert list(facts_of(arranged)) == ["| persona: child", "| status: timeout"]
    assert list(lines_of(arranged))[-1] == "| error: a b"


def test_unknown_metadata_stands_at_the_very_end() -> None:
    """Of the trace and of its turns, a line each; that of a part beside the part."""
    scored = Part(type="retrieval", text="a page", data={"score": 0.5})
    turn = Turn(role="assistant", parts=(scored,), data={"model": "m\n1", "ms": 5})
    lines = _shown(seal(TraceHead(extra={"tier": "gold\x1b"}), (turn,)))
    assert lines[-3:] == [
        re.sub("=+$", "", lines[-3]).ljust(60, "="),
        "| tier: gold\\x1b",
        "| turn 1: model m 1, ms 5",
    ]
    assert _heads(lines)[-1] == "what else is known"
    assert "|-- score: 0.5" in lines


def test_a_turn_of_another_thread_says_whose_it_is() -> None:
    """Or a sub-agent's task would read as the user's question."""
    aside = {"thread": 2, "agent": "finder"}
    task = Turn(role="user", parts=(Part(text="find LF-1"),), data=aside)
    nameless = Turn(role="assistant", parts=(Part(text="found"),), data={"thread": 3})

    shown = "\n".join(lines_of(arrange(seal(TraceHead(), (task, nameless)), View())))

    assert "1 user (finder, thread 2)" in shown
    assert "2 assistant (thread 3)" in shown
