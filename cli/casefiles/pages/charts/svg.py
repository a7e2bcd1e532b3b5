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

_NAMES = (
    *("ink", "soft", "rule", "paper", "blue", "orange", "blue-tint", "orange-tint"),
    *(f"blue-{shade}" for shade in range(6)),
    *(f"orange-{shade}" for shade in range(6)),
)
COLOURS = {f"#0100{number:02x}": f"--cf-{name}" for number, name in enumerate(_NAMES, 1)}
"""Stand-in colours of the chart specifications to the CSS variables they become."""
INK, SOFT, RULE, PAPER, BLUE, ORANGE, BLUE_TINT, ORANGE_TINT, *_SHADES = COLOURS
BLUES, ORANGES = tuple(_SHADES[:6]), tuple(_SHADES[6:])
"""Shades from none to full."""

SIZE = 1.15
"""CSS pixels of a page for each pixel of a picture: its text is as large as the page's."""

_KEPT = frozenset(
    "d transform x y x1 y1 x2 y2 width height cx cy r fill stroke stroke-width stroke-dasharray "
    "stroke-linecap stroke-linejoin opacity fill-opacity stroke-opacity text-anchor font-size "
    "font-weight font-style".split()
)
_SHAPES = frozenset("g path line rect circle text tspan a".split())
_LINK = re.compile(r"[\w./%-]+\.html(?:[?#][\w.=&%+-]*)?")
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")


def inline(drawn: str, *, name: str, title: str, description: str, kind: str) -> str:
    """Turn a renderer's SVG document into an element for a page.

    ``name`` makes the ids unique in the page; ``kind`` becomes a class. Raises
    `xml.etree.ElementTree.ParseError` if ``drawn`` is no XML.
    """
    root = ET.fromstring(drawn)  # noqa: S314  written by our own renderer
    drawing = (child for child in root if not child.tag.endswith("rect"))  # the background is ours
    shapes = "".join(piece for child in drawing for piece in _element(child))
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    box = f"0 0 {width:g} {height:g}"
    # What is in an img is no link to a screen reader.
    role = "group" if "<a " in shapes else "img"
    return (
        f'<svg class="cf-chart cf-chart--{kind}" viewBox="{box}" width="{width * SIZE:.0f}" '
        f'height="{height * SIZE:.0f}" role="{role}" aria-labelledby="{name}-title {name}-text">'
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
        value = element.get(key, "")
        if key == "href" and _LINK.fullmatch(value):  # to a page of this site, and nowhere else
            yield key
        if key in _KEPT and not (key == "transform" and value == "translate(0,0)"):
            yield key


def _value(value: str) -> str:
    colour = COLOURS.get(value)
    if colour is not None:
        return f"var({colour})"
    rounded = _LONG_NUMBER.sub(lambda hit: f"{float(hit[0]):.2f}", value)
    return str(text(rounded.removesuffix("px")))
