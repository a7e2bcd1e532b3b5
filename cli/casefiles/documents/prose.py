"""The blocks of a note: which lines are a person's observations, and which turn they speak of.

An observation (an open code) is a top-level paragraph or a top-level list item of prose.
Quotes, headings, fences, HTML comments and rules are none. What is indented below a list item
belongs to it, blank lines between or not. Other than in CommonMark, a line right below a quote
is the person's own again, as in a mail: what they type there must count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from casefiles.text.names import fold

_ANCHOR = re.compile(r"##\s+at\s+([0-9]{1,6})\s*")
_HEADING = re.compile(r"(#{1,6})(\s|$)")
_ITEM = re.compile(r"([-*+]|[0-9]{1,9}[.)])(\s+|$)")
# Backticks behind an opening fence make it inline code: https://spec.commonmark.org/0.31.2/#fenced-code-blocks
_FENCE = re.compile(r"(`{3,})[^`]*|(~{3,}).*")
_RULE = re.compile(r"([-*_])\s*(?:\1\s*){2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One open code: what a person saw."""

    index: int
    """Place in the note, from 1."""
    text: str
    """The text, white space folded; list markers left out."""
    turn: int | None
    """The turn it is anchored to by ``## at N``."""
    line: int
    """Line in the file, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words of the trace that a person quoted."""

    text: str
    """The quoted text, white space folded."""
    turn: int | None
    """The turn it must occur in; None where it stands outside an anchor."""
    line: int
    """Line in the file, from 1."""


def scan(text: str, first_line: int = 1) -> tuple[tuple[Observation, ...], tuple[Quote, ...]]:
    """Find the observations and quotes of a note's body, whose first line is ``first_line``."""
    scanner = _Scanner(first_line)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    for number, line in enumerate(text.split("\n"), first_line):
        scanner.take(line, number)
    scanner.flush()
    return tuple(scanner.observations), tuple(scanner.quotes)


class _Scanner:
    def __init__(self, first_line: int) -> None:
        self.observations: list[Observation] = []
        self.quotes: list[Quote] = []
        self.turn: int | None = None
        self.lines: list[str] = []
        self.kind = ""  # what the open block is: prose, quote or nothing
        self.item: int | None = None  # indentation of the list item that the open block is
        self.gap = False  # whether a blank line came since, which does not end an item
        self.start = first_line
        self.closing: str | None = None  # what ends the fence or comment we are in

    def take(self, line: str, number: int) -> None:
        stripped = line.strip()
        if self.closing is not None:
            if self._closes(stripped):
                self.closing = None
        elif not stripped:
            self._blank()
        elif _RULE.fullmatch(stripped):
            self.flush()
        elif fence := _FENCE.fullmatch(stripped):
            self.flush()
            self.closing = fence[1] or fence[2]
        elif stripped.startswith("<!--"):
            self.flush()
            self.closing = None if "-->" in stripped else "-->"
        elif heading := _HEADING.match(stripped):
            self._heading(stripped, level=len(heading[1]))
        elif stripped.startswith(">"):
            self._add("quote", stripped[1:], number)
        else:
            self._prose(line, stripped, number)

    def _closes(self, stripped: str) -> bool:
        if self.closing == "-->":
            return "-->" in stripped
        mark = self.closing or ""
        return stripped.startswith(mark) and not stripped.strip(mark[0])

    def _blank(self) -> None:
        if self.item is None:
            self.flush()
        else:
            self.gap = True

    def _heading(self, stripped: str, *, level: int) -> None:
        self.flush()
        anchor = _ANCHOR.fullmatch(stripped)
        if anchor or level <= 2:
            self.turn = int(anchor[1]) if anchor else None

    def _prose(self, line: str, stripped: str, number: int) -> None:
        indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
        inside = self.item is not None and indent >= self.item + 2
        marker = self._marker(stripped)
        if not inside and (marker or self.gap):
            self.flush()
        self.gap = False
        text = stripped[marker.end() :] if marker else stripped
        self._add("prose", text, number)
        if marker and not inside:
            self.item = indent

    def _marker(self, stripped: str) -> re.Match[str] | None:
        """Find the list marker of a line.

        A number other than 1 interrupts no paragraph: it may be a year that a line wraps before.
        """
        marker = _ITEM.match(stripped)
        in_paragraph = self.kind == "prose" and self.item is None
        counts_on = marker is not None and len(marker[1]) > 1 and marker[1][:-1] != "1"
        return None if in_paragraph and counts_on else marker

    def _add(self, kind: str, text: str, number: int) -> None:
        if self.kind != kind:
            self.flush()
        if not self.lines:
            self.start = number
        self.kind = kind
        self.lines.append(text)

    def flush(self) -> None:
        if not self.lines:
            self.kind, self.item, self.gap = "", None, False
            return
        text = fold(" ".join(self.lines))
        if text and self.kind == "quote":
            self.quotes.append(Quote(text=text, turn=self.turn, line=self.start))
        elif text:
            index = len(self.observations) + 1
            self.observations.append(
                Observation(index=index, text=text, turn=self.turn, line=self.start)
            )
        self.lines, self.kind, self.item, self.gap = [], "", None, False
