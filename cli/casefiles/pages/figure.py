"""A figure of the report: a chart, what it says, and the numbers it was drawn from."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Literal, TypeAlias

from markupsafe import Markup

from casefiles.pages import words
from casefiles.pages.charts import palette, svg
from casefiles.pages.charts.drawing import Drawn
from casefiles.pages.charts.look import Chart
from casefiles.pages.charts.svg import Said
from casefiles.pages.templating import html_page
from casefiles.text import odd

FOLDER = "_casefiles/charts"
"""Where the files to download live, below site/docs."""

Cell: TypeAlias = str | int | float | None
Kind = Literal["text", "count", "number", "share", "coefficient"]
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the numbers behind a figure."""

    name: str
    """Its heading."""
    kind: Kind = "count"
    """What its cells are; a share is a fraction from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The numbers behind a figure."""

    columns: tuple[Column, ...]
    """The columns; the first names the rows."""
    rows: tuple[tuple[Cell, ...], ...]
    """A cell for each column; None where there is no number."""

    def shown(self) -> Iterator[tuple[str, ...]]:
        """Yield the rows as a page shows them."""
        for row in self.rows:
            yield tuple(_shown(c, column.kind) for c, column in zip(row, self.columns, strict=True))

    def csv(self) -> str:
        """Return them as a CSV file (RFC 4180); no cell is a formula to a spreadsheet."""
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow([column.name for column in self.columns])
        writer.writerows([_harmless(cell) for cell in row] for row in self.rows)
        return file.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A line of a legend."""

    mark: str
    """The mark, as the end of a class: ``cf-key--…``."""
    words: str
    """What it stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A chart with everything around it."""

    name: str
    """Its id, and the name of its files."""
    title: str
    """What it shows, for those who do not see it and above the picture to download."""
    description: str
    """What can be seen in it, for those who do not see it."""
    says: str
    """How to read it, in a sentence."""
    how: str
    """Where the method page says more: the id of a heading."""
    keys: tuple[Key, ...]
    """The legend."""
    numbers: Numbers
    """What it was drawn from."""
    drawn: Future[Drawn]
    """The pictures."""

    def files(self) -> Iterator[tuple[str, str | bytes]]:
        """Yield its files: (path below site/docs, content).

        The page shows the ``.svg`` as a picture, which any builder copies. After the build the
        ``.html`` takes its place: the same drawing with the page's own colours, fonts and links,
        and the numbers. Through Markdown, thousands of shapes would take longer than all else.
        """
        yield f"{FOLDER}/{self.name}.csv", self.numbers.csv()
        yield f"{FOLDER}/{self.name}.png", self.drawn.result().picture
        yield f"{FOLDER}/{self.name}.svg", self._alone()
        yield f"{FOLDER}/{self.name}.html", html_page("figure.html.jinja", figure=self)

    def inline(self) -> Markup:
        """Return the chart as inline SVG, in both sizes where it has two."""
        drawn = self.drawn.result()
        if drawn.narrow is None:
            return Markup(svg.inline(drawn.wide, self._said("only")))  # noqa: S704  our own shapes
        wide = svg.inline(drawn.wide, self._said("wide"))
        return Markup(wide + svg.inline(drawn.narrow, self._said("narrow")))  # noqa: S704  the same

    def _alone(self) -> str:
        return svg.alone(self.drawn.result().wide, self._said("only"), style=palette.style())

    def _said(self, kind: str) -> Said:
        return Said(
            name=f"{self.name}-{kind}", title=self.title, description=self.description, kind=kind
        )


Draw: TypeAlias = Callable[[Chart, str], Future[Drawn]]
"""Draws a chart that has a title."""


def interval_columns(name: str) -> tuple[Column, ...]:
    """Return the columns for a share and its limits."""
    return (
        Column(name=name, kind="share"),
        Column(name="95 % low", kind="share"),
        Column(name="95 % high", kind="share"),
    )


def table(columns: Sequence[Column], rows: Iterator[tuple[Cell, ...]]) -> Numbers:
    """Put numbers together."""
    return Numbers(columns=tuple(columns), rows=tuple(rows))


def _shown(cell: Cell, kind: Kind) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    if kind == "share":
        return words.percent(cell, 1)
    if kind == "coefficient":
        return f"{cell:.2f}"
    return f"{cell:,}" if isinstance(cell, int) else f"{cell:,.1f}"


def _harmless(cell: Cell) -> Cell:
    """A name that begins like a formula gets an apostrophe in front (OWASP, CSV injection)."""
    if not isinstance(cell, str):
        return cell
    said = odd.inert_line(cell)
    return f"'{said}" if said.startswith(_FORMULA) else said
