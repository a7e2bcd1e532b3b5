"""Do judgements still mean what they meant? Stale labels, repeats, and trends in the order read.

Grading changes the criteria it is done by (Shankar et al. 2024, UIST, doi:10.1145/3654777.3676450).
That is welcome; these numbers make it visible.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, erfc, sqrt

from casefiles.insight.prevalence import Interval, clopper_pearson, effective_size

FEWEST = 5
"""Yes and no each that a trend must rest on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number of judgements estimated from a random part of them; whole numbers."""

    estimate: float
    """The estimate."""
    low: int
    """Lower confidence limit."""
    high: int
    """Upper confidence limit."""


def hypergeometric(
    population: int, drawn: int, hits: int, *, confidence: float = 0.95
) -> Count | None:
    """How many of a population are hits, if `hits` of `drawn` drawn at random are; None of 0 drawn.

    Exact limits by inverting both tails of the hypergeometric distribution, as Clopper & Pearson
    1934 (Biometrika 26:404-413) do for the binomial: they cover at least nominally. Raises
    ValueError unless 0 <= hits <= drawn <= population.
    """
    if not 0 <= hits <= drawn <= population:
        raise ValueError(f"{hits} of {drawn} of {population} is no draw")
    if drawn == 0:
        return None
    tail = (1.0 - confidence) / 2.0
    possible = range(hits, population - (drawn - hits) + 1)
    # The first chance grows with the number of hits there are, the second falls.
    too_few = bisect_right(possible, tail, key=lambda k: _at_least(hits, k, population, drawn))
    fitting = bisect_left(possible, -tail, key=lambda k: -_at_most(hits, k, population, drawn))
    estimate = population * hits / drawn
    return Count(estimate=estimate, low=possible[too_few], high=possible[fitting - 1])


def _chance(hits: int, marked: int, population: int, drawn: int) -> float:
    return comb(marked, hits) * comb(population - marked, drawn - hits) / comb(population, drawn)


def _at_least(hits: int, marked: int, population: int, drawn: int) -> float:
    last = min(drawn, marked)
    return sum(_chance(k, marked, population, drawn) for k in range(hits, last + 1))


def _at_most(hits: int, marked: int, population: int, drawn: int) -> float:
    first = max(0, drawn - (population - marked))
    return sum(_chance(k, marked, population, drawn) for k in range(first, hits + 1))


def two_phase(
    yes: int, n: int, *, stale: int, differences: Sequence[int], confidence: float = 0.95
) -> Interval | None:
    """Prevalence corrected by judging a random part of the stale judgements again.

    `yes` of `n` units by the judgements as they were, `stale` of the `n` made under an older
    definition, and for each of those judged again new minus old: -1, 0 or 1. The difference
    estimator of double sampling, p = yes/n + (stale/n) mean(d), with variance
    (stale/n)^2 (1 - m/stale) s_d^2/m for the n units (Cochran 1977, Sampling Techniques, 12.2;
    Tenenbein 1970, JASA 65:1350-1361), to which p(1-p)/n is added for the draw of the n; limits as
    Clopper-Pearson's at the effective size. Ours: s_d^2 counts one change more among two
    judgements more, since no change among few is no proof of none; and the effective size is taken
    at a rate with one unit more on either side, since at 0 and 1 the ratio says nothing. None
    without units, and where there are stale judgements and none was judged again.
    """
    drawn = len(differences)
    if not 0 <= yes <= n or not drawn <= stale <= n:
        raise ValueError(f"{drawn} of {stale} stale among {yes} of {n} is no draw")
    if n == 0 or (stale and not drawn):
        return None
    if not stale:
        return clopper_pearson(yes, n, confidence=confidence)
    mean = sum(differences) / drawn
    rate = min(1.0, max(0.0, yes / n + stale / n * mean))
    changed = (sum(map(abs, differences)) + 1) / (drawn + 2)
    spread = max(0.0, changed - mean * mean)
    variance = (stale / n) ** 2 * (1.0 - drawn / stale) * spread / drawn
    inner = (rate * n + 1.0) / (n + 2.0)  # as near to 0 or 1 as so few can tell
    whole = variance + inner * (1.0 - inner) / n
    size = effective_size(n, rate=inner, variance=whole, freedom=n - 1, confidence=confidence)
    return clopper_pearson(size * rate, size, confidence=confidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consistency:
    """How an annotator judged the same again, without seeing the first answer."""

    repeats: int
    """Pairs of judgements under one definition."""
    became_yes: int
    """No first, then yes."""
    became_no: int
    """Yes first, then no."""
    same: Interval | None
    """Share that stayed, with exact 95 % limits; None without repeats."""
    p: float | None
    """Chance of changes so one-sided were they to go either way alike; None without changes."""


def consistency(pairs: Sequence[tuple[bool, bool]]) -> Consistency:
    """Sum up pairs of (first answer, second answer) of one annotator; True is yes.

    `p` is the exact McNemar test: two-sided, binomial (McNemar 1947, Psychometrika 12:153-157).
    """
    became_yes = sum(second and not first for first, second in pairs)
    became_no = sum(first and not second for first, second in pairs)
    changed = became_yes + became_no
    return Consistency(
        repeats=len(pairs),
        became_yes=became_yes,
        became_no=became_no,
        same=clopper_pearson(len(pairs) - changed, len(pairs)),
        p=_one_sided_by_chance(became_yes, changed) if changed else None,
    )


def _one_sided_by_chance(ups: int, changes: int) -> float:
    fewer = min(ups, changes - ups)
    both_tails: float = 2 * sum(comb(changes, k) for k in range(fewer + 1)) / 2**changes
    return min(1.0, both_tails)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Whether a mode becomes more or less common in the order of review."""

    first_yes: int
    """Units of the first half that show it."""
    first: int
    """Units of the first half."""
    last_yes: int
    """Units of the second half that show it."""
    last: int
    """Units of the second half."""
    p: float
    """Two-sided chance of such a trend where there is none."""


def trend(shown: Sequence[bool]) -> Trend | None:
    """Test the answers of one mode, in the order of review, for a trend.

    Cochran-Armitage with the place in the order as score (Armitage 1955, Biometrics 11:375-386),
    by the normal distribution. Evidence of drift only if the order was random. None with fewer
    than five yes or five no, where the normal distribution says little.
    """
    n, yes = len(shown), sum(shown)
    if yes < FEWEST or n - yes < FEWEST:
        return None
    middle, rate = (n - 1) / 2, yes / n
    covariance = sum(place - middle for place, is_yes in enumerate(shown) if is_yes)
    squares = n * (n * n - 1) / 12  # sum of (place - middle)^2
    variance = rate * (1.0 - rate) * squares * n / (n - 1)  # exact over all orders
    half = n // 2
    return Trend(
        first_yes=sum(shown[:half]),
        first=half,
        last_yes=sum(shown[half:]),
        last=n - half,
        p=erfc(abs(covariance) / sqrt(2.0 * variance)),
    )
