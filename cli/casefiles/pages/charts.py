"""The two charts of a report: how much there is still to learn, and how common each mode is.

Each is drawn twice, for a wide page and for a phone, because text that shrinks with the picture
cannot be read. The data stand in a table beneath, so no chart carries a number alone.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casefiles.insight import CurvePoint, Interval
from casefiles.pages.svg import BLUE, INK, ORANGE, PAPER, RULE, SOFT, inline
from casefiles.text.names import shorten

WIDTHS = {"wide": 760, "narrow": 320}
"""Kind of chart to the width of its plot, in CSS pixels."""
HEIGHTS = {"wide": 360, "narrow": 220}
"""Kind of chart to the height of the plot of a curve, in CSS pixels."""
LETTER = 7.5
"""Width of a letter, about, in CSS pixels."""
ROW = 44
"""Height of a row of the prevalence chart, in CSS pixels."""
SURE = 1.96
"""Standard deviations to each side that make a 95 % band."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """What the saturation chart shows."""

    happened: Sequence[int]
    """Different modes seen after each unit, in the order of review."""
    expected: Sequence[CurvePoint]
    """Mean over all orders, from 0 units on."""
    ahead: Sequence[tuple[int, float]]
    """(units, modes expected), from the last unit on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A row of the prevalence chart."""

    name: str
    """The mode's name."""
    said: str
    """Its figure in words."""
    rate: float
    """Where the dot stands, 0 to 1."""
    interval: Interval | None
    """Its limits; None: the share is not known, the dot is what was seen so far."""


def saturation(curve: Curve, *, description: str) -> str:
    """Draw the accumulation curves as inline SVG, in both sizes."""
    title = "Different failure modes seen, by number of conversations read"
    draw = functools.partial(_saturation, curve)
    return _both(draw, name="cf-curve", title=title, description=description)


def prevalence(bars: Sequence[Bar], *, description: str) -> str:
    """Draw shares with their intervals as inline SVG, in both sizes."""
    title = "How common each failure mode is, with 95 % intervals"
    draw = functools.partial(_prevalence, bars)
    return _both(draw, name="cf-shares", title=title, description=description)


def _both(draw: Callable[[str], Any], *, name: str, title: str, description: str) -> str:
    """Draw a chart in both sizes; ``draw`` takes the kind and returns an Altair chart."""
    import vl_convert

    pictures = {
        kind: vl_convert.vegalite_to_svg(draw(kind).configure(**_look()).to_dict())
        for kind in WIDTHS
    }
    return "".join(
        inline(drawn, name=f"{name}-{kind}", title=title, description=description, kind=kind)
        for kind, drawn in pictures.items()
    )


def _look() -> dict[str, Any]:
    axis = {
        "domainColor": RULE,
        "gridColor": RULE,
        "tickColor": RULE,
        "labelColor": SOFT,
        "titleColor": SOFT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelPadding": 6,
        "titlePadding": 10,
        "tickCount": 5,
    }
    view = {"stroke": "transparent"}
    return {"axis": axis, "background": "transparent", "view": view, "padding": 4}


def _rows(rows: Iterable[Mapping[str, Any]]) -> Any:
    """Make the data of a chart."""
    import altair as alt

    return alt.InlineData(values=[dict(row) for row in rows])


# ---------------------------------------------------------------- the curve


def _saturation(curve: Curve, kind: str) -> Any:
    import altair as alt

    units = alt.X("units:Q").title("conversations read").axis(grid=False, tickMinStep=1)
    modes = alt.Y("modes:Q").title("different failure modes").axis(domain=False, tickMinStep=1)
    expected = alt.Chart(_expected(curve.expected))
    happened = alt.Chart(_steps(enumerate((0, *curve.happened))))
    ahead = alt.Chart(_steps(curve.ahead))
    return alt.layer(
        expected.mark_area(color=BLUE, opacity=0.16).encode(units, alt.Y("low:Q"), y2="high:Q"),
        happened.mark_line(color=ORANGE, strokeWidth=1.75, interpolate="step-after").encode(
            units, modes
        ),
        expected.mark_line(color=BLUE, strokeWidth=2.5).encode(units, modes),
        ahead.mark_line(color=BLUE, strokeWidth=2.5, strokeDash=[3, 5]).encode(units, modes),
    ).properties(width=WIDTHS[kind], height=HEIGHTS[kind])


def _expected(points: Iterable[CurvePoint]) -> Any:
    return _rows(
        {
            "units": point.units,
            "modes": round(point.modes, 3),
            "low": round(max(0.0, point.modes - SURE * point.sd), 3),
            "high": round(point.modes + SURE * point.sd, 3),
        }
        for point in points
    )


def _steps(points: Iterable[tuple[int, float]]) -> Any:
    return _rows({"units": units, "modes": round(modes, 3)} for units, modes in points)


# ---------------------------------------------------------------- shares


def _prevalence(bars: Sequence[Bar], kind: str) -> Any:
    import altair as alt

    width = WIDTHS[kind]
    chart, row = alt.Chart(_shares(bars, width)), alt.Y("row:O").axis(None)
    layers = _marks(chart, row, _scale(bars)) + _words(chart, row, width)
    return alt.layer(*layers).properties(width=width, height=alt.Step(ROW))


def _shares(bars: Sequence[Bar], width: int) -> Any:
    return _rows(
        {
            "row": number,
            "name": shorten(bar.name, int(width / LETTER) - len(bar.said)),
            "said": bar.said,
            "rate": bar.rate,
            "low": bar.interval.low if bar.interval else None,
            "high": bar.interval.high if bar.interval else None,
            "known": bar.interval is not None,
        }
        for number, bar in enumerate(bars)
    )


def _scale(bars: Sequence[Bar]) -> Any:
    import altair as alt

    most = max((bar.interval.high if bar.interval else bar.rate for bar in bars), default=0)
    return alt.Scale(domain=[0, min(1.0, max(0.1, most * 1.05))], nice=True)


def _marks(chart: Any, row: Any, scale: Any) -> list[Any]:
    """A line and a dot where the share is known, a ring where it is not, below the words."""
    import altair as alt

    axis = alt.Axis(format="%", orient="bottom", title="share of the conversations read")
    rate, low = (alt.X(name, axis=axis, scale=scale) for name in ("rate:Q", "low:Q"))
    known = chart.transform_filter(alt.datum.known)
    unknown = chart.transform_filter(~alt.datum.known)
    line = known.mark_rule(color=BLUE, strokeWidth=3, yOffset=9)
    dot = known.mark_circle(color=BLUE, size=110, opacity=1, yOffset=9)
    ring = unknown.mark_point(color=BLUE, fill=PAPER, size=80, opacity=1, strokeWidth=2, yOffset=9)
    return [line.encode(low, row, x2="high:Q"), dot.encode(rate, row), ring.encode(rate, row)]


def _words(chart: Any, row: Any, width: int) -> list[Any]:
    """The mode's name at the left, its figure at the right."""
    import altair as alt

    return [
        chart.mark_text(align=align, color=colour, baseline="bottom", dy=-3, fontSize=13).encode(
            x=alt.value(x), y=row, text=f"{field}:N"
        )
        for field, align, colour, x in (
            ("name", "left", INK, 0),
            ("said", "right", SOFT, width),
        )
    ]
