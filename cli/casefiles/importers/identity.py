"""By what a record is known: the same one has the same key at every import.

A record with an id has that id. One without has a hash of its content, so it keeps its key when
the file is moved, sorted or appended to. Of several records of one import that share an id but
not their content, each but the first gets a hash behind it; the hash of the content stands in
the trace, so that they are told apart next time, too.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal

from casefiles.text.names import MAX_SLUG, safe_file_name, short_hash

DIGITS = 16
"""Hexadecimal digits of a content hash: 64 bits."""

State = Literal["new", "present", "changed", "repeated"]
"""``new``; ``present`` in a round; ``changed``: its id is present, with other content;
``repeated``: the same record stands in this import before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A record of a file, without its content."""

    file: int
    """Which of the files, counted from 0."""
    number: int
    """Which of the file's values, counted from 0."""
    line: int
    """The line it starts on."""
    id: str | None
    """Its id, without secrets; None if it has none."""
    session: str | None
    """Its session, without secrets."""
    digest: str
    """Hash of its content (`digest`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A record that is a trace already."""

    round: str
    """The round of the trace."""
    digest: str | None
    """Hash of the content it was made of; None if the trace does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """A record and the key of its trace."""

    entry: Entry
    """The record."""
    key: str
    """The id the trace has as its source's."""
    state: State
    """Whether it is to be imported."""
    round: str | None = None
    """The round it is present in."""

    @property
    def unit(self) -> str:
        """What it is drawn with: its session, else itself."""
        return f"session {self.entry.session}" if self.entry.session else f"source {self.key}"


def digest(record: Any) -> str:
    """Hash of a record's canonical JSON (sorted keys, ASCII, no blanks)."""
    canonical = json.dumps(record, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:DIGITS]


def keyed(entries: Sequence[Entry], known: Mapping[str, Known]) -> tuple[Keyed, ...]:
    """Give every record its key, and tell which are traces already (``known``, by key)."""
    contents: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.id is not None:
            contents[entry.id].add(entry.digest)
    assigner = _Assigner(known, {id_ for id_, digests in contents.items() if len(digests) > 1})
    return tuple(assigner.assign(entry) for entry in entries)


class _Assigner:
    def __init__(self, known: Mapping[str, Known], shared: set[str]) -> None:
        self.known = known
        self.shared = shared  # ids of several different records
        self.occurrences: Counter[str] = Counter()
        self.given: dict[tuple[str, str], str] = {}
        self.taken: set[str] = set()

    def assign(self, entry: Entry) -> Keyed:
        if entry.id is None:
            return self.without_id(entry)
        if key := self.given.get((entry.id, entry.digest)):
            return Keyed(entry=entry, key=key, state="repeated")
        found = self.with_id(entry, entry.id)
        self.given[entry.id, entry.digest] = found.key
        self.taken.add(found.key)
        return found

    def without_id(self, entry: Entry) -> Keyed:
        self.occurrences[entry.digest] += 1
        number = self.occurrences[entry.digest]
        key = entry.digest if number == 1 else f"{entry.digest}-{number}"
        return self.present(entry, key) or Keyed(entry=entry, key=key, state="new")

    def with_id(self, entry: Entry, id_: str) -> Keyed:
        long = f"{id_}-{entry.digest[:8]}"
        if id_ in self.known and self.known[id_].digest in {None, entry.digest}:
            return Keyed(entry=entry, key=id_, state="present", round=self.known[id_].round)
        if there := self.present(entry, long):
            return there
        if id_ in self.known and id_ not in self.shared:
            return Keyed(entry=entry, key=id_, state="changed", round=self.known[id_].round)
        is_free = id_ not in self.known and id_ not in self.taken
        return Keyed(entry=entry, key=id_ if is_free else long, state="new")

    def present(self, entry: Entry, key: str) -> Keyed | None:
        if key not in self.known:
            return None
        return Keyed(entry=entry, key=key, state="present", round=self.known[key].round)


def trace_name(key: str, taken: Container[str]) -> str:
    """Name the file of a trace: its key made safe, with a short hash if another has that name.

    ``taken`` are the names there are, in lower case: some systems tell no capitals apart.
    """
    name = safe_file_name(key)
    if name not in taken:
        return name
    longer = f"{name[: MAX_SLUG - 9].rstrip('.-')}-{short_hash(key)}"
    return next(other for other in _numbered(longer) if other not in taken)


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in count(2))
