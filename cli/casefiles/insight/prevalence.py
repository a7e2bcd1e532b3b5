"""How common a mode is: intervals for a share of units, plain and weighted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from casefiles.insight.distributions import beta_quantile, normal_quantile, t_squared


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A share with its confidence limits; all are fractions, 0 <= low <= rate <= high <= 1."""

    rate: float
    """The estimate."""
    low: float
    """Lower confidence limit."""
    high: float
    """Upper confidence limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """What a random draw of `n` units from one stratum of the population showed."""

    weight: float
    """The stratum's size in the population, in any unit common to all strata; not negative."""
    yes: int
    """Units drawn from it that show the mode."""
    n: int
    """Units drawn from it and judged."""


def wilson(yes: int, n: int, *, confidence: float = 0.95) -> Interval | None:
    """Score interval of a plain random sample: `yes` of `n` units; None when `n` is 0.

    The one to display: its coverage is on average the nominal one (Wilson 1927, JASA 22:209-212;
    Brown, Cai & DasGupta 2001, Statist. Sci. 16:101-133).
    """
    _require_share(yes, n)
    if n == 0:
        return None
    low, high = _wilson_limits(yes, n, normal_quantile((1.0 + confidence) / 2.0))
    return Interval(rate=yes / n, low=low, high=high)


def clopper_pearson(yes: float, n: float, *, confidence: float = 0.95) -> Interval | None:
    """Exact interval, which covers at least nominally; None when `n` is 0.

    For claims like "at most 3 %" (Clopper & Pearson 1934, Biometrika 26:404-413). `yes` and `n`
    need not be whole numbers: the limits are beta quantiles.
    """
    _require_share(yes, n)
    if n == 0:
        return None
    tail = (1.0 - confidence) / 2.0
    low = beta_quantile(tail, a=yes, b=n - yes + 1.0) if yes > 0 else 0.0
    high = beta_quantile(1.0 - tail, a=yes + 1.0, b=n - yes) if yes < n else 1.0
    return Interval(rate=yes / n, low=low, high=high)


def zero_upper(n: int, *, confidence: float = 0.95) -> float:
    """One-sided upper limit of a share of which `n` units showed none: (1-p)^n = 1-confidence.

    The exact form of the rule of three (Hanley & Lippman-Hand 1983, JAMA 249:1743-1745); 1 when
    `n` is 0.
    """
    return 1.0 - (1.0 - confidence) ** (1.0 / n) if n > 0 else 1.0


def korn_graubard(strata: Sequence[Stratum], *, confidence: float = 0.95) -> Interval | None:
    """Interval of a population share from a stratified random sample.

    Clopper-Pearson limits at the effective sample size, which is n over the design effect (Korn &
    Graubard 1998, Survey Methodology 24:193-201; capped at n as in Parker et al. 2017, Vital and
    Health Statistics 2(175)). With one stratum it is the Clopper-Pearson interval itself. The
    variance is sum W_h^2 p_h(1-p_h)/(n_h-1), Cochran 1977, Sampling Techniques, 5.14.

    Ours: where a stratum shows no spread (no yes, or nothing but), its variance is estimated as 0,
    which it need not be; the effective size is then at most Kish's for unequal weights,
    1 / sum(W_h^2 / n_h) (Kish 1965, Survey Sampling, 11.7). Without that, a large stratum of which
    few were drawn brings the coverage below one half.

    None when nothing was drawn, or nothing from a stratum that has weight: then no interval can
    speak for the population.
    """
    drawn = [stratum for stratum in strata if stratum.weight > 0]
    for stratum in drawn:
        _require_share(stratum.yes, stratum.n)
    if not drawn or any(stratum.n == 0 for stratum in drawn):
        return None
    whole, n = sum(stratum.weight for stratum in drawn), sum(stratum.n for stratum in drawn)
    shares = [(stratum.weight / whole, stratum.yes / stratum.n, stratum.n) for stratum in drawn]
    rate = min(1.0, sum(weight * share for weight, share, _ in shares))
    size = effective_size(
        n,
        rate=rate,
        # Both variances of a design effect are unbiased ones: that of n plain draws has n - 1.
        variance=_variance(shares) * (n - 1) / n,
        freedom=n - len(drawn),
        ceiling=_kish(shares) if any(share in {0.0, 1.0} for _, share, _ in shares) else None,
        confidence=confidence,
    )
    return clopper_pearson(size * rate, size, confidence=confidence)


