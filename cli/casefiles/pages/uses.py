"""Dimensions of use and their values, as the pages list them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from casefiles.documents.corpus import Corpus


def uses(corpus: Corpus, traces: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """Return dimensions with their values: those of the dataset files, then those only traces have.

    ``traces`` are the references looked at.
    """
    values: dict[str, dict[str, None]] = {
        dimension.name: dict.fromkeys(value.name for value in dimension.values)
        for dimension in corpus.dataset.dimensions
    }
    seen: dict[str, set[str]] = {}
    for trace in traces:
        for dimension, value in corpus.traces[trace].dimensions.items():
            seen.setdefault(dimension, set()).add(value)
    for dimension in sorted(seen):
        values.setdefault(dimension, {}).update(dict.fromkeys(sorted(seen[dimension])))
    return {dimension: tuple(known) for dimension, known in values.items()}
