from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.insight.distributions import (
    beta_cdf,
    beta_quantile,
    chance_none,
    normal_quantile,
    t_squared,
)


@given(
    n=st.integers(min_value=1, max_value=60),
    share=st.floats(min_value=0.0, max_value=1.0),
    p=st.floats(min_value=0.001, max_value=0.999),
)
def test_the_beta_distribution_sums_binomial_tails(n: int, share: float, p: float) -> None:
    """P(Bin(n, p) >= k) is the beta distribution at p with k and n-k+1 (DLMF 8.17.5)."""
    k = 1 + int(share * (n - 1))
    tail = sum(comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(k, n + 1))

    assert beta_cdf(p, a=k, b=n - k + 1) == pytest.approx(tail, abs=1e-12)


@given(
    probability=st.floats(min_value=0.005, max_value=0.995),
    a=st.floats(min_value=0.3, max_value=5000.0),
    b=st.floats(min_value=0.3, max_value=5000.0),
)
def test_the_quantile_is_the_inverse_of_the_distribution(
    probability: float, a: float, b: float
) -> None:
    """The distribution at the quantile is the probability asked for."""
    x = beta_quantile(probability, a=a, b=b)

    # Where the density is steep, neighbours of x already lie further apart than the tolerance.
    below, above = (beta_cdf(x * factor, a=a, b=b) for factor in (1 - 2e-15, 1 + 2e-15))
    assert below - 1e-9 <= probability <= above + 1e-9


@pytest.mark.parametrize(("probability", "z"), [(0.95, 1.6448536), (0.975, 1.9599640), (0.5, 0.0)])
def test_the_normal_quantiles_are_those_of_the_printed_table(probability: float, z: float) -> None:
    """Abramowitz & Stegun table 26.5, to seven places."""
    assert normal_quantile(probability) == pytest.approx(z, abs=6e-8)


def test_outside_the_unit_interval_the_distribution_is_flat() -> None:
    """Nothing lies below 0 and everything below 1."""
    assert beta_cdf(-0.5, a=2, b=3) == beta_cdf(0.0, a=2, b=3) == 0.0
    assert beta_cdf(1.0, a=2, b=3) == beta_cdf(7.0, a=2, b=3) == 1.0


@pytest.mark.parametrize(
    ("a", "b"), [(1e-3, 5.0), (5.0, 1e-3), (1e-3, 1e-3), (1.0, 1e6), (1e6, 1.0), (4e5, 6e5)]
)
def test_extreme_shapes_come_to_an_end(a: float, b: float) -> None:
    """Very small and very large parameters still give a number in the unit interval."""
    assert 0.0 <= beta_quantile(0.025, a=a, b=b) <= beta_quantile(0.975, a=a, b=b) <= 1.0


@pytest.mark.parametrize(
    ("freedom", "t"), [(1, 12.706), (5, 2.571), (10, 2.228), (30, 2.042), (120, 1.980)]
)
def test_the_t_quantiles_are_those_of_the_printed_table(freedom: int, t: float) -> None:
    """Two-sided 95 % points of Student's t, Abramowitz & Stegun table 26.10."""
    assert t_squared(0.95, freedom=freedom) ** 0.5 == pytest.approx(t, abs=6e-4)


@given(
    of=st.integers(min_value=0, max_value=300),
    shares=st.tuples(*[st.floats(min_value=0.0, max_value=1.0)] * 2),
)
def test_a_draw_takes_only_lacking_units_with_the_chance_of_combinatorics(
    of: int, shares: tuple[float, float]
) -> None:
    """The logarithms agree with the binomial coefficients."""
    lacking, drawn = (round(share * of) for share in shares)

    expected = comb(lacking, drawn) / comb(of, drawn)
    assert chance_none(lacking, of=of, drawn=drawn) == pytest.approx(expected, rel=1e-9)
