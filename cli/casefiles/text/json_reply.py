"""The JSON in what a model or a chat replied: bare, in a fence, or inside prose."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_OPENING = re.compile(r"[{\[]")
_MOST = 1000
"""Places tried; a text with more brackets than that, none of which opens JSON, is no reply."""


def parse(reply: str) -> Any:
    """Return the JSON object or list that a reply holds; of several, the longest one.

    Raises ValueError, in words for the model that is asked again, if there is none.
    """
    found = max(_candidates(reply), key=lambda item: item[0], default=None)
    if found is None:
        raise ValueError("the reply holds no complete JSON object")
    return found[1]


def every(reply: str) -> list[Any]:
    """Return all JSON objects and lists of a reply, in their order.

    Of one that was cut off, what is complete inside it. Raises ValueError if there is none.
    """
    found = [value for _, value in _candidates(reply)]
    if not found:
        raise ValueError("the reply holds no complete JSON object")
    return found


def _candidates(reply: str) -> Iterator[tuple[int, Any]]:
    """Every object or list that starts outside the one before it, with its length."""
    decoder = json.JSONDecoder()
    position = tries = 0
    while tries < _MOST and (opening := _OPENING.search(reply, position)):
        tries += 1
        try:
            value, end = decoder.raw_decode(reply, opening.start())
        except (ValueError, RecursionError):
            position = opening.end()
        else:
            yield end - opening.start(), value
            position = end
