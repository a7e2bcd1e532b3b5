"""Tables of shades: kinds of use against each other, and failure modes against kinds of use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from casefiles.pages.charts.look import LETTER, Chart
from casefiles.pages.charts.svg import BLUES, INK, ORANGES, RULE, SOFT
from casefiles.pages.inert import text
from casefiles.text.names import shorten

SHADES = len(BLUES) - 1
"""The darkest shade; 0 is the paper."""
SIDE = 40
"""Height of a cell, in CSS pixels."""
LETTERS = 40
"""Letters of a label."""

SPACE = 22
"""Pixels between two tables."""
TITLE = 20
"""Height of a table's title."""
MARGIN = 220
"""Width that a title takes, at most."""

Ramp = Literal["blue", "orange"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell."""

    row: str
    """Its row."""
    column: str
    """Its column."""
    said: str
    """What stands in it."""
    small: str = ""
    """What stands below that, smaller."""
    shade: float
    """How full, 0 to 1."""
    thin: bool = False
    """Whether it rests on too little to be relied on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One table of cells."""

    title: str
    """What is counted in it."""
    cells: Sequence[Cell]
    """Its cells."""
    ramp: Ramp = "blue"
    """The colour of its shades."""


def panels(
    given: Sequence[Panel], *, rows: Sequence[str], columns: Sequence[str], cell: int = 52
) -> Chart:
    """Draw tables with the same rows and columns beside each other, to be scrolled on a phone.

    ``cell`` is the width of a cell, in CSS pixels. A table has no scale, axis or layout that a
    library would have to find, so it is written here, in the stand-in colours of the others.
    """
    grid = _Grid(rows=rows, columns=columns, cell=cell)
    parts = list(grid.names())
    for number, panel in enumerate(given):
        parts += grid.panel(panel, left=grid.left + number * (grid.width + SPACE))
    width = grid.left + len(given) * (grid.width + SPACE) + grid.overhang
    height = grid.top + SIDE * len(rows) + 6
    return Chart(
        wide=f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif">{"".join(parts)}</svg>'
    )


class _Grid:
    def __init__(self, *, rows: Sequence[str], columns: Sequence[str], cell: int) -> None:
        longest = max((len(name) for name in columns), default=0) * LETTER
        self.rows = {name: number for number, name in enumerate(rows)}
        self.columns = {name: number for number, name in enumerate(columns)}
        self.cell = cell
        self.width = cell * len(columns)
        self.left = round(max((len(name) for name in rows), default=0) * LETTER) + 12
        self.slanted = longest > cell - 4
        self.top = TITLE + (round(longest * 0.64) + 12 if self.slanted else 22)
        self.overhang = round(longest * 0.5) if self.slanted else 4
        self.overhang = max(self.overhang, MARGIN - self.width)

    def names(self) -> Iterator[str]:
        """The name of each row, at its left."""
        for name, number in self.rows.items():
            y = self.top + SIDE * (number + 0.5) + 4
            yield _words(self.left - 10, y, name, anchor="end")

    def panel(self, panel: Panel, *, left: int) -> Iterator[str]:
        """A title, the names of the columns, and the cells."""
        yield _words(left, 14, panel.title, more=' font-weight="bold"')
        for name, number in self.columns.items():
            x, y = left + self.cell * (number + 0.5), self.top - 8
            if self.slanted:
                yield _words(x, y, name, more=f' transform="rotate(-40,{x:g},{y:g})"')
            else:
                yield _words(x, y, name, anchor="middle")
        ramp = BLUES if panel.ramp == "blue" else ORANGES
        for one in panel.cells:
            yield from self.one(one, ramp, left)

    def one(self, one: Cell, ramp: Sequence[str], left: int) -> Iterator[str]:
        """A cell: its shade, what stands in it, and what stands below that."""
        x = left + self.cell * self.columns[one.column]
        y = self.top + SIDE * self.rows[one.row]
        shade = ramp[0 if one.thin else round(SHADES * min(1.0, one.shade))]
        edge = f' stroke="{RULE}" stroke-dasharray="2,3"' if one.thin else ""
        yield (
            f'<path d="M{x + 1},{y + 1}h{self.cell - 2}v{SIDE - 2}h{2 - self.cell}z" '
            f'fill="{shade}"{edge}/>'
        )
        middle, colour = x + self.cell / 2, SOFT if one.thin else INK
        base = y + SIDE / 2 + (-1 if one.small else 5)
        yield _words(middle, base, one.said, colour=colour, anchor="middle", size=13)
        if one.small:
            yield _words(middle, base + 13, one.small, colour=colour, anchor="middle", size=10)


def _words(
    x: float,
    y: float,
    said: str,
    *,
    colour: str = INK,
    anchor: str = "start",
    size: int = 12,
    more: str = "",
) -> str:
    if not said:
        return ""
    return (
        f'<text x="{x:g}" y="{y:g}" fill="{colour}" font-size="{size}" text-anchor="{anchor}"'
        f"{more}>{text(said)}</text>"
    )


def label(name: str) -> str:
    """Shorten the label of a row or column."""
    return shorten(name, LETTERS)
