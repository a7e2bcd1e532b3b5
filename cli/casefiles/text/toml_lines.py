"""Where a key stands in a TOML text: the standard library's reader keeps no places."""

from __future__ import annotations

import json
import re

_KEY = re.compile(
    r"""[ \t]*(?:"(?P<basic>(?:[^"\\]|\\.)*)"|'(?P<literal>[^']*)'|(?P<bare>[\w-]+))[ \t]*"""
)


def line_of(text: str, path: tuple[str, ...]) -> int:
    """Return the line, from 1, that sets a key or heads its table.

    ``path`` is the key and the tables around it, outermost first. If it stands nowhere, the line
    that shares most of the path; 1 if none does.
    """
    most, found = 0, 1
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        header, keys = header_of(line), key_of(line)
        if header is not None:
            here = table = header
        elif keys is not None:
            here = (*table, *keys)
        else:
            continue
        shared = _shared(here, path)
        if shared > most:
            most, found = shared, number
    return found


def header_of(line: str) -> tuple[str, ...] | None:
    """Return the keys of a line that heads a table (or one of an array of tables), else None."""
    keys, end = _keys(line.lstrip(" \t["))
    return keys if line.lstrip().startswith("[") and end == "]" else None


def key_of(line: str) -> tuple[str, ...] | None:
    """Return the (dotted) key that a line sets; None if it sets none."""
    keys, end = _keys(line.lstrip(" \t["))
    return keys if end == "=" else None


def _keys(line: str) -> tuple[tuple[str, ...], str]:
    """Read ``a."b c".d``; return the keys and the character behind them."""
    keys: list[str] = []
    at = 0
    while found := _KEY.match(line, at):
        keys.append(_key(found))
        at = found.end()
        if line[at : at + 1] != ".":
            break
        at += 1
    return tuple(keys), line[at : at + 1]


def _key(found: re.Match[str]) -> str:
    if found["basic"] is None:
        return found["bare"] or found["literal"] or ""
    try:
        value = json.loads(
            f'"{found["basic"]}"'
        )  # the escapes of TOML and JSON are nearly the same
    except ValueError:
        value = found["basic"]
    return str(value)


def _shared(here: tuple[str, ...], path: tuple[str, ...]) -> int:
    pairs = zip(here, path, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(here), len(path)))
