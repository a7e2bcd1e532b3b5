from __future__ import annotations

import random
from collections.abc import Set as AbstractSet
from itertools import combinations, pairwise, permutations
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.insight import (
    as_it_happened,
    chao2,
    envelope,
    extrapolation,
    guest_ratio,
    incidence,
    mao_tau,
    new_in_last,
    quiet_units,
)

ROWS = st.lists(st.frozensets(st.sampled_from("abcdefgh")), max_size=20)


def plots(rare: list[int]) -> list[set[str]]:
    """As many units as `rare` has entries, and `rare[k-1]` modes seen in k of them."""
    counts = [times for times, many in enumerate(rare, start=1) for _ in range(many)]
    return [{f"m{i}" for i, count in enumerate(counts) if at < count} for at in range(len(rare))]


def test_mao_tau_of_a_small_matrix() -> None:
    """The means over all C(7, t) subsets of seven units, enumerated."""
    matrix = ["100000", "111011", "100110", "100100", "101000", "110100", "010000"]
    seen = incidence([{str(i) for i, mark in enumerate(line) if mark == "1"} for line in matrix])

    assert [mao_tau(seen, size).modes for size in range(1, 8)] == pytest.approx(
        [
            2.4285714285714284,
            3.761904761904762,
            4.628571428571429,
            5.228571428571429,
            5.619047619047619,
            5.857142857142857,
            6.0,
        ],
        abs=1e-9,
    )


@pytest.mark.parametrize(
    ("rare", "curve"),
    [
        ([15, 8, 13, 8, 5, 11], {1: 32.167, 3: 50.250, 6: 60.0}),
        ([23, 16, 9, 7, 5, 8], {1: 30.500, 3: 52.850, 6: 68.0}),
    ],
)
def test_mao_tau_is_the_rarefaction_of_inext(rare: list[int], curve: dict[int, float]) -> None:
    """The qD that iNEXT 2 prints (Hsieh, Ma & Chao 2016) for two sets of six plots."""
    seen = incidence(plots(rare))

    assert {size: mao_tau(seen, size).modes for size in curve} == pytest.approx(curve, abs=6e-4)


@pytest.mark.parametrize(
    ("rare", "curve"),
    [
        ([15, 8, 13, 8, 5, 11], {6: 60.0, 9: 65.158, 12: 68.046}),
        ([23, 16, 9, 7, 5, 8], {6: 68.0, 9: 75.180, 12: 78.618}),
    ],
)
def test_extrapolation_is_that_of_inext(rare: list[int], curve: dict[int, float]) -> None:
    """The qD that iNEXT 2 prints for the same plots, beyond the six."""
    seen = incidence(plots(rare))

    assert {size: extrapolation(seen, size) for size in curve} == pytest.approx(curve, abs=6e-4)


def test_the_variance_at_the_full_sample_by_hand() -> None:
    """S - S^2 / S_est: 9 - 81 / 12.6 for T = 10 and counts 1 1 1 1 2 2 5 4 3."""
    counts = [1, 1, 1, 1, 2, 2, 5, 4, 3]
    seen = incidence([{f"m{i}" for i, y in enumerate(counts) if at < y} for at in range(10)])

    assert mao_tau(seen, 10).sd ** 2 == pytest.approx(9 - 81 / 12.6, abs=1e-12)


@given(st.lists(st.frozensets(st.sampled_from("abcdef")), max_size=7))
def test_mao_tau_is_the_mean_over_all_subsets(rows: list[frozenset[str]]) -> None:
    """Brute force over every subset of every size, and the variance from its definition."""
    seen = incidence(rows)
    for size in range(len(rows) + 1):
        subsets = list(combinations(rows, size))
        found = [len(frozenset().union(*subset)) for subset in subsets]
        point = mao_tau(seen, size)
        chances = [fmean(any(m in row for row in s) for s in subsets) for m in seen.counts]
        expected = sum(chance**2 for chance in chances)
        expected -= fmean(found) ** 2 / (chao2(seen).estimate or 1)

        assert point.units == size
        assert point.modes == pytest.approx(fmean(found), abs=1e-9)
        assert point.sd**2 == pytest.approx(max(0.0, expected), abs=1e-9)


@given(ROWS)
def test_the_curve_rises_from_nothing_to_what_was_seen(rows: list[frozenset[str]]) -> None:
    """S(0) = 0, S(T) = S, and no step down between."""
    seen = incidence(rows)
    curve = [mao_tau(seen, size).modes for size in range(len(rows) + 1)]

    assert curve[0] == 0.0
    assert curve[-1] == pytest.approx(seen.modes)
    assert all(one <= two + 1e-9 for one, two in pairwise(curve))


@given(ROWS)
def test_rarefaction_and_extrapolation_meet(rows: list[frozenset[str]]) -> None:
    """At T both are the modes seen; without a coverage there is no extrapolation."""
    seen = incidence(rows)
    here = extrapolation(seen, len(rows))

    assert (here is None) == (len(rows) < 2 or not any(rows))
    assert here is None or here == seen.modes


@pytest.mark.parametrize("size", [-1, 4])
def test_no_sub_sample_is_larger_than_the_sample(size: int) -> None:
    """The curve ends at T; beyond it lies the extrapolation."""
    with pytest.raises(ValueError, match="no sub-sample"):
        mao_tau(incidence([frozenset("a")] * 3), size)


