"""Who shows what: the counts every estimator of this room starts from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

Rows: TypeAlias = Sequence[AbstractSet[str]]
"""One row per unit, in review order: the names of the modes that unit shows, often none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a set of units showed, summed up; independent of their order.

    The letters are those of the ecological literature, where a unit is a sampling plot and a mode
    a species (Colwell et al. 2012, J. Plant Ecol. 5:3-21).
    """

    units: int
    """T: units reviewed, whether or not they show a mode."""
    incidences: int
    """U: all pairs of a unit and a mode it shows."""
    modes: int
    """S: different modes seen."""
    uniques: int
    """Q1: modes seen in exactly one unit."""
    duplicates: int
    """Q2: modes seen in exactly two units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incidence(Tally):
    """How often each mode was seen in a set of units, as well."""

    counts: Mapping[str, int]
    """Y_i: mode to the number of units that show it, at least 1; sorted by name."""
    discoverers: int
    """Units that show at least one unique mode."""


def incidence(rows: Rows) -> Incidence:
    """Count the modes of `rows`; no rows, or rows without modes, give zeros."""
    counts = Counter(mode for row in rows for mode in row)
    summed = tally(len(rows), counts)
    return Incidence(
        units=summed.units,
        incidences=summed.incidences,
        modes=summed.modes,
        uniques=summed.uniques,
        duplicates=summed.duplicates,
        # Sorted, so that sums of floats over the modes do not depend on the order of review.
        counts=MappingProxyType(dict(sorted(counts.items()))),
        discoverers=sum(any(counts[mode] == 1 for mode in row) for row in rows),
    )


def tally(units: int, counts: Mapping[str, int], *, singles: int = 0) -> Tally:
    """Sum up in how many of `units` units each mode was seen.

    `singles`: further units, each of which shows a mode of its own.
    """
    seen = [count for count in counts.values() if count > 0]
    return Tally(
        units=units,
        incidences=sum(seen) + singles,
        modes=len(seen) + singles,
        uniques=seen.count(1) + singles,
        duplicates=seen.count(2),
    )
