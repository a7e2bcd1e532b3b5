"""What is written to a note when it is saved: a new file, or a splice of the one that is there."""

from __future__ import annotations

from dataclasses import dataclass

from casefiles.documents import note as note_file
from casefiles.documents.note import Note
from casefiles.review import bodies
from casefiles.review.reading import Reading
from casefiles.review.splicing import set_verdict, with_judgement
from casefiles.text import emit, front_matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """How a note came about, as far as the tool knows."""

    reviewed: str
    """When, ISO 8601, UTC."""
    seconds: int | None = None
    """Time spent this time, idle time cut off; None: not measured."""
    drawn: bool = False
    """Whether the queue gave the trace, in random order."""
    blind: bool = True
    """Whether colleagues' notes on it were not shown."""


def saved_text(before: str | None, note: Note | None, reading: Reading, stamp: Stamp) -> str:
    """Return a note file's text with verdict, judgements and prose as a reviewer gave them.

    ``before`` is the file as it was and ``note`` what it says; None makes a new one. An older
    note keeps its labels, comments and unknown keys, and the moment it was first reviewed; a
    judgement is appended to those of its mode. Raises ValueError if its front matter cannot be
    changed so.
    """
    text = (
        _new(reading, stamp)
        if before is None or note is None
        else _older(before, note, reading, stamp)
    )
    for label in reading.labels:
        text = with_judgement(text, label.mode.mode, label.value, label.mode.version)
    return text


def _new(reading: Reading, stamp: Stamp) -> str:
    return note_file.render(
        Note(
            verdict=reading.verdict,
            first_failure=reading.first_failure,
            reviewed=stamp.reviewed,
            seconds=stamp.seconds,
            drawn="random" if stamp.drawn else None,
            blind=stamp.blind,
            body=f"{reading.body}\n" if reading.body else "",
        )
    )


def _older(before: str, note: Note, reading: Reading, stamp: Stamp) -> str:
    text = set_verdict(before, reading.verdict, reading.first_failure)
    text = front_matter.set_keys(text, _stamped(note, stamp))
    return text if reading.body == bodies.body_of(before) else bodies.with_body(text, reading.body)


def _stamped(note: Note, stamp: Stamp) -> dict[tuple[str, ...], emit.Emittable]:
    keys: dict[tuple[str, ...], emit.Emittable] = {}
    if note.reviewed is None or not note.reviews:  # a deferred note is reviewed only now
        keys["reviewed",] = stamp.reviewed
    if stamp.seconds is not None:
        keys["seconds",] = (note.seconds or 0) + stamp.seconds
    if note.blind is None or not stamp.blind:
        keys["blind",] = stamp.blind
    return keys
