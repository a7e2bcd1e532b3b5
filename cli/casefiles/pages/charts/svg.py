"""A chart as inline SVG of our own: no ids of the renderer, colours from the page, text inert.

The renderer writes a picture for one background and labels each mark for screen readers. A page
has two colour schemes and a table beneath the chart; so colours become CSS variables, and one
title and one description stand for the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """A picture without anything that is said about it."""

    width: float
    """In pixels of the renderer."""
    height: float
    """The same."""
    inner: str
    """Its elements, colours as CSS variables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said about a picture."""

    name: str
    """Makes its ids unique in a page."""
    title: str
    """What it shows, for those who do not see it."""
    description: str
    """What can be seen in it."""
    kind: str
    """The end of its class."""


def shapes(drawn: str) -> Shapes:
    """Keep of a renderer's SVG document what draws something.

    Raises `xml.etree.ElementTree.ParseError` if ``drawn`` is no XML.
    """
    root = ET.fromstring(drawn)  # noqa: S314  written by our own renderer
    drawing = (child for child in root if not child.tag.endswith("rect"))  # the background is ours
    return Shapes(
        width=float(root.get("width", 0)),
        height=float(root.get("height", 0)),
        inner="".join(piece for child in drawing for piece in _element(child)),
    )


def inline(picture: Shapes, said: Said) -> str:
    """Write a picture as an element of a page, which has its colours."""
    return f"<svg {_attributes_of(picture, said)}>{_words_of(said)}{picture.inner}</svg>"


def alone(picture: Shapes, said: Said, *, style: str) -> str:
    """Write a picture as a file of its own, with its colours."""
    namespace = 'xmlns="http://www.w3.org/2000/svg" font-family="sans-serif"'
    begin = f"<svg {namespace} {_attributes_of(picture, said)}>"
    return f"{begin}{_words_of(said)}<style>{style}</style>{picture.inner}</svg>\n"


def _attributes_of(picture: Shapes, said: Said) -> str:
    # What is in an img is no link to a screen reader.
    role = "group" if "<a " in picture.inner else "img"
    return (
        f'class="cf-chart cf-chart--{said.kind}" viewBox="0 0 {picture.width:g} '
        f'{picture.height:g}" width="{picture.width * SIZE:.0f}" '
        f'height="{picture.height * SIZE:.0f}" role="{role}" '
        f'aria-labelledby="{said.name}-title {said.name}-text"'
    )


def _words_of(said: Said) -> str:
    return (
        f'<title id="{said.name}-title">{text(said.title)}</title>'
        f'<desc id="{said.name}-text">{text(said.description)}</desc>'
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
