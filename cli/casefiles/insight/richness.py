"""What has not been seen yet: how many modes, and how much of what happens they make up.

All estimators take units to be a random sample and ask nothing about the order of review. Letters
as in `Tally`; throughout, k = (T-1)/T.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf, log, log1p, sqrt
from typing import TypeVar

from casefiles.insight.distributions import chance_none, normal_quantile
from casefiles.insight.incidence import Incidence, Rows, Tally
from casefiles.insight.prevalence import zero_upper

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Richness:
    """An estimate of the number of modes there are, seen or not; a lower bound of it."""

    estimate: float
    """Modes seen plus modes estimated to be unseen."""
    unseen: float
    """Modes estimated to be unseen, at least 0."""
    variance: float | None
    """Variance of the estimate; None where `unseen` is 0, which is no proof that all were seen."""
    low: float | None
    """Lower limit of the log-normal interval; None like the variance."""
    high: float | None
    """Upper limit of the log-normal interval; None like the variance."""


def chao2(seen: Tally, *, bias_corrected: bool = False, confidence: float = 0.95) -> Richness:
    """Chao2, a lower bound of the number of modes, to be shown as "at least about N".

    S + k Q1^2 / (2 Q2), or S + k Q1(Q1-1)/2 without duplicates; bias-corrected
    S + k Q1(Q1-1) / (2(Q2+1)). Variance and log-normal interval as in Chao 1987, Biometrics
    43:783-791, and Colwell 2013, EstimateS 9 User's Guide, appendix B. In simulations the interval
    misses the truth far too often to be shown as calibrated.
    """
    unseen = _unseen_corrected(seen) if bias_corrected else _unseen(seen)
    if unseen <= 0.0:
        return Richness(estimate=float(seen.modes), unseen=0.0, variance=None, low=None, high=None)
    variance = _variance(seen, unseen, bias_corrected=bias_corrected)
    z = normal_quantile((1.0 + confidence) / 2.0)
    spread = exp(z * sqrt(log1p(variance / unseen**2)))
    return Richness(
        estimate=seen.modes + unseen,
        unseen=unseen,
        variance=variance,
        low=seen.modes + unseen / spread,
        high=seen.modes + unseen * spread,
    )


def jackknife(seen: Tally, *, order: int = 1) -> float:
    """Jackknife estimate of the number of modes there are; for comparison, not for display.

    Of the first order S + Q1 k, of the second S + Q1 (2T-3)/T - Q2 (T-2)^2/(T(T-1)) (Burnham &
    Overton 1978, Biometrika 65:625-633). Raises ValueError for another order, or fewer than two
    units.
    """
    total = seen.units
    if order not in (1, 2) or total < 2:
        raise ValueError(f"no jackknife of order {order} of {total} units")
    if order == 1:
        return seen.modes + seen.uniques * _shrink(seen)
    second = seen.duplicates * (total - 2) ** 2 / (total * (total - 1))
    return seen.modes + seen.uniques * (2 * total - 3) / total - second


def coverage(seen: Tally) -> float | None:
    """Estimated share of all occurrences that belong to modes already seen, from 0 to 1.

    1 - (Q1/U) A, with A = T Q0 / (T Q0 + Q1) and Q0 the unseen modes of Chao2 (Chao & Jost 2012,
    Ecology 93:2533-2547). None without occurrences, and with fewer than two units, where A is
    0/0. It is 1 when Q1 = 0 and when Q1 = 1 and Q2 = 0: say the bound, never "100 %".
    """
    if not _estimable(seen):
        return None
    return 1.0 - seen.uniques / seen.incidences * _repeat(seen)


def coverage_low(seen: Tally, *, confidence: float = 0.95) -> float | None:
    """One-sided lower confidence bound of the coverage, not below 0; None without occurrences.

    1 - up/U, with up = Q1 + z^2/2 + z sqrt(Q1 + 2 Q2 + z^2/4). The mean squared error of Turing's
    estimate is about (Q1 + 2 Q2)/U^2 (Robbins 1968, Ann. Math. Statist. 39:256-257; Esty 1983,
    Ann. Statist. 11:905-912); the score form, ours, keeps the bound honest where Q1 = Q2 = 0: it
    is then a rule of three, 1 - 2.7/U.
    """
    if seen.incidences == 0:
        return None
    missing = _missing_at_most(seen.uniques, seen.duplicates, confidence=confidence)
    return max(0.0, 1.0 - missing / seen.incidences)


def _missing_at_most(uniques: float, duplicates: float, *, confidence: float = 0.95) -> float:
    """Upper bound of the occurrences, per T units, of modes not seen: `up` of `coverage_low`."""
    z = normal_quantile(confidence)
    return uniques + z * z / 2 + z * sqrt(uniques + 2 * duplicates + z * z / 4)


def coverage_low_after(seen: Tally, more: int) -> float | None:
    """Forecast of `coverage_low` after `more` further random units; None without occurrences.

    Ours. Occurrences go on at their rate, U' = U T'/T with T' = T + m. The extrapolation of Chao &
    Jost 2012 says that a unit after T+j units shows (Q1/T) A^(j+1) occurrences of unseen modes,
    which estimates sum p(1-p)^(T+j); the expected uniques and duplicates follow from it, as
    Q1' = T' sum p(1-p)^(T'-1) and Q2' = C(T', 2) sum p^2 (1-p)^(T'-2), where the last sum is the
    difference of two neighbours of the first kind:

        Q1' = T' (Q1/T) A^m        Q2' = C(T', 2) (Q1/T) A^(m-1) (1-A)

    With m = 0 they are Q1 and, where Q2 > 0, Q2. Where A is 0 there is nothing to extrapolate from
    and both stay as they are.
    """
    _require_not_negative(more)
    if seen.incidences == 0:
        return None
    if more == 0:
        return coverage_low(seen)
    missing = _missing_at_most(*_rare_after(seen, more))
    then = seen.incidences * (seen.units + more) / seen.units
    return max(0.0, 1.0 - missing / then)


def coverage_at(seen: Incidence, units: int) -> float | None:
    """Expected coverage of a random sample of `units` units; None like `coverage`.

    Up to T - 1 units by interpolation, 1 - sum (Y_i/U) C(T-Y_i, t) / C(T-1, t); from T on by
    extrapolation, 1 - (Q1/U) A^(t-T+1) (Chao & Jost 2012). Trust it to 2 T.
    """
    _require_not_negative(units)
    if not _estimable(seen):
        return None
    if units >= seen.units:
        beyond = units - seen.units + 1
        return 1.0 - seen.uniques / seen.incidences * _repeat(seen) ** beyond
    others = seen.units - 1
    missed = sum(
        count * chance_none(seen.units - count, of=others, drawn=units)
        for count in seen.counts.values()
    )
    return max(0.0, 1.0 - missed / seen.incidences)


def units_needed_for(seen: Tally, target: float) -> float | None:
    """Total units at which the estimated coverage reaches `target`, a fraction below 1.

    T + ln((1-c) U/Q1) / ln A - 1, the inverse of `coverage_at`; T when it is reached already, None
    like `coverage`. Raises ValueError unless 0 <= target < 1.
    """
    if not 0.0 <= target < 1.0:
        raise ValueError(f"a coverage of {target} cannot be reached; it must be in [0, 1)")
    now = coverage(seen)
    if now is None or now >= target:
        return None if now is None else float(seen.units)
    share_left = (1.0 - target) * seen.incidences / seen.uniques
    return seen.units + log(share_left) / log(_repeat(seen)) - 1.0


def expected_new(seen: Tally, more: float) -> float | None:
    """Modes not seen so far that `more` further units are expected to show.

    Q0 (1 - (1 - Q1/(T Q0 + Q1))^m), Colwell et al. 2012, J. Plant Ecol. 5:3-21. Trust it to T
    further units. None like `coverage`.
    """
    _require_not_negative(more)
    if not _estimable(seen):
        return None
    stays: float = _repeat(seen) ** more
    return _unseen(seen) * (1.0 - stays)


def new_probability(seen: Incidence) -> float | None:
    """Probability that a unit shows something that T - 1 others do not; None without units.

    Good-Turing by leave-one-out, ours: the share of units that show a unique mode. Unbiased
    for exchangeable units, whatever the dependence between modes (Good 1953, Biometrika
    40:237-264, for the idea).
    """
    return seen.discoverers / seen.units if seen.units else None


def new_probability_by_strata(
    rows: Rows, strata: Sequence[Key], weights: Mapping[Key, float]
) -> float | None:
    """`new_probability` of a stratified sample; `strata` names the stratum of each row.

    sum W_h d_h, with d_h the share of the units of stratum h that show a mode unique in the whole
    sample. `weights` are the strata's shares of the population, in any unit common to all. None
    without weights, or where a stratum that has weight was not drawn from: it may be all new.
    """
    counts = Counter(mode for row in rows for mode in row)
    drawn = Counter(strata)
    new = Counter(
        stratum
        for row, stratum in zip(rows, strata, strict=True)
        if any(counts[mode] == 1 for mode in row)
    )
    weighted = {stratum: weight for stratum, weight in weights.items() if weight > 0}
    if not weighted or any(not drawn[stratum] for stratum in weighted):
        return None
    shares = (weight * new[stratum] / drawn[stratum] for stratum, weight in weighted.items())
    return sum(shares) / sum(weighted.values())


def new_at_most(seen: Tally, more: int) -> float:
    """Upper bound, one-sided 95 %, of the modes that `more` further units are expected to show.

    m up/T with `up` as in `coverage_low`: whoever is new occurs, so modes are at most occurrences
    of modes not seen. Infinite without units.
    """
    _require_not_negative(more)
    if not seen.units:
        return inf
    return more * _missing_at_most(seen.uniques, seen.duplicates) / seen.units


def detection_floor(units: int) -> float:
    """Prevalence at which one given mode had a 95 % chance of being seen in `units` random units.

    1 - .05^(1/T), exact; 1 without units. It holds for each mode, not for all of them at once.
    """
    return zero_upper(units)


def _estimable(seen: Tally) -> bool:
    return seen.units > 1 and seen.incidences > 0


def _shrink(seen: Tally) -> float:
    """Return k."""
    return (seen.units - 1) / seen.units if seen.units else 0.0


def _unseen(seen: Tally) -> float:
    """Return Q0 of Chao2."""
    q1, q2 = seen.uniques, seen.duplicates
    return _shrink(seen) * (q1 * q1 / (2 * q2) if q2 else q1 * (q1 - 1) / 2)


def _unseen_corrected(seen: Tally) -> float:
    return _shrink(seen) * seen.uniques * (seen.uniques - 1) / (2 * (seen.duplicates + 1))


def _repeat(seen: Tally) -> float:
    """Return A, the chance that an unseen mode stays unseen in one more unit (0 if Q1 is 0)."""
    missing = seen.units * _unseen(seen)
    return missing / (missing + seen.uniques) if missing else 0.0


def _rare_after(seen: Tally, more: int) -> tuple[float, float]:
    """Expected uniques and duplicates after `more` further units, as `coverage_low_after` says."""
    stay, total = _repeat(seen), seen.units + more
    if stay == 0.0:
        return seen.uniques, seen.duplicates
    rate = seen.uniques / seen.units
    pairs = total * (total - 1) / 2
    return total * rate * stay**more, pairs * rate * stay ** (more - 1) * (1.0 - stay)


def _variance(seen: Tally, unseen: float, *, bias_corrected: bool) -> float:
    k, q1, q2 = _shrink(seen), seen.uniques, seen.duplicates
    if q2 and not bias_corrected:
        ratio = q1 / q2
        return q2 * (k * ratio**2 / 2 + k**2 * ratio**3 + k**2 * ratio**4 / 4)
    first = k * q1 * (q1 - 1) / (2 * (q2 + 1))
    second = (k * (2 * q1 - 1)) ** 2 * q1 / (4 * (q2 + 1) ** 2)
    if q2:
        return first + second + k**2 * q1**2 * q2 * (q1 - 1) ** 2 / (4 * (q2 + 1) ** 4)
    return first + second - k**2 * q1**4 / (4 * (seen.modes + unseen))


def _require_not_negative(units: float) -> None:
    if units < 0:
        raise ValueError(f"a number of units cannot be negative: {units}")
