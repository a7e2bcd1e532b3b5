"""Queries from elsewhere, with their kinds of use, into the dataset that is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from casefiles.documents.dataset import Dataset, Dimension, Query, Tuple, Value
from casefiles.text.likeness import Texts

_Key = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """One query from elsewhere."""

    text: str
    """What the user says."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Dimension to value; may be empty."""
    origin: Mapping[str, str] = field(default_factory=dict)
    """Where it comes from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What is to be added."""

    dimensions: tuple[Dimension, ...]
    """Dimensions that were not there."""
    values: Mapping[str, tuple[str, ...]]
    """Dimension that was there to the values it lacked."""
    tuples: tuple[Tuple, ...]
    """Combinations that were not there, without an id."""
    queries: tuple[tuple[Query, int | str | None], ...]
    """Queries without an id; with the number of a new tuple, from 0, or the id of one that was
    there, or None."""
    repeated: int
    """Queries left out: the same text stands there for the same tuple."""
    alike: tuple[tuple[str, str], ...]
    """(query, the one before it that it nearly repeats); they are added all the same."""


def merge(dataset: Dataset, found: Iterable[Foreign]) -> Merged:
    """Find a place for every query: its tuple if there is one, else a new one.

    A tuple with the same values is taken even if a person dropped it, so that the decision holds.
    """
    merger = _Merger(dataset)
    for foreign in found:
        merger.add(foreign)
    dimensions, values = _lacking(dataset.all_dimensions, merger.tuples)
    return Merged(
        dimensions=dimensions,
        values=values,
        tuples=tuple(merger.tuples),
        queries=tuple(merger.queries),
        repeated=merger.repeated,
        alike=tuple(merger.alike),
    )


class _Merger:
    def __init__(self, dataset: Dataset) -> None:
        keys = {item.id: frozenset(item.values.items()) for item in dataset.tuples}
        nothing: _Key = frozenset()
        self.tuples: list[Tuple] = []
        self.queries: list[tuple[Query, int | str | None]] = []
        self.alike: list[tuple[str, str]] = []
        self.repeated = 0
        # Of two tuples with the same values the first one counts.
        self._places: dict[_Key, int | str] = {key: id_ for id_, key in reversed(keys.items())}
        self._seen = {(q.text, keys.get(q.tuple_id or "", nothing)) for q in dataset.queries}
        self._texts = Texts(query.text for query in dataset.queries)

    def add(self, foreign: Foreign) -> None:
        """Take a query in, unless it is there already for the same kind of use."""
        key = frozenset(foreign.values.items())
        if (foreign.text, key) in self._seen:
            self.repeated += 1
            return
        self._seen.add((foreign.text, key))
        near = self._texts.nearest(foreign.text)
        if near is not None:
            self.alike.append((foreign.text, near))
        self._texts.add(foreign.text)
        query = Query(id="", text=foreign.text, origin=dict(foreign.origin))
        self.queries.append((query, self._place(foreign, key) if key else None))

    def _place(self, foreign: Foreign, key: _Key) -> int | str:
        if key not in self._places:
            self._places[key] = len(self.tuples)
            self.tuples.append(Tuple(id="", values=dict(foreign.values)))
        return self._places[key]


def _lacking(
    known: Sequence[Dimension], tuples: Sequence[Tuple]
) -> tuple[tuple[Dimension, ...], Mapping[str, tuple[str, ...]]]:
    """Return whole dimensions, and values of known ones, in the order in which they come up."""
    used: dict[str, dict[str, None]] = {}
    for dimension, value in _pairs(tuples):
        used.setdefault(dimension, {})[value] = None
    there = {dimension.name: {value.name for value in dimension.values} for dimension in known}
    new = tuple(
        Dimension(name=name, values=tuple(Value(name=value) for value in values))
        for name, values in used.items()
        if name not in there
    )
    more = {
        name: lacking
        for name, values in used.items()
        if name in there
        and (lacking := tuple(value for value in values if value not in there[name]))
    }
    return new, more


def _pairs(tuples: Iterable[Tuple]) -> Iterator[tuple[str, str]]:
    return (pair for item in tuples for pair in item.values.items())
