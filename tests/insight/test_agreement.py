"""Every figure of agreement against a published one, and at its edges."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Hashable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.insight.agreement import (
    Fourfold,
    bootstrap,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    masi,
    positive_agreement,
)

NA = None  # no value given


def units(*coders: Sequence[Hashable | None]) -> list[list[Hashable]]:
    """Turn one row a coder into one list a unit, without what is missing."""
    return [[value for value in unit if value is not None] for unit in zip(*coders, strict=True)]


def crossed(table: Sequence[Sequence[int]]) -> list[list[Hashable]]:
    """Turn a table of counts into units of two values."""
    return [
        [row, column]
        for row, counts in enumerate(table)
        for column, count in enumerate(counts)
        for _ in range(count)
    ]


def spread_out(counts: Sequence[Sequence[int]]) -> list[list[Hashable]]:
    """Turn counts of each value into units."""
    return [[kind for kind, n in enumerate(row) for _ in range(n)] for row in counts]


def _number(value: Hashable) -> float:
    assert isinstance(value, int)
    return float(value)


# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", University of Pennsylvania,
# https://repository.upenn.edu/asc_papers/43: examples A (Meg and Owen), B (Ben and Gerry) and C.
A = units([0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0])
B = units(list("aabbdcccedda"), list("babbbccceddd"))
C = units(
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NA, NA, NA],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NA, 3],
    [NA, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NA],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NA],
)
# Wikipedia, "Krippendorff's alpha", the computational example (three coders, 15 units).
WIKIPEDIA = units(
    [NA, NA, NA, NA, NA, 3, 4, 1, 2, 1, 1, 3, 3, NA, 3],
    [1, NA, 2, 1, 3, 3, 4, 3, NA, NA, NA, NA, NA, NA, NA],
    [NA, NA, 2, 1, 3, 4, 4, NA, 2, 1, 1, 3, 3, NA, 4],
)


@pytest.mark.parametrize(
    ("given", "alpha"), [(A, 0.095), (B, 0.692), (C, 0.743), (WIKIPEDIA, 0.691)]
)
def test_alpha_equals_the_published_figures(given: list[list[Hashable]], alpha: float) -> None:
    """Krippendorff 2011, examples A, B and C (nominal); Wikipedia's worked example."""
    assert krippendorff_alpha(given) == pytest.approx(alpha, abs=0.0006)


def test_alpha_takes_any_distance() -> None:
    """Krippendorff 2011, example C at the other levels: .815 ordinal, .849 interval, .797 ratio."""
    counts = Counter(value for unit in C if len(unit) > 1 for value in unit)

    def ordinal(one: Hashable, other: Hashable) -> float:
        low, high = sorted((_number(one), _number(other)))
        between = sum(n for value, n in counts.items() if low <= _number(value) <= high)
        return (between - (counts[low] + counts[high]) / 2) ** 2

    def interval(one: Hashable, other: Hashable) -> float:
        return (_number(one) - _number(other)) ** 2

    def ratio(one: Hashable, other: Hashable) -> float:
        return ((_number(one) - _number(other)) / (_number(one) + _number(other))) ** 2

    assert krippendorff_alpha(C, ordinal) == pytest.approx(0.815, abs=0.0006)
    assert krippendorff_alpha(C, interval) == pytest.approx(0.849, abs=0.0006)
    assert krippendorff_alpha(C, ratio) == pytest.approx(0.797, abs=0.0006)


def test_ac1_equals_the_published_figure() -> None:
    """Gwet 2014, Handbook of Inter-Rater Reliability, four raters and 12 units: .775."""
    assert gwet_ac1(C, kinds=5) == pytest.approx(0.775, abs=0.0006)


@pytest.mark.parametrize(
    ("table", "kappa", "ac1"),
    [
        # Feinstein & Cicchetti 1990, J Clin Epidemiol 43:543-549, as in Gerstman, "Epidemiology
        # Kept Simple", table 10.6: the same agreement of .85, kappa .70 and .32.
        ([[40, 9], [6, 45]], 0.70, 0.701),
        ([[80, 10], [5, 5]], 0.32, 0.808),
        # Dettori & Norvell 2020, "Kappa and Beyond", PMC7222679, table 1.
        ([[130, 56], [9, 5]], 0.022, 0.5326),
        # The paradox of Gwet 2002 and 2008: 94.4 % agree, kappa is below zero (computed).
        ([[118, 5], [2, 0]], -0.0234, 0.9408),
    ],
)
def test_kappa_equals_the_published_figures(
    table: list[list[int]], kappa: float, ac1: float
) -> None:
    """Kappa as printed there; AC1 on the same tables, computed."""
    assert cohen_kappa(table) == pytest.approx(kappa, abs=0.005)
    assert gwet_ac1(crossed(table)) == pytest.approx(ac1, abs=0.0006)


