"""Labelled texts from a JSONL file, one object a line: `{"id": …, "text": …, "label": …}`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from casefiles.errors import BadInputError

_SHAPE = 'each line is {"id": "…", "text": "…", "label": "…"}'
_UNIQUE = "give each text an id of its own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A text with its gold group."""

    id: str
    """What tells it from the others."""
    text: str
    """What is grouped."""
    label: str
    """Its gold group."""


def read_labelled(file: Path) -> list[Labelled]:
    """The texts of a JSONL file; raises BadInputError with `path:line` at the first bad one."""
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise BadInputError(f"cannot be read: {error.strerror}", where=str(file)) from error
    texts: dict[str, Labelled] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{file}:{number}"
        text = _labelled(line, where=where)
        if text.id in texts:
            raise BadInputError(f"id {text.id!r} is there twice", where=where, remedy=_UNIQUE)
        texts[text.id] = text
    if not texts:
        raise BadInputError("no texts", where=str(file), remedy=_SHAPE)
    return list(texts.values())


def _labelled(line: bytes, *, where: str) -> Labelled:
    """One line of the file; raises BadInputError if it is not of the expected shape."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"not JSON: {error}", where=where, remedy=_SHAPE) from error
    if not isinstance(record, dict):
        raise BadInputError("not a JSON object", where=where, remedy=_SHAPE)
    for key in ("id", "text", "label"):
        if not isinstance(record.get(key), str) or not record[key].strip():
            raise BadInputError(f"{key!r} is not a text", where=where, remedy=_SHAPE)
    return Labelled(id=record["id"], text=record["text"], label=record["label"])
