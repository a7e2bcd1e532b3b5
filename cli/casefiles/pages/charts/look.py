"""What all charts share: sizes, colours, axes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from casefiles.pages.charts.svg import RULE, SOFT

Spec: TypeAlias = dict[str, Any]
"""A Vega-Lite specification, or a part of one."""

WIDE = 760
"""Width of a plot on a wide page, in CSS pixels."""
NARROW = 320
"""Width of it on a phone."""
LETTER = 6.6
"""Width of a letter, about, in CSS pixels."""
SURE = 1.96
"""Standard deviations to each side that make a 95 % band."""

_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_AXIS: Spec = {
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
_CONFIG: Spec = {
    "axis": _AXIS,
    "header": {"labelColor": SOFT, "titleColor": SOFT, "labelFontSize": 12},
    "text": {"fontSize": 13},
    "view": {"stroke": "transparent"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart in its sizes."""

    wide: Spec | str
    """For a page of 700 pixels and more, and for the picture to download; a specification, or an
    SVG document where no library draws it."""
    narrow: Spec | None = None
    """For a phone; None: the wide one fits, or is scrolled."""


def whole(part: Spec) -> Spec:
    """Make a part of a specification one that can be drawn."""
    return {
        "$schema": _SCHEMA,
        "background": "transparent",
        "padding": 4,
        "config": _CONFIG,
        **part,
    }


def data(rows: Iterable[Mapping[str, Any]]) -> Spec:
    """Write rows as the data of a specification."""
    return {"values": [dict(row) for row in rows]}


def quantity(field: str, *, title: str | None = None, **axis: Any) -> Spec:
    """Encode a number; ``axis`` are further properties of its axis."""
    return {"field": field, "type": "quantitative", "axis": {"title": title, **axis}}


def mark(kind: str, **properties: Any) -> Spec:
    """Write a mark."""
    return {"mark": {"type": kind, **properties}}