FLEISS_WIKIPEDIA = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip
FLEISS_1971 = [
    [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0],
    [2, 0, 4, 0, 0], [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6],
    [1, 0, 0, 5, 0], [1, 1, 0, 4, 0], [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1],
    [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0], [0, 2, 0, 4, 0], [1, 0, 2, 0, 3],
    [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0], [1, 0, 0, 4, 1],
    [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
]  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "kappa", "tolerance"),
    [(FLEISS_WIKIPEDIA, 0.210, 0.0006), (FLEISS_1971, 0.4302445, 6e-8)],
)
def test_fleiss_kappa_equals_the_published_figures(
    counts: list[list[int]], kappa: float, tolerance: float
) -> None:
    """Wikipedia, "Fleiss' kappa"; Fleiss 1971, psychiatric diagnoses (R, irr::kappam.fleiss)."""
    assert fleiss_kappa(spread_out(counts)) == pytest.approx(kappa, abs=tolerance)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ({1, 2}, {1, 2, 3, 4}, 2 / 3),
        ({1}, {1}, 0),
        ({1, 2}, {2, 3}, 8 / 9),
        ({1}, {2}, 1),
        (set(), set(), 0),
        (set(), {1}, 1),
    ],
)
def test_masi_equals_its_definition(one: set[int], other: set[int], distance: float) -> None:
    """Passonneau 2006, LREC; two empty sets are equal, an empty one shares nothing."""
    assert masi(frozenset(one), frozenset(other)) == pytest.approx(distance, abs=1e-12)
    assert masi(frozenset(other), frozenset(one)) == pytest.approx(distance, abs=1e-12)


# ---------------------------------------------------------------- edges


NOBODY = [["no", "no"]] * 20


def test_where_nobody_says_yes_there_is_no_chance_to_disagree() -> None:
    """The commonest case here: no division by zero, and no figure that would say nothing."""
    assert krippendorff_alpha(NOBODY) is None
    assert cohen_kappa([[0, 0], [0, 20]]) is None
    assert fleiss_kappa(NOBODY) is None
    assert positive_agreement(Fourfold(neither=20)) is None
    assert gwet_ac1(NOBODY) == 1


def test_without_pairs_there_is_no_figure() -> None:
    """Nothing was judged, or by one only."""
    lone: list[list[str]]
    for lone in ([], [["yes"], ["no"], []]):
        assert krippendorff_alpha(lone) is None
        assert gwet_ac1(lone) is None
        assert fleiss_kappa(lone) is None
    assert cohen_kappa([[0, 0], [0, 0]]) is None
    assert fleiss_kappa([["yes", "no"], ["yes", "no", "no"]]) is None
    assert bootstrap([], lambda _: 1.0, range) is None


def test_label_sets_of_traces_with_nothing_wrong_agree() -> None:
    """Alpha with MASI on whole label sets, empty ones among them."""
    empty: frozenset[str] = frozenset()
    assert krippendorff_alpha([[empty, empty]] * 5, masi) is None
    both = [[empty, empty], [frozenset("a"), frozenset("ab")], [frozenset("b"), frozenset("b")]]
    found = krippendorff_alpha(both, masi)
    assert found is not None
    assert 0 < found < 1


def test_positive_agreement_is_that_of_the_yes() -> None:
    """7 both, 3 one of the two: 14 of 17."""
    table = Fourfold(both=7, first=2, second=1, neither=24)
    assert positive_agreement(table) == pytest.approx(14 / 17)
    assert (table.units, table.positives) == (34, 10)
    assert positive_agreement(table + Fourfold(first=3)) == pytest.approx(14 / 20)


values = st.lists(st.lists(st.sampled_from("ynu"), max_size=4), max_size=12)


@given(values)
def test_full_agreement_is_one_and_no_figure_is_above_it(given: list[list[str]]) -> None:
    """Whatever is judged by however many."""
    for found in (krippendorff_alpha(given), gwet_ac1(given, kinds=3), fleiss_kappa(given)):
        assert found is None or found <= 1 + 1e-12
    same = [unit[:1] * len(unit) for unit in given]
    alpha = krippendorff_alpha(same)
    assert alpha is None or alpha == pytest.approx(1)


@given(values, st.randoms(use_true_random=False))
def test_neither_the_order_of_units_nor_of_annotators_matters(
    given: list[list[str]], chance: random.Random
) -> None:
    """They are counted, not listed."""
    mixed = [chance.sample(unit, len(unit)) for unit in chance.sample(given, len(given))]
    for figure in (krippendorff_alpha, gwet_ac1, fleiss_kappa):
        assert figure(mixed) == pytest.approx(figure(given), abs=1e-9)


# ---------------------------------------------------------------- the bootstrap


def _draw(seed: int) -> random.Random:
    return random.Random(seed)


def _share(items: Sequence[int]) -> float | None:
    return sum(items) / len(items)


def test_the_bootstrap_of_a_share_covers_what_theory_says() -> None:
    """30 of 100: about .30 ± 1.96 × .046."""
    chance = _draw(1)
    found = bootstrap([1] * 30 + [0] * 70, _share, lambda n: chance.choices(range(n), k=n))
    assert found is not None
    assert found.low == pytest.approx(0.21, abs=0.015)
    assert found.high == pytest.approx(0.39, abs=0.015)
    assert found.undefined == 0


def test_resamples_without_the_figure_are_counted() -> None:
    """One positive of ten: about (9/10)^10 = 35 % of the resamples hold none."""
    tables = [Fourfold(both=1), *[Fourfold(neither=1)] * 9]
    chance = _draw(2)
    found = bootstrap(
        tables,
        lambda drawn: positive_agreement(sum(drawn, Fourfold())),
        lambda n: chance.choices(range(n), k=n),
    )
    assert found is not None
    assert found.undefined == pytest.approx(0.9**10, abs=0.03)
    assert (found.low, found.high) == (1, 1)


def test_a_figure_that_is_never_defined_has_no_interval() -> None:
    """Nobody ever says yes."""
    chance = _draw(3)
    tables = [Fourfold(neither=1)] * 5
    figure = bootstrap(
        tables,
        lambda drawn: positive_agreement(sum(drawn, Fourfold())),
        lambda n: chance.choices(range(n), k=n),
        draws=50,
    )
    assert figure is None
