"""What a reviewer made of a buffer: verdict, judgements, and text by turn.

One rule keeps reviewer and trace apart: **a line is the tool's if it begins with the bar and
stood there when the editor was opened; every other line is the reviewer's and is kept** —
Markdown headings, ``#1``, even tables of bars.

The first typed line above the turns is the verdict if it is one (``p``, ``f``, ``f 5``, ``d`` or
the words), or where to go instead (``b``, ``s``, ``u``). A first line that looks like one and is
none is asked about, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from casefiles.documents.note import VERDICTS, Value, Verdict
from casefiles.review import bodies
from casefiles.review.mode_keys import KeyedMode, find_mode
from casefiles.review.shown import BAR
from casefiles.text.names import nearest

Move = Literal["back", "skip", "undo"]
MOVES: tuple[Move, ...] = get_args(Move)
_VERDICT_WORDS: dict[str, Verdict] = {v[0]: v for v in VERDICTS} | {v: v for v in VERDICTS}
_MOVE_WORDS: dict[str, Move] = {m[0]: m for m in MOVES} | {m: m for m in MOVES}
_SIGNS: dict[str, Value] = {"+": "yes", "-": "no", "?": "unsure"}
NONE_OF_THE_REST = "-*"
"""A judgement that says no to every mode not named."""
_VERDICT = re.compile(r"([A-Za-z]+)(?:\s+(\d{1,6}))?[.:]?")
_ONE_WORD = re.compile(r"[A-Za-z]+\W*\d*")
_FIRST_WORD = re.compile(r"([A-Za-z]+)(?!['’\w])")
_LABELS = re.compile(r"[-+?]\S+(?:[\s,]+[-+?]\S+)*")
_BARS = re.compile(r"\|+")
_TOP, _END = 0, -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A judgement typed into a buffer."""

    mode: KeyedMode
    """The mode, with the version shown."""
    value: Value
    """yes, no or unsure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reviewer made of the buffer of one trace."""

    verdict: Verdict | None = None
    """pass, fail, defer, or None: none given."""
    first_failure: int | None = None
    """The turn named behind ``fail``."""
    labels: tuple[Label, ...] = ()
    """Judgements, one a mode."""
    body: str = ""
    """The prose for the note, turns under ``## at N``; no blank lines at its ends."""
    move: Move | None = None
    """Where to go instead of saving: to the trace before (``back``), to the next without a note
    (``skip``), or back before the last save (``undo``)."""
    faults: tuple[str, ...] = ()
    """What must be mended before it can be saved, for the reviewer to read."""
    emptied: bool = False
    """Nothing but blanks is left of the whole buffer."""

    @property
    def says_nothing(self) -> bool:
        """Whether nothing was typed that could be saved, or must be spoken of."""
        return not (self.verdict or self.labels or self.body or self.faults or self.move)


def parse_buffer(text: str, opened: str, *, turns: int, modes: Sequence[KeyedMode] = ()) -> Reading:
    """Read what a reviewer left. ``opened`` is the buffer as they got it.

    ``turns`` is the number of turns of the trace, for ``f 5``; ``modes`` are those that can be
    judged in this buffer. Never raises; anything typed is in ``body``, in the verdict or the
    labels, or spoken of in ``faults``.
    """
    if not text.strip("\ufeff \t\r\n"):
        return Reading(emptied=True)
    chunks = list(_chunks(text, opened))
    before = next(iter(_chunks(opened, opened)), _Chunk()).first_line
    reading, chunks = _take_verdict(chunks, before, turns)
    if modes:
        reading, chunks = _take_labels(reading, chunks, modes)
    general = bodies.join_paragraphs(c.text for c in chunks if c.place == _TOP)
    for chunk in chunks:
        if chunk.place == _END:
            general = bodies.add_general(general, chunk.text)
    by_turn = [(chunk.place, chunk.text) for chunk in chunks if chunk.place > 0]
    return replace(reading, body=bodies.assemble([general], by_turn))


def is_touched(text: str, opened: str) -> bool:
    """Tell whether a buffer holds anything the reviewer changed and did not empty."""
    if not text.strip("\ufeff \t\r\n"):
        return False
    return [(c.place, c.text) for c in _chunks(text, opened)] != [
        (c.place, c.text) for c in _chunks(opened, opened)
    ]


