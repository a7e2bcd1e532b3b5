"""Which messages of a call were seen before: alignment of conversations.

Every call of a model carries its whole history, so the same message comes many times, each time
written a little differently: with or without the reasoning, with or without an id. `gist` is
what makes two copies the same.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher
from typing import Any

from casefiles.documents.turns import Part, Turn
from casefiles.spans.foreign_json import opened
from casefiles.text.names import fold

Gist = Hashable

_ROLES = {"developer": "system", "function": "tool", "human": "user", "ai": "assistant",
          "model": "assistant"}  # fmt: skip


def gist(turn: Turn) -> Gist:
    """Return what makes two copies of a message the same: who speaks, and what is said."""
    said = [part for part in turn.parts if part.type != "reasoning" and part.text != ""]
    text = fold("\n".join(part.text for part in said if part.type == "text" and part.text))
    rest = tuple(part_gist(part) for part in said if part.type != "text")
    is_result = bool(said) and all(part.type == "tool_result" for part in said)
    role = "tool" if is_result else _ROLES.get(turn.role, turn.role)
    if not said:
        return role, "", tuple(part.text for part in turn.parts)
    return role, text, rest


def part_gist(part: Part) -> Gist:
    """Return what makes two copies of a part the same."""
    if part.type == "tool_call":  # some answers give no id, the next request does
        return part.type, _written(part.data.get("name")), _value(part.text)
    if part.type == "tool_result":
        return part.type, _written(part.data.get("id")), _value(part.text)
    if part.text is not None:
        return part.type, fold(part.text)
    return part.type, _written(part.data)


def _written(value: Any) -> str | None:
    """A value that should be a word, as text, whatever it is."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, default=str)


def _value(text: str | None) -> Gist:
    """A text that holds JSON by what it says, however it is spaced."""
    if text is None:
        return None
    value = opened(text)
    if value is text:
        return fold(text)
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def matches(seen: Sequence[Gist], given: Sequence[Gist]) -> dict[int, int]:
    """Pair the places of ``given`` with those of ``seen`` that hold the same, in order.

    A common beginning is paired first, then the longest common runs.
    """
    start = 0
    while start < min(len(seen), len(given)) and seen[start] == given[start]:
        start += 1
    pairs = {place: place for place in range(start)}
    if start < len(given) and start < len(seen):
        rest = SequenceMatcher(None, seen[start:], given[start:], autojunk=False)
        for block in rest.get_matching_blocks():
            for offset in range(block.size):
                pairs[start + block.b + offset] = start + block.a + offset
    return pairs
