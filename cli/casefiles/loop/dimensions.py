"""The dimensions of use, and how often each value is used."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from casefiles.documents.corpus import Corpus


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueUse:
    """How often one value of a dimension is used."""

    dimension: str
    """The dimension."""
    value: str
    """The value."""
    weight: float
    """How common it is among users, relative to the other values."""
    tuples: int
    """Tuples in use with it."""
    queries: int
    """Queries in use with it."""
    traces: int
    """Traces with it."""


def value_uses(corpus: Corpus) -> tuple[ValueUse, ...]:
    """Count the use of every value of every dimension in use, in file order."""
    data = corpus.dataset
    values_of = {item.id: item.values for item in data.tuples}
    used = [values_of.get(query.tuple_id or "", {}) for query in data.queries if query.used]
    kept = [item.values for item in data.used_tuples]
    ran = [head.dimensions for head in corpus.traces.values()]
    counts = [
        Counter(pair for values in part for pair in values.items()) for part in (kept, used, ran)
    ]
    return tuple(
        ValueUse(
            dimension=dimension.name,
            value=value.name,
            weight=value.weight,
            tuples=counts[0][dimension.name, value.name],
            queries=counts[1][dimension.name, value.name],
            traces=counts[2][dimension.name, value.name],
        )
        for dimension in data.dimensions
        for value in dimension.values
    )
