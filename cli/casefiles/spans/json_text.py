"""JSON inside text: made readable where that loses nothing, kept letter by letter elsewhere."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from casefiles.text.odd import ODD

_LONGEST_NUMBER = 300
"""Digits of a number that is worth converting; Python refuses integers of some thousand digits."""


class _LossyError(Exception):
    """Parsing would lose something: a repeated key, or digits of a number."""


def pretty(value: Any) -> str:
    """Write a JSON value on several lines, in its own order of keys.

    Odd characters are written as escapes, which JSON allows anywhere they can occur, so that the
    text can stand bare in a fence.
    """
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return ODD.sub(lambda hit: f"\\u{ord(hit.group()):04x}", text)


def readable(text: str) -> tuple[str, bool | None]:
    """Make a text that may be JSON readable.

    Returns the text, indented if it holds a JSON object or list and indenting it changes nothing
    but blanks, escapes and the spelling of numbers, and whether it is JSON at all (RFC 8259):
    None for one nested too deeply to tell.
    """
    try:
        value = json.loads(
            text,
            parse_constant=_refuse,
            parse_float=_float,
            parse_int=_int,
            object_pairs_hook=_object,
        )
        return (pretty(value) if isinstance(value, dict | list) else text), True
    except _LossyError:
        return text, _is_json(text)
    except ValueError:
        return text, False
    except RecursionError:
        return text, None


def _is_json(text: str) -> bool | None:
    """Whether a text whose numbers or keys cannot be converted is JSON to its end."""
    try:
        json.loads(text, parse_constant=_refuse, parse_float=str, parse_int=str)
    except ValueError:
        return False
    except RecursionError:
        return None
    return True


def _refuse(word: str) -> None:
    raise ValueError(word)  # NaN and Infinity are Python's, not JSON's


def _float(digits: str) -> float:
    number = float(digits)
    exact = len(digits) <= _LONGEST_NUMBER and math.isfinite(number) and _same(digits, number)
    if not exact:
        raise _LossyError
    return number


def _same(digits: str, number: float) -> bool:
    try:
        return Decimal(digits) == Decimal(repr(number))
    except ArithmeticError:  # an exponent that not even Decimal holds
        return False


def _int(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise _LossyError
    return int(digits)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _LossyError
    return found


def is_deeper(value: Any, levels: int) -> bool:
    """Tell whether containers are nested more than so many levels deep."""
    inside = [value]
    for _ in range(levels + 1):
        inside = [child for container in inside for child in _children(container)]
        if not inside:
            return False
    return True


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list | tuple) else ()
