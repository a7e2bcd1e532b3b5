from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents.config import View
from casefiles.documents.note import Note
from casefiles.documents.trace import Trace, TraceHead, seal
from casefiles.documents.turns import Part, Turn
from casefiles.review.batch import faults_of, parse_batch
from casefiles.review.buffer import Sheet, render_batch
from casefiles.review.mode_keys import KeyedMode
from casefiles.review.reading import Reading
from casefiles.text.odd import is_odd
from hostile_traces import hostile_lines, traces


def _talk(question: str) -> Trace:
    parts = (Part(text=question),)
    return seal(TraceHead(), (Turn(role="user", parts=parts), Turn(role="assistant", parts=parts)))


def _sheets(*given: Trace, note: Note | None = None) -> list[Sheet]:
    return [
        Sheet(reference=f"r/q{n}", trace=trace, note=note if n == 2 else None, position=f"{n} of 3")
        for n, trace in enumerate(given, 1)
    ]


SHEETS = _sheets(_talk("one"), _talk("two"), _talk("three"))
OPENED = render_batch(SHEETS, View())
TURNS = {sheet.reference: len(sheet.trace.turns) for sheet in SHEETS}


def _head(number: int) -> str:
    (line,) = [line for line in OPENED.split("\n") if line.startswith(f"|## r/q{number} ")]
    return line


def _with(*edits: tuple[int, str]) -> str:
    """The buffer with something typed below the heads of some traces."""
    text = OPENED
    for number, typed in edits:
        text = text.replace(f"{_head(number)}\n", f"{_head(number)}\n{typed}\n", 1)
    return text


def _read(text: str, **settings: tuple[KeyedMode, ...]) -> Mapping[str, Reading]:
    return parse_batch(text, OPENED, turns=TURNS, **settings)


def test_each_trace_gets_what_was_typed_in_its_section() -> None:
    """Verdict, text on top and under a turn; a trace left as it is gets nothing."""
    found = _read(_with((1, "f 2\nBad."), (3, "p")).replace("| three\n", "| three\nOdd.\n", 1))
    assert found == {
        "r/q1": Reading(verdict="fail", first_failure=2, body="Bad."),
        "r/q3": Reading(verdict="pass", body="## at 1\nOdd."),
    }


@given(st.lists(traces(), min_size=1, max_size=3))
def test_no_trace_speaks_for_the_reviewer(given: list[Trace]) -> None:
    """A batch nobody touched holds nothing, whatever its traces say; no odd character is in it."""
    sheets = _sheets(*given)
    opened = render_batch(sheets, View())
    turns = {sheet.reference: len(sheet.trace.turns) for sheet in sheets}
    assert parse_batch(opened, opened, turns=turns) == {}
    assert not is_odd(opened)


@given(st.lists(hostile_lines, min_size=1, max_size=4), st.data())
def test_whatever_is_typed_is_kept_with_the_trace_it_stands_at(
    typed: list[str], data: st.DataObject
) -> None:
    """Every typed line is in one reading's text, or is its verdict or a fault of it."""
    lines = OPENED.split("\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    found = _read("\n".join([*lines[:at], *typed, *lines[at:]]))
    kept = "\n".join(reading.body for reading in found.values()).replace("\ufeff", "")
    spoken = [r for r in found.values() if r.verdict or r.faults or r.move]
    tools = {" ".join(line.split()) for line in lines if line}
    mine = [
        line
        for line in "\n".join(typed).split("\n")
        if line.strip(" \t\r\ufeff") and " ".join(line.split()) not in tools
    ]
    missing = [line for line in mine if line.strip().replace("\ufeff", "") not in kept]
    assert len(found) <= 1
    assert not missing or (spoken and missing == [mine[0]])


def test_a_deleted_section_says_nothing_of_its_trace() -> None:
    """Who does not want to read a trace deletes it, head and all."""
    text = _with((1, "p"), (3, "p"))
    without = text[: text.index(_head(2))] + text[text.index(_head(3)) :]
    assert list(_read(without)) == ["r/q1", "r/q3"]


def test_a_deleted_head_never_gives_a_note_to_the_trace_above() -> None:
    """It is asked for, and nothing typed is lost."""
    text = _with((2, "f\nSeen in two.")).replace(f"{_head(2)}\n", "")
    (fault,) = faults_of(_read(text))
    assert fault.startswith("r/q1: lines of another trace stand here; put the line |## ")
    assert "Seen in two." in _read(text)["r/q1"].body


def test_a_deleted_head_between_equal_traces_is_noticed() -> None:
    """Their lines are the same; a turn that stands twice is not."""
    sheets = _sheets(_talk("same"), _talk("same"))
    opened = render_batch(sheets, View())
    text = "\n".join(line for line in opened.split("\n") if not line.startswith("|## r/q2"))
    turns = {sheet.reference: 2 for sheet in sheets}
    typed = text.replace("your note.\n", "your note.\np\n")
    assert faults_of(parse_batch(typed, opened, turns=turns))


def test_faults_name_their_trace() -> None:
    """In a buffer of ten, one looks for it."""
    assert faults_of(_read(_with((1, "p"), (2, "f 9")))) == (
        "r/q2: there is no turn 9: the trace has 2",
    )


@pytest.mark.parametrize(
    ("typed", "found"), [("s", []), ("s\nbut this", ["r/q2"]), ("b", ["r/q2"]), ("u", ["r/q2"])]
)
def test_only_skipping_means_something_in_a_batch(typed: str, found: list[str]) -> None:
    """Back and undo are for one trace at a time; skip with a text is asked about."""
    readings = _read(_with((2, typed)))
    assert [ref for ref, reading in readings.items() if reading.faults] == found


def test_an_older_note_in_a_batch_is_left_as_it_is() -> None:
    """With its bars, and without a mark unless it was touched."""
    sheets = _sheets(_talk("one"), _talk("two"), note=Note(verdict="fail", body="| Done!\nBad.\n"))
    opened = render_batch(sheets, View())
    turns = {sheet.reference: 2 for sheet in sheets}
    assert parse_batch(opened, opened, turns=turns) == {}
    found = parse_batch(opened.replace("Bad.", "Worse."), opened, turns=turns)
    assert found["r/q2"].body == "| Done!\nWorse."


def test_modes_are_judged_in_each_section() -> None:
    """The keys are the same for all."""
    modes = (KeyedMode(key="1", mode="rude", name="Rude", version=1),)
    found = _read(_with((1, "f\n+1"), (2, "p\n-1")), modes=modes)
    assert [reading.labels[0].value for reading in found.values()] == ["yes", "no"]
