"""The text a reviewer gets in the editor.

Like answering a mail: the trace stands there with a bar in front of every line, and whatever the
reviewer types is theirs (`casefiles.review.reading` reads it). The bar is one longer than any run
of bars that begins a line of an older note shown beside it, as a Markdown fence is longer than
what it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from casefiles.documents.config import View
from casefiles.documents.note import Note
from casefiles.documents.paths import trace_path
from casefiles.documents.trace import Trace
from casefiles.review import bodies, shown
from casefiles.review.arrangement import arrange
from casefiles.review.mode_keys import KeyedMode
from casefiles.review.reading import bar_of
from casefiles.text.odd import inert_line

_BARS = re.compile(r"\|+")
_NAME = 40  # columns of a mode's key and id


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One trace as it goes into a buffer."""

    reference: str
    """Its reference."""
    trace: Trace
    """The trace."""
    note: Note | None = None
    """My note on it so far."""
    position: str = ""
    """Where it stands in the queue, for people: ``46 of 100``."""
    system_known: bool = False
    """Whether its system prompt was shown before."""
    others: Mapping[str, Note] = field(default_factory=dict)
    """Colleagues' notes on it, by name, where they are to be seen."""


def render_buffer(sheet: Sheet, view: View, *, modes: Sequence[KeyedMode] = ()) -> str:
    """Write the buffer: help, the verdict, the note so far, and the trace.

    With ``modes`` it lists them, to be judged below the verdict. Text editors obey commands
    ("modelines") in the first and last five lines of a file, so those are help, never text of
    the trace.
    """
    bar = _bar_beyond([sheet])
    where = f"{sheet.position}   {sheet.reference}   ({trace_path(sheet.reference)})"
    lines = [
        *_help(where, bar),
        *_sheet(sheet, view, bar, modes),
        *_footer(
            f"{sheet.reference} ends here. What you write below is about the whole trace.", bar
        ),
    ]
    return "\n".join(lines) + "\n"


def render_batch(sheets: Sequence[Sheet], view: View, *, modes: Sequence[KeyedMode] = ()) -> str:
    """Write one buffer for several traces, each below a line ``|## its reference``."""
    bar = _bar_beyond(sheets)
    lines = _help(f"{len(sheets)} traces, each below a line that begins with {bar}##", bar)
    for sheet in sheets:
        lines += ["", section_head(bar, sheet.reference, sheet.position)]
        lines += _sheet(sheet, view, bar, modes)
    lines += _footer("This is the end of the last trace.", bar)
    return "\n".join(lines) + "\n"


def section_head(bar: str, reference: str, position: str) -> str:
    """Write the line that begins a trace's section in a buffer of several."""
    return f"{bar}## {reference}   {position}   ({trace_path(reference)}) ".ljust(80, "#")


def with_faults(text: str, opened: str, faults: Iterable[str]) -> tuple[str, str]:
    """Put what is wrong on top of a reviewer's text and of the buffer as they got it.

    What was wrong the last time is taken out of both. Returns (text, opened).
    """
    mark = f"{bar_of(opened)}! "
    stale = {line for line in opened.split("\n") if line.startswith(mark)}
    block = [f"{mark}{inert_line(fault)}" for fault in faults]

    def again(buffer: str) -> str:
        kept = [line for line in buffer.split("\n") if line.rstrip() not in stale]
        return "\n".join([*block, *kept])

    return again(text), again(opened)


def _bar_beyond(sheets: Iterable[Sheet]) -> str:
    bodies_ = [sheet.note.body for sheet in sheets if sheet.note]
    lines = (line for body in bodies_ for line in bodies.trim(body).split("\n"))
    runs = [found[0] for line in lines if (found := _BARS.match(line))]
    return shown.BAR * (1 + max(map(len, runs), default=0))


def _sheet(sheet: Sheet, view: View, bar: str, modes: Sequence[KeyedMode]) -> Iterator[str]:
    """What is known, the verdict on an empty line, the note so far, and the trace."""
    arranged = arrange(sheet.trace, view, system_known=sheet.system_known)
    yield from shown.facts_of(arranged, bar=bar)
    yield from _modes(sheet.note, bar, modes)
    yield _verdict_line(sheet.note)
    yield ""
    if sheet.note and (body := bodies.trim(sheet.note.body)):
        yield from (body, "")
    for who, note in sheet.others.items():
        yield from _other(who, note, bar)
    yield from shown.lines_of(arranged, bar=bar)


def _help(where: str, bar: str) -> list[str]:
    return [
        f"{bar} {where}",
        f"{bar} Below: p pass, f fail, f 5 first goes wrong in turn 5, d decide later; or s skip,",
        f"{bar} b back to the one before, u undo the last save. Then what you saw: here about the",
        f"{bar} whole, under a turn about that turn, > before words you quote. Save and close: the",
        f"{bar} next. Empty the file: stop. Lines that begin with {bar} stay out of your note.",
    ]


def _footer(end: str, bar: str) -> list[str]:
    return [
        "",
        f"{bar}== end ".ljust(60, "="),
        bar,
        f"{bar} {end}",
        f"{bar} Describe what the application did, not why; the first thing that went wrong",
        f"{bar} matters most, because later ones often follow from it.",
    ]


def _modes(note: Note | None, bar: str, modes: Sequence[KeyedMode]) -> Iterator[str]:
    if modes:
        keys = "+2 shows mode 2, -5 does not, ?3 unsure, -* none of the rest"
        yield f"{bar} Below the verdict: {keys}."
    for one in modes:
        given = note.labels.get(one.mode, ()) if note else ()
        said = f"   (you said {', '.join(map(str, given))})" if given else ""
        yield f"{bar}   {f'{one.key:>2}  {one.mode}':{_NAME}} {inert_line(one.name)}{said}"


def _other(who: str, note: Note, bar: str) -> Iterator[str]:
    """A colleague's note, as the tool's lines: it is no part of one's own."""
    yield f"{bar}-- {who}: {_verdict_line(note) or 'no verdict'}"
    for line in bodies.trim(note.body).split("\n"):
        yield f"{bar}   {inert_line(line)}".rstrip()


def _verdict_line(note: Note | None) -> str:
    if note is None or note.verdict is None:
        return ""
    at = f" {note.first_failure}" if note.first_failure is not None else ""
    return f"{note.verdict}{at}"
