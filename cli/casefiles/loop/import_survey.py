"""The two readings of the files of an import: what records there are, then what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casefiles.importers.formats import importer_of, is_record, why_not
from casefiles.importers.identity import Entry, Keyed, digest
from casefiles.importers.privacy import hidden_id
from casefiles.importers.records import Failure, Record, records
from casefiles.importers.spans import binary_documents, regrouped


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A record that could not be imported."""

    file: str
    """The file, as it was named."""
    line: int
    """Its line, counted from 1."""
    why: str
    """What is wrong with it."""

    def __str__(self) -> str:
        """``file:line: what is wrong``."""
        return f"{self.file}:{self.line}: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What the files hold."""

    entries: tuple[Entry, ...]
    """Records that an importer reads, in order."""
    failed: tuple[Failed, ...]
    """Values that are no such records."""


def survey(files: Sequence[Path], *, prefix: str, patterns: Mapping[str, str]) -> Survey:
    """Tell what records the files hold, ids and sessions without secrets and behind a prefix."""
    entries: list[Entry] = []
    failed: list[Failed] = []
    for number, path in enumerate(files):
        for place, found in enumerate(_found(path)):
            importer = importer_of(found.value) if isinstance(found, Record) else None
            if isinstance(found, Failure) or importer is None:
                why = found.why if isinstance(found, Failure) else why_not(found.value)
                failed.append(Failed(file=str(path), line=found.line, why=why))
                continue
            named = importer.identity(found.value)
            entries.append(
                Entry(
                    file=number,
                    number=place,
                    line=found.line,
                    id=_marked(named.id, prefix, patterns),
                    session=_marked(named.session, prefix, patterns),
                    digest=digest(found.value),
                )
            )
    return Survey(entries=tuple(entries), failed=tuple(failed))


def values(
    files: Sequence[Path], chosen: Sequence[Keyed], *, ordered: bool
) -> Iterator[tuple[Keyed, Any]]:
    """Yield the chosen records with what they say, as they stand in the files.

    With ``ordered`` in the order in which they are chosen, all of them in memory at once. One that
    is not there any more is None.
    """
    order = {(one.entry.file, one.entry.number): place for place, one in enumerate(chosen)}
    found = (
        (order[number, place], one.value if isinstance(one, Record) else None)
        for number in sorted({file for file, _ in order})
        for place, one in enumerate(_found(files[number]))
        if (number, place) in order
    )
    placed = sorted(found, key=lambda item: item[0]) if ordered else found
    return ((chosen[place], value) for place, value in placed)


def _found(path: Path) -> Iterator[Record | Failure]:
    content = path.read_bytes()
    binary = binary_documents(content)
    found = (
        (Record(line=1, value=document) for document in binary)
        if binary
        else records(content, is_whole=is_record)
    )
    return regrouped(found)


def _marked(name: str | None, prefix: str, patterns: Mapping[str, str]) -> str | None:
    if name is None:
        return None
    return hidden_id(f"{prefix}-{name}" if prefix else name, patterns)
