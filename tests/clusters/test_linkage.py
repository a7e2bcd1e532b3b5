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

from casefiles.clusters.linkage import Merge, average_linkage, groups_above, typical

Matrix = NDArray[np.float64]


def symmetric(values: Sequence[int], count: int) -> Matrix:
    """A similarity matrix whose upper triangle holds the values, in millionths."""
    matrix = np.eye(count)
    matrix[np.triu_indices(count, 1)] = np.array(values) / 1e6
    return np.maximum(matrix, matrix.T)


def mean_between(matrix: Matrix, left: list[int], right: list[int]) -> Fraction:
    """The mean similarity in millionths of all pairs across two groups, exactly."""
    pairs = [round(matrix[a, b] * 1e6) for a in left for b in right]
    return Fraction(sum(pairs), len(pairs))


def naive_groups(matrix: Matrix, cut: float) -> list[list[int]]:
    """Average linkage by its definition: join the two nearest groups until none is near enough.

    Rejects the example if two pairs are equally near: then the definition leaves it open.
    """
    groups = [[number] for number in range(len(matrix))]
    while len(groups) > 1:
        pairs = itertools.combinations(range(len(groups)), 2)
        nearest = sorted((mean_between(matrix, groups[a], groups[b]), a, b) for a, b in pairs)
        assume(len(nearest) < 2 or nearest[-1][0] != nearest[-2][0])
        similarity, a, b = nearest[-1]
        if similarity < cut * 1e6:
            break
        groups[a] += groups.pop(b)
    return sorted(sorted(group) for group in groups)


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 14), st.integers(0, 10**6), st.floats(0, 1))
def test_groups_are_those_of_joining_the_nearest_pair_every_time(
    count: int, seed: int, cut: float
) -> None:
    """The chain finds what the definition finds in O(n³)."""
    values = np.random.default_rng(seed).integers(0, 10**6, count * (count - 1) // 2)
    matrix = symmetric(values.tolist(), count)
    merges = average_linkage(matrix)
    assume(all(abs(merge.similarity - cut) > 1e-9 for merge in merges))
    assert groups_above(count, merges, cut=cut) == naive_groups(matrix, cut)


@st.composite
def tied_matrices(draw: st.DrawFn) -> Matrix:
    """Similarity matrices of 2 to 9 things in which many pairs are equally alike."""
    count = draw(st.integers(2, 9))
    pairs = count * (count - 1) // 2
    values = st.sampled_from([0, 250_000, 500_000, 750_000])
    return symmetric(draw(st.lists(values, min_size=pairs, max_size=pairs)), count)


@settings(deadline=None)
@given(tied_matrices())
def test_with_ties_every_merge_is_the_mean_and_of_nearest_neighbours(matrix: Matrix) -> None:
    """Also among equals each merge joins two groups that have no nearer neighbour at the time."""
    groups = {number: [number] for number in range(len(matrix))}
    merges = average_linkage(matrix)
    for merge in merges:
        into, gone = groups[merge.into], groups.pop(merge.gone)
        similarity = mean_between(matrix, into, gone)
        assert merge.similarity == pytest.approx(float(similarity) / 1e6)
        for other in groups.values():
            if other is not into:
                assert mean_between(matrix, other, into) <= similarity
                assert mean_between(matrix, other, gone) <= similarity
        into += gone
    assert len(merges) == len(matrix) - 1
    assert len(groups) == 1


def test_of_equally_near_neighbours_the_earlier_one_counts() -> None:
    """0 is as near to 1 as to 2, and 1 and 2 are not near: 0 goes with 1."""
    merges = average_linkage(symmetric([500_000, 500_000, 0], 3))
    assert merges[0] == Merge(into=0, gone=1, similarity=0.5)


def test_differences_below_a_millionth_are_ties() -> None:
    """What another machine's arithmetic may add in the last digits changes nothing."""
    matrix = symmetric([500_000, 500_000, 0], 3)
    matrix[0, 2] = matrix[2, 0] = 0.5 + 4e-7
    assert average_linkage(matrix)[0] == Merge(into=0, gone=1, similarity=0.5)


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_merge(count: int) -> None:
    """No thing or one thing has no merges and no usual similarity."""
    assert average_linkage(np.eye(count)) == ()
    assert typical(np.eye(count)) == (0.0, 0.0)
    assert groups_above(count, (), cut=0) == [[number] for number in range(count)]


def test_the_usual_similarity_is_that_of_pairs_without_the_diagonal() -> None:
    """Mean and deviation of 0.2, 0.4 and 0.6, by hand."""
    mean, deviation = typical(symmetric([200_000, 400_000, 600_000], 3))
    assert mean == pytest.approx(0.4)
    assert deviation == pytest.approx((0.08 / 3) ** 0.5)


def test_equal_similarities_deviate_by_exactly_nothing() -> None:
    """So that a cut at the mean still joins what is equally alike."""
    assert typical(symmetric([300_000] * 6, 4)) == (0.3, 0.0)


def test_the_similarities_given_are_left_as_they_are() -> None:
    """The caller's matrix is not written to."""
    matrix = symmetric([500_000, 100_000, 0], 3)
    before = matrix.copy()
    average_linkage(matrix)
    typical(matrix)
    np.testing.assert_array_equal(matrix, before)
