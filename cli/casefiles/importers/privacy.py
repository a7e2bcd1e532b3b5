r"""Secrets out of a record before anything is made of it, JSON inside its strings included.

Text is searched by the redactor as it is. What it cannot see, or could not replace without
breaking the JSON around it, is opened here first: escapes in JSON inside a string
(``"ana\u0040example.com"``) and numbers (a card number written as an integer).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from casefiles.documents.turns import Part, Turn
from casefiles.spans.foreign_json import opened
from casefiles.text.names import short_hash
from casefiles.text.odd import without_surrogates
from casefiles.text.redact import Redactor

_LEVELS = 4
"""How often JSON may stand in a string in JSON in a string."""
_SHORTEST_NUMBER = 4
"""Digits from which on a number may say something about a person."""

_Json = TypeVar("_Json")


def hidden(record: _Json, redactor: Redactor) -> _Json:
    """A copy of parsed JSON, at most `DEEPEST` levels deep, without its secrets."""
    inside: _Json = _inside_out(record, redactor, _LEVELS)
    return redactor.json(inside)


def hidden_turns(turns: tuple[Turn, ...], redactor: Redactor) -> tuple[Turn, ...]:
    """Turns without secrets: what was found nowhere in the record may show once it is laid out."""
    return tuple(_turn(turn, redactor) for turn in turns)


def hidden_id(name: str, patterns: Mapping[str, str]) -> str:
    """An id as it may be written down: one that holds a secret becomes a hash, still unique.

    So does one with lone surrogates, which YAML cannot hold.
    """
    written = without_surrogates(Redactor(patterns).text(name))
    return name if written == name else f"id-{short_hash(name, length=16)}"


def _inside_out(value: Any, redactor: Redactor, levels: int) -> Any:
    if isinstance(value, dict):
        return {key: _inside_out(child, redactor, levels) for key, child in value.items()}
    if isinstance(value, list):
        return [_inside_out(child, redactor, levels) for child in value]
    if isinstance(value, str):
        return _json_in_text(value, redactor, levels)
    return _number(value, redactor)


def _json_in_text(text: str, redactor: Redactor, levels: int) -> str:
    value = opened(text) if levels else text
    if value is text:
        return text
    clean = redactor.json(_inside_out(value, redactor, levels - 1))
    return text if clean == value else json.dumps(clean, ensure_ascii=False)


def _number(value: Any, redactor: Redactor) -> Any:
    if value is None or isinstance(value, bool):
        return value
    digits = str(value)
    clean = digits if len(digits) < _SHORTEST_NUMBER else redactor.text(digits)
    return value if clean == digits else clean


def _turn(turn: Turn, redactor: Redactor) -> Turn:
    parts = tuple(_part(part, redactor) for part in turn.parts)
    role = redactor.text(turn.role)
    return replace(turn, role=role, parts=parts, data=redactor.json(dict(turn.data)))


def _part(part: Part, redactor: Redactor) -> Part:
    text = None if part.text is None else redactor.text(part.text)
    return replace(part, text=text, data=redactor.json(dict(part.data)))
