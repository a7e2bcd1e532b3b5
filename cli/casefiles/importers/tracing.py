"""A conversation and what is known about it, as a trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from casefiles.documents.trace import Trace, TraceHead, seal
from casefiles.documents.turns import Turn
from casefiles.importers.importer import Conversation
from casefiles.text.names import shorten
from casefiles.text.odd import without_surrogates

LONGEST_TITLE = 80
"""Characters of a title."""
RECORD = "record"
"""Key of the front matter below which the short values of the record stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a trace comes from."""

    file: str
    """Name of the file, without secrets."""
    id: str
    """Its key (`casefiles.importers.identity`)."""
    digest: str
    """Hash of the record's content."""
    session: str | None = None
    """Its session."""
    raw: str | None = None
    """Path of the raw record, relative to the workspace."""
    dimensions: Mapping[str, str] = field(default_factory=dict)
    """Dimension to value."""


def trace_of(conversation: Conversation, origin: Origin) -> Trace:
    """Make the trace of an imported conversation."""
    known = conversation.facts
    head = TraceHead(
        title=_line(known.title) or title_of(conversation.turns) or origin.id,
        dimensions=origin.dimensions,
        source={
            "kind": "production",
            "file": origin.file,
            "id": origin.id,
            "digest": origin.digest,
        },
        session=origin.session,
        status="error" if known.error else "partial" if known.lost else "ok",
        started=known.started,
        ms=known.ms,
        usage=known.usage,
        error="\n".join(filter(None, (known.error, _lost(known.lost)))) or None,
        raw=origin.raw,
        extra={RECORD: dict(known.rest)} if known.rest else {},
    )
    return seal(head, conversation.turns)


def title_of(turns: tuple[Turn, ...]) -> str:
    """The first thing the user said, in one line; never the system prompt, which all share."""
    heard = [turn for turn in turns if not turn.is_aside] or turns
    spoken = [turn for turn in heard if turn.role not in {"system", "developer"}]
    by_user = [turn for turn in spoken if turn.role == "user"]
    texts = (part.text for turn in (*by_user, *spoken) for part in turn.parts if part.text)
    return next((title for title in map(_line, texts) if title), "")


def _lost(lost: tuple[str, ...]) -> str:
    return f"lost: {'; '.join(lost)}" if lost else ""


def _line(text: str | None) -> str:
    return shorten(without_surrogates(text or ""), LONGEST_TITLE)


def value_at(record: Any, path: str) -> str | None:
    """The short value a path of keys leads to (``metadata.plan``); None if there is none.

    Keys may have dots in them themselves, as attributes of spans do.
    """
    record = _at(record, path.split("."))
    if record is None or isinstance(record, dict | list):
        return None
    return _line(("yes" if record else "no") if isinstance(record, bool) else str(record)) or None


def _at(record: Any, keys: list[str]) -> Any:
    if not keys:
        return record
    for length in range(1, len(keys) + 1):
        key = ".".join(keys[:length])
        if isinstance(record, dict) and key in record:
            found = _at(record[key], keys[length:])
            if found is not None:
                return found
    return None
