from __future__ import annotations

import random
import time
from dataclasses import replace
from math import comb
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.insight import (
    State,
    coverage_low,
    coverage_low_after,
    incidence,
    mao_tau,
    more_units_until,
    saturation,
    units_to_see,
)

ROWS = st.lists(st.frozensets(st.sampled_from("abcdefgh")), max_size=80)
LONG_TAIL = [0.25 * rank**-1.1 for rank in range(1, 31)]
NOTHING: frozenset[str] = frozenset()


def draw(prevalences: list[float], units: int, rng: random.Random) -> list[frozenset[str]]:
    """`units` random units in which the modes come and go independently."""
    return [
        frozenset(f"m{i}" for i, p in enumerate(prevalences) if rng.random() < p)
        for _ in range(units)
    ]


def test_a_summary_by_hand() -> None:
    """T = 10, counts 1 1 1 1 2 2 5 4 3: coverage .82 and 3.6 (1 - .9^20) new modes ahead."""
    counts = [1, 1, 1, 1, 2, 2, 5, 4, 3]
    rows = [{f"m{i}" for i, count in enumerate(counts) if at < count} for at in range(10)]

    summary = saturation(rows)

    assert (summary.units, summary.modes, summary.incidences) == (10, 9, 20)
    assert (summary.uniques, summary.duplicates, summary.new_in_last_20) == (4, 2, 9)
    assert summary.coverage == pytest.approx(0.82)
    assert summary.coverage_low == coverage_low(incidence(rows))
    assert summary.expected_new == pytest.approx(3.6 * (1 - 0.9**20))
    assert summary.detection_floor == pytest.approx(1 - 0.05**0.1)
    assert summary.chao2 == pytest.approx(12.6)
    assert summary.state == "learning"


@pytest.mark.parametrize("units", [0, 1, 5, 200])
def test_without_incidences_there_is_no_coverage_and_still_learning(units: int) -> None:
    """Passing units alone say nothing about failures: null, not 100 %."""
    summary = saturation([NOTHING] * units)

    assert summary.coverage is summary.coverage_low is summary.expected_new is None
    assert summary.state == "learning"
    assert (summary.units, summary.modes, summary.chao2) == (units, 0, 0.0)


ABC = frozenset("abc")


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        # 180 occurrences of three modes: the bound is 1 - 2.7/180.
        ([ABC] * 60, "saturated-95"),
        ([ABC] * 59, "saturated-95"),
        ([ABC] * 58, "slowing"),
        # 40 occurrences: 1 - 2.7/40 is .932.
        ([frozenset("a")] * 40 + [NOTHING] * 20, "saturated-90"),
        # 25 occurrences: .892 is short of .90, though nothing is new.
        ([frozenset("a")] * 25 + [NOTHING] * 75, "slowing"),
        # One new mode in the last 20 is more than 5 % of three.
        ([ABC] * 99 + [frozenset("d")], "slowing"),
    ],
)
def test_the_state_follows_the_rules(rows: list[frozenset[str]], state: State) -> None:
    """Length, bound, expectation and news decide, each of them."""
    assert saturation(rows).state == state


@pytest.mark.parametrize(("known", "state"), [(19, "slowing"), (20, "saturated-95")])
def test_one_new_mode_is_little_beside_twenty_known(known: int, state: State) -> None:
    """5 % is the most: 1 of 20 passes, 1 of 19 does not."""
    common = frozenset(f"m{mode}" for mode in range(known))

    assert saturation([common] * 60 + [frozenset({"new"})]).state == state


def test_many_expected_modes_hold_the_state_back() -> None:
    """With 6 uniques and 2 duplicates among very many occurrences 2.5 new modes lie ahead."""
    common = frozenset(f"m{mode}" for mode in range(30))
    rare = [frozenset({f"u{at}"}) for at in range(6)]
    twice = [frozenset({f"d{at}"}) for at in range(2)] * 2
    summary = saturation(rare + twice + [common] * 50)

    assert summary.coverage_low is not None
    assert summary.coverage_low > 0.95
    assert summary.expected_new is not None
    assert summary.expected_new > 1
    assert summary.state == "slowing"


