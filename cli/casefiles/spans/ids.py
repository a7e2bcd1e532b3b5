"""Ids of traces and spans, as hexadecimal digits however they are written."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

_HEX = re.compile(r"(?:0x)?((?:[0-9a-fA-F]{16}){1,2})")


def id_of(value: Any) -> str:
    """Return an id in small hexadecimal digits; empty for none, or one of zeros only.

    Some write ids as numbers, some in base64, some with 0x in front; any other text is kept.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = f"{value:032x}" if value >> 64 else f"{value:016x}"
    text = value if isinstance(value, str) else ""
    if hexadecimal := _HEX.fullmatch(text):
        text = hexadecimal[1].lower()
    elif len(text) in (12, 24) and text.endswith("="):
        text = _of_base64(text)
    return text if text.strip("0") else ""


def _of_base64(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).hex()
    except (binascii.Error, ValueError):
        return text
