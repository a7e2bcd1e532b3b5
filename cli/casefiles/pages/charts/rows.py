"""Shares of failure modes, one a row: as bars for a Pareto, as dots to compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casefiles.insight import Interval
from casefiles.pages.charts.look import LETTER, NARROW, WIDE, Chart, Spec, data, mark, whole
from casefiles.pages.charts.svg import BLUE, BLUE_TINT, INK, ORANGE_TINT, PAPER, SOFT
from casefiles.text.names import shorten

NAMES = 264
"""Width of the names beside the plot, on a wide page, in CSS pixels."""
FIGURES = 104
"""Width of the figures at its other side."""
STEP = {WIDE: 32, NARROW: 46}
"""Width of a plot to the height of its rows; on a phone a name stands above its row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A row of the Pareto."""

    name: str
    """The mode's name."""
    said: str
    """Its figure in words, short."""
    rate: float
    """Where the bar ends, 0 to 1."""
    interval: Interval | None
    """Its limits; None: the share is not known, the bar is what was seen so far."""
    reached: float
    """Share of the units with this mode or one above it."""
    swamps: bool = False
    """Whether it is in more than half of what goes wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A row of a comparison."""

    name: str
    """What is compared."""
    said: str
    """Its figure in words, short."""
    now: Interval | None
    """The share; None: not known."""
    before: Interval | None = None
    """The share it is compared with."""


def pareto(bars: Sequence[Bar]) -> Chart:
    """Draw shares as bars with their intervals, and what the modes reach together."""
    return Chart(wide=_pareto(bars, WIDE), narrow=_pareto(bars, NARROW))


def dots(rows: Sequence[Dot], *, axis: str) -> Chart:
    """Draw shares as dots with their intervals, beside those of before; ``axis`` titles it."""
    return Chart(wide=_dots(rows, WIDE, axis), narrow=_dots(rows, NARROW, axis))


# ---------------------------------------------------------------- the Pareto


def _pareto(bars: Sequence[Bar], width: int) -> Spec:
    most = max((max(b.reached, b.interval.high if b.interval else b.rate) for b in bars), default=0)
    frame = _Frame(width, most=most, axis="share of the conversations read")
    rows = data(_bars(bars, width))
    known, seen = {"filter": "datum.known"}, {"filter": "!datum.known"}
    end = frame.x("rate")
    # On a phone it would cross the figures above the bars.
    line = mark("line", color=SOFT, strokeWidth=1, strokeDash=[1, 3], opacity=1)
    layers = [
        frame.layer(mark("bar", color=BLUE_TINT, height=15), x=end, only=known),
        frame.layer(
            mark("bar", color=ORANGE_TINT, height=15),
            x=end,
            only={"filter": "datum.known && datum.swamps"},
        ),
        frame.layer(
            mark("bar", color=PAPER, stroke=SOFT, strokeDash=[2, 3], height=14), x=end, only=seen
        ),
        *(
            [frame.layer(line, x=frame.x("reached"), order={"field": "row"})]
            if frame.beside
            else []
        ),
        frame.layer(
            mark("tick", color=SOFT, thickness=1.5, size=11, opacity=1), x=frame.x("reached")
        ),
        *_whiskers(frame, ends=("low", "high"), only=known),
        *frame.words(),
    ]
    return whole({"width": width, "height": {"step": STEP[width]}, "data": rows, "layer": layers})


def _bars(bars: Sequence[Bar], width: int) -> Iterable[Mapping[str, Any]]:
    for number, bar in enumerate(bars):
        yield {
            "row": number,
            "name": _name(bar.name, bar.said, width),
            "said": bar.said,
            "rate": bar.rate,
            "reached": bar.reached,
            "low": bar.interval.low if bar.interval else None,
            "high": bar.interval.high if bar.interval else None,
            "known": bar.interval is not None,
            "swamps": bar.swamps,
        }


# ---------------------------------------------------------------- dots


