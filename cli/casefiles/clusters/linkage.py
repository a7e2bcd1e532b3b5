"""Average linkage: which groups merge, in what order, and how alike they are then.

The nearest-neighbour chain finds the tree of unweighted average linkage (UPGMA) in O(n²) steps
(Murtagh 1983; Müllner 2011, "Modern hierarchical, agglomerative clustering algorithms").
Similarities are whole millionths and groups keep the *sum* of theirs, so every comparison is
exact: the tree does not hang on the order of additions, and a tie is a tie on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

_MILLIONTHS = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Two groups that become one. A group is known by its first member."""

    into: int
    """The first member of the group that stays, the lower of the two numbers."""
    gone: int
    """The first member of the group that is taken up."""
    similarity: float
    """The mean similarity of all pairs across the two, rounded pairs of course included."""


def average_linkage(similarity: Matrix) -> tuple[Merge, ...]:
    """The n - 1 merges of n things, given their similarities (n x n, symmetric, finite).

    Similarities are rounded to 1e-6; of equally near neighbours the earlier one counts. Merges
    come in the order in which they are found, a group always after the groups it is made of.
    """
    sums = _millionths(similarity)
    np.fill_diagonal(sums, -np.inf)
    sizes = np.ones(len(sums))
    merges: list[Merge] = []
    chain: list[int] = []
    while len(merges) < len(sums) - 1:
        if not chain:
            chain.append(int(np.flatnonzero(sizes)[0]))
        near, mean = _nearest(sums, sizes, chain)
        if len(chain) > 1 and near == chain[-2]:
            into, gone = sorted((chain.pop(), chain.pop()))
            merges.append(Merge(into=into, gone=gone, similarity=mean / _MILLIONTHS))
            _merge(sums, sizes, into, gone)
        else:
            chain.append(near)
    return tuple(merges)


def typical(similarity: Matrix) -> tuple[float, float]:
    """The mean and the standard deviation of the similarities of all pairs (0, 0 if no pair)."""
    rounded = _millionths(similarity)
    np.fill_diagonal(rounded, 0)
    pairs = len(rounded) * (len(rounded) - 1)
    if not pairs:
        return 0.0, 0.0
    mean = float(rounded.sum()) / pairs
    variance = float(np.vdot(rounded, rounded)) / pairs - mean**2
    return mean / _MILLIONTHS, max(0.0, variance) ** 0.5 / _MILLIONTHS


def groups_above(count: int, merges: Iterable[Merge], *, cut: float) -> list[list[int]]:
    """The groups of `count` things when merges less similar than `cut` are not made.

    Groups are in order of their first member, members in order.
    """
    groups = {number: [number] for number in range(count)}
    for merge in merges:
        if merge.similarity >= cut:
            groups[merge.into] += groups.pop(merge.gone)
    return [sorted(members) for _, members in sorted(groups.items())]


def _millionths(similarity: Matrix) -> Matrix:
    """A copy in whole millionths: sums of them are exact in a float up to 9e15."""
    return np.rint(similarity * _MILLIONTHS)


def _nearest(sums: Matrix, sizes: Matrix, chain: list[int]) -> tuple[int, float]:
    """The nearest neighbour of the chain's last group, and the mean similarity to it in millionths.

    Among equals it is the group before it in the chain, or else the earliest.
    """
    last = chain[-1]
    means = sums[last] / np.maximum(sizes * sizes[last], 1)
    near = int(np.argmax(means))
    if len(chain) > 1 and means[chain[-2]] == means[near]:
        near = chain[-2]
    return near, float(means[near])


def _merge(sums: Matrix, sizes: Matrix, into: int, gone: int) -> None:
    """Let one group take up another; minus infinity marks what can no longer be near."""
    sums[into] += sums[gone]
    sums[:, into] = sums[into]
    sums[:, gone] = -np.inf
    sizes[into] += sizes[gone]
    sizes[gone] = 0
