"""The page on coverage: which kinds of use were tried and read, and where what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from casefiles.insight.mode_use import ENOUGH, ModeUse
from casefiles.insight.use_coverage import Crossing, Pair, Tally
from casefiles.pages import words
from casefiles.pages.charts import cells
from casefiles.pages.charts.cells import Panel, label, panels
from casefiles.pages.compared import compared
from casefiles.pages.figure import Column, Draw, Figure, Key, Numbers, interval_columns
from casefiles.pages.page import Page
from casefiles.pages.report import Report
from casefiles.text.names import slug

MODES = 20
"""Failure modes a chart shows against kinds of use, the commonest; its numbers have them all."""
WIDEST = 12
"""Values of a dimension up to which it is drawn; a wider one is in the numbers alone."""
TALLEST = 30
"""The same for the rows."""
What = Literal["queries", "reviewed", "failing"]


def coverage(report: Report, draw: Draw) -> Page:
    """Make the coverage page."""
    found = report.coverage
    queries = sum(query.used for query in report.corpus.dataset.queries)
    pairs = tuple(
        _pair(crossing, draw, with_queries=bool(queries))
        for crossing in found.crossings
        if _fits(crossing)
    )
    modes = tuple(
        _modes(report, dimension, uses, draw)
        for dimension, uses in report.mode_uses.items()
        if any(use.judged for use in uses)
    )
    rounds = compared(report, draw)
    drawn = [one.figure for one in rounds if one.figure]
    return Page(
        path="coverage.md",
        template="coverage.md.jinja",
        values={
            "report": report,
            "found": found,
            "queries": queries,
            "gaps": tuple(map(_said, found.gaps("reviewed"))),
            "pairs": pairs,
            "modes": modes,
            "few": ENOUGH,
            "compared": rounds,
        },
        figures=(*pairs, *modes, *drawn),
    )


def _said(pair: Pair) -> str:
    """``feature return with persona child``."""
    return " with ".join(f"{dimension} {value}" for dimension, value in pair)


# ---------------------------------------------------------------- one kind of use with another


def _fits(crossing: Crossing) -> bool:
    """Whether it can be drawn, and there is anything in it."""
    cells_ = [cell for row in crossing.cells for cell in row]
    small = bool(cells_) and len(crossing.cells[0]) <= WIDEST and len(crossing.cells) <= TALLEST
    return small and any(cell.expected or cell.tally.traces for cell in cells_)


def _pair(crossing: Crossing, draw: Draw, *, with_queries: bool) -> Figure:
    title = f"{crossing.rows} and {crossing.columns}"
    queries = Panel(title="Queries", cells=tuple(_cells(crossing, "queries")))
    chart = panels(
        [
            *([queries] if with_queries else []),
            Panel(title="Read", cells=tuple(_cells(crossing, "reviewed"))),
            Panel(title="Went wrong", cells=tuple(_cells(crossing, "failing")), ramp="orange"),
        ],
        rows=[label(row[0].row) for row in crossing.cells],
        columns=[label(cell.column) for cell in crossing.cells[0]],
        cell=44,
    )
    return Figure(
        name=f"use-{slug(crossing.rows)}-{slug(crossing.columns)}",
        title=title,
        description="; ".join(_described(crossing)) or "No pair of values was read.",
        says="Each cell is a pair of values: queries in use, conversations read, and those that "
        "went wrong. An empty cell is a kind of use nobody has looked at; a dotted one is ruled "
        "out by the constraints.",
        how="uses",
        keys=(Key(mark="thin", words="ruled out, or not planned"),),
        numbers=_pair_numbers(crossing),
        drawn=draw(chart, title),
    )


def _cells(crossing: Crossing, what: What) -> Iterator[cells.Cell]:
    tallies = [cell.tally for row in crossing.cells for cell in row]
    most = max((_count(tally, what) for tally in tallies), default=0) or 1
    for row in crossing.cells:
        for cell in row:
            count = _count(cell.tally, what)
            ruled_out = not cell.expected and not cell.tally.queries and not cell.tally.traces
            shade = count / most
            if what == "failing":  # of those read, so that busy cells do not look worse
                shade = count / cell.tally.reviewed if cell.tally.reviewed else 0
            yield cells.Cell(
                row=label(cell.row),
                column=label(cell.column),
                said="" if ruled_out else f"{count:,}",
                shade=shade,
                thin=ruled_out,
            )


def _count(tally: Tally, what: What) -> int:
    return {"queries": tally.queries, "reviewed": tally.reviewed, "failing": tally.failing}[what]


def _described(crossing: Crossing) -> Iterator[str]:
    for row in crossing.cells:
        for cell in row:
            if cell.tally.reviewed:
                count = f"{cell.tally.failing} of {cell.tally.reviewed} went wrong"
                yield f"{cell.row}, {cell.column}: {count}"


def _pair_numbers(crossing: Crossing) -> Numbers:
    columns = (
        Column(name=crossing.rows, kind="text"),
        Column(name=crossing.columns, kind="text"),
        Column(name="Queries"),
        Column(name="Traces"),
        Column(name="Read"),
        Column(name="Went wrong"),
    )
    rows = (
        (c.row, c.column, c.tally.queries, c.tally.traces, c.tally.reviewed, c.tally.failing)
        for row in crossing.cells
        for c in row
    )
    return Numbers(columns=columns, rows=tuple(rows))


# ---------------------------------------------------------------- failure modes by kind of use


def _modes(report: Report, dimension: str, uses: Sequence[ModeUse], draw: Draw) -> Figure:
    order = [found.mode for found in report.figures.prevalence]
    names = {mode: label(report.mode(mode).name) for mode in order}
    shown = set(order[:MODES])
    values = list(dict.fromkeys(use.value for use in uses))[:WIDEST]
    title = f"Failure modes by {dimension}"
    panel = Panel(
        title="Share, and its 95 % interval",
        cells=[
            _mode_cell(use, names[use.mode])
            for use in uses
            if use.mode in shown and use.value in values
        ],
        ramp="orange",
    )
    rows = [names[mode] for mode in order if mode in shown]
    chart = panels([panel], rows=rows, columns=[label(value) for value in values], cell=92)
    return Figure(
        name=f"modes-{slug(dimension)}",
        title=title,
        description=f"Shares of {len(rows)} failure modes among {len(values)} values.",
        says=f"Darker is more common. A dotted cell rests on fewer than {ENOUGH} conversations and "
        "may mislead; intervals that overlap may differ by chance alone.",
        how="thin",
        keys=(Key(mark="thin", words=f"fewer than {ENOUGH} judged"),),
        numbers=_mode_numbers(report, dimension, uses),
        drawn=draw(chart, title),
    )


def _mode_cell(use: ModeUse, name: str) -> cells.Cell:
    interval = use.interval
    said = words.percent(interval.rate) if interval else f"{use.yes} seen" if use.judged else "–"
    return cells.Cell(
        row=name,
        column=label(use.value),
        said=said,
        small=words.limits(interval) if interval else "",
        shade=interval.rate / 0.6 if interval else 0,
        thin=use.thin or interval is None,
    )


def _mode_numbers(report: Report, dimension: str, uses: Sequence[ModeUse]) -> Numbers:
    columns = (
        Column(name="Failure mode", kind="text"),
        Column(name=dimension, kind="text"),
        Column(name="Seen in"),
        Column(name="Judged"),
        Column(name="Not judged"),
        Column(name="Disputed"),
        *interval_columns("Share"),
    )
    rows = []
    for use in uses:
        limits = use.interval
        share = (limits.rate, limits.low, limits.high) if limits else (None, None, None)
        counts = (use.yes, use.judged, use.unjudged, use.disputed)
        rows.append((report.mode(use.mode).name, use.value, *counts, *share))
    return Numbers(columns=columns, rows=tuple(rows))