def test_up_to_twenty_units_no_news_is_no_evidence() -> None:
    """All modes of 20 units are new in the last 20, so 19 quiet ones do not slow the review."""
    rows = [frozenset("abcd")] + [NOTHING] * 19

    assert saturation(rows).new_in_last_20 == 4
    assert saturation(rows).state == "learning"
    assert saturation([*rows, NOTHING]).state == "slowing"


def test_nothing_known_before_is_no_evidence() -> None:
    """0 known before the last 20 units is never little news, whatever they show."""
    quiet = [NOTHING] * 80

    assert saturation([*quiet, frozenset("a"), frozenset("b"), frozenset("c")]).state == "learning"


@pytest.mark.parametrize("rows", [[frozenset("a")] * 2, [frozenset("a"), NOTHING]])
def test_a_handful_of_units_is_never_more_than_slowing(rows: list[frozenset[str]]) -> None:
    """The bound says what an estimated coverage of 100 % after two units is worth."""
    summary = saturation(rows)

    assert summary.coverage_low == 0.0
    assert summary.state == "slowing"


def test_high_coverage_slows_down_before_twenty_units() -> None:
    """Ten units that all show the same mode: coverage 1, bound .73."""
    assert saturation([frozenset("a")] * 10).state == "slowing"


@pytest.mark.parametrize(("smallest", "fewest"), [(0.05, 59), (0.03, 99), (0.02, 149), (0.01, 299)])
def test_the_smallest_prevalence_sets_the_length(smallest: float, fewest: int) -> None:
    """The classic sizes of acceptance sampling, ceil(ln .05 / ln(1-p)), are the floor."""
    assert units_to_see(smallest) == fewest
    assert saturation([ABC] * fewest, smallest=smallest).state == "saturated-95"
    assert saturation([ABC] * (fewest - 1), smallest=smallest).state == "slowing"