def _dots(rows: Sequence[Dot], width: int, axis: str) -> Spec:
    found = [interval for row in rows for interval in (row.now, row.before) if interval]
    frame = _Frame(width, most=max((interval.high for interval in found), default=0), axis=axis)
    now, before = {"filter": "datum.now != null"}, {"filter": "datum.before != null"}
    layers = [
        *_whiskers(frame, ends=("before_low", "before_high"), only=before, color=SOFT, shift=5),
        frame.layer(
            mark("point", color=SOFT, fill=PAPER, size=60, opacity=1, strokeWidth=1.5),
            x=frame.x("before"),
            only=before,
            shift=5,
        ),
        *_whiskers(frame, ends=("now_low", "now_high"), only=now, color=BLUE, shift=-4),
        frame.layer(
            mark("circle", color=BLUE, size=80, opacity=1), x=frame.x("now"), only=now, shift=-4
        ),
        *frame.words(),
    ]
    values = data(
        {
            "row": number,
            "name": _name(row.name, row.said, width),
            "said": row.said,
            **_ends("now", row.now),
            **_ends("before", row.before),
        }
        for number, row in enumerate(rows)
    )
    return whole({"width": width, "height": {"step": STEP[width]}, "data": values, "layer": layers})


def _ends(name: str, interval: Interval | None) -> Mapping[str, float | None]:
    return {
        name: interval.rate if interval else None,
        f"{name}_low": interval.low if interval else None,
        f"{name}_high": interval.high if interval else None,
    }


# ---------------------------------------------------------------- what both have


class _Frame:
    """Names, plot and figures of a row: side by side on a wide page, else the plot below."""

    def __init__(self, width: int, *, most: float, axis: str) -> None:
        self.width = width
        self.beside = width == WIDE
        self.below = 0 if self.beside else 10
        self.axis = axis
        self.top = min(1.0, max(0.1, most * 1.04))

    def x(self, field: str) -> Spec:
        """Encode a share along the plot."""
        ends = [NAMES, self.width - FIGURES] if self.beside else [0, self.width]
        return {
            "field": field,
            "type": "quantitative",
            "scale": {"domain": [0, self.top], "range": ends, "nice": self.beside},
            "axis": {"format": "%", "orient": "bottom", "title": self.axis},
        }

    def y(self) -> Spec:
        """Encode the row."""
        return {"field": "row", "type": "ordinal", "axis": None}

    def layer(
        self,
        drawn: Spec,
        *,
        x: Spec,
        only: Spec | None = None,
        shift: int = 0,
        **more: Spec,
    ) -> Spec:
        """Draw a mark in each row (that ``only`` lets through), ``shift`` pixels below its line."""
        drawn = {"mark": {**drawn["mark"], "yOffset": self.below + shift}}
        encoding = {"x": x, "y": self.y(), **more}
        return {**drawn, "encoding": encoding, "transform": [only] if only else []}

    def words(self) -> list[Spec]:
        """The name at the left, the figure at the right."""
        up = {} if self.beside else {"baseline": "bottom", "dy": -4}
        return [
            {
                **mark("text", align=align, color=colour, fontSize=13, **up),
                "encoding": {"x": {"value": x}, "y": self.y(), "text": {"field": field}},
            }
            for field, align, colour, x in (
                ("name", "left", INK, 0),
                ("said", "right", SOFT, self.width),
            )
        ]


def _whiskers(
    frame: _Frame, *, ends: tuple[str, str], only: Spec, color: str = INK, shift: int = 0
) -> list[Spec]:
    """An interval: a line with a bar at either end."""
    low, high = ends
    caps = mark("tick", color=color, thickness=1.5, size=7, opacity=1)
    return [
        frame.layer(
            mark("rule", color=color, strokeWidth=1.5),
            x=frame.x(low),
            x2={"field": high},
            only=only,
            shift=shift,
        ),
        *(frame.layer(caps, x=frame.x(end), only=only, shift=shift) for end in ends),
    ]


def _name(name: str, said: str, width: int) -> str:
    room = NAMES - 12 if width == WIDE else width - len(said) * LETTER - 12
    return shorten(name, int(room / LETTER))
