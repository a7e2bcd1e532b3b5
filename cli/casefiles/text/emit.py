"""Values to YAML text that YAML 1.1 and 1.2 readers agree on."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from casefiles.text.odd import ODD, without_surrogates

Emittable = str | int | float | bool | Sequence["Emittable"] | Mapping[str, "Emittable"]

# Compiled by the first value that is written: most commands write none.
_PLAIN = r"[A-Za-z_][A-Za-z0-9_./@+-]*(?: [A-Za-z0-9_./@+-]+)*"
_PLAIN_BLOCK = rf"{_PLAIN}(?:, {_PLAIN})*"
_TIMESTAMP = r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}(\.[0-9]{1,6})?Z"
# What YAML 1.1 reads as a boolean or null when it stands bare.
_GUESSED = r"(?i)(y|n|yes|no|true|false|on|off|null|none|nan|inf)"


def scalar(value: str | float, *, in_flow: bool = False) -> str:
    """Write one value on one line; strings are quoted only where a reader could misread them.

    Inside ``[…]`` or ``{…}`` (``in_flow``) a bare comma would end the value. A moment in UTC
    stays bare, as people write it: other readers may take it as that moment. Lone surrogates
    become U+FFFD: YAML cannot hold them.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        return json.dumps(value)
    bare = _PLAIN if in_flow else _PLAIN_BLOCK
    is_plain = re.fullmatch(bare, value) and not re.fullmatch(_GUESSED, value)
    if is_plain or _is_moment(value):
        return value
    return quoted(value)


def _is_moment(value: str) -> bool:
    """Tell whether it is a moment there was: readers choke on 30 February."""
    if not re.fullmatch(_TIMESTAMP, value):
        return False
    from datetime import datetime  # few commands write a moment

    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def quoted(value: str) -> str:
    """Write a string in double quotes, odd characters as escapes YAML and JSON share."""
    text = json.dumps(without_surrogates(value), ensure_ascii=False)
    return ODD.sub(lambda hit: f"\\u{ord(hit.group()):04x}", text)


def flow(value: Emittable) -> str:
    """Write a value on one line: ``[a, b]``, ``{a: b}`` or a scalar."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(flow_pair(key, item) for key, item in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value, in_flow=True)


def flow_pair(key: str, value: Emittable) -> str:
    """Write ``key: value`` as it stands inside ``{…}``."""
    name = key_text(key)
    return f"{name}: {flow(value)}" if _is_simple(name) else f"? {name} : {flow(value)}"


def inline(value: Emittable, *, in_flow: bool = False) -> str:
    """Write a value on one line behind a key, inside a flow collection or a block."""
    if isinstance(value, (str, int, float)):
        return scalar(value, in_flow=in_flow)
    return flow(value)


def block(values: Mapping[str, Emittable], *, indent: int = 0, tall: bool = False) -> str:
    """Write a mapping line by line: nested mappings as blocks, lists on one line.

    ``tall`` gives each item of a list a line of its own, as people who edit it like it.
    """
    margin = " " * indent
    lines = []
    for key, value in values.items():
        lines.append(_block_key(key, margin))
        if isinstance(value, Mapping) and value:
            lines.append(f"\n{block(value, indent=indent + 2, tall=tall)}")
        elif tall and value and isinstance(value, Sequence) and not isinstance(value, str):
            lines.append("".join(f"\n{margin}- {inline(item)}" for item in value) + "\n")
        else:
            lines.append(f" {inline(value)}\n")
    return "".join(lines)


def _block_key(key: str, margin: str) -> str:
    name = key_text(key)
    return f"{margin}{name}:" if _is_simple(name) else f"{margin}? {name}\n{margin}:"


def key_text(key: str) -> str:
    """Write a key, the way it is written inside ``{…}`` too."""
    return scalar(key, in_flow=True)


def _is_simple(name: str) -> bool:
    """A longer key needs the ``? `` form: https://yaml.org/spec/1.2.2/#742-flow-mappings."""
    return len(name) <= 1000