@pytest.mark.parametrize("smallest", [0.0, 1.0, -0.1, 5.0])
def test_a_senseless_smallest_prevalence_is_refused(smallest: float) -> None:
    """5 for 5 % is a mistake worth hearing about."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        saturation([ABC], smallest=smallest)


@given(ROWS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_order_of_review_changes_the_news_only(
    orders: tuple[list[frozenset[str]], list[frozenset[str]]],
) -> None:
    """Every estimate is exactly the same in any order; news, and with it the word, may differ."""
    one, other = (saturation(rows) for rows in orders)

    no_news = {"new_in_last_20": 0, "known_before": 0, "quiet": 0, "state": "learning"}
    assert replace(one, **no_news) == replace(other, **no_news)  # type: ignore[arg-type]


@given(ROWS)
def test_a_claim_always_has_its_bound(rows: list[frozenset[str]]) -> None:
    """No saturated word without length, bound, expectation and news; numbers stay in range."""
    summary = saturation(rows)

    assert summary.coverage is None or 0.0 <= summary.coverage <= 1.0
    assert summary.coverage_low is None or 0.0 <= summary.coverage_low <= 1.0
    assert summary.chao2 >= summary.modes
    if summary.state.startswith("saturated"):
        bound, ahead = (0.95, 0.5) if summary.state == "saturated-95" else (0.90, 1.0)
        assert summary.units >= 59
        assert summary.coverage_low is not None
        assert summary.coverage_low >= bound
        assert summary.expected_new is not None
        assert summary.expected_new < ahead
        assert summary.new_in_last_20 <= 0.05 * (summary.modes - summary.new_in_last_20)


def test_claims_hold_although_checked_after_every_unit() -> None:
    """Of 100 reviews of a long tail most stop by 200 units, at most 5 below 90 % true coverage."""
    rng, stopped, false = random.Random(5), 0, 0
    for _ in range(100):
        rows = draw(LONG_TAIL, 200, rng)
        for units in range(59, 201):
            if saturation(rows[:units]).state.startswith("saturated"):
                seen = incidence(rows[:units]).counts
                known = sum(p for mode, p in enumerate(LONG_TAIL) if f"m{mode}" in seen)
                stopped, false = stopped + 1, false + (known / sum(LONG_TAIL) < 0.90)
                break

    assert stopped > 75
    assert false <= 5


def test_no_more_units_are_needed_once_the_bound_is_reached() -> None:
    """0 further units, in any length of review."""
    assert more_units_until(incidence([ABC] * 60)) == 0
    assert more_units_until(incidence([ABC] * 10)) == 0


def test_few_units_or_no_incidences_forecast_nothing() -> None:
    """Below 50 units a forecast would be far too hopeful, and without modes there is none."""
    half = [frozenset("a"), NOTHING, NOTHING, NOTHING]

    assert more_units_until(incidence(half * 12)) is None
    assert more_units_until(incidence(half * 13)) is not None
    assert more_units_until(incidence([NOTHING] * 100)) is None
    assert more_units_until(incidence([])) is None


def test_a_forecast_without_rare_modes_by_hand() -> None:
    """10 occurrences in 60 units; z^2/.1 = 27.06 are needed, so 162.3 units: 103 more."""
    seen = incidence([frozenset("a")] * 10 + [NOTHING] * 50)

    assert more_units_until(seen) == 103


@given(ROWS, st.floats(min_value=0.5, max_value=0.99))
def test_the_forecast_names_the_first_unit_that_reaches_the_bound(
    rows: list[frozenset[str]], bound: float
) -> None:
    """There the forecast bound is reached, one unit before it is not."""
    seen = incidence(rows)
    more = more_units_until(seen, bound=bound)

    if more is not None and more > 0:
        there, before = coverage_low_after(seen, more), coverage_low_after(seen, more - 1)
        assert there is not None
        assert before is not None
        assert there >= bound > before


def test_a_bound_out_of_sight_is_not_forecast() -> None:
    """Beyond twenty times the units reviewed no number is named."""
    seen = incidence([frozenset({f"m{at}"}) for at in range(60)])

    assert more_units_until(seen) is None


def test_the_forecast_is_right_in_the_median() -> None:
    """From 75 units of a long tail, the total named is within 15 % of the truth in the median."""
    rng, ratios = random.Random(11), []
    for _ in range(60):
        rows = draw(LONG_TAIL, 500, rng)
        more = more_units_until(incidence(rows[:75]))
        assert more is not None
        truth = next(
            units
            for units in range(75, 501)
            if (coverage_low(incidence(rows[:units])) or 0.0) >= 0.90
        )
        ratios.append((75 + more) / truth)

    assert 0.85 < median(ratios) < 1.15


def test_large_reviews_take_no_time() -> None:
    """5,000 units by 60 modes, half of them shown: summary and curve in well under a second."""
    rows = draw([0.5] * 60, 5000, random.Random(1))
    started = time.perf_counter()
    summary = saturation(rows)
    seen = incidence(rows)
    curve = [mao_tau(seen, size).modes for size in range(0, 5001, 25)]

    assert time.perf_counter() - started < 1.0
    assert summary.state == "saturated-95"
    assert curve[-1] == pytest.approx(60.0)


def test_units_to_see_a_mode_more_than_once() -> None:
    """29 for two instances of 10 % with power .80 (Fugard & Potts 2015, IJSRM 18:669-684)."""
    assert units_to_see(0.1, confidence=0.8, times=2) == 29
    assert units_to_see(0.05, times=1) == 59
    with pytest.raises(ValueError, match="shows up 0 times"):
        units_to_see(0.1, times=0)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_units_to_see_is_the_least_number_that_suffices(times: int) -> None:
    """By adding up the binomial distribution."""
    n = units_to_see(0.07, confidence=0.9, times=times)

    def seen(units: int) -> float:
        few = (comb(units, k) * 0.07**k * 0.93 ** (units - k) for k in range(times))
        return 1 - sum(few)

    assert seen(n) >= 0.9 > seen(n - 1)


def test_what_is_no_stopping_rule_is_told_all_the_same() -> None:
    """Guest's ratio, scaled to traces, and the units since the last news."""
    summary = saturation([ABC] * 30 + [frozenset("d")] + [NOTHING] * 5)

    assert (summary.new_in_last_20, summary.known_before, summary.quiet) == (1, 3, 5)
