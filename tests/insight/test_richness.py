from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.insight import (
    Incidence,
    chao2,
    coverage,
    coverage_at,
    coverage_low,
    coverage_low_after,
    detection_floor,
    expected_new,
    incidence,
    jackknife,
    new_at_most,
    new_probability,
    new_probability_by_strata,
    units_needed_for,
)

ROWS = st.lists(st.frozensets(st.sampled_from("abcdefgh")), max_size=20)
LONG_TAIL = [0.25 * rank**-1.1 for rank in range(1, 31)]


def of_counts(units: int, counts: list[int]) -> Incidence:
    """Modes seen in the given numbers of units; which units is of no matter here."""
    return incidence(
        [{f"m{mode}" for mode, count in enumerate(counts) if at < count} for at in range(units)]
    )


def of_rare(units: int, modes: int, rare: list[int], *, incidences: int | None = None) -> Incidence:
    """`rare[k-1]` modes seen k times, the rest so often that there are `incidences` in all."""
    counts = [times for times, many in enumerate(rare, start=1) for _ in range(many)]
    rest = modes - len(counts)
    left = (3 * rest if incidences is None else incidences - sum(counts)) if rest else 0
    counts += [left // rest + (at < left % rest) for at in range(rest)]
    return of_counts(units, counts)


def draw(prevalences: list[float], units: int, rng: random.Random) -> list[frozenset[str]]:
    """`units` random units in which the modes come and go independently."""
    return [
        frozenset(f"m{i}" for i, p in enumerate(prevalences) if rng.random() < p)
        for _ in range(units)
    ]


def test_chao2_and_its_error_are_those_of_vegan() -> None:
    """specpool(BCI) of R's vegan: 50 plots, 225 species, Q1 = 21, Q2 = 19."""
    richness = chao2(of_rare(50, 225, [21, 19]))

    assert richness.estimate == pytest.approx(236.3732, abs=6e-5)
    assert richness.variance is not None
    assert richness.variance**0.5 == pytest.approx(6.54361, abs=6e-6)
    assert jackknife(of_rare(50, 225, [21, 19])) == pytest.approx(245.58, abs=6e-5)
    assert jackknife(of_rare(50, 225, [21, 19]), order=2) == pytest.approx(247.8722, abs=6e-5)


@pytest.mark.parametrize(
    ("units", "modes", "rare", "first", "second"),
    [
        # Seed bank of Butler & Chazdon 1998, EstimateS 9.1; Killarney birds, EstimateS 8.2.
        (121, 34, [3, 2], 36.98, 37.98),
        (9, 31, [6, 5], 36.33, 37.60),
    ],
)
def test_the_jackknife_is_that_of_estimates(
    units: int, modes: int, rare: list[int], first: float, second: float
) -> None:
    """To the two digits printed; EstimateS cuts off instead of rounding."""
    seen = of_rare(units, modes, rare)

    assert jackknife(seen) == pytest.approx(first, abs=0.011)
    assert jackknife(seen, order=2) == pytest.approx(second, abs=0.011)
    with pytest.raises(ValueError, match="no jackknife of order 3"):
        jackknife(seen, order=3)


@pytest.mark.parametrize(
    ("rare", "modes", "estimate", "error", "low", "high"),
    [
        ([15, 8, 13, 8, 5, 11], 60, 71.719, 8.094, 63.446, 99.853),
        ([23, 16, 9, 7, 5, 8], 68, 81.776, 7.658, 72.982, 106.091),
    ],
)
def test_chao2_and_its_interval_are_those_of_inext(
    rare: list[int], modes: int, estimate: float, error: float, low: float, high: float
) -> None:
    """AsyEst as printed by iNEXT 2 (Hsieh, Ma & Chao 2016) for two sets of six plots."""
    richness = chao2(of_rare(6, modes, rare))

    assert richness.variance is not None
    assert (richness.estimate, richness.variance**0.5, richness.low, richness.high) == (
        pytest.approx((estimate, error, low, high), abs=6e-4)
    )


@pytest.mark.parametrize(
    ("units", "modes", "rare", "expected", "tolerance"),
    [
        # Killarney birds, EstimateS 8.2, which cuts off instead of rounding; as rounded by wiqid.
        (9, 31, [6, 5], (33.22, 2.63, 31.36, 44.88), 6e-3),
        # Seed bank of Butler & Chazdon 1998, EstimateS 9.1, cut off.
        (121, 34, [3, 2], (34.99, 1.81, 34.09, 44.61), 6e-3),
    ],
)
def test_the_bias_corrected_form_is_that_of_estimates(
    units: int,
    modes: int,
    rare: list[int],
    expected: tuple[float, float, float, float],
    tolerance: float,
) -> None:
    """Chao2, its standard deviation and its log-normal interval as EstimateS prints them."""
    richness = chao2(of_rare(units, modes, rare), bias_corrected=True)

    assert richness.variance is not None
    assert (richness.estimate, richness.variance**0.5, richness.low, richness.high) == (
        pytest.approx(expected, abs=tolerance)
    )


def test_without_duplicates_chao2_takes_the_other_form() -> None:
    """T = 10, four uniques and one mode of five: .9 * 4 * 3 / 2 = 5.4 unseen, by hand."""
    richness = chao2(of_counts(10, [1, 1, 1, 1, 5]))

    assert richness.unseen == pytest.approx(5.4)
    assert richness.variance == pytest.approx(5.4 + 0.81 * 4 * 49 / 4 - 0.81 * 256 / (4 * 10.4))
    assert chao2(of_counts(10, [1, 1, 1, 1, 5]), bias_corrected=True) == richness


@pytest.mark.parametrize("counts", [[], [3, 4], [1, 4]])
def test_nothing_estimated_unseen_has_no_interval(counts: list[int]) -> None:
    """Where Chao2 adds nothing that is no proof, and no interval is claimed."""
    richness = chao2(of_counts(5, counts))

    assert (richness.estimate, richness.unseen) == (len(counts), 0.0)
    assert richness.variance is richness.low is richness.high is None


def test_the_hand_worked_example() -> None:
    """T = 10, counts 1 1 1 1 2 2 5 4 3: Q0 = .9*16/4, A = 36/40, C = 1 - .2*.9."""
    seen = of_counts(10, [1, 1, 1, 1, 2, 2, 5, 4, 3])

    assert chao2(seen).unseen == pytest.approx(3.6, abs=1e-12)
    assert coverage(seen) == pytest.approx(0.82, abs=1e-12)
    assert coverage_at(seen, 15) == pytest.approx(0.8937118, abs=1e-12)
    assert expected_new(seen, 5) == pytest.approx(1.474236, abs=1e-12)
    # One more unit shows U (1 - C) / T new modes.
    assert expected_new(seen, 1) == pytest.approx(0.36, abs=1e-12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What iNEXT prints of one elevation: DataInfo, AsyEst and two lines of iNextEst."""

    units: int
    incidences: int
    modes: int
    rare: list[int]
    """Q1 to Q10."""
    coverage: float
    richness: float
    curve: list[tuple[int, float, float]]
    """Extrapolated: units, richness, coverage."""

    def seen(self) -> Incidence:
        return of_rare(self.units, self.modes, self.rare, incidences=self.incidences)


# iNEXT 3.0 (Hsieh, Ma & Chao 2016) on its ant data (Longino & Colwell 2011), as printed.
ANTS = {
    "50 m": Site(
        units=599,
        incidences=5976,
        modes=227,
        rare=[49, 23, 18, 14, 9, 10, 4, 8, 6, 2],
        coverage=0.9918134,
        richness=279.108514,
        curve=[(883, 245.732481, 0.9947564), (1198, 258.745498, 0.9968008)],
    ),
    "500 m": Site(
        units=230,
        incidences=2943,
        modes=241,
        rare=[71, 34, 12, 14, 9, 11, 8, 4, 7, 5],
        coverage=0.9759754,
        richness=314.810038,
        curve=[(339, 267.977661, 0.9847564), (460, 286.546519, 0.9908005)],
    ),
    "1070 m": Site(
        units=150,
        incidences=1730,
        modes=122,
        rare=[28, 16, 13, 3, 1, 3, 6, 1, 1, 1],
        coverage=0.9839382,
        richness=146.336667,
        curve=[(221, 132.189999, 0.9906634), (300, 138.600961, 0.9948946)],
    ),
    "1500 m": Site(
        units=200,
        incidences=1170,
        modes=56,
        rare=[13, 4, 2, 2, 4, 2, 0, 0, 4, 0],
        coverage=0.9889231,
        richness=77.019375,
        curve=[(295, 61.343524, 0.9917391), (400, 65.684073, 0.9940265)],
    ),
    "2000 m": Site(
        units=200,
        incidences=271,
        modes=14,
        rare=[1, 2, 1, 1, 0, 0, 0, 2, 0, 0],
        coverage=0.9963827,
        richness=14.248750,
        curve=[(295, 14.211194, 0.9994539), (400, 14.244103, 0.9999324)],
    ),
}


@pytest.mark.parametrize("site", ANTS.values(), ids=ANTS.keys())
def test_coverage_and_extrapolation_are_those_of_inext(site: Site) -> None:
    """Coverage, asymptote and both extrapolated curves agree to all printed figures."""
    seen = site.seen()

    assert coverage(seen) == pytest.approx(site.coverage, abs=6e-8)
    assert chao2(seen).estimate == pytest.approx(site.richness, abs=6e-7)
    for units, richness, covered in site.curve:
        new = expected_new(seen, units - site.units)
        assert new is not None
        assert site.modes + new == pytest.approx(richness, abs=6e-7)
        assert coverage_at(seen, units) == pytest.approx(covered, abs=6e-8)


@pytest.mark.parametrize(
    ("elevation", "needed", "richness"),
    [("500 m", 342.8592, 268.725933), ("1070 m", 158.9508, 123.608792)],
)
def test_the_units_needed_for_a_coverage_are_those_of_inext(
    elevation: str, needed: float, richness: float
) -> None:
    """estimateD(ant, base = "coverage", level = 0.985): sampling units and richness there."""
    site = ANTS[elevation]
    units = units_needed_for(site.seen(), 0.985)

    assert units is not None
    assert units == pytest.approx(needed, abs=6e-5)
    new = expected_new(site.seen(), units - site.units)
    assert new is not None
    assert site.modes + new == pytest.approx(richness, abs=6e-7)


@pytest.mark.parametrize(
    ("rare", "curve"),
    [
        ([15, 8, 13, 8, 5, 11], {1: 0.642, 3: 0.869, 6: 0.936, 9: 0.964, 12: 0.980}),
        ([23, 16, 9, 7, 5, 8], {1: 0.557, 3: 0.790, 6: 0.902, 9: 0.953, 12: 0.977}),
    ],
)
def test_the_coverage_curve_is_that_of_inext(rare: list[int], curve: dict[int, float]) -> None:
    """SC as printed by iNEXT 2 for two sets of six plots, rarefied, observed, extrapolated."""
    seen = of_rare(6, sum(rare), rare)

    assert {size: coverage_at(seen, size) for size in curve} == pytest.approx(curve, abs=6e-4)


@pytest.mark.parametrize(
    ("rare", "covered"),
    [
        ([21, 4, 1, 0, 0], 0.4008),
        ([72, 27, 22, 11, 6], 0.7721),
        ([47, 30, 18, 11, 1], 0.8303),
        ([9, 4, 0, 0, 0], 0.5668),
        ([33, 36, 12, 7, 7], 0.8953),
    ],
)
def test_low_coverage_is_that_of_inext(rare: list[int], covered: float) -> None:
    """SC as printed by iNEXT 2 for five seasons of five units each."""
    assert coverage(of_rare(5, sum(rare), rare)) == pytest.approx(covered, abs=6e-5)


def test_the_discovery_probability_is_the_leave_one_out_one() -> None:
    """Of seven units one shows a mode the six others lack, counted unit by unit."""
    matrix = ["100000", "111011", "100110", "100100", "101000", "110100", "010000"]
    rows = [{str(mode) for mode, mark in enumerate(line) if mark == "1"} for line in matrix]
    others = [set().union(*rows[:at], *rows[at + 1 :]) for at in range(7)]

    assert new_probability(incidence(rows)) == pytest.approx(1 / 7, abs=1e-12)
    assert sum(bool(row - rest) for row, rest in zip(rows, others, strict=True)) == 1


@pytest.mark.parametrize(
    ("units", "floor"),
    [(50, 0.058), (59, 0.050), (100, 0.030), (149, 0.020), (200, 0.015), (299, 0.010)],
)
def test_the_detection_floor_falls_with_the_units(units: int, floor: float) -> None:
    """1 - .05^(1/T), to a tenth of a per cent."""
    assert detection_floor(units) == pytest.approx(floor, abs=5e-4)
    assert (1 - detection_floor(units)) ** units == pytest.approx(0.05)


def test_without_units_the_detection_floor_is_one() -> None:
    """A mode of every unit might be unseen."""
    assert detection_floor(0) == 1.0


def test_the_bound_is_a_rule_of_three_when_nothing_is_rare() -> None:
    """Q1 = Q2 = 0 gives 1 - z^2/U: after 100 occurrences 97.3 %, not 100 %."""
    seen = of_counts(100, [50, 50])

    assert coverage(seen) == 1.0
    assert coverage_low(seen) == pytest.approx(1 - 1.6448536**2 / 100, abs=1e-8)


def test_the_bound_by_hand() -> None:
    """Q1 = 4, Q2 = 2, U = 100: up = 4 + z^2/2 + z sqrt(8 + z^2/4)."""
    z = 1.6448536
    up = 4 + z * z / 2 + z * (8 + z * z / 4) ** 0.5

    assert coverage_low(of_counts(60, [1, 1, 1, 1, 2, 2, 46, 46])) == pytest.approx(1 - up / 100)


def test_the_bound_holds_in_a_long_tail() -> None:
    """With 30 modes of .25 rank^-1.1 it lies below the truth in 19 of 20 samples of 100 units."""
    rng, held, runs = random.Random(20), 0, 300
    for _ in range(runs):
        seen = incidence(draw(LONG_TAIL, 100, rng))
        known = sum(p for mode, p in enumerate(LONG_TAIL) if f"m{mode}" in seen.counts)
        low = coverage_low(seen)
        held += low is not None and low <= known / sum(LONG_TAIL)

    assert held / runs >= 0.95


@given(ROWS)
def test_shares_stay_between_none_and_all(rows: list[frozenset[str]]) -> None:
    """Coverage, its bound and the discovery probability are fractions, the bound the lower."""
    seen = incidence(rows)
    covered, low, chance = coverage(seen), coverage_low(seen), new_probability(seen)

    assert (covered is None) == (len(rows) < 2 or not any(rows))
    assert (low is None) == (not any(rows))
    assert (chance is None) == (not rows)
    assert all(0.0 <= share <= 1.0 for share in (covered, low, chance) if share is not None)
    if covered is not None and low is not None:
        assert low <= covered


@given(ROWS)
def test_coverage_grows_with_the_units(rows: list[frozenset[str]]) -> None:
    """From 0 with no unit, through the estimate at T, towards 1."""
    seen = incidence(rows)
    curve = [coverage_at(seen, size) for size in range(2 * len(rows) + 2)]

    known = [share for share in curve if share is not None]
    assert len(known) in {0, len(curve)}
    if known:
        assert known[0] == pytest.approx(0.0, abs=1e-12)
        assert known[len(rows)] == coverage(seen)
        assert all(one <= two + 1e-12 for one, two in pairwise(known))
        assert known[-1] <= 1.0


@given(st.lists(st.frozensets(st.sampled_from("abcde")), min_size=2, max_size=7))
def test_interpolated_coverage_is_a_mean_over_subsets(rows: list[frozenset[str]]) -> None:
    """Leaving one unit out, t of the others miss its modes as often as the formula says."""
    seen = incidence(rows)
    for size in range(len(rows)):
        missed = chances = 0
        for at, row in enumerate(rows):
            for others in combinations(rows[:at] + rows[at + 1 :], size):
                missed += len(row - frozenset().union(*others))
                chances += 1
        if seen.incidences:
            share = missed / chances * len(rows) / seen.incidences
            assert coverage_at(seen, size) == pytest.approx(1 - share, abs=1e-9)


@given(ROWS, st.floats(min_value=0.0, max_value=0.999))
def test_the_units_needed_reach_the_coverage(rows: list[frozenset[str]], target: float) -> None:
    """It is the inverse of the curve, and T where the target is reached already."""
    seen = incidence(rows)
    needed, now = units_needed_for(seen, target), coverage(seen)

    assert (needed is None) == (now is None)
    if needed is not None and now is not None:
        assert needed >= seen.units
        assert (needed == seen.units) == (now >= target)
        if needed < 1e6:
            reached = coverage_at(seen, int(needed) + 1)
            assert reached is not None
            assert reached >= target - 1e-9


@given(ROWS)
def test_expected_news_grow_towards_the_unseen(rows: list[frozenset[str]]) -> None:
    """More units never promise fewer new modes, nor more than Chao2 thinks unseen."""
    seen = incidence(rows)
    news = [expected_new(seen, more) for more in (0, 1, 5, 20, 10_000)]

    known = [new for new in news if new is not None]
    assert known == sorted(known)
    assert all(new <= chao2(seen).unseen for new in known)
    assert not known or known[0] == 0.0


@given(ROWS)
def test_the_forecast_bound_starts_at_the_bound(rows: list[frozenset[str]]) -> None:
    """No further unit: the bound itself; very many: nearly everything is covered."""
    seen = incidence(rows)

    assert coverage_low_after(seen, 0) == coverage_low(seen)
    far = coverage_low_after(seen, 10_000_000)
    assert far is None if seen.incidences == 0 else far is not None and far > 0.99


def test_the_forecast_bound_by_hand() -> None:
    """T = 10, A = .9, Q1 = 4: five more make it 15 * .4 * .9^5, Q2 then 105 * .4 * .9^4 * .1."""
    z, uniques, duplicates = 1.6448536, 3.54294, 2.75562
    up = uniques + z * z / 2 + z * (uniques + 2 * duplicates + z * z / 4) ** 0.5
    seen = of_counts(10, [1, 1, 1, 1, 2, 2, 5, 4, 3])

    assert coverage_low_after(seen, 5) == pytest.approx(1 - up / 30, abs=1e-6)


@given(ROWS)
def test_the_forecast_is_continuous_where_duplicates_exist(rows: list[frozenset[str]]) -> None:
    """One unit more moves the forecast bound by no more than its share of the units."""
    seen = incidence(rows * 4)
    now, then = coverage_low_after(seen, 0), coverage_low_after(seen, 1)

    if now is not None and then is not None:
        assert now <= then <= now + (1 - now) * 2 / (seen.units + 1) + 1e-9


def test_one_unit_estimates_nothing() -> None:
    """What one unit shows might be everything or next to nothing: 0 of 0, not 100 %."""
    seen = incidence([frozenset("abc")])

    assert coverage(seen) is coverage_at(seen, 5) is expected_new(seen, 20) is None
    assert units_needed_for(seen, 0.9) is None
    assert coverage_low(seen) == 0.0
    assert chao2(seen).estimate == 3.0


def test_senseless_questions_are_refused() -> None:
    """A coverage of 1 is never reached, and no review goes back in time."""
    seen = of_counts(10, [1, 2, 3])

    with pytest.raises(ValueError, match="cannot be reached"):
        units_needed_for(seen, 1.0)
    for ask in (coverage_at, expected_new, coverage_low_after):
        with pytest.raises(ValueError, match="cannot be negative"):
            ask(seen, -1)


class TestByStrata:
    ROWS: tuple[frozenset[str], ...] = (
        frozenset("a"),
        frozenset("b"),
        frozenset("c"),
        frozenset("a"),
        frozenset(),
    )

    def test_units_of_a_large_stratum_weigh_more(self) -> None:
        """Uniques b and c: one of two units of the first stratum, one of three of the second."""
        found = new_probability_by_strata(
            self.ROWS, ["x", "x", "y", "y", "y"], {"x": 3.0, "y": 1.0}
        )

        assert found == pytest.approx(0.75 * 1 / 2 + 0.25 * 1 / 3)

    def test_one_stratum_is_no_strata(self) -> None:
        """Whatever its weight."""
        assert new_probability_by_strata(self.ROWS, ["x"] * 5, {"x": 7}) == pytest.approx(
            new_probability(incidence(self.ROWS)) or 0
        )

    def test_a_stratum_never_drawn_from_may_be_all_new(self) -> None:
        """No number then; nor without weights. One without weight is no matter."""
        assert new_probability_by_strata(self.ROWS, ["x"] * 5, {"x": 1, "y": 1}) is None
        assert new_probability_by_strata(self.ROWS, ["x"] * 5, {}) is None
        assert new_probability_by_strata(self.ROWS, ["x"] * 5, {"x": 1, "y": 0}) is not None


def test_new_modes_are_at_most_what_may_be_missing() -> None:
    """M up/T, the bound that coverage_low rests on; never below what is expected."""
    seen = of_counts(100, [1, 1, 2, 5, 40])
    low = coverage_low(seen)

    assert low is not None
    assert new_at_most(seen, 20) == pytest.approx(20 * (1 - low) * seen.incidences / 100)
    assert new_at_most(seen, 20) > (expected_new(seen, 20) or 0)
    assert new_at_most(of_counts(0, []), 20) == float("inf")
