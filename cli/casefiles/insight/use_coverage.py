"""Which kinds of use were asked about, run and read: along each dimension, and across each two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, get_args

from casefiles.documents.corpus import Corpus
from casefiles.documents.dataset import Dimension

Pair = tuple[tuple[str, str], tuple[str, str]]
"""Two (dimension, value) of different dimensions."""
What = Literal["queries", "traces", "reviewed"]
WHATS: tuple[What, ...] = get_args(What)
MOST_VALUES = 20
"""A dimension that only traces have and that takes more values is an id, not a kind of use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How far one kind of use was looked at."""

    queries: int
    """Queries in use that were written for it."""
    traces: int
    """Traces of the frame with it."""
    reviewed: int
    """Those of them that a person reviewed."""
    failing: int
    """Those in which a person saw something go wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueCoverage:
    """One value of a dimension."""

    value: str
    """Its name."""
    description: str
    """What it stands for."""
    tally: Tally
    """How far it was looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionCoverage:
    """One dimension."""

    name: str
    """Its name."""
    description: str
    """What it tells apart."""
    values: tuple[ValueCoverage, ...]
    """Its values in file order, then those that only traces have, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Two values of different dimensions together."""

    row: str
    """The value of the crossing's first dimension."""
    column: str
    """The value of its second."""
    expected: bool
    """Whether both stand in dimensions.yaml and the constraints allow the pair: only then is an
    empty cell a gap."""
    tally: Tally
    """How far the pair was looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Two dimensions: every value of the one with every value of the other."""

    rows: str
    """Name of the first dimension."""
    columns: str
    """Name of the second."""
    cells: tuple[tuple[Cell, ...], ...]
    """Per value of ``rows``, a cell for each value of ``columns``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Everything about coverage, for one frame."""

    dimensions: tuple[DimensionCoverage, ...]
    """Those of dimensions.yaml in file order, then those that only traces have, sorted."""
    crossings: tuple[Crossing, ...]
    """Every two dimensions, in the same order; without those of more than `MOST_VALUES` values
    that only traces have."""

    @property
    def expected(self) -> int:
        """Number of cells that are expected to hold something."""
        return sum(1 for _ in self._expected())

    def filled(self, what: What) -> int:
        """Count the expected cells with at least one query, trace or reviewed trace."""
        return sum(getattr(cell.tally, what) > 0 for _, cell in self._expected())

    def gaps(self, what: What) -> tuple[Pair, ...]:
        """Name the expected cells without a query, trace or reviewed trace."""
        return tuple(
            ((crossing.rows, cell.row), (crossing.columns, cell.column))
            for crossing, cell in self._expected()
            if not getattr(cell.tally, what)
        )

    def _expected(self) -> Iterator[tuple[Crossing, Cell]]:
        for crossing in self.crossings:
            for row in crossing.cells:
                yield from ((crossing, cell) for cell in row if cell.expected)


def coverage(
    corpus: Corpus, traces: Collection[str], *, infeasible: Collection[Pair] = ()
) -> Coverage:
    """Count queries and traces by value and by pair of values.

    ``traces`` are the references to count (those of the frame); ``infeasible`` the pairs that
    constraints rule out, the earlier dimension of the file first.
    """
    counts = _Counts(corpus, traces)
    planned = {dimension.name: dimension for dimension in corpus.dataset.dimensions}
    unplanned = sorted(counts.values.keys() - planned.keys())
    dimensions = (
        *(_dimension(dimension, counts) for dimension in planned.values()),
        *(_dimension(Dimension(name=name), counts) for name in unplanned),
    )
    known = {(d.name, value.name) for d in planned.values() for value in d.values}
    ruled_out = frozenset(infeasible)
    crossed = [d for d in dimensions if d.name in planned or len(d.values) <= MOST_VALUES]
    return Coverage(
        dimensions=dimensions,
        crossings=tuple(
            _crossing(first, second, counts, known, ruled_out)
            for first, second in combinations(crossed, 2)
        ),
    )


def _dimension(dimension: Dimension, counts: _Counts) -> DimensionCoverage:
    described = {value.name: value.description for value in dimension.values}
    seen = sorted(counts.values.get(dimension.name, set()) - described.keys())
    return DimensionCoverage(
        name=dimension.name,
        description=dimension.description,
        values=tuple(
            ValueCoverage(
                value=value,
                description=described.get(value, ""),
                tally=counts.tally((dimension.name, value)),
            )
            for value in (*described, *seen)
        ),
    )


def _crossing(
    first: DimensionCoverage,
    second: DimensionCoverage,
    counts: _Counts,
    known: Collection[tuple[str, str]],
    ruled_out: Collection[Pair],
) -> Crossing:
    def cell(row: str, column: str) -> Cell:
        pair = ((first.name, row), (second.name, column))
        return Cell(
            row=row,
            column=column,
            expected=pair[0] in known and pair[1] in known and pair not in ruled_out,
            tally=counts.tally(*pair),
        )

    return Crossing(
        rows=first.name,
        columns=second.name,
        cells=tuple(
            tuple(cell(row.value, column.value) for column in second.values) for row in first.values
        ),
    )


class _Counts:
    """How often each value and each pair of values occurs among queries and traces."""

    def __init__(self, corpus: Corpus, traces: Collection[str]) -> None:
        data = corpus.dataset
        values_of = {item.id: item.values for item in data.tuples}
        asked = [values_of.get(query.tuple_id or "", {}) for query in data.queries if query.used]
        ran = {trace: corpus.traces[trace].dimensions for trace in traces}
        outcome = _outcome(corpus, ran)
        self.values: dict[str, set[str]] = {}
        for found in ran.values():
            for dimension, value in found.items():
                self.values.setdefault(dimension, set()).add(value)
        self._queries = _occurrences(asked)
        self._traces = _occurrences(ran.values())
        self._reviewed = _occurrences(ran[trace] for trace in outcome)
        self._failing = _occurrences(ran[trace] for trace, fails in outcome.items() if fails)

    def tally(self, *values: tuple[str, str]) -> Tally:
        """Count what has the value, or both of two."""
        key = frozenset(values)
        return Tally(
            queries=self._queries[key],
            traces=self._traces[key],
            reviewed=self._reviewed[key],
            failing=self._failing[key],
        )


def _occurrences(found: Iterable[Mapping[str, str]]) -> Counter[frozenset[tuple[str, str]]]:
    counts: Counter[frozenset[tuple[str, str]]] = Counter()
    for values in found:
        items = list(values.items())
        counts.update(frozenset((item,)) for item in items)
        counts.update(frozenset(pair) for pair in combinations(items, 2))
    return counts


def _outcome(corpus: Corpus, traces: Collection[str]) -> Mapping[str, bool]:
    """Reviewed trace to whether a person saw something go wrong."""
    outcome: dict[str, bool] = {}
    for _, trace, note in corpus.human_notes():
        if trace in traces and note.reviews:
            outcome[trace] = outcome.get(trace, False) or note.fails
    return outcome