def test_no_extrapolation_goes_back() -> None:
    """Below T the curve is the answer."""
    with pytest.raises(ValueError, match="cannot be negative"):
        extrapolation(incidence([frozenset("a")] * 3), 2)


def test_as_it_happened_counts_the_modes_known_after_each_unit() -> None:
    """Empty units and repeats leave the curve flat."""
    rows = [frozenset(), frozenset("ab"), frozenset("a"), frozenset("bcd"), frozenset()]

    assert as_it_happened(rows) == [0, 2, 2, 4, 4]
    assert as_it_happened([]) == []


@given(ROWS, st.integers(min_value=0, max_value=25))
def test_news_of_the_last_units_is_the_rise_of_the_curve(
    rows: list[frozenset[str]], last: int
) -> None:
    """New modes in the last m units are what the curve gained over them."""
    curve = [0, *as_it_happened(rows)]

    assert new_in_last(rows, last) == curve[-1] - curve[max(0, len(rows) - last)]


def test_a_negative_window_is_refused() -> None:
    """There is no last minus one unit."""
    with pytest.raises(ValueError, match="cannot be negative"):
        new_in_last([frozenset("a")], -1)


def test_guest_ratios_of_the_published_example() -> None:
    """Base 4 of 37 themes, runs of 2: 19, 11 and 3 %; the third run confirms six interviews.

    Guest, Namey & Chen 2020, PLoS ONE 15(5):e0232076; the split within the runs is ours.
    """
    ratios = guest_ratio([14, 10, 7, 6, 4, 3, 1, 0], base=4, run=2)

    assert [ratio is not None and round(100 * ratio) for ratio in ratios] == [19, 11, 3]
    stop = next(at for at, ratio in enumerate(ratios) if ratio is not None and ratio <= 0.05)
    assert 4 + stop == 6


def test_a_base_without_themes_has_no_ratio() -> None:
    """Four quiet traces are no base to compare with."""
    assert guest_ratio([0, 0, 0, 0, 1, 2], base=4, run=2) == [None]
    assert guest_ratio([3, 1, 0, 2], base=4, run=2) == []


def test_guest_stops_after_six_and_two_in_the_published_example() -> None:
    """The first run at or below 5 % begins behind interview 6, and two confirm it."""
    ratios = guest_ratio([14, 10, 7, 6, 4, 3, 1, 0], base=4, run=2)
    at = next(n for n, ratio in enumerate(ratios) if ratio is not None and ratio <= 0.05)

    assert (4 + at, 2) == (6, 2)


@pytest.mark.parametrize(
    ("rows", "quiet"),
    [
        ([], 0),
        (["", ""], 2),
        (["a", "a", ""], 2),
        (["a", "b"], 0),
        (["", "a", "a", "ab", "b", ""], 2),
    ],
)
def test_quiet_units_count_back_to_the_last_news(rows: list[str], quiet: int) -> None:
    """All of them, if nothing was ever seen."""
    assert quiet_units([frozenset(row) for row in rows]) == quiet


class TestEnvelope:
    def test_it_is_that_of_all_orders(self) -> None:
        """With every order of six units tried once, limits and p are those of the permutations."""
        rows = [frozenset(row) for row in ("ab", "a", "", "c", "a", "d")]
        orders = iter(list(permutations(rows)))

        def next_order(drawn: list[AbstractSet[str]]) -> None:
            drawn[:] = next(orders)

        found = envelope(rows, next_order, orders=720)

        assert found is not None
        seen = incidence(rows)
        mean = [mao_tau(seen, size).modes for size in range(1, 7)]
        areas = [
            fmean(a - b for a, b in zip(as_it_happened(order), mean, strict=True))
            for order in permutations(rows)
        ]
        assert found.area == pytest.approx(areas[0])
        as_far = sum(abs(area) >= abs(areas[0]) - 1e-9 for area in areas)
        assert found.p == (1 + as_far) / 721
        ends = [as_it_happened(order)[0] for order in permutations(rows)]
        assert (found.low[0], found.high[0]) == (min(ends), max(ends))
        assert found.low[-1] == found.high[-1] == 4

    def test_easy_discoveries_first_run_above_it(self) -> None:
        """Sorted by what they show, units pretend that learning is over early; reversed, late."""
        rng = random.Random(1)
        rows = [frozenset(m for m in "abcdefgh" if rng.random() < 0.04) for _ in range(80)]
        rows.sort(key=len, reverse=True)

        first = envelope(rows, random.Random(2).shuffle, orders=400)
        last = envelope(rows[::-1], random.Random(2).shuffle, orders=400)

        assert first is not None
        assert last is not None
        assert first.area > 0 > last.area
        assert first.p < 0.05
        assert last.p < 0.05
        assert as_it_happened(rows)[10] > first.high[10]
        assert as_it_happened(rows[::-1])[50] < last.low[50]

    def test_a_random_order_is_inside(self) -> None:
        """Nineteen times of twenty; here, in the first nine tries of ten at least."""
        rng = random.Random(9)
        rows = [frozenset(m for m in "abcdefgh" if rng.random() < 0.1) for _ in range(60)]
        inside = 0
        for _ in range(20):
            rng.shuffle(rows)
            found = envelope(rows, rng.shuffle, orders=100)
            assert found is not None
            inside += found.p > 0.05
        assert inside >= 17

    def test_without_units_there_is_none(self) -> None:
        """Nothing to put in an order."""
        assert envelope([], lambda drawn: drawn.reverse()) is None
