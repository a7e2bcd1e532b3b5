"""The text a reviewer gets in the editor, and what they made of it.

Like answering a mail: the trace stands there with a bar in front of every line, and whatever the
reviewer types is theirs. One rule keeps that safe both ways: **a line is the tool's if it begins
with the bar and stood there when the editor was opened; every other line is the reviewer's and
is kept** — Markdown headings, ``#1``, even tables of bars. The bar is one longer than any run of
bars that begins a line of an older note shown beside it, as a Markdown fence is longer than what
it holds.

The first typed line above the turns is the verdict if it is one (``p``, ``f``, ``f 5``, ``d`` or
the words). A first line that looks like a verdict and is none is asked about, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from casefiles.documents.config import View
from casefiles.documents.note import VERDICTS, Note, Verdict
from casefiles.documents.paths import trace_path
from casefiles.documents.trace import Trace
from casefiles.review import bodies, shown
from casefiles.review.arrangement import arrange
from casefiles.text.names import nearest
from casefiles.text.odd import inert_line

_KEYS: dict[str, Verdict] = {verdict[0]: verdict for verdict in VERDICTS}
_WORDS: dict[str, Verdict] = _KEYS | {verdict: verdict for verdict in VERDICTS}
_VERDICT = re.compile(r"([A-Za-z]+)(?:\s+(\d{1,6}))?[.:]?")
_ONE_WORD = re.compile(r"[A-Za-z]+\W*\d*")
_FIRST_WORD = re.compile(r"([A-Za-z]+)(?!['’\w])")
_BARS = re.compile(r"\|+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reviewer made of a buffer."""

    verdict: Verdict | None = None
    """pass, fail, defer, or None: none given."""
    first_failure: int | None = None
    """The turn named behind ``fail``."""
    body: str = ""
    """The prose for the note, turns under ``## at N``; no blank lines at its ends."""
    faults: tuple[str, ...] = ()
    """What must be mended before it can be saved, for the reviewer to read."""
    emptied: bool = False
    """Nothing but blanks is left of the whole buffer."""

    @property
    def says_nothing(self) -> bool:
        """Whether there is neither a verdict nor a text nor a fault."""
        return self.verdict is None and not self.body and not self.faults


def render_buffer(
    trace: Trace,
    note: Note | None,
    *,
    reference: str,
    position: str,
    view: View,
    system_known: bool = False,
) -> str:
    """Write the buffer: five lines of help, the verdict, the note so far, and the trace.

    ``position`` is for people (``46 of 100``). Text editors obey commands ("modelines") in the
    first and last five lines of a file, so those are help, never text of the trace.
    """
    body = bodies.trim(note.body) if note else ""
    bar = _bar_beyond(body)
    arranged = arrange(trace, view, system_known=system_known)
    lines = [
        *_help(reference, position, bar),
        *shown.facts_of(arranged, bar=bar),
        _verdict_line(note),
        "",
        *([body, ""] if body else []),
        *shown.lines_of(arranged, bar=bar),
        *_footer(reference, bar),
    ]
    return "\n".join(lines) + "\n"


def parse_buffer(text: str, opened: str, *, turns: int) -> Reading:
    """Read what a reviewer left. ``opened`` is the buffer as they got it.

    ``turns`` is the number of turns of the trace, for ``f 5``. Never raises; anything typed is
    in ``body``, in the verdict, or spoken of in ``faults``.
    """
    if not text.strip("\ufeff \t\r\n"):
        return Reading(emptied=True)
    chunks = list(_chunks(text, opened))
    before = next(iter(_chunks(opened, opened)), _Chunk()).first_line
    verdict, chunks = _take_verdict(chunks, before, turns)
    general = bodies.join_paragraphs(c.text for c in chunks if c.place == _TOP)
    for chunk in chunks:
        if chunk.place == _END:
            general = bodies.add_general(general, chunk.text)
    by_turn = [(chunk.place, chunk.text) for chunk in chunks if chunk.place > 0]
    return replace(verdict, body=bodies.assemble([general], by_turn))


def is_touched(text: str, opened: str) -> bool:
    """Tell whether a buffer holds anything the reviewer changed and did not empty."""
    many = 10**6  # turns do not matter here
    reading = parse_buffer(text, opened, turns=many)
    return not reading.emptied and reading != parse_buffer(opened, opened, turns=many)


def with_faults(text: str, opened: str, faults: tuple[str, ...]) -> tuple[str, str]:
    """Put what is wrong on top of a reviewer's text and of the buffer as they got it.

    What was wrong the last time is taken out of both. Returns (text, opened).
    """
    mark = f"{_bar_of(opened)}! "
    stale = {line for line in opened.split("\n") if line.startswith(mark)}
    block = [f"{mark}{inert_line(fault)}" for fault in faults]

    def again(buffer: str) -> str:
        kept = [line for line in buffer.split("\n") if line.rstrip() not in stale]
        return "\n".join([*block, *kept])

    return again(text), again(opened)


# ---------------------------------------------------------------- writing


def _bar_beyond(body: str) -> str:
    runs = [found[0] for line in body.split("\n") if (found := _BARS.match(line))]
    return shown.BAR * (1 + max(map(len, runs), default=0))


