from __future__ import annotations

import random
from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.insight.drift import consistency, hypergeometric, trend, two_phase
from casefiles.insight.prevalence import clopper_pearson


@pytest.mark.parametrize(
    ("population", "drawn", "hits", "low", "high"),
    # Own exact inversion of both tails (statistics of this project, stale_labels_hypergeometric).
    [(80, 20, 2, 2, 23), (80, 20, 0, 0, 11), (100, 30, 3, 3, 24), (200, 60, 0, 0, 10)],
)
def test_limits_of_stale_labels(
    population: int, drawn: int, hits: int, low: int, high: int
) -> None:
    """N labels, m judged again, k of them changed: the exact limits."""
    found = hypergeometric(population, drawn, hits)

    assert found is not None
    assert (found.low, found.high) == (low, high)
    assert found.estimate == population * hits / drawn


@pytest.mark.parametrize(("population", "drawn"), [(12, 5), (20, 20), (30, 7), (40, 1)])
def test_limits_cover_at_least_nominally(population: int, drawn: int) -> None:
    """Whatever the number of hits there are, the limits hold it in 95 of 100 draws or more."""
    for marked in range(population + 1):
        covered = 0
        for hits in range(max(0, drawn - population + marked), min(drawn, marked) + 1):
            found = hypergeometric(population, drawn, hits)
            assert found is not None
            if found.low <= marked <= found.high:
                covered += comb(marked, hits) * comb(population - marked, drawn - hits)
        assert covered >= 0.95 * comb(population, drawn)


def test_a_whole_draw_leaves_no_doubt() -> None:
    """All judged again: the count is known. None judged again: nothing is."""
    found = hypergeometric(9, 9, 4)

    assert found is not None
    assert (found.low, found.estimate, found.high) == (4, 4, 4)
    assert hypergeometric(9, 0, 0) is None
    with pytest.raises(ValueError, match="no draw"):
        hypergeometric(5, 6, 1)


class TestTwoPhase:
    def test_it_moves_by_what_changed(self) -> None:
        """30 of 100 yes, 40 of them stale, 4 of 20 judged again turned no: 30 - 8 of 100."""
        found = two_phase(30, 100, stale=40, differences=[-1] * 4 + [0] * 16)

        assert found is not None
        assert found.rate == pytest.approx(0.22)
        plain = clopper_pearson(22, 100)
        assert plain is not None
        assert found.low < plain.low
        assert plain.high < found.high

    def test_judging_all_again_leaves_the_draw_alone(self) -> None:
        """The second phase adds no doubt then: exact limits of the corrected count."""
        found = two_phase(30, 100, stale=10, differences=[-1] * 5 + [0] * 5)
        plain = clopper_pearson(25, 100)

        assert found is not None
        assert plain is not None
        assert (found.rate, found.low, found.high) == pytest.approx(
            (plain.rate, plain.low, plain.high)
        )

    def test_without_stale_judgements_it_is_the_exact_interval(self) -> None:
        """And without a draw from those there are, nothing can be said."""
        assert two_phase(3, 50, stale=0, differences=[]) == clopper_pearson(3, 50)
        assert two_phase(3, 50, stale=10, differences=[]) is None
        assert two_phase(0, 0, stale=0, differences=[]) is None

    @given(st.lists(st.sampled_from([-1, 0, 1]), min_size=1, max_size=30), st.integers(0, 60))
    def test_limits_stay_around_the_rate(self, differences: list[int], yes: int) -> None:
        """Shares between 0 and 1, in order."""
        found = two_phase(yes, 60, stale=45, differences=differences)

        assert found is not None
        assert 0.0 <= found.low <= found.rate <= found.high <= 1.0

    def test_it_covers_the_truth(self) -> None:
        """In 400 seeded reviews with drift the limits hold the rate in 93 % or more."""
        rng = random.Random(3)
        held = 0
        for _ in range(400):
            truth = [rng.random() < 0.2 for _ in range(150)]
            old = [t if rng.random() < 0.85 else not t for t in truth]
            again = rng.sample(range(100), 25)  # the first 100 are stale, the others were right
            said = old[:100] + truth[100:]
            found = two_phase(
                sum(said), 150, stale=100, differences=[truth[i] - old[i] for i in again]
            )
            assert found is not None
            held += found.low <= 0.2 <= found.high
        assert held >= 0.93 * 400


class TestConsistency:
    def test_changes_are_told_by_direction(self) -> None:
        """Ten repeats, one became yes, two became no."""
        pairs = [(True, True)] * 4 + [(False, False)] * 3 + [(False, True)] + [(True, False)] * 2

        found = consistency(pairs)

        assert (found.repeats, found.became_yes, found.became_no) == (10, 1, 2)
        assert found.same == clopper_pearson(7, 10)
        assert found.p == 1.0

    def test_changes_in_one_direction_are_unlikely_by_chance(self) -> None:
        """Eight to none: 2 / 2^8 (McNemar 1947, exact)."""
        assert consistency([(False, True)] * 8).p == pytest.approx(2 / 256)

    def test_nothing_repeated_says_nothing(self) -> None:
        """No share, no test."""
        found = consistency([])

        assert (found.repeats, found.same, found.p) == (0, None, None)


class TestTrend:
    def test_it_is_the_share_of_orders_as_extreme(self) -> None:
        """Near the exact permutation test: 5 yes all in the first half of 14."""
        shown = [True] * 5 + [False] * 9
        places = sum(range(5))
        mean = 5 * 13 / 2
        extreme = sum(abs(sum(c) - mean) >= abs(places - mean) for c in combinations(range(14), 5))

        found = trend(shown)

        assert found is not None
        assert found.p == pytest.approx(extreme / comb(14, 5), abs=0.003)
        assert (found.first_yes, found.first, found.last_yes, found.last) == (5, 7, 0, 7)

    def test_it_rarely_cries_wolf(self) -> None:
        """Of 2,000 random orders, about one in twenty gives p < .05."""
        rng = random.Random(5)
        shown = [True] * 12 + [False] * 88
        alarms = 0
        for _ in range(2_000):
            rng.shuffle(shown)
            found = trend(shown)
            assert found is not None
            alarms += found.p < 0.05
        assert 70 <= alarms <= 130

    def test_few_of_either_answer_say_nothing(self) -> None:
        """Fewer than five yes, or five no."""
        assert trend([True] * 4 + [False] * 50) is None
        assert trend([True] * 50 + [False] * 4) is None
        assert trend([]) is None
