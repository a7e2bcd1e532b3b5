"""How common each failure mode was, round by round: many small charts on one scale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casefiles.insight import Interval
from casefiles.pages.charts.look import LETTER, WIDE, Chart, Spec, data, mark, whole
from casefiles.pages.charts.svg import BLUE, INK, RULE
from casefiles.text.names import shorten

COLUMNS = 3
"""Small charts beside each other."""
HEIGHT = 64
"""Height of a small chart, in CSS pixels."""
SPACE = 28
"""Pixels between two of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """One mode."""

    name: str
    """Its name."""
    shares: Sequence[tuple[str, Interval]]
    """(round, share in it), in the order of the rounds."""


def trends(given: Sequence[Trend], rounds: Sequence[str]) -> Chart:
    """Draw each mode's share with its interval over the rounds; a phone scrolls it."""
    return Chart(wide=_trends(given, rounds))


def _trends(given: Sequence[Trend], rounds: Sequence[str]) -> Spec:
    each = (WIDE - SPACE * (COLUMNS - 1)) // COLUMNS - 40
    most = max((share.high for trend in given for _, share in trend.shares), default=1)
    x = {
        "field": "round",
        "type": "ordinal",
        "sort": list(rounds),
        "axis": {"title": None, "labelAngle": 0, "ticks": False, "labelOverlap": True},
    }
    scale = {"domain": [0, min(1.0, most)], "nice": True}
    axis = {"title": None, "format": "%", "tickCount": 2, "domain": False}
    y = {"field": "rate", "type": "quantitative", "scale": scale, "axis": axis}
    ends = {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}
    layers = [
        {**mark("line", color=RULE, strokeWidth=1.5), "encoding": {"x": x, "y": y}},
        {**mark("rule", color=BLUE, strokeWidth=1.5), "encoding": ends},
        {**mark("circle", color=BLUE, size=55, opacity=1), "encoding": {"x": x, "y": y}},
    ]
    names = [_name(number, trend, each) for number, trend in enumerate(given)]
    header = {"title": None, "labelAnchor": "start", "labelColor": INK, "labelFontSize": 12}
    return whole(
        {
            "data": data(_rows(given, names)),
            "facet": {"field": "mode", "type": "ordinal", "sort": names, "header": header},
            "columns": COLUMNS,
            "spacing": {"row": 14, "column": SPACE},
            "spec": {"width": each, "height": HEIGHT, "layer": layers},
        }
    )


def _name(number: int, trend: Trend, width: int) -> str:
    """Two modes whose names are shortened alike stay two."""
    return shorten(trend.name, int(width / LETTER)) + "\u200b" * number


def _rows(given: Sequence[Trend], names: Sequence[str]) -> Iterable[Mapping[str, Any]]:
    for name, trend in zip(names, given, strict=True):
        for round_name, share in trend.shares:
            yield {
                "mode": name,
                "round": round_name,
                "rate": share.rate,
                "low": share.low,
                "high": share.high,
            }
