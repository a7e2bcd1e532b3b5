"""Average linkage: like things join until no two groups are alike enough.

Two groups are as alike as the pairs across them are in the mean (UPGMA, Sokal & Michener 1958).
Groups that are each other's nearest are joined all at once, round by round: average linkage is
reducible, so that gives the same groups as joining the nearest two every time (Bruynooghe 1978;
Müllner 2011, "Modern hierarchical, agglomerative clustering algorithms").

Similarities are whole millionths and groups keep the *sum* of theirs, so every comparison is
exact: the groups do not hang on the order of additions, and a tie is a tie on every machine.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Labels = NDArray[np.int64]
"""The group of each thing, a number from 0; groups are numbered by their first member."""

MILLION = 1e6


def millionths(similarity: NDArray[np.floating]) -> Matrix:
    """A copy in whole millionths: sums of them are exact in a float up to 9e15."""
    whole: Matrix = np.rint(np.multiply(similarity, MILLION, dtype=np.float64))
    return whole


def typical(similarity: Matrix) -> tuple[float, float]:
    """The mean and the standard deviation of the similarities of all pairs (0, 0 if no pair)."""
    pairs = len(similarity) * (len(similarity) - 1)
    if not pairs:
        return 0.0, 0.0
    own = np.diagonal(similarity)
    mean = float(similarity.sum() - own.sum()) / pairs
    variance = float(np.vdot(similarity, similarity) - np.vdot(own, own)) / pairs - mean**2
    return mean, max(0.0, variance) ** 0.5


def average_linkage(similarity: Matrix, *, cut: float) -> Labels:
    """The groups of n things, given their similarities (n x n, symmetric, in millionths).

    No two groups are left whose mean similarity is `cut` or more. Of equally near neighbours the
    earlier one counts.
    """
    labels = np.arange(len(similarity))
    sums = similarity.copy()
    sizes: Matrix = np.ones(len(sums))
    while len(sums) > 1:
        partner = _partners(sums, sizes, cut)
        first = np.minimum(partner, np.arange(len(sums)))
        stays = first == np.arange(len(sums))
        if stays.all():
            break
        joined = (np.cumsum(stays) - 1)[first]
        labels = joined[labels]
        sums = _added(_added(sums, first, stays).T, first, stays)
        sizes = np.bincount(joined, sizes).astype(np.float64)
    return labels


def _partners(sums: Matrix, sizes: Matrix, cut: float) -> Labels:
    """For each group the one that it joins: the other of a pair of nearest ones, or itself."""
    means = sums / sizes
    means /= sizes[:, None]
    np.fill_diagonal(means, -np.inf)
    nearest = means.argmax(axis=1)
    here = np.arange(len(sums))
    joins = (nearest[nearest] == here) & (means[here, nearest] >= cut)
    return np.where(joins, nearest, here)


def _added(sums: Matrix, first: Labels, stays: NDArray[np.bool_]) -> Matrix:
    """The rows that stay, each with the row of the group that joins it added."""
    result = sums[stays]
    gone = np.flatnonzero(~stays)
    result[(np.cumsum(stays) - 1)[first[gone]]] += sums[gone]
    return result
