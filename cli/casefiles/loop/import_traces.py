"""Records into trace files: secrets hidden first, then everything made of what is left."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casefiles.documents.attachments import detach
from casefiles.documents.paths import trace_path
from casefiles.documents.trace import Trace, render
from casefiles.importers.formats import cleaned, importer_of
from casefiles.importers.identity import Keyed, trace_name
from casefiles.importers.importer import Conversation
from casefiles.importers.privacy import hidden, hidden_turns
from casefiles.importers.tracing import Origin, trace_of, value_at
from casefiles.text.redact import Redactor
from casefiles.workspace.find import Workspace
from casefiles.workspace.write import locked, write_bytes

RAW = ".casefiles/raw"
"""Folder of the records as they came, without their secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A trace and the files around it, ready to be written."""

    reference: str
    """The trace's reference."""
    trace: Trace
    """The trace."""
    attachments: Mapping[str, str]
    """Path to text of what is too long to stand in the trace."""
    raw: bytes
    """The record, as gzipped JSON."""


class Maker:
    """Makes the traces of one round."""

    def __init__(
        self,
        round_name: str,
        *,
        taken: set[str],
        patterns: Mapping[str, str],
        dimensions: Mapping[str, str],
    ) -> None:
        """Take the round's name, the names it has, and what to hide and to read."""
        self._round = round_name
        self._taken = {name.lower() for name in taken}
        self._patterns = patterns
        self._dimensions = dimensions
        self.hidden: Counter[str] = Counter()
        """Kind of secret to how many values were hidden, counted by trace."""

    def make(self, record: Any, keyed: Keyed, file: str) -> Built:
        """Make the trace of a record. Raises ValueError, with what is wrong with the record."""
        redactor = Redactor(self._patterns)
        clean = cleaned(record, lambda value: hidden(value, redactor))
        importer = importer_of(clean)
        if importer is None:
            raise ValueError("it holds no list of messages")
        said = importer.conversation(clean)
        said = Conversation(turns=hidden_turns(said.turns, redactor), facts=said.facts)
        name = trace_name(keyed.key, self._taken)
        reference = f"{self._round}/{name}"
        raw = f"{RAW}/{reference}.json.gz"
        origin = Origin(
            file=redactor.text(file),
            id=keyed.key,
            digest=keyed.entry.digest,
            session=keyed.entry.session,
            raw=raw,
            dimensions=self._values(clean),
        )
        trace, attachments = detach(trace_of(said, origin), reference)
        self._taken.add(name)
        self.hidden.update(redactor.counts)
        return Built(reference=reference, trace=trace, attachments=attachments, raw=_packed(clean))

    def _values(self, record: Any) -> dict[str, str]:
        found = {name: value_at(record, path) for name, path in self._dimensions.items()}
        return {name: value for name, value in found.items() if value is not None}


def write_all(workspace: Workspace, batch: list[Built]) -> set[str]:
    """Write traces under the workspace's lock; return references whose file was there already.

    A trace's own file comes last: it is there when everything it refers to is.
    """
    refused = set()
    with locked(workspace.root):
        for built in batch:
            path = workspace.root / trace_path(built.reference)
            if path.exists():
                refused.add(built.reference)
            else:
                _write(workspace.root, built, path)
    return refused


def _write(root: Path, built: Built, path: Path) -> None:
    if built.trace.head.raw is not None:
        write_bytes(root / built.trace.head.raw, built.raw)
    for name, text in built.attachments.items():
        write_bytes(root / name, text.encode("utf-8", "surrogatepass"))
    write_bytes(path, render(built.trace).encode())


def _packed(record: Any) -> bytes:
    """A record as gzipped JSON, the same bytes each time."""
    text = json.dumps(record, ensure_ascii=True, indent=1)
    return gzip.compress(text.encode(), compresslevel=6, mtime=0)
