"""The page on saturation: is anything new still being learned?"""

from __future__ import annotations

from collections.abc import Sequence

from casefiles.insight import (
    CurvePoint,
    as_it_happened,
    extrapolation,
    incidence,
    mao_tau,
    more_units_until,
)
from casefiles.insight.figures import Figures
from casefiles.insight.incidence import Incidence
from casefiles.pages import statement, timeline, words
from casefiles.pages.charts import curves
from casefiles.pages.charts.look import SURE
from casefiles.pages.figure import Column, Draw, Figure, Key, Numbers
from casefiles.pages.page import Page
from casefiles.pages.report import Report, RoundStep

POINTS = 60
"""Points a curve is drawn with, at most."""
ROWS = 20
"""Rows of the table beneath it, at most."""
AHEAD = 20
"""Units the curve looks ahead."""


def saturation(report: Report, draw: Draw) -> Page:
    """Make the saturation page."""
    figures = report.figures
    seen = incidence(figures.rows)
    curve = _curve(seen, as_it_happened(figures.rows), draw) if seen.modes else None
    history = timeline.figure(report, draw)
    found = report.history.rounds
    rounds = _rounds(found, draw) if len(found) > 1 else None
    return Page(
        path="saturation.md",
        template="saturation.md.jinja",
        values={
            "report": report,
            "found": figures.saturation,
            "state": words.STATES[figures.saturation.state],
            "sentence": statement.saturation(figures),
            "to_go": tuple(
                statement.to_go(figures, more_units_until(seen), report.corpus.config.smallest)
            ),
            "rests_on": statement.rests_on(figures),
            "guest": _guest(figures),
            "caveats": statement.caveats(report),
            "curve": curve,
            "history": history,
            "happenings": timeline.happenings(report),
            "rounds": rounds,
            "steps": found,
        },
        figures=tuple(figure for figure in (curve, history, rounds) if figure),
    )


def _guest(figures: Figures) -> str:
    """Guest's ratio: new modes among the last 20, in those known before; no rule to stop by."""
    known = figures.saturation.known_before
    return words.percent(figures.saturation.new_in_last_20 / known) if known else ""


def _curve(seen: Incidence, happened: Sequence[int], draw: Draw) -> Figure:
    ahead = ((units, extrapolation(seen, units)) for units in _ahead(seen.units))
    curve = curves.Curve(
        happened=happened,
        expected=[mao_tau(seen, units) for units in spread(seen.units, POINTS)],
        ahead=[(units, modes) for units, modes in ahead if modes is not None],
    )
    read, modes = words.count(seen.units, "conversation"), words.count(seen.modes, "failure mode")
    title = "Different failure modes seen, by number of conversations read"
    return Figure(
        name="saturation",
        title=title,
        description=(
            f"After {read}, {modes} had been seen. One line grows as the conversations were read, "
            "the other is the mean over every order they could have been read in, with a 95 % "
            f"band; dots continue it by {AHEAD} conversations."
        ),
        says="A curve that still climbs at its right end says that more reading will find failures "
        "of a new kind; a flat one, that it will mostly find more of the same. The mean over every "
        "order takes the luck of the order out.",
        how="curve",
        keys=(
            Key(mark="step", words="in the order of reading"),
            Key(mark="line", words="mean over every order, with its 95 % band"),
            Key(mark="dots", words=f"what the next {AHEAD} are expected to add"),
        ),
        numbers=_numbers(seen, happened, curve),
        drawn=draw(curves.accumulation(curve), title),
    )


def _numbers(seen: Incidence, happened: Sequence[int], curve: curves.Curve) -> Numbers:
    columns = (
        Column(name="Conversations"),
        Column(name="In the order of reading"),
        Column(name="Mean over every order", kind="number"),
        Column(name="95 % low", kind="number"),
        Column(name="95 % high", kind="number"),
    )
    points = [mao_tau(seen, units) for units in spread(seen.units, ROWS)[1:]]
    rows = [(point.units, happened[point.units - 1], *_band(point)) for point in points]
    ahead = [(units, None, round(modes, 3), None, None) for units, modes in curve.ahead[1:]]
    return Numbers(columns=columns, rows=(*rows, *ahead))


def _band(point: CurvePoint) -> tuple[float, float, float]:
    low = max(0.0, point.modes - SURE * point.sd)
    return round(point.modes, 3), round(low, 3), round(point.modes + SURE * point.sd, 3)


def spread(last: int, points: int) -> list[int]:
    """Return whole numbers from 0 to ``last``, evenly spread, at most ``points`` + 1 of them."""
    steps_ = min(last, points)
    return [round(last * step / steps_) for step in range(steps_ + 1)] if steps_ else [0]


def _ahead(units: int) -> list[int]:
    return [units + step for step in range(0, AHEAD + 1, 5)]


def _rounds(found: Sequence[RoundStep], draw: Draw) -> Figure:
    title = "Failure modes known before each round, and new in it"
    steps = [
        curves.Step(name=step.round, before=step.total - step.new, new=step.new) for step in found
    ]
    return Figure(
        name="rounds",
        title=title,
        description="; ".join(
            f"{step.round}: {step.new} new in {words.count(step.units, 'conversation')}"
            for step in found
        ),
        says="Rounds that add little although they were drawn as the ones before say that "
        "the list of failures is nearly complete for this way of drawing.",
        how="rounds",
        keys=(
            Key(mark="known", words="known from earlier rounds"),
            Key(mark="new", words="seen in this round for the first time"),
        ),
        numbers=Numbers(
            columns=(
                Column(name="Round", kind="text"),
                Column(name="Conversations read"),
                Column(name="New failure modes"),
                Column(name="Failure modes so far"),
                Column(name="Described, at least", kind="share"),
            ),
            rows=tuple((s.round, s.units, s.new, s.total, s.coverage_low) for s in found),
        ),
        drawn=draw(curves.by_round(steps), title),
    )
