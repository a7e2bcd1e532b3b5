"""A note as a page shows it: what was said about the whole, and what about each turn."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from casefiles.documents.corpus import Corpus
from casefiles.documents.note import Note
from casefiles.documents.paths import ADJUDICATED

_ANCHOR = re.compile(r"\s*##\s+at\s+(\d{1,6})\s*")
_HEADING = re.compile(r"\s*##?\s")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What one annotator wrote about one turn, or about the whole trace."""

    who: str
    """The annotator."""
    kind: str
    """``human``, ``model`` or ``import``; ``adjudicated`` for what was settled."""
    text: str
    """Their words, as written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One annotator's reading of a trace."""

    who: str
    """The annotator."""
    kind: str
    """As in `Remark`."""
    note: Note
    """What they wrote."""

    @property
    def verdict(self) -> str:
        """``pass``, ``fail``, ``defer``, or empty."""
        return self.note.verdict or ("fail" if self.note.fails else "")


def readings_of(corpus: Corpus) -> Mapping[str, tuple[Reading, ...]]:
    """Return for each trace its notes, people first, then in order of the annotators' names."""
    found: dict[str, list[Reading]] = {}
    for (who, trace), note in corpus.notes.items():
        kind = ADJUDICATED if who == ADJUDICATED else corpus.config.kind_of(who)
        found.setdefault(trace, []).append(Reading(who=who, kind=kind, note=note))
    return {trace: tuple(sorted(given, key=_order)) for trace, given in found.items()}


def _order(reading: Reading) -> tuple[bool, str]:
    return reading.kind != "human", reading.who


def remarks(
    readings: tuple[Reading, ...], turns: Collection[int]
) -> tuple[tuple[Remark, ...], Mapping[int, tuple[Remark, ...]]]:
    """Return what was said about the whole, and by turn (a number of ``turns``).

    What was said about a turn that is not shown stands with the whole.
    """
    whole: list[Remark] = []
    beside: dict[int, list[Remark]] = {}
    for reading in readings:
        for turn, text in segments(reading.note.body):
            remark = Remark(who=reading.who, kind=reading.kind, text=text)
            if turn is not None and turn in turns:
                beside.setdefault(turn, []).append(remark)
            else:
                whole.append(remark)
    return tuple(whole), {turn: tuple(said) for turn, said in beside.items()}


def segments(body: str) -> Iterator[tuple[int | None, str]]:
    """Cut a note at its ``## at N`` lines: (turn, or None for the whole; text that is not blank).

    Another heading of the first two levels ends what an anchor holds; fences hold no headings.
    """
    turn: int | None = None
    lines: list[str] = []
    fence = ""
    for line in body.replace("\r\n", "\n").split("\n"):
        if mark := _FENCE.match(line):
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        anchor = None if fence else _ANCHOR.fullmatch(line)
        if anchor or (not fence and _HEADING.match(line)):
            yield from _segment(turn, lines)
            turn, lines = (int(anchor[1]), []) if anchor else (None, [line])
        else:
            lines.append(line)
    yield from _segment(turn, lines)


def _segment(turn: int | None, lines: list[str]) -> Iterator[tuple[int | None, str]]:
    text = "\n".join(lines).strip("\n")
    if text.strip():
        yield turn, text
