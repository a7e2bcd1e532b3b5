"""Tests of casefiles.clusters.linkage."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from casefiles.clusters.linkage import Labels, average_linkage, millionths, typical

Matrix = NDArray[np.float64]


def symmetric(values: Sequence[int], count: int) -> Matrix:
    """A similarity matrix in millionths whose upper triangle holds the values."""
    matrix = np.eye(count) * 1e6
    matrix[np.triu_indices(count, 1)] = values
    return np.maximum(matrix, matrix.T)


def groups(labels: Labels) -> list[list[int]]:
    """The members of each group."""
    return [
        np.flatnonzero(labels == label).tolist() for label in range(max(labels, default=-1) + 1)
    ]


def mean_between(matrix: Matrix, left: list[int], right: list[int]) -> Fraction:
    """The mean similarity of all pairs across two groups, exactly."""
    pairs = [int(matrix[a, b]) for a in left for b in right]
    return Fraction(sum(pairs), len(pairs))


def naive_groups(matrix: Matrix, cut: float) -> list[list[int]]:
    """Average linkage by its definition: join the two nearest groups until none is near enough.

    Rejects the example if two pairs are equally near: then the definition leaves it open.
    """
    found = [[number] for number in range(len(matrix))]
    while len(found) > 1:
        pairs = itertools.combinations(range(len(found)), 2)
        nearest = sorted((mean_between(matrix, found[a], found[b]), a, b) for a, b in pairs)
        assume(len(nearest) < 2 or nearest[-1][0] != nearest[-2][0])
        similarity, a, b = nearest[-1]
        if similarity < cut:
            break
        found[a] += found.pop(b)
    return sorted(sorted(group) for group in found)


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 14), st.integers(0, 10**6), st.integers(0, 10**6))
def test_groups_are_those_of_joining_the_nearest_pair_every_time(
    count: int, seed: int, cut: int
) -> None:
    """Joining many pairs at once finds what the definition finds one by one."""
    values = np.random.default_rng(seed).integers(0, 10**6, count * (count - 1) // 2)
    matrix = symmetric(values.tolist(), count)
    assert groups(average_linkage(matrix, cut=cut)) == naive_groups(matrix, cut)


@st.composite
def tied_matrices(draw: st.DrawFn) -> Matrix:
    """Similarity matrices of 2 to 9 things in which many pairs are equally alike."""
    count = draw(st.integers(2, 9))
    pairs = count * (count - 1) // 2
    values = st.sampled_from([0, 250_000, 500_000, 750_000])
    return symmetric(draw(st.lists(values, min_size=pairs, max_size=pairs)), count)


@settings(deadline=None)
@given(tied_matrices(), st.sampled_from([1, 250_000, 400_000, 500_000, 750_000]))
def test_with_ties_no_two_groups_are_left_that_are_alike_enough(matrix: Matrix, cut: int) -> None:
    """Also among equals the end is reached, and every group is numbered by its first member."""
    found = groups(average_linkage(matrix, cut=cut))
    assert sorted(number for group in found for number in group) == list(range(len(matrix)))
    assert [group[0] for group in found] == sorted(group[0] for group in found)
    for one, other in itertools.combinations(found, 2):
        assert mean_between(matrix, one, other) < cut


def test_of_equally_near_neighbours_the_earlier_one_counts() -> None:
    """0 is as near to 1 as to 2, and 1 and 2 are not near: 0 goes with 1."""
    matrix = symmetric([500_000, 500_000, 0], 3)
    assert groups(average_linkage(matrix, cut=400_000)) == [[0, 1], [2]]


def test_differences_below_a_millionth_are_ties() -> None:
    """What another machine's arithmetic may add in the last digits changes nothing."""
    similarity = np.array([[1, 0.5, 0.5 + 4e-7], [0.5, 1, 0], [0.5 + 4e-7, 0, 1]])
    assert groups(average_linkage(millionths(similarity), cut=400_000)) == [[0, 1], [2]]


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_join(count: int) -> None:
    """No thing or one thing has no pair and no usual similarity."""
    matrix = millionths(np.eye(count))
    assert groups(average_linkage(matrix, cut=0)) == [[number] for number in range(count)]
    assert typical(matrix) == (0.0, 0.0)


def test_the_usual_similarity_is_that_of_pairs_without_the_diagonal() -> None:
    """Mean and deviation of 0.2, 0.4 and 0.6, by hand."""
    mean, deviation = typical(symmetric([200_000, 400_000, 600_000], 3))
    assert mean == pytest.approx(400_000)
    assert deviation == pytest.approx((0.08 / 3) ** 0.5 * 1e6)


def test_equal_similarities_deviate_by_exactly_nothing() -> None:
    """So that a cut at the mean still joins what is equally alike."""
    assert typical(symmetric([300_000] * 6, 4)) == (300_000, 0.0)


def test_the_similarities_given_are_left_as_they_are() -> None:
    """The caller's matrix is not written to."""
    matrix = symmetric([500_000, 100_000, 0], 3)
    before = matrix.copy()
    average_linkage(matrix, cut=0)
    typical(matrix)
    np.testing.assert_array_equal(matrix, before)
