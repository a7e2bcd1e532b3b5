"""JSON that others wrote, parsed so that nothing it says is lost.

NaN and numbers beyond a float are kept as text, repeated keys side by side.
"""

from __future__ import annotations

import json
import math
from typing import Any

from casefiles.spans.json_text import is_deeper

DEEPEST = 100
"""Levels of nesting a value may have."""


def parsed(text: str) -> Any:
    """Parse one JSON value. Raises ValueError or RecursionError."""
    return DECODER.decode(text)


def opened(text: str) -> Any:
    """Return what a text says that holds a JSON object or list; any other text as it is."""
    if text.lstrip()[:1] not in {"[", "{"}:
        return text
    try:
        value = parsed(text)
    except (ValueError, RecursionError):
        return text
    return text if is_deeper(value, DEEPEST) else value


def _float(digits: str) -> float | str:
    number = float(digits)
    return number if math.isfinite(number) else digits


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The last of repeated keys counts, as for most readers; the earlier ones stay beside it."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: dict[str, Any] = {}
    for key, value in pairs:
        if key in seen:
            seen[_free(f"{key} (earlier)", {*seen, *found})] = seen[key]
        seen[key] = value
    return seen


def _free(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name} {number}", number + 1
    return free


DECODER = json.JSONDecoder(
    parse_float=_float, parse_constant=lambda word: word, object_pairs_hook=_object
)
"""Decodes one value; `raw_decode` for the first of several."""
