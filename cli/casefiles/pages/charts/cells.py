"""Tables of shades: kinds of use against each other, and failure modes against kinds of use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from casefiles.pages.charts.look import LETTER, Chart, Spec, data, mark, whole
from casefiles.pages.charts.svg import BLUES, INK, ORANGES, PAPER, RULE, SOFT
from casefiles.text.names import shorten

SHADES = len(BLUES) - 1
"""The darkest shade; 0 is the paper."""
SIDE = 40
"""Height of a cell, in CSS pixels."""
LETTERS = 40
"""Letters of a label."""

Ramp = Literal["blue", "orange"]
_APART: Spec = {"resolve": {"scale": {"color": "independent"}}}


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
    """Draw tables with the same rows and columns beside each other; on a phone one below another.

    ``cell`` is the width of a cell, in CSS pixels.
    """
    named = [
        _panel(panel, rows=rows, columns=columns, cell=cell, named=at == 0)
        for at, panel in enumerate(given)
    ]
    below = [_panel(panel, rows=rows, columns=columns, cell=cell, named=True) for panel in given]
    if len(given) == 1:
        return Chart(wide=whole(named[0]))
    return Chart(
        wide=whole({"hconcat": named, "spacing": 18, **_APART}),
        narrow=whole({"vconcat": below, "spacing": 18, **_APART}),
    )


def _panel(
    panel: Panel, *, rows: Sequence[str], columns: Sequence[str], cell: int, named: bool
) -> Spec:
    ramp = BLUES if panel.ramp == "blue" else ORANGES
    place = {"x": _columns(columns, cell), "y": _rows(rows, named=named)}
    middle: Mapping[str, int] = {"dy": -6} if any(one.small for one in panel.cells) else {}
    said = {
        **place,
        "text": {"field": "said"},
        "color": {"condition": {"test": "datum.thin", "value": SOFT}, "value": INK},
    }
    shade = {
        "field": "shade",
        "type": "ordinal",
        "scale": {"domain": list(range(len(ramp))), "range": list(ramp)},
        "legend": None,
    }
    return {
        "title": {"text": panel.title, "anchor": "start", "color": INK, "fontSize": 13},
        "width": {"step": cell},
        "height": {"step": SIDE},
        "data": data(_row(one) for one in panel.cells),
        "layer": [
            {
                **mark("rect", stroke=PAPER, strokeWidth=2),
                "encoding": {**place, "color": shade},
            },
            {
                **mark("rect", fill="transparent", stroke=RULE, strokeDash=[2, 3]),
                "transform": [{"filter": "datum.thin"}],
                "encoding": place,
            },
            {**mark("text", fontSize=13, **middle), "encoding": said},
            {
                **mark("text", fontSize=10, color=INK, dy=9),
                "transform": [{"filter": "datum.small != ''"}],
                "encoding": {**place, "text": {"field": "small"}},
            },
        ],
    }


def _row(cell: Cell) -> dict[str, object]:
    return {
        "row": cell.row,
        "column": cell.column,
        "said": cell.said,
        "small": cell.small,
        "shade": 0 if cell.thin else round(SHADES * min(1.0, cell.shade)),
        "thin": cell.thin,
    }


def _columns(columns: Sequence[str], cell: int) -> Spec:
    slanted = any(len(name) * LETTER > cell for name in columns)
    axis = {
        "title": None,
        "orient": "top",
        "labelAngle": -40 if slanted else 0,
        "labelAlign": "left" if slanted else "center",
        "labelLimit": int(16 * LETTER) if slanted else cell,
        "domain": False,
        "ticks": False,
        "labelColor": INK,
    }
    return {"field": "column", "type": "ordinal", "sort": list(columns), "axis": axis}


def _rows(rows: Sequence[str], *, named: bool) -> Spec:
    axis: Spec | None = {
        "title": None,
        "domain": False,
        "ticks": False,
        "labelLimit": int(LETTERS * LETTER),
        "labelColor": INK,
    }
    return {
        "field": "row",
        "type": "ordinal",
        "sort": list(rows),
        "axis": axis if named else None,
    }


def label(name: str) -> str:
    """Shorten the label of a row or column."""
    return shorten(name, LETTERS)
