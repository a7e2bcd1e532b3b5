"""How the number of modes grows with the units: in any order, and in the order it happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import ceil, sqrt

from casefiles.insight.distributions import chance_none
from casefiles.insight.incidence import Incidence, Rows, incidence
from casefiles.insight.richness import chao2, expected_new


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """One point of an accumulation curve."""

    units: int
    """t: size of the sub-sample."""
    modes: float
    """S(t): modes expected in a random sub-sample of that size."""
    sd: float
    """Unconditional standard deviation of it, in modes; the usual band is 1.96 of it each way."""


def mao_tau(seen: Incidence, units: int) -> CurvePoint:
    """Exact mean number of modes over all subsets of `units` units, that is over all orders.

    S(t) = S - sum a_i with a_i = C(T-Y_i, t) / C(T, t); its variance sum (1-a_i)^2 - S(t)^2 / S_est
    with S_est from Chao2 (Colwell, Mao & Chang 2004, Ecology 85:2717-2727). Raises ValueError
    unless 0 <= units <= T.
    """
    if not 0 <= units <= seen.units:
        raise ValueError(f"no sub-sample of {units} among {seen.units} units")
    found = [
        (modes, 1.0 - chance_none(seen.units - count, of=seen.units, drawn=units))
        for count, modes in sorted(Counter(seen.counts.values()).items())
    ]
    mean = sum(modes * chance for modes, chance in found)
    squares = sum(modes * chance * chance for modes, chance in found)
    richness = chao2(seen).estimate
    variance = squares - mean * mean / richness if richness else 0.0
    return CurvePoint(units=units, modes=mean, sd=sqrt(max(0.0, variance)))


def extrapolation(seen: Incidence, units: int) -> float | None:
    """Modes expected once `units` units, at least T, are reviewed (Colwell et al. 2012).

    Trust it to 2 T. None with fewer than two units or without occurrences; raises ValueError below
    T.
    """
    new = expected_new(seen, units - seen.units)
    return None if new is None else seen.modes + new


def as_it_happened(rows: Rows) -> list[int]:
    """Different modes seen after each row, in the order of the rows."""
    known: set[str] = set()
    grown = []
    for row in rows:
        known |= row
        grown.append(len(known))
    return grown


def new_in_last(rows: Rows, last: int) -> int:
    """Modes that the last `last` rows show and no row before them does.

    Of fewer rows than that all modes are new. Raises ValueError when `last` is negative.
    """
    if last < 0:
        raise ValueError(f"a number of rows cannot be negative: {last}")
    first = max(0, len(rows) - last)
    known = set().union(*rows[:first])
    return len(set().union(*rows[first:]) - known)


def quiet_units(rows: Rows) -> int:
    """Units since the last one that showed a mode for the first time; all, if none did.

    For information only: as a rule to stop by, 20 quiet units were wrong, in simulations, in a
    third to four fifths of all reviews.
    """
    known: set[str] = set()
    newest = 0
    for number, row in enumerate(rows, start=1):
        if not row <= known:
            newest = number
            known |= row
    return len(rows) - newest


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Where the curve of a review may run, had the same units come in a random order."""

    low: tuple[int, ...]
    """Per number of units, from 1, the 2.5 % quantile of the modes seen."""
    high: tuple[int, ...]
    """The 97.5 % quantile."""
    area: float
    """Mean number of modes by which the curve as it happened runs above the mean over all orders;
    negative below it."""
    p: float
    """Share of the orders, this one included, of which the area is as far from 0 or farther."""


def envelope(
    rows: Rows, shuffle: Callable[[list[AbstractSet[str]]], object], *, orders: int = 1_000
) -> Envelope | None:
    """Compare the order of review with random ones; `shuffle` puts a list in a random order.

    A small `p` with a positive area: easy discoveries came first (a sorted or diverse-first
    order). With a negative one, late jumps: a new kind of traffic, a changed system, or criteria
    that drifted. None without rows. A permutation test: Good 2005, Permutation, Parametric and
    Bootstrap Tests of Hypotheses, 3.2; conditional on the units seen.
    """
    if not rows:
        return None
    seen = incidence(rows)
    mean = [mao_tau(seen, units).modes for units in range(1, len(rows) + 1)]
    drawn = list(rows)
    curves = []
    for _ in range(orders):
        shuffle(drawn)
        curves.append(as_it_happened(drawn))
    areas = [_area(curve, mean) for curve in curves]
    area = _area(as_it_happened(rows), mean)
    # Orders that tie count as far, rounding apart.
    as_far = sum(abs(other) >= abs(area) - 1e-9 for other in areas)
    quantiles = [sorted(at) for at in zip(*curves, strict=True)]
    return Envelope(
        low=tuple(at[int(0.025 * (orders - 1))] for at in quantiles),
        high=tuple(at[ceil(0.975 * (orders - 1))] for at in quantiles),
        area=area,
        p=(1 + as_far) / (1 + orders),
    )


def _area(curve: Sequence[int], mean: Sequence[float]) -> float:
    return sum(seen - expected for seen, expected in zip(curve, mean, strict=True)) / len(mean)


def guest_ratio(new_per_unit: Sequence[int], *, base: int, run: int) -> list[float | None]:
    """New information of each run of `run` units after the first `base`, as a share of the base.

    Runs overlap, each one unit further than the one before (Guest, Namey & Chen 2020, PLoS ONE
    15(5):e0232076). None where the base showed nothing. For information only: it was made for
    interviews, which yield many themes each, and as a stopping rule for traces it stops far too
    early.
    """
    known = sum(new_per_unit[:base])
    starts = range(base, len(new_per_unit) - run + 1)
    return [sum(new_per_unit[at : at + run]) / known if known else None for at in starts]
