"""JSON laid out for people: white space changes, and no other character."""

from __future__ import annotations

import json
import re

_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_LONGEST = 100_000
_SHORT = 72


def indented(text: str) -> str:
    """Lay JSON out anew, however it was; return any other text as it is.

    The tokens stay as written (``1.10`` remains ``1.10``, a repeated key remains repeated), for
    this is evidence. Objects and lists of up to 72 characters stay on one line.
    """
    stripped = text.strip()
    is_short = len(stripped) <= _SHORT and "\n" not in stripped
    if is_short or len(stripped) >= _LONGEST or stripped[0] not in "{[":
        return text
    try:
        json.loads(stripped)
    except (ValueError, RecursionError):
        return text
    return _laid_out(_PIECE.findall(stripped))


def _laid_out(pieces: list[str]) -> str:
    open_ones: list[tuple[str, list[str]]] = [("", [""])]  # bracket, and its items so far
    for piece in pieces:
        items = open_ones[-1][1]
        if piece in ("{", "["):
            open_ones.append((piece, [""]))
        elif piece in ("}", "]"):
            opened, inside = open_ones.pop()
            open_ones[-1][1][-1] += _container(opened, inside, piece)
        elif piece == ",":
            items.append("")
        else:
            items[-1] += ": " if piece == ":" else piece
    return open_ones[0][1][0]


def _container(opened: str, items: list[str], closed: str) -> str:
    line = f"{opened}{', '.join(items)}{closed}"
    if len(line) <= _SHORT and "\n" not in line:
        return line
    inside = ",\n".join(items).replace("\n", "\n  ")
    return f"{opened}\n  {inside}\n{closed}"
