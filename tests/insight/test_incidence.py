from __future__ import annotations

from collections.abc import MutableMapping
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.insight import Incidence, incidence

ROWS = st.lists(st.frozensets(st.sampled_from("abcdefgh")), max_size=20)


def test_counts_units_modes_uniques_and_duplicates() -> None:
    """Four units with three modes give the letters of the literature."""
    seen = incidence([frozenset("ab"), frozenset(), frozenset("ac"), frozenset("abc")])

    assert seen == Incidence(
        units=4,
        counts={"a": 3, "b": 2, "c": 2},
        incidences=7,
        modes=3,
        uniques=0,
        duplicates=2,
        discoverers=0,
    )


def test_a_unit_with_two_unique_modes_is_one_discoverer() -> None:
    """Discoverers are units, not modes."""
    seen = incidence([frozenset("xy"), frozenset("a"), frozenset("az")])

    assert (seen.uniques, seen.discoverers) == (3, 2)


@pytest.mark.parametrize("rows", [[], [frozenset()], [frozenset(), frozenset()]])
def test_no_rows_or_empty_rows_count_nothing(rows: list[frozenset[str]]) -> None:
    """Without modes everything but the units is zero."""
    seen = incidence(rows)

    assert seen.units == len(rows)
    assert seen.counts == {}
    assert seen.incidences == seen.modes == seen.uniques == seen.duplicates == 0
    assert seen.discoverers == 0


def test_the_counts_cannot_be_changed() -> None:
    """A record that is handed on stays what it is."""
    seen = incidence([frozenset("a")])

    with pytest.raises(TypeError):
        cast("MutableMapping[str, int]", seen.counts)["a"] = 9


@given(ROWS)
def test_counting_agrees_with_the_definitions(rows: list[frozenset[str]]) -> None:
    """Each number is what its docstring says, counted the slow way."""
    seen = incidence(rows)
    modes = {mode for row in rows for mode in row}
    shown = {mode: [row for row in rows if mode in row] for mode in modes}

    assert seen.counts == {mode: len(by) for mode, by in shown.items()}
    assert seen.modes == len(modes)
    assert seen.incidences == sum(len(row) for row in rows)
    assert seen.uniques == sum(len(by) == 1 for by in shown.values())
    assert seen.duplicates == sum(len(by) == 2 for by in shown.values())
    only_here = [row for row in rows if any(len(shown[mode]) == 1 for mode in row)]
    assert seen.discoverers == len(only_here)


@given(ROWS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_order_of_the_units_does_not_matter(
    orders: tuple[list[frozenset[str]], list[frozenset[str]]],
) -> None:
    """Any order of review gives the same record, mode by mode in the same order."""
    one, other = (incidence(rows) for rows in orders)

    assert one == other
    assert list(one.counts) == list(other.counts)


@given(ROWS)
def test_reviewing_everything_twice_leaves_no_unique_mode(rows: list[frozenset[str]]) -> None:
    """Duplicate rows double every count."""
    once, twice = incidence(rows), incidence(rows + rows)

    assert twice.counts == {mode: 2 * count for mode, count in once.counts.items()}
    assert twice.uniques == twice.discoverers == 0
    assert twice.duplicates == once.uniques
