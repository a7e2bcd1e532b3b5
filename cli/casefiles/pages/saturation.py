"""The page on saturation: is anything new still being learned?"""

from __future__ import annotations

from casefiles.insight import (
    CurvePoint,
    as_it_happened,
    extrapolation,
    incidence,
    mao_tau,
    more_units_until,
)
from casefiles.insight.incidence import Incidence
from casefiles.pages import charts, words
from casefiles.pages.overview import caveats
from casefiles.pages.report import Report
from casefiles.pages.templating import markdown_page

POINTS = 60
"""Points a curve is drawn with, at most."""
ROWS = 20
"""Rows of the table beneath it, at most."""
AHEAD = 20
"""Units the curve looks ahead."""


def saturation(report: Report) -> str:
    """Render the saturation page as a Markdown page."""
    figures = report.figures
    seen = incidence(figures.rows)
    happened = as_it_happened(figures.rows)
    return markdown_page(
        "saturation.md.jinja",
        report=report,
        found=figures.saturation,
        state=words.STATES[figures.saturation.state],
        more=more_units_until(seen),
        uncoded=figures.uncoded,
        caveats=caveats(report),
        chart=_chart(seen, happened) if seen.modes else "",
        steps=_table(seen, happened),
    )


def _chart(seen: Incidence, happened: list[int]) -> str:
    ahead = ((units, extrapolation(seen, units)) for units in _ahead(seen.units))
    curve = charts.Curve(
        happened=happened,
        expected=[mao_tau(seen, units) for units in spread(seen.units, POINTS)],
        ahead=[(units, modes) for units, modes in ahead if modes is not None],
    )
    read, modes = words.count(seen.units, "conversation"), words.count(seen.modes, "failure mode")
    description = (
        f"After {read}, {modes} had been seen. One line grows as the conversations were read, "
        "the other is the mean over every order they could have been read in, with a 95 % band; "
        f"dots continue it by {AHEAD} conversations. The table below has the numbers."
    )
    return charts.saturation(curve, description=description)


def _table(seen: Incidence, happened: list[int]) -> list[tuple[CurvePoint, int]]:
    units = spread(seen.units, ROWS)[1:]
    return [(mao_tau(seen, unit), happened[unit - 1]) for unit in units]


def spread(last: int, points: int) -> list[int]:
    """Return whole numbers from 0 to ``last``, evenly spread, at most ``points`` + 1 of them."""
    steps = min(last, points)
    return [round(last * step / steps) for step in range(steps + 1)] if steps else [0]


def _ahead(units: int) -> list[int]:
    return [units + step for step in range(0, AHEAD + 1, 5)]
