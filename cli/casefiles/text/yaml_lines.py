"""YAML whose lines can mean only one thing, read without a YAML reader, and fast.

Such a line is `key: value`, the value bare or in double quotes, and below a key without a value
stand such lines indented by two. What the tool writes is mostly of this kind; all else is left to
`casefiles.text.yaml_tree`, which reads the same from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from casefiles.text.odd import is_odd

_NAME = r"[A-Za-z_][A-Za-z0-9_-]{0,99}"
_BARE = r"[A-Za-z0-9_./](?:[A-Za-z0-9_./@+,-]|:(?=[A-Za-z0-9])| (?=[A-Za-z0-9_./@+-]))*"
_QUOTED = r'[^"\\\x00-\x1f\x7f-\x9f]*'  # and nothing odd, which takes a slower look
_VALUE = rf'(?: (?:({_BARE})|"({_QUOTED})"))'
_INNER = re.compile(rf"  ({_NAME}):{_VALUE}\n")
_OUTER = re.compile(rf"({_NAME}):(?:{_VALUE}\n|\n((?:  {_NAME}:[^\n]+\n)+))")
_KEY, _PLAIN_VALUE, _QUOTED_VALUE = 1, 2, 3  # their groups; the fourth is what stands below a key


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A mapping of such lines; offsets count characters of the text it was read from."""

    values: Mapping[str, str | Lines]
    """Key to value, in file order."""
    places: Mapping[str, tuple[int, int, int]]
    """Key to where it starts, and where its value starts and ends, quotes included."""
    start: int
    """Offset of the first key."""
    end: int
    """Offset behind the last line."""


def read_lines(text: str) -> Lines | None:
    """Read a text; None if it holds anything else, or a key twice, or nothing."""
    return _read(text, _OUTER, 0, len(text))


def _read(text: str, line: re.Pattern[str], start: int, stop: int) -> Lines | None:
    values: dict[str, str | Lines] = {}
    places: dict[str, tuple[int, int, int]] = {}
    at = start
    while found := line.match(text, at, stop):
        at = found.end()
        kind = found.lastindex or 0
        begin, end = found.span(_KEY)
        first, last = found.span(kind)
        name, value = text[begin:end], text[first:last]
        if name in values:
            return None
        if kind == _PLAIN_VALUE:
            values[name], places[name] = value, (begin, first, last)
        elif kind == _QUOTED_VALUE:
            if not value.isascii() and is_odd(value):
                return None
            values[name], places[name] = value, (begin, first - 1, last + 1)
        elif inner := _read(text, _INNER, first, last):
            values[name], places[name] = inner, (begin, inner.start, inner.end)
        else:
            return None
    if at < stop or not values:
        return None
    return Lines(values=values, places=places, start=next(iter(places.values()))[0], end=stop)
