from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.insight import (
    Stratum,
    clopper_pearson,
    effective_size,
    korn_graubard,
    stratified_wilson,
    wilson,
    zero_upper,
)
from casefiles.insight.distributions import beta_quantile, normal_quantile

COUNTS = st.integers(min_value=1, max_value=2000).flatmap(
    lambda n: st.tuples(st.integers(min_value=0, max_value=n), st.just(n))
)


@pytest.mark.parametrize(
    ("yes", "n", "low", "high", "tolerance"),
    [
        # Newcombe 1998, Stat. Med. 17:857-872, table I, method 3.
        (81, 263, 0.2553, 0.3662, 6e-5),
        (15, 148, 0.0624, 0.1605, 6e-5),
        (0, 20, 0.0, 0.1611, 6e-5),
        (1, 29, 0.0061, 0.1718, 6e-5),
        # R package binom, binom.confint(methods = "wilson").
        (18, 20, 0.6989663547715128, 0.972133518786232, 1e-7),
        (4, 20, 0.0806576625797981, 0.4160174322518935, 1e-7),
        (4, 200, 0.00780442641634947, 0.05028708690582643, 1e-7),
    ],
)
def test_wilson_limits_are_the_published_ones(
    yes: int, n: int, low: float, high: float, tolerance: float
) -> None:
    """The score interval agrees with Newcombe's table and with R."""
    interval = wilson(yes, n)

    assert interval is not None
    assert interval.rate == yes / n
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=tolerance)


def test_wilson_takes_another_confidence() -> None:
    """5 of 10 at 90 %: R package tern, estimate_proportion snapshots."""
    interval = wilson(5, 10, confidence=0.90)

    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((0.2692718, 0.7307282), abs=6e-7)


@pytest.mark.parametrize(
    ("yes", "n", "low", "high", "tolerance"),
    [
        # Newcombe 1998, Stat. Med. 17:857-872, table I, method 5.
        (81, 263, 0.2527, 0.3676, 6e-5),
        (15, 148, 0.0578, 0.1617, 6e-5),
        (0, 20, 0.0, 0.1684, 6e-5),
        (1, 29, 0.0009, 0.1776, 6e-5),
        # R package binom, binom.confint(methods = "exact").
        (18, 20, 0.6830172859809176, 0.9876514728297052, 1e-7),
        (4, 20, 0.05733399705003284, 0.436614002996668, 1e-7),
        (4, 200, 0.005475565879556443, 0.05041360908989634, 1e-7),
        # R package tern, estimate_proportion snapshots.
        (5, 10, 0.187086, 0.812914, 6e-7),
    ],
)
def test_clopper_pearson_limits_are_the_published_ones(
    yes: int, n: int, low: float, high: float, tolerance: float
) -> None:
    """The exact interval agrees with Newcombe's table and with R."""
    interval = clopper_pearson(yes, n)

    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=tolerance)


# R package survey 4.4-2, svyciprop(method = "beta"), a synthetic sample of 922 rows analysed as a
# plain, a stratified, a clustered, a stratified and clustered design and two subsets of the last.
# Columns: rate, standard error, n, degrees of freedom, low, high.
SURVEY = [
    (0.507348258357226, 0.0192309892530454, 922, 921, 0.468954757876348, 0.545677337133621),
    (0.507348258357226, 0.0192537392244595, 922, 918, 0.468908426601806, 0.545723513770539),
    (0.507348258357226, 0.0164967611954173, 922, 59, 0.47383814353398, 0.540809220838568),
    (0.507348258357226, 0.0167712595840644, 922, 56, 0.473233376535445, 0.541412207644769),
    (0.471999767708621, 0.0348828290040279, 276, 56, 0.400786658613709, 0.544064683764286),
    (0.501335861736522, 0.0438888962101757, 167, 52, 0.410824184861583, 0.5917831333426),
]