def without_move(text: str, opened: str) -> str:
    """Take the line that says where to go out of a buffer: it was obeyed, the rest is a draft."""
    first = next(iter(_chunks(text, opened)), _Chunk()).first_line
    lines = text.split("\n")
    at = next((place for place, line in enumerate(lines) if line.strip() == first), None)
    return text if at is None else "\n".join([*lines[:at], "", *lines[at + 1 :]])


def bar_of(opened: str) -> str:
    """Return the bar that marks the tool's lines of a buffer."""
    found = _BARS.match(opened)
    return found[0] if found else BAR


# ---------------------------------------------------------------- lines


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
    bar = bar_of(opened)
    tools = {line_key(line) for line in opened.split("\n") if line.startswith(bar)}
    head = re.compile(rf"{re.escape(bar)}== (?:(\d+) )?")
    place, lines = _TOP, list[str]()
    for line in text.removeprefix("\ufeff").split("\n"):
        if not (line.startswith(bar) and line_key(line) in tools):
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


def line_key(line: str) -> str:
    """A line as it is compared: editors strip blanks at line ends and turn tabs into blanks."""
    return " ".join(line.split())


# ---------------------------------------------------------------- the verdict


def _take_verdict(chunks: list[_Chunk], before: str, turns: int) -> tuple[Reading, list[_Chunk]]:
    """Read the verdict off the first typed line, and return the chunks without that line."""
    first = chunks[0] if chunks and chunks[0].place == _TOP else _Chunk()
    reading = _verdict(first.first_line, before, turns)
    if reading.verdict is None and reading.move is None:
        return reading if reading.faults else _misplaced(chunks), chunks
    return reading, _without_first_line(chunks)


def _without_first_line(chunks: list[_Chunk]) -> list[_Chunk]:
    first, *others = chunks
    return [*_typed(first.place, first.text.split("\n")[1:]), *others]


def _verdict(line: str, before: str, turns: int) -> Reading:
    """Read a line as a verdict or a move; prose gives an empty reading."""
    found = _VERDICT.fullmatch(line)
    word = found[1].lower() if found else ""
    if found and word in _MOVE_WORDS and not found[2] and line != before:
        return Reading(move=_MOVE_WORDS[word])
    verdict = _VERDICT_WORDS.get(word)
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
    begins = word is not None and word[1].lower() in _VERDICT_WORDS
    if not begins and not _ONE_WORD.fullmatch(line):
        return Reading()
    near = None if begins else nearest(line.split(maxsplit=1)[0].lower(), (*VERDICTS, *MOVES))
    hint = f" (did you mean {near}?)" if near else ""
    remedy = "write p, f, f 5 or d alone on the first line, text below it"
    # Not quoted: who replaces the word everywhere would change the message into their own text.
    return Reading(faults=(f"the first line is no verdict{hint}; {remedy}",))


def _misplaced(chunks: list[_Chunk]) -> Reading:
    """Ask about a verdict that stands alone under a turn."""
    for chunk in chunks:
        found = _VERDICT.fullmatch(chunk.text) if chunk.place != _TOP else None
        if found and found[1].lower() in _VERDICT_WORDS:
            where = f"under turn {chunk.place}" if chunk.place > 0 else "below the trace"
            return Reading(faults=(f"the verdict stands {where}; move it on top",))
    return Reading()


# ---------------------------------------------------------------- judgements


def _take_labels(
    reading: Reading, chunks: list[_Chunk], modes: Sequence[KeyedMode]
) -> tuple[Reading, list[_Chunk]]:
    """Read the judgements off the lines that now come first."""
    found: dict[str, Label] = {}
    rest = False
    while chunks and chunks[0].place == _TOP and _LABELS.fullmatch(chunks[0].first_line):
        for word in re.split(r"[\s,]+", chunks[0].first_line):
            mode = find_mode(word[1:], modes)
            if word == NONE_OF_THE_REST:
                rest = True
            elif mode is None:
                return replace(reading, faults=(*reading.faults, _no_mode(word, modes))), chunks
            else:
                found[mode.mode] = Label(mode=mode, value=_SIGNS[word[0]])
        chunks = _without_first_line(chunks)
    others = [Label(mode=mode, value="no") for mode in modes if rest and mode.mode not in found]
    return replace(reading, labels=(*found.values(), *others)), chunks


def _no_mode(word: str, modes: Sequence[KeyedMode]) -> str:
    near = nearest(word[1:], [one.mode for one in modes])
    hint = f"; did you mean {word[0]}{near}?" if near else "; keys and names stand above"
    return f"a judgement names no failure mode{hint}"
