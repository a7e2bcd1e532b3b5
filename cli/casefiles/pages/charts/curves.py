"""How much there is still to learn: the accumulation of failure modes, drawn in three ways."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from casefiles.insight import CurvePoint
from casefiles.pages.charts.look import NARROW, SURE, WIDE, Chart, Spec, data, mark, quantity, whole
from casefiles.pages.charts.svg import BLUE, INK, ORANGE, PAPER, RULE, SOFT

HEIGHT = {WIDE: 340, NARROW: 220}
"""Width of a curve's plot to its height, in CSS pixels."""
LANES = 3
"""Heights at which the numbers of neighbouring events stand, so that they do not overlap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Modes seen by conversations read."""

    happened: Sequence[int]
    """Different modes seen after each unit, in the order of review."""
    expected: Sequence[CurvePoint]
    """Mean over all orders, from 0 units on."""
    ahead: Sequence[tuple[int, float]]
    """(units, modes expected), from the last unit on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One point of the history."""

    when: str
    """ISO 8601."""
    happened: int | None
    """Modes of the taxonomy of that moment that had been seen."""
    today_low: int
    """Modes of today's taxonomy that had been seen: at least."""
    today_high: int
    """At most."""
    event: int | None
    """Number of the taxonomy's event at that moment; None: there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one round added."""

    name: str
    """The round."""
    before: int
    """Modes seen in earlier rounds."""
    new: int
    """Modes seen in this one for the first time."""


def accumulation(curve: Curve) -> Chart:
    """Draw modes by conversations read: as it was read, and over every order."""
    return Chart(wide=_accumulation(curve, WIDE), narrow=_accumulation(curve, NARROW))


def history(moments: Sequence[Moment]) -> Chart:
    """Draw modes by time: under the taxonomy of each moment, and under today's."""
    return Chart(wide=_history(moments, WIDE), narrow=_history(moments, NARROW))


def by_round(steps: Sequence[Step]) -> Chart:
    """Draw for each round how many modes were known, and how many it added."""
    return Chart(wide=_by_round(steps, WIDE if len(steps) > 3 else NARROW))


# ---------------------------------------------------------------- over conversations


def _accumulation(curve: Curve, width: int) -> Spec:
    units = quantity("units", title="conversations read", grid=False, tickMinStep=1)
    modes = quantity("modes", title="different failure modes", domain=False, tickMinStep=1)
    expected, ahead = data(_expected(curve.expected)), data(_points(curve.ahead))
    happened = data(_points(enumerate((0, *curve.happened))))
    band = {"x": units, "y": {**modes, "field": "low"}, "y2": {"field": "high"}}
    line = {"x": units, "y": modes}
    return whole(
        {
            "width": width,
            "height": HEIGHT[width],
            "layer": [
                {"data": expected, **mark("area", color=BLUE, opacity=0.14), "encoding": band},
                {
                    "data": happened,
                    **mark("line", color=ORANGE, strokeWidth=1.75, interpolate="step-after"),
                    "encoding": line,
                },
                {
                    "data": expected,
                    **mark("line", color=BLUE, strokeWidth=2.5),
                    "encoding": line,
                },
                {
                    "data": ahead,
                    **mark("line", color=BLUE, strokeWidth=2.5, strokeDash=[3, 5]),
                    "encoding": line,
                },
            ],
        }
    )


def _expected(points: Iterable[CurvePoint]) -> Iterable[dict[str, float]]:
    for point in points:
        yield {
            "units": point.units,
            "modes": round(point.modes, 3),
            "low": round(max(0.0, point.modes - SURE * point.sd), 3),
            "high": round(point.modes + SURE * point.sd, 3),
        }


def _points(points: Iterable[tuple[int, float]]) -> Iterable[dict[str, float]]:
    return ({"units": units, "modes": round(modes, 3)} for units, modes in points)


# ---------------------------------------------------------------- over time


def _history(moments: Sequence[Moment], width: int) -> Spec:
    when: Spec = {
        "field": "when",
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": {
            "title": _days(moments),
            "grid": False,
            "tickCount": 4,
            "labelOverlap": True,
        },
    }
    modes = quantity("low", title="different failure modes", domain=False, tickMinStep=1)
    seen = data(
        {"when": moment.when, "low": moment.today_low, "high": moment.today_high}
        for moment in moments
    )
    then = data(
        {"when": moment.when, "low": moment.happened}
        for moment in moments
        if moment.happened is not None
    )
    band = {"x": when, "y": modes, "y2": {"field": "high"}}
    line = {"x": when, "y": modes}
    steps = {"interpolate": "step-after"}
    return whole(
        {
            "width": width,
            "height": HEIGHT[width],
            "layer": [
                *_events(moments, when),
                {"data": seen, **mark("area", color=BLUE, opacity=0.2, **steps), "encoding": band},
                {
                    "data": seen,
                    **mark("line", color=BLUE, strokeWidth=2.5, **steps),
                    "encoding": line,
                },
                {
                    "data": then,
                    **mark("line", color=ORANGE, strokeWidth=1.75, **steps),
                    "encoding": line,
                },
            ],
        }
    )


def _days(moments: Sequence[Moment]) -> str:
    first, last = moments[0].when[:10], moments[-1].when[:10]
    return f"{first}, UTC" if first == last else f"{first} to {last}"


def _events(moments: Sequence[Moment], when: Spec) -> list[Spec]:
    """A line for each event, and its number in a ring above the plot."""
    rows = data(
        {"when": moment.when, "event": moment.event, "lane": -14 - 20 * (moment.event % LANES)}
        for moment in moments
        if moment.event is not None
    )
    if not rows["values"]:
        return []
    height = {"field": "lane", "type": "quantitative", "scale": None}
    return [
        {
            "data": rows,
            **mark("rule", color=RULE, strokeWidth=1),
            "encoding": {"x": when, "y": height, "y2": {"value": "height"}},
        },
        {
            "data": rows,
            **mark("point", size=260, fill=PAPER, stroke=SOFT, strokeWidth=1, opacity=1),
            "encoding": {"x": when, "y": height},
        },
        {
            "data": rows,
            **mark("text", color=INK, fontSize=11, baseline="middle"),
            "encoding": {"x": when, "y": height, "text": {"field": "event"}},
        },
    ]


# ---------------------------------------------------------------- over rounds


def _by_round(steps: Sequence[Step], width: int) -> Spec:
    rows = data(
        {"round": step.name, "place": place, "low": low, "high": high, "part": part}
        for place, step in enumerate(steps)
        for part, low, high in (
            ("before", 0, step.before),
            ("new", step.before, step.before + step.new),
        )
    )
    return whole(
        {
            "width": min(width, 90 * len(steps) + 30),
            "height": HEIGHT[width] // 2,
            "data": rows,
            **mark("bar", size=38),
            "encoding": {
                "x": {
                    "field": "round",
                    "type": "ordinal",
                    "sort": {"field": "place"},
                    "axis": {"title": None, "labelAngle": 0, "labelLimit": 84, "ticks": False},
                },
                "y": quantity("low", title="different failure modes", domain=False, tickMinStep=1),
                "y2": {"field": "high"},
                "color": {
                    "field": "part",
                    "type": "nominal",
                    "scale": {"domain": ["before", "new"], "range": [RULE, ORANGE]},
                    "legend": None,
                },
            },
        }
    )