@pytest.mark.parametrize(("rate", "error", "n", "freedom", "low", "high"), SURVEY)
def test_the_effective_size_gives_the_limits_of_r_survey(
    rate: float, error: float, n: int, freedom: int, low: float, high: float
) -> None:
    """Clopper-Pearson at the effective size is what R's survey package prints."""
    size = effective_size(n, rate=rate, variance=error**2, freedom=freedom)
    interval = clopper_pearson(size * rate, size)

    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-9)


@pytest.mark.parametrize(
    ("rate", "error", "n", "freedom", "size", "low", "high"),
    [
        (0.0157735, 0.0013157, 45710, 2129, 8958.54, 0.0133, 0.0186),
        (0.0388459, 0.0177429, 440, 1958, 119.11, 0.0120, 0.0910),
        (1.0, 0.0, 100, 5, 59.58, 0.9400, 1.0),
    ],
)
def test_the_effective_size_is_that_of_the_nchs_examples(
    rate: float, error: float, n: int, freedom: int, size: float, low: float, high: float
) -> None:
    """Two examples and the all-yes case of Ward 2019, Stata Journal 19:510-522 (kg_nchs)."""
    ours = effective_size(n, rate=rate, variance=error**2, freedom=freedom)
    interval = clopper_pearson(ours * rate, ours)

    assert ours == pytest.approx(size, abs=0.03)
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=6e-5)


def test_a_design_better_than_plain_counts_for_no_more_than_its_units() -> None:
    """A standard error of .03 at n = 100 would be worth 278 plain units; 100 is the cap."""
    assert effective_size(100, rate=0.5, variance=0.03**2, freedom=99) == 100.0


@given(COUNTS, st.floats(min_value=0.01, max_value=1e6))
def test_one_stratum_is_a_plain_sample(count: tuple[int, int], weight: float) -> None:
    """Korn-Graubard with one stratum of any weight is the Clopper-Pearson interval."""
    yes, n = count
    weighted, plain = korn_graubard([Stratum(weight=weight, yes=yes, n=n)]), clopper_pearson(yes, n)

    assert weighted is not None
    assert plain is not None
    assert (weighted.rate, weighted.low, weighted.high) == pytest.approx(
        (plain.rate, plain.low, plain.high), rel=1e-9
    )


def test_one_stratum_has_newcombes_limits() -> None:
    """15 of 148: the identity of Korn & Graubard 1998 with Newcombe 1998, table I, method 5."""
    interval = korn_graubard([Stratum(weight=1.0, yes=15, n=148)])

    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((0.0578, 0.1617), abs=6e-5)


STRATA = st.lists(
    st.builds(
        lambda weight, count: Stratum(weight=weight, yes=count[0], n=count[1]),
        st.floats(min_value=0.1, max_value=10.0),
        COUNTS,
    ),
    min_size=1,
    max_size=6,
)


@given(STRATA, st.floats(min_value=0.5, max_value=2.0))
def test_only_the_ratio_of_the_weights_matters(strata: list[Stratum], factor: float) -> None:
    """Weights may be counts or shares of the population; the rate lies between the limits."""
    scaled = [Stratum(weight=s.weight * factor, yes=s.yes, n=s.n) for s in strata]
    one, other = korn_graubard(strata), korn_graubard(scaled)

    assert one is not None
    assert other is not None
    assert 0.0 <= one.low <= one.rate <= one.high <= 1.0
    assert (other.low, other.high) == pytest.approx((one.low, one.high), rel=1e-6, abs=1e-12)
    total = sum(s.weight for s in strata)
    mean = sum(s.weight * s.yes / s.n for s in strata) / total
    assert one.rate == pytest.approx(mean, abs=1e-12)


def test_a_thinly_drawn_large_stratum_keeps_the_interval_honest() -> None:
    """With 20 units for 95 % of the population and 400 for the rest, 95 % limits still cover."""
    shares, sizes, rates = (0.95, 0.05), (20, 400), (0.03, 0.01)
    truth = sum(share * rate for share, rate in zip(shares, rates, strict=True))
    covered = 0.0
    for large in range(6):
        for small in range(16):
            drawn = zip(shares, (large, small), sizes, strict=True)
            interval = korn_graubard([Stratum(weight=w, yes=y, n=n) for w, y, n in drawn])
            assert interval is not None
            if interval.low <= truth <= interval.high:
                covered += binomial(large, sizes[0], rates[0]) * binomial(small, sizes[1], rates[1])

    assert covered > 0.95


