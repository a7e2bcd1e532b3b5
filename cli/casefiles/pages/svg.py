"""A chart as inline SVG of our own: no ids of the renderer, colours from the page, text inert.

The renderer writes a picture for one background and labels each mark for screen readers. A page
has two colour schemes and a table beneath the chart; so colours become CSS variables, and one
title and one description stand for the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from casefiles.pages.inert import text

COLOURS = {
    "#010001": "--cf-ink",
    "#010002": "--cf-soft",
    "#010003": "--cf-rule",
    "#010004": "--cf-blue",
    "#010005": "--cf-orange",
    "#010006": "--cf-paper",
}
"""Stand-in colours of the chart specifications to the CSS variables they become."""
INK, SOFT, RULE, BLUE, ORANGE, PAPER = COLOURS

_KEPT = frozenset(
    "d transform x y x1 y1 x2 y2 width height cx cy r fill stroke stroke-width stroke-dasharray "
    "stroke-linecap stroke-linejoin opacity fill-opacity stroke-opacity text-anchor font-size "
    "font-weight font-style".split()
)
_SHAPES = frozenset("g path line rect circle text tspan".split())
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")


def inline(drawn: str, *, name: str, title: str, description: str, kind: str) -> str:
    """Turn a renderer's SVG document into an element for a page.

    ``name`` makes the ids unique in the page; ``kind`` becomes a class. Raises
    `xml.etree.ElementTree.ParseError` if ``drawn`` is no XML.
    """
    root = ET.fromstring(drawn)  # noqa: S314  written by our own renderer
    drawing = (child for child in root if not child.tag.endswith("rect"))  # the background is ours
    shapes = "".join(piece for child in drawing for piece in _element(child))
    box = f"0 0 {root.get('width')} {root.get('height')}"
    return (
        f'<svg class="cf-chart cf-chart--{kind}" viewBox="{box}" width="{root.get("width")}" '
        f'height="{root.get("height")}" role="img" aria-labelledby="{name}-title {name}-text">'
        f'<title id="{name}-title">{text(title)}</title>'
        f'<desc id="{name}-text">{text(description)}</desc>{shapes}</svg>'
    )


def _element(element: ET.Element) -> Iterator[str]:
    tag = element.tag.rpartition("}")[2]
    if tag not in _SHAPES or element.get("display") == "none" or _draws_nothing(tag, element):
        return
    inside = [piece for child in element for piece in _element(child)]
    if tag in ("text", "tspan") and element.text:
        inside.insert(0, text(element.text))
    if tag == "g" and not inside:
        return
    known = "".join(f' {key}="{_value(element.get(key, ""))}"' for key in _attributes(element))
    yield f"<{tag}{known}>" if inside else f"<{tag}{known}/>"
    if inside:
        yield from inside
        yield f"</{tag}>"


def _draws_nothing(tag: str, element: ET.Element) -> bool:
    """Frames and backgrounds: paths that are neither filled nor stroked with a colour."""
    if tag == "path" and not element.get("d"):
        return True
    return element.get("class") in ("background", "foreground")


def _attributes(element: ET.Element) -> Iterator[str]:
    for key in element.keys():  # noqa: SIM118  an Element is no mapping
        if key in _KEPT and not (key == "transform" and element.get(key) == "translate(0,0)"):
            yield key


def _value(value: str) -> str:
    colour = COLOURS.get(value)
    if colour is not None:
        return f"var({colour})"
    rounded = _LONG_NUMBER.sub(lambda hit: f"{float(hit[0]):.2f}", value)
    return str(text(rounded.removesuffix("px")))
