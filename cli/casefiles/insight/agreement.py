"""How far several annotators judge alike: coefficients of agreement, and how sure they are.

A *unit* here holds the values that annotators gave to one thing, without those who gave none.
Read the counts first: where a mode is rare, kappa and alpha swing wildly and AC1 looks fine
whatever happens, so nothing is computed below `ENOUGH` positives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

ENOUGH = 5
"""Positives (units in which somebody says yes) below which no coefficient is given."""
DRAWS = 2_000
"""Resamples of the bootstrap."""

Unit = Sequence[Hashable]
"""The values given to one thing, at most one an annotator."""
Distance = Callable[[Hashable, Hashable], float]
"""How far two values are apart, from 0 (the same) to 1."""
Draw = Callable[[int], Sequence[int]]
"""n to n places below n, drawn with replacement."""
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fourfold:
    """Two annotators' answers to one yes-or-no question, counted."""

    both: int = 0
    """Both say yes."""
    first: int = 0
    """Only the first does."""
    second: int = 0
    """Only the second does."""
    neither: int = 0
    """Both say no."""

    @property
    def units(self) -> int:
        """What both judged."""
        return self.both + self.first + self.second + self.neither

    @property
    def one(self) -> int:
        """Units in which just one says yes."""
        return self.first + self.second

    @property
    def positives(self) -> int:
        """Units in which at least one says yes."""
        return self.both + self.one

    def __add__(self, other: Fourfold) -> Fourfold:
        """Count two tables together."""
        return Fourfold(
            both=self.both + other.both,
            first=self.first + other.first,
            second=self.second + other.second,
            neither=self.neither + other.neither,
        )


def positive_agreement(table: Fourfold) -> float | None:
    """Of all times somebody says yes, the share in which the other one does: 2a / (2a + b + c).

    Dice's coefficient; for rare things the one figure that says something (Cicchetti & Feinstein
    1990, J Clin Epidemiol 43:551-558). None where nobody says yes.
    """
    said = 2 * table.both + table.first + table.second
    return 2 * table.both / said if said else None


def nominal(one: Hashable, other: Hashable) -> float:
    """Distance of values that are the same or not."""
    return float(one != other)


def masi(one: Hashable, other: Hashable) -> float:
    """Distance of two sets: 1 - J M, J the Jaccard index (Passonneau 2006, LREC).

    M is 1 for equal sets, 2/3 for a subset, 1/3 where they overlap, 0 where they do not. Two empty
    sets, the commonest case where nothing goes wrong, are equal.
    """
    if not isinstance(one, frozenset) or not isinstance(other, frozenset):
        raise TypeError("MASI compares sets")
    if one == other:
        return 0.0
    if not one & other:
        return 1.0
    monotonicity = 2 / 3 if one <= other or other <= one else 1 / 3
    return 1 - len(one & other) / len(one | other) * monotonicity


def krippendorff_alpha(units: Iterable[Unit], distance: Distance = nominal) -> float | None:
    """Krippendorff's alpha, 1 - observed / expected disagreement, for any number of annotators.

    Units with fewer than two values are left out (Krippendorff 2011, Computing Krippendorff's
    Alpha-Reliability). None where all values are the same: then nothing could disagree.
    """
    paired = [tuple(unit) for unit in units if len(unit) > 1]
    counts = Counter(value for unit in paired for value in unit)
    values = sum(counts.values())
    expected = _distances(counts, distance)
    if not expected:
        return None
    observed = sum(_distances(Counter(unit), distance) / (len(unit) - 1) for unit in paired)
    return 1 - (values - 1) * observed / expected


def _distances(counts: Counter[Hashable], distance: Distance) -> float:
    """Sum of the distances of all ordered pairs of values."""
    kinds = list(counts.items())
    return 2 * sum(
        n * m * distance(one, other)
        for place, (one, n) in enumerate(kinds)
        for other, m in kinds[place + 1 :]
    )


def gwet_ac1(units: Iterable[Unit], kinds: int = 2) -> float | None:
    """Gwet's AC1 for any number of annotators, some of whom may be missing.

    ``kinds`` is how many different values could be given. Chance agreement is
    sum pi (1 - pi) / (kinds - 1), pi the mean share of a value over all units (Gwet 2008, Br J
    Math Stat Psychol 61:29-48; 2014, Handbook of Inter-Rater Reliability). None without a unit
    that two judged.
    """
    rated = [Counter(unit) for unit in units if len(unit)]
    paired = [unit for unit in rated if unit.total() > 1]
    if not paired:
        return None
    observed = sum(_agreeing_pairs(unit) for unit in paired) / len(paired)
    shares: Counter[Hashable] = Counter()
    for unit in rated:
        for value, count in unit.items():
            shares[value] += count / unit.total() / len(rated)  # type: ignore[assignment]
    chance = sum(share * (1 - share) for share in shares.values()) / (kinds - 1)
    return (observed - chance) / (1 - chance)


def cohen_kappa(table: Sequence[Sequence[int]]) -> float | None:
    """Cohen's kappa of two annotators from a square table of counts, the first one's in rows.

    For comparison with other studies (Cohen 1960, Educ Psychol Meas 20:37-46); where one answer
    is rare it says little (Feinstein & Cicchetti 1990). None where chance alone agrees fully.
    """
    total = sum(map(sum, table))
    columns = [sum(row[at] for row in table) for at in range(len(table))]
    by_chance = sum(sum(row) * column for row, column in zip(table, columns, strict=True))
    agreed = sum(row[at] for at, row in enumerate(table))
    if not total or by_chance == total**2:
        return None
    return (agreed / total - by_chance / total**2) / (1 - by_chance / total**2)


def fleiss_kappa(units: Iterable[Unit]) -> float | None:
    """Fleiss' kappa of units that the same number of annotators judged.

    For comparison with other studies (Fleiss 1971, Psychol Bull 76:378-382). None where chance
    alone agrees fully, where there is no unit, or where the numbers differ.
    """
    counted = [Counter(unit) for unit in units]
    if not counted or len({unit.total() for unit in counted}) > 1 or counted[0].total() < 2:
        return None
    everything: Counter[Hashable] = Counter()
    for unit in counted:
        everything += unit
    observed = sum(map(_agreeing_pairs, counted)) / len(counted)
    chance = sum((count / everything.total()) ** 2 for count in everything.values())
    return (observed - chance) / (1 - chance) if chance < 1 else None


def _agreeing_pairs(unit: Counter[Hashable]) -> float:
    """The share of pairs of annotators who gave a unit the same value."""
    given = unit.total()
    return sum(count * (count - 1) for count in unit.values()) / (given * (given - 1))


# ---------------------------------------------------------------- how sure


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What a figure might as well have been."""

    low: float
    """2.5 % of the resamples lie below."""
    high: float
    """2.5 % lie above."""
    undefined: float
    """Share of the resamples in which the figure is not defined, from 0 to 1."""


def bootstrap(
    items: Sequence[Item],
    figure: Callable[[Sequence[Item]], float | None],
    draw: Draw,
    *,
    draws: int = DRAWS,
) -> Spread | None:
    """Resample what was drawn independently and return the percentile interval (95 %).

    Efron & Tibshirani 1993, An Introduction to the Bootstrap, ch. 13. None without items, or where
    no resample has the figure.
    """
    if not items:
        return None
    found = (figure([items[at] for at in draw(len(items))]) for _ in range(draws))
    known = sorted(value for value in found if value is not None)
    if not known:
        return None
    return Spread(
        low=known[int(0.025 * len(known))],
        high=known[-1 - int(0.025 * len(known))],
        undefined=1 - len(known) / draws,
    )
