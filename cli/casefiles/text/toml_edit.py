"""Set keys of one table of a TOML text; every other byte stays.

The standard library reads TOML and writes none. Values are found by lines, and what comes out is
read again: if it says anything else than was asked for, nothing is changed.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from casefiles.text.toml_lines import header_of, key_of

Value = str | int | bool | Sequence[str]


def set_values(text: str, table: tuple[str, ...], values: Mapping[str, Value]) -> str:
    """Return the text with keys of a table (its path, outermost first) set.

    A key that is there keeps its place and the comment behind it, a new one comes last in its
    table, a new table at the end of the text. Raises ValueError where that cannot be done line by
    line (the table is written inline, say), or if the text is no TOML.
    """
    wanted = _merged(tomllib.loads(text), table, values)
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(newline)
    for key, value in values.items():
        lines = _with_key(lines, table, key, value)
    changed = newline.join(lines)
    try:
        came_out = tomllib.loads(changed)
    except ValueError:
        came_out = None
    if came_out != wanted:
        raise ValueError(f"[{'.'.join(table)}] is not written line by line")
    return changed


def _merged(
    data: dict[str, Any], table: tuple[str, ...], values: Mapping[str, Value]
) -> dict[str, Any]:
    if not table:
        return data | {key: _plain(value) for key, value in values.items()}
    inner = data.get(table[0], {})
    return data | {table[0]: _merged(inner if isinstance(inner, dict) else {}, table[1:], values)}


def _plain(value: Value) -> Any:
    return value if isinstance(value, str | int) else list(value)


def _with_key(lines: list[str], table: tuple[str, ...], key: str, value: Value) -> list[str]:
    written = f"{key} = {_written(value)}"
    head = next((at for at, line in enumerate(lines) if header_of(line) == table), None)
    if head is None:
        end = [""] if lines and lines[-1] == "" else []
        body = lines[: len(lines) - len(end)]
        gap = [""] if body else []
        return [*body, *gap, f"[{'.'.join(table)}]", written, *(end or [""])]
    stop = next(
        (at for at in range(head + 1, len(lines)) if header_of(lines[at]) is not None), len(lines)
    )
    for at in range(head + 1, stop):
        if key_of(lines[at]) == (key,):
            last, behind = _end_of_value(lines, at, stop)
            return [*lines[:at], written + behind, *lines[last + 1 :]]
    last = max((at for at in range(head, stop) if lines[at].strip()), default=head)
    return [*lines[: last + 1], written, *lines[last + 1 :]]


def _end_of_value(lines: list[str], at: int, stop: int) -> tuple[int, str]:
    """The last line of a value, and the comment behind it with the blanks before it."""
    for last in range(at, stop):
        block = "\n".join(lines[at : last + 1])
        if not _is_toml(block):
            continue
        final = lines[last]
        for place in (n for n, character in enumerate(final) if character == "#"):
            if _is_toml("\n".join([*lines[at:last], final[:place]])):
                bare = final[:place].rstrip()
                return last, final[len(bare) :]
        return last, ""
    return at, ""


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except ValueError:
        return False
    return True


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return str(value)
    return "[" + ", ".join(map(_written, value)) + "]"
