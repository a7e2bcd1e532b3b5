"""Which importer reads a record; what is known and cannot be read yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from casefiles.importers.chat import ChatImporter
from casefiles.importers.importer import Importer
from casefiles.importers.spans import SpansImporter
from casefiles.spans.messages import KEYS, is_conversation
from casefiles.spans.otlp import redacted

IMPORTERS: tuple[Importer, ...] = (SpansImporter(), ChatImporter())
"""All importers, the most particular first."""


def importer_of(record: Any) -> Importer | None:
    """Return the importer of a record; None if it is of no known format."""
    if foreign(record):
        return None
    return next((importer for importer in IMPORTERS if importer.reads(record)), None)


def is_record(value: Any) -> bool:
    """Tell whether a value is one record, be it a list or an object that holds lists."""
    return importer_of(value) is not None


def foreign(record: Any) -> str | None:
    """Name the known format of runs a record has, unless it has messages of its own.

    A single run is no conversation, though the messages of one call may stand in it.
    """
    if not isinstance(record, Mapping) or any(is_conversation(record.get(key)) for key in KEYS):
        return None
    return next((name for name, keys in _FOREIGN.items() if keys <= record.keys()), None)


def why_not(record: Any) -> str:
    """Say why no importer reads a record."""
    name = foreign(record)
    if name:
        return f"{name}: this format cannot be imported yet"
    if isinstance(record, Mapping):
        single = "role" in record and "content" in record
        if single:
            return "a single message; put the messages of a conversation into one record"
        return "it holds no list of messages"
    words = {str: "text", list: "a list without messages", bool: "true or false"}
    kind = "null" if record is None else words.get(type(record), "a number")
    return f"{kind}, not an object with a list of messages"


_FOREIGN: Mapping[str, frozenset[str]] = {
    "a Langfuse trace": frozenset({"trace", "observations"}),
    "a LangSmith run": frozenset({"run_type", "inputs"}),
    "a LangSmith batch": frozenset({"post", "patch"}),
    "a batch of LangSmith runs": frozenset({"runs", "trace_id"}),
}


def cleaned(record: Any, clean: Callable[[Any], Any]) -> Any:
    """Return a record whose texts went through ``clean``; ids and times of spans stay."""
    if not SpansImporter().reads(record):
        return clean(record)
    return redacted(record, clean)