def _help(reference: str, position: str, bar: str) -> list[str]:
    return [
        f"{bar} {position}   {reference}   ({trace_path(reference)})",
        f"{bar} Below: p pass, f fail, f 5 goes wrong first in turn 5, d decide later. Then what",
        f"{bar} you saw: here about the whole trace, under a turn about that turn, > in front of",
        f"{bar} words you quote. Save and close: the next trace. Empty the file: stop.",
        f"{bar} Lines that are here now and begin with {bar} stay out of your note.",
    ]


def _footer(reference: str, bar: str) -> list[str]:
    return [
        "",
        f"{bar}== end ".ljust(60, "="),
        bar,
        f"{bar} {reference} ends here. What you write below is about the whole trace.",
        f"{bar} Describe what the application did, not why; the first thing that went wrong",
        f"{bar} matters most, because later ones often follow from it.",
    ]


def _verdict_line(note: Note | None) -> str:
    if note is None or note.verdict is None:
        return ""
    at = f" {note.first_failure}" if note.first_failure is not None else ""
    return f"{note.verdict}{at}"


# ---------------------------------------------------------------- reading

_TOP, _END = 0, -1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chunk:
    """Lines a person typed between two lines of the tool."""

    place: int = _TOP
    """Number of the turn above, _TOP in front of the turns, _END behind them."""
    lines: tuple[str, ...] = field(default_factory=tuple)
    """As typed."""

    @property
    def text(self) -> str:
        return bodies.trim("\n".join(self.lines))

    @property
    def first_line(self) -> str:
        return self.text.partition("\n")[0].strip()


def _chunks(text: str, opened: str) -> Iterator[_Chunk]:
    """Yield what a person typed, in order, without the tool's lines."""
    bar = _bar_of(opened)
    tools = {_key(line) for line in opened.split("\n") if line.startswith(bar)}
    head = re.compile(rf"{re.escape(bar)}== (?:(\d+) )?")
    place, lines = _TOP, list[str]()
    for line in text.removeprefix("\ufeff").split("\n"):
        if not (line.startswith(bar) and _key(line) in tools):
            lines.append(line)
            continue
        yield from _typed(place, lines)
        lines = []
        if found := head.match(line):
            place = int(found[1]) if found[1] else _END
    yield from _typed(place, lines)


def _typed(place: int, lines: list[str]) -> Iterator[_Chunk]:
    if any(line.strip() for line in lines):
        yield _Chunk(place=place, lines=tuple(lines))


def _key(line: str) -> str:
    """A line as it is compared: editors strip blanks at line ends and turn tabs into blanks."""
    return " ".join(line.split())


def _bar_of(opened: str) -> str:
    found = _BARS.match(opened)
    return found[0] if found else shown.BAR


def _take_verdict(chunks: list[_Chunk], before: str, turns: int) -> tuple[Reading, list[_Chunk]]:
    """Read the verdict off the first typed line, and return the chunks without that line."""
    first = chunks[0] if chunks and chunks[0].place == _TOP else _Chunk()
    reading = _verdict(first.first_line, before, turns)
    if reading.verdict is None:
        return reading if reading.faults else _misplaced(chunks), chunks
    rest = first.text.split("\n")[1:]
    return reading, [*_typed(_TOP, rest), *chunks[1:]]


def _verdict(line: str, before: str, turns: int) -> Reading:
    """Read a line as a verdict; prose gives an empty reading."""
    found = _VERDICT.fullmatch(line)
    verdict = _WORDS.get(found[1].lower()) if found else None
    if found is None or verdict is None:
        # An older note without a verdict may begin with one word: that is no mistake.
        return Reading() if line == before else _mistyped(line)
    turn = int(found[2]) if found[2] else None
    if turn is not None and verdict != "fail":
        return Reading(faults=(f"only fail takes a turn, not {verdict}",))
    if turn is not None and not 1 <= turn <= turns:
        return Reading(faults=(f"there is no turn {turn}: the trace has {turns}",))
    return Reading(verdict=verdict, first_failure=turn)


def _mistyped(line: str) -> Reading:
    """Ask about a line that was probably meant as a verdict: one word, or begun as one."""
    word = _FIRST_WORD.match(line)
    begins = word is not None and word[1].lower() in _WORDS
    if not begins and not _ONE_WORD.fullmatch(line):
        return Reading()
    near = None if begins else nearest(line.split(maxsplit=1)[0].lower(), VERDICTS)
    hint = f" (did you mean {near}?)" if near else ""
    remedy = "write p, f, f 5 or d alone on the first line, text below it"
    # Not quoted: who replaces the word everywhere would change the message into their own text.
    return Reading(faults=(f"the first line is no verdict{hint}; {remedy}",))


def _misplaced(chunks: list[_Chunk]) -> Reading:
    """Ask about a verdict that stands alone under a turn."""
    for chunk in chunks:
        found = _VERDICT.fullmatch(chunk.text) if chunk.place != _TOP else None
        if found and found[1].lower() in _WORDS:
            where = f"under turn {chunk.place}" if chunk.place > 0 else "below the trace"
            return Reading(faults=(f"the verdict stands {where}; move it on top",))
    return Reading()
