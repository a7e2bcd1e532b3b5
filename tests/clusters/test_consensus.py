"""Tests of casefiles.clusters.consensus."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from casefiles.clusters.consensus import agreed_groups, settled, shares_together
from casefiles.clusters.linkage import Matrix, millionths


def blocks(sizes: list[int], *, inside: float = 0.6, noise: float = 0.1, seed: int = 0) -> Matrix:
    """Similarities, in millionths, of things in groups of these sizes."""
    label = np.repeat(np.arange(len(sizes)), sizes)
    numbers = np.random.default_rng(seed).normal(0, noise, (len(label), len(label)))
    similarity = np.where(label[:, None] == label[None, :], inside, 0.1) + (numbers + numbers.T) / 2
    return millionths(similarity)


def keys(count: int) -> list[str]:
    """Names for so many things."""
    return [f"thing {number}" for number in range(count)]


def test_clear_groups_are_found() -> None:
    """Ten things alike and ten others: two groups, whatever the noise."""
    labels = agreed_groups(blocks([12, 12, 12]), keys(36), tightness=0.5)
    assert labels.tolist() == [0] * 12 + [1] * 12 + [2] * 12


def test_a_thing_like_no_other_stays_alone() -> None:
    """An outlier may land anywhere in a part, but not always at the same place."""
    similarity = blocks([15, 15, 1], noise=0.02)
    labels = agreed_groups(similarity, keys(31), tightness=0.5)
    assert (labels == labels[30]).sum() == 1


def test_shares_are_those_of_the_parts_that_hold_both() -> None:
    """Things of one clear group come together in all of them, of two in none."""
    shares = shares_together(blocks([12, 12], noise=0.01), keys(24), tightness=0.5)
    assert shares[:12, :12].min() == shares[12:, 12:].min() == 1
    assert shares[:12, 12:].max() == 0


def test_whether_a_thing_is_in_a_part_follows_from_its_key_alone() -> None:
    """Later things change the shares of earlier ones only through what they are like."""
    small = blocks([12, 12], noise=0.01)
    shares = shares_together(small, keys(24), tightness=0.5)
    backwards = np.arange(24)[::-1]
    turned = shares_together(small[np.ix_(backwards, backwards)], keys(24)[::-1], tightness=0.5)
    np.testing.assert_array_equal(turned[np.ix_(backwards, backwards)], shares)


def test_things_move_to_the_group_they_are_most_like() -> None:
    """A wrong start is put right."""
    wrong = np.array([0] * 6 + [1] * 2 + [1] * 8, dtype=np.int64)
    labels = settled(blocks([8, 8], noise=0.01), wrong, alone=0)
    assert len(set(labels[:8])) == len(set(labels[8:])) == 1
    assert labels[0] != labels[8]


def test_what_is_like_no_group_is_left_alone() -> None:
    """A single thing joins only what it is more like than `alone`."""
    similarity = blocks([5, 1], noise=0.0)
    start = np.array([0] * 5 + [1], dtype=np.int64)
    assert settled(similarity, start, alone=500_000).tolist() == [0] * 5 + [1]
    assert settled(similarity, start, alone=0).tolist() == [0] * 6


@settings(deadline=None, max_examples=10)
@given(st.permutations(range(30)))
def test_the_order_of_things_makes_no_difference(order: list[int]) -> None:
    """The same things are together, whichever comes first."""
    similarity = blocks([10, 8, 6, 4, 2], noise=0.2)
    labels = agreed_groups(similarity, keys(30), tightness=0.5)
    names = [keys(30)[at] for at in order]
    turned = agreed_groups(similarity[np.ix_(order, order)], names, tightness=0.5)
    together = turned[:, None] == turned[None, :]
    np.testing.assert_array_equal(together, labels[order][:, None] == labels[order][None, :])