def binomial(k: int, n: int, p: float) -> float:
    """P(Bin(n, p) = k)."""
    return float(comb(n, k) * p**k * (1 - p) ** (n - k))


@pytest.mark.parametrize(
    "strata",
    [
        [],
        [Stratum(weight=1.0, yes=0, n=0)],
        [Stratum(weight=0.0, yes=3, n=10)],
        [Stratum(weight=0.9, yes=3, n=10), Stratum(weight=0.1, yes=0, n=0)],
    ],
)
def test_an_unseen_part_of_the_population_has_no_interval(strata: list[Stratum]) -> None:
    """Nothing drawn, or nothing from a stratum with weight: no number speaks for the whole."""
    assert korn_graubard(strata) is None


def test_a_stratum_without_weight_is_left_out() -> None:
    """What is no part of the population changes nothing, drawn or not."""
    part = [Stratum(weight=2.0, yes=3, n=40), Stratum(weight=1.0, yes=9, n=40)]

    assert korn_graubard([*part, Stratum(weight=0.0, yes=0, n=0)]) == korn_graubard(part)


def test_strata_of_one_unit_each_say_next_to_nothing() -> None:
    """One unit a stratum leaves no degree of freedom, and almost the whole range open."""
    interval = korn_graubard([Stratum(weight=1.0, yes=y, n=1) for y in (0, 1, 0)])

    assert interval is not None
    assert interval.low < 0.01
    assert interval.high > 0.99


@given(COUNTS)
def test_wilson_stays_in_the_unit_interval_around_the_rate(count: tuple[int, int]) -> None:
    """0 <= low <= rate <= high <= 1, and the limits are 0 and 1 at none and all."""
    yes, n = count
    interval = wilson(yes, n)

    assert interval is not None
    assert 0.0 <= interval.low <= interval.rate <= interval.high <= 1.0
    assert (interval.low == 0.0) == (yes == 0)
    assert (interval.high == 1.0) == (yes == n)


@given(COUNTS)
def test_clopper_pearson_limits_put_half_of_the_error_on_each_side(count: tuple[int, int]) -> None:
    """At each limit the observed count or a more extreme one has probability 2.5 %."""
    yes, n = count
    interval = clopper_pearson(yes, n)

    assert interval is not None
    assert 0.0 <= interval.low <= interval.rate <= interval.high <= 1.0
    if yes < n <= 300:
        below = sum(binomial(k, n, interval.high) for k in range(yes + 1))
        assert below == pytest.approx(0.025, rel=1e-6)
    if 0 < yes <= n <= 300:
        above = sum(binomial(k, n, interval.low) for k in range(yes, n + 1))
        assert above == pytest.approx(0.025, rel=1e-6)


@given(COUNTS)
def test_clopper_pearson_contains_wilson_nearly(count: tuple[int, int]) -> None:
    """Wilson reaches further only close to none and to all, and by at most a sixth of a unit."""
    yes, n = count
    exact, score = clopper_pearson(yes, n), wilson(yes, n)

    assert exact is not None
    assert score is not None
    assert exact.low <= score.low + 1 / (6 * n)
    assert exact.high >= score.high - 1 / (6 * n)


def test_a_count_need_not_be_whole() -> None:
    """Between two whole counts the limits lie between theirs."""
    intervals = [clopper_pearson(yes, 20.5) for yes in (3.0, 3.4, 4.0)]

    lows = [interval.low for interval in intervals if interval]
    highs = [interval.high for interval in intervals if interval]
    assert lows == sorted(lows)
    assert highs == sorted(highs)
    assert len(set(lows)) == len(set(highs)) == 3