def stratified_wilson(strata: Sequence[Stratum], *, confidence: float = 0.95) -> Interval | None:
    """Wilson interval of a population share from a stratified random sample.

    The weighted sum of the strata's own Wilson limits at a common, smaller quantile
    z sqrt(sum W_h^2 v_h) / sum(W_h sqrt v_h), v_h = p_h (1-p_h) / n_h (Yan & Su 2010, Stat.
    Biopharm. Res. 2:329-335). Narrower than `korn_graubard` and, for rare modes, less sure to
    cover; with one stratum it is `wilson`. None like `korn_graubard`; where no stratum shows any
    spread the quantile is the usual one.
    """
    drawn = [stratum for stratum in strata if stratum.weight > 0]
    if not drawn or any(stratum.n == 0 for stratum in drawn):
        return None
    whole = sum(stratum.weight for stratum in drawn)
    weights = [stratum.weight / whole for stratum in drawn]
    shares = [stratum.yes / stratum.n for stratum in drawn]
    errors = [sqrt(p * (1.0 - p) / s.n) for p, s in zip(shares, drawn, strict=True)]
    spread = sum(w * e for w, e in zip(weights, errors, strict=True))
    z = normal_quantile((1.0 + confidence) / 2.0)
    if spread > 0.0:
        z *= sqrt(sum((w * e) ** 2 for w, e in zip(weights, errors, strict=True))) / spread
    limits = [_wilson_limits(s.yes, s.n, z) for s in drawn]
    return Interval(
        rate=min(1.0, sum(w * p for w, p in zip(weights, shares, strict=True))),
        low=sum(w * low for w, (low, _) in zip(weights, limits, strict=True)),
        high=min(1.0, sum(w * high for w, (_, high) in zip(weights, limits, strict=True))),
    )


def effective_size(
    n: int,
    *,
    rate: float,
    variance: float,
    freedom: int,
    ceiling: float | None = None,
    confidence: float = 0.95,
) -> float:
    """Size of a simple random sample that would tell as much as `n` units of this design.

    rate (1 - rate) / variance, at most `ceiling`, times (t_{n-1} / t_freedom)^2, at most `n` (Korn
    & Graubard 1998). `variance` is that of the estimated `rate`, `freedom` the degrees of freedom
    of that estimate; none counts as one. Where the variance is 0 the ratio says nothing and `n`
    stands in for it.
    """
    size = rate * (1.0 - rate) / variance if variance > 0.0 else float(n)
    size = size if ceiling is None else min(size, ceiling)
    if freedom != n - 1:
        nominal = t_squared(confidence, freedom=n - 1)
        size *= nominal / t_squared(confidence, freedom=max(1, freedom))
    return min(float(n), size)


def _wilson_limits(yes: int, n: int, z: float) -> tuple[float, float]:
    rate = yes / n
    centre = (rate + z * z / (2 * n)) / (1.0 + z * z / n)
    half = z * sqrt(rate * (1.0 - rate) / n + z * z / (4 * n * n)) / (1.0 + z * z / n)
    low = max(0.0, centre - half) if yes > 0 else 0.0
    high = min(1.0, centre + half) if yes < n else 1.0
    return low, high


def _variance(shares: Sequence[tuple[float, float, int]]) -> float:
    """Variance of the weighted rate; `shares` are (share of the population, rate, units)."""
    return sum(
        weight * weight * share * (1.0 - share) / max(1, n - 1) for weight, share, n in shares
    )


def _kish(shares: Sequence[tuple[float, float, int]]) -> float:
    return 1.0 / sum(weight * weight / n for weight, _, n in shares)


def _require_share(yes: float, n: float) -> None:
    if not 0 <= yes <= n:
        raise ValueError(f"{yes} of {n} is no share")
