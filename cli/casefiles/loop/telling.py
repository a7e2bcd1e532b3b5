"""What a person is told about a trace and a mode before they judge: lines, not inert yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from casefiles.documents.mode import Mode
from casefiles.documents.note import Note
from casefiles.documents.trace import Trace
from casefiles.review.arrangement import answer_turn, query_turn
from casefiles.text.names import shorten

_LONGEST = 400


def what_was_asked(trace: Trace) -> Iterator[str]:
    """The query and the final answer, shortened."""
    turns = trace.turns
    yield f"asked: {shorten(_said(trace, query_turn(turns)) or trace.head.title, _LONGEST)}"
    if answer := _said(trace, answer_turn(turns)):
        yield f"answered: {shorten(answer, _LONGEST)}"


def _said(trace: Trace, number: int | None) -> str:
    parts = trace.turns[number - 1].parts if number else ()
    return "\n".join(part.text for part in parts if part.type == "text" and part.text)


def turns_of_interest(notes: Iterable[Note], trace: Trace) -> frozenset[int]:
    """The turns that notes speak of, else those of the query and the final answer."""
    said: set[int | None] = set()
    for note in notes:
        said.add(note.first_failure)
        said |= {seen.turn for seen in note.observations}
        said |= {quote.turn for quote in note.quotes}
    found = {number for number in said if number and number <= len(trace.turns)}
    ends = {query_turn(trace.turns), answer_turn(trace.turns)}
    return frozenset(found or {number for number in ends if number})


def examples(mode: Mode, *, most: int | None) -> Iterator[str]:
    """Examples of each kind, at most so many, and how many more there are."""
    kinds = (("yes", mode.yes_examples), ("no", mode.no_examples), ("borderline", mode.borderline))
    for title, given in kinds:
        for example in given[:most]:
            yield f"  {title}: {example}"
        if most is not None and len(given) > most:
            yield f"  … {len(given) - most} more ({title}); e shows them"


def indented(text: str) -> Iterator[str]:
    """The lines of a text that are not blank, indented."""
    for line in text.strip("\r\n").split("\n"):
        if line.strip():
            yield f"  {line.rstrip()}"