def test_no_units_have_no_rate() -> None:
    """Nothing of nothing is no number."""
    assert wilson(0, 0) is None
    assert clopper_pearson(0, 0) is None


@pytest.mark.parametrize(("yes", "n"), [(3, 2), (-1, 2), (0, -1)])
def test_more_yes_than_units_is_refused(yes: int, n: int) -> None:
    """A count that is no share is a mistake of the caller."""
    with pytest.raises(ValueError, match="is no share"):
        wilson(yes, n)
    with pytest.raises(ValueError, match="is no share"):
        clopper_pearson(yes, n)


@pytest.mark.parametrize(("n", "upper"), [(59, 0.05), (99, 0.03), (149, 0.02), (299, 0.01)])
def test_seeing_none_bounds_the_share(n: int, upper: float) -> None:
    """The classic sizes of acceptance sampling: none in 59 is at most 5 %, one unit fewer not."""
    assert zero_upper(n) <= upper < zero_upper(n - 1)


def test_of_no_units_any_share_is_possible() -> None:
    """With nothing seen the upper limit is 1."""
    assert zero_upper(0) == 1.0


@pytest.mark.parametrize(
    ("yes", "n", "weights", "confidence", "limits"),
    [
        # R package tern, test "prop_strat_wilson returns right result with inserted weights".
        ([12, 7, 5, 9, 8, 8], [22, 18, 17, 17, 14, 12], [1] * 6, 0.90, (0.4190436, 0.5789733)),
        # Same, "prop_strat_wilson output matches equivalent SAS function output".
        (
            [11, 10, 4, 8, 9, 8],
            [15, 16, 10, 11, 15, 13],
            [1, 2, 3, 4, 5, 6],
            0.95,
            (0.4867191, 0.7186381),
        ),
    ],
)
def test_stratified_wilson_is_that_of_tern_and_sas(
    yes: list[int],
    n: list[int],
    weights: list[int],
    confidence: float,
    limits: tuple[float, float],
) -> None:
    """Yan & Su 2010 with given weights, to the seven digits that tern prints."""
    drawn = zip(yes, n, weights, strict=True)
    found = stratified_wilson(
        [Stratum(weight=w, yes=y, n=size) for y, size, w in drawn], confidence=confidence
    )

    assert found is not None
    assert (found.low, found.high) == pytest.approx(limits, abs=1.2e-7)


@given(COUNTS)
def test_stratified_wilson_of_one_stratum_is_wilsons(count: tuple[int, int]) -> None:
    """The common quantile is the usual one."""
    yes, n = count

    assert stratified_wilson([Stratum(weight=3, yes=yes, n=n)]) == wilson(yes, n)


@given(STRATA)
def test_stratified_wilson_stays_around_its_rate(strata: list[Stratum]) -> None:
    """The weighted mean lies between limits that are shares."""
    found = stratified_wilson(strata)

    assert found is not None
    assert 0.0 <= found.low <= found.rate + 1e-12
    assert found.rate - 1e-12 <= found.high <= 1.0


def test_stratified_wilson_needs_units_of_every_stratum() -> None:
    """Like Korn-Graubard."""
    assert stratified_wilson([]) is None
    assert stratified_wilson([Stratum(weight=1, yes=1, n=2), Stratum(weight=1, yes=0, n=0)]) is None


def test_jeffreys_and_agresti_coull_of_tern() -> None:
    """5 of 10 in R package tern's snapshots: beta quantiles, and Wilson's centre, are right."""
    jeffreys = [beta_quantile(tail, a=5.5, b=5.5) for tail in (0.025, 0.975)]
    assert jeffreys == pytest.approx([0.2235287, 0.7764713], abs=6e-7)

    plain, z = wilson(5, 10), normal_quantile(0.975)
    assert plain is not None
    centre, size = (plain.low + plain.high) / 2, 10 + z * z
    half = z * (centre * (1 - centre) / size) ** 0.5
    assert (centre - half, centre + half) == pytest.approx((0.2365931, 0.7634069), abs=6e-7)
