"""The distributions the estimators rest on, from the standard library alone."""

from __future__ import annotations

from math import exp, lgamma, log, log1p

_MOST_STEPS = 10_000
_ALMOST_NOTHING = 1e-300
_ROUNDING = 1e-16


def normal_quantile(probability: float) -> float:
    """Return z with P(Z <= z) = `probability` for a standard normal Z; 0 < probability < 1."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(probability)


def chance_none(lacking: int, *, of: int, drawn: int) -> float:
    """C(lacking, drawn) / C(of, drawn): a draw without replacement takes only from the `lacking`.

    The hypergeometric probability of no success, 0 <= `lacking` <= `of` and 0 <= `drawn` <= `of`.
    """
    if drawn > lacking:
        return 0.0
    kept = lgamma(lacking + 1) - lgamma(lacking - drawn + 1)
    return min(1.0, exp(kept - (lgamma(of + 1) - lgamma(of - drawn + 1))))


def beta_cdf(x: float, *, a: float, b: float) -> float:
    """P(X <= x) of Beta(a, b), `a` and `b` > 0: the regularised incomplete beta function.

    By the continued fraction DLMF 8.17.22 (https://dlmf.nist.gov/8.17.E22), on the side of the
    mean where it converges fast.
    """
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - _lower_tail(1.0 - x, b, a)
    return _lower_tail(x, a, b)


def beta_quantile(probability: float, *, a: float, b: float) -> float:
    """Return the x at which `beta_cdf` is `probability`, by Newton's method inside a bracket."""
    low, high, x = 0.0, 1.0, a / (a + b)
    for _ in range(_MOST_STEPS):
        excess = beta_cdf(x, a=a, b=b) - probability
        low, high = (low, x) if excess > 0.0 else (x, high)
        guess = _newton(x, excess, a, b)
        following = guess if low < guess < high else (low + high) / 2.0
        if abs(following - x) <= 10 * _ROUNDING * x or x < _ALMOST_NOTHING:
            return following
        x = following
    return x


def t_squared(confidence: float, *, freedom: float) -> float:
    """Square of the two-sided quantile of Student's t, by t^2 / (freedom + t^2) ~ Beta(1/2, f/2).

    `freedom`: degrees of freedom, > 0. Source: DLMF 8.17 and Abramowitz & Stegun 26.7.1.
    """
    share = beta_quantile(confidence, a=0.5, b=freedom / 2.0)
    return freedom * share / (1.0 - share)


def _newton(x: float, excess: float, a: float, b: float) -> float:
    """One Newton step from `x`; -1, which is in no bracket, where the density vanishes."""
    if not 0.0 < x < 1.0:
        return -1.0
    density = exp(_log_kernel(x, a, b) - log(x) - log1p(-x))
    return x - excess / density if density > _ALMOST_NOTHING else -1.0


def _log_kernel(x: float, a: float, b: float) -> float:
    """Log of x^a (1-x)^b / B(a, b)."""
    return lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)


def _lower_tail(x: float, a: float, b: float) -> float:
    return exp(_log_kernel(x, a, b)) / (a * _fraction(x, a, b))


def _fraction(x: float, a: float, b: float) -> float:
    """Evaluate 1 + d1/(1 + d2/(1 + ...)) by Lentz's method (Thompson & Barnett 1986)."""
    value, above, below = 1.0, 1.0, 0.0
    for step in range(1, _MOST_STEPS):
        term = _term(step, x, a, b)
        below = 1.0 / ((1.0 + term * below) or _ALMOST_NOTHING)
        above = (1.0 + term / above) or _ALMOST_NOTHING
        value *= above * below
        if abs(above * below - 1.0) < _ROUNDING:
            break
    return value


def _term(step: int, x: float, a: float, b: float) -> float:
    m = step // 2
    if step % 2:
        return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
