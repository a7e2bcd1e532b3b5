"""Groups that many groupings of parts of the things agree on.

One grouping hangs on chance: a tenth more things, and a sixth of the pairs are no longer together.
So many parts, each about half of the things, are grouped by average linkage and each thing moved
to the group it is most like; then average linkage over how often two things came together gives
the groups (consensus clustering: Monti et al. 2003; evidence accumulation: Fred & Jain 2005).
Nothing is drawn: whether a thing is in a part follows from a hash of its key, so a thing that is
added later changes no part for the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from casefiles.clusters.linkage import MILLION, Labels, Matrix, average_linkage, millionths, typical

FEW = 12
"""So few things or fewer are grouped whole: half of them would show nothing."""
_FEW_ALIKE = 200_000
"""How alike so few must be, in millionths: they do not show what is usual among them."""
ALONE = 0.0
"""By how many standard deviations a thing must be more like a group than things are alike in the
mean, or it stays alone."""
TOGETHER = 0.5
"""In what share of the parts that hold both, two things must be together, in the mean of a
group."""

_PARTS = 512
"""Parts, at most: one bit of a hash each. The more, the less chance is left."""
_LEAST_PARTS = 24
_CELLS = 6e7
"""About how many cells all parts may have; many things get fewer parts."""
_ROUNDS = 3
"""How often things move to a nearer group: enough for what the parts agree on."""
_TIE_BREAK = 0.1
_SPREAD = 4.0
"""So many standard deviations above the mean count as wholly alike."""


def agreed_groups(similarity: Matrix, keys: Sequence[str], *, tightness: float) -> Labels:
    """The groups of n things, given their similarities (n x n, symmetric, in millionths).

    `tightness` says by how many standard deviations the similarity inside a group of a part must
    exceed the mean of all pairs. `keys` tell the things apart, such as their texts.
    """
    if len(similarity) <= FEW:
        cut = max(cut_at(similarity, tightness), _FEW_ALIKE)
        return average_linkage(similarity, cut=cut)
    shares = shares_together(similarity, keys, tightness=tightness)
    # What is together equally often is told apart by how alike it is.
    shares += _TIE_BREAK * standing_out(similarity)
    return average_linkage(millionths(shares), cut=TOGETHER * MILLION)


def shares_together(similarity: Matrix, keys: Sequence[str], *, tightness: float) -> Matrix:
    """For each pair the share of the parts holding both that put them into one group, n x n."""
    cut, alone = (cut_at(similarity, at) for at in (tightness, ALONE))
    parts = list(_parts(keys))
    labels = [_grouped(similarity[np.ix_(part, part)], cut, alone) for part in parts]
    in_part = _members(len(keys), parts, [np.zeros_like(part) for part in parts])
    in_group = _members(len(keys), parts, labels)
    both = in_part @ in_part.T
    shares: Matrix = np.divide(in_group @ in_group.T, np.maximum(both, 1), dtype=np.float64)
    return shares


def _grouped(similarity: Matrix, cut: float, alone: float) -> Labels:
    """The groups of one part."""
    return settled(similarity, average_linkage(similarity, cut=cut), alone=alone)


def _members(count: int, parts: Sequence[Labels], labels: Sequence[Labels]) -> NDArray[np.float32]:
    """Who is in which group of which part: things x groups of all parts, 1 or 0."""
    sizes = [int(own.max(initial=-1)) + 1 for own in labels]
    member = np.zeros((count, sum(sizes)), dtype=np.float32)
    for part, own, start in zip(parts, labels, np.cumsum([0, *sizes]), strict=False):
        member[part, start + own] = 1
    return member


def cut_at(similarity: Matrix, tightness: float) -> float:
    """The similarity that exceeds the mean of all pairs by so many standard deviations."""
    mean, deviation = typical(similarity)
    return mean + tightness * deviation


def standing_out(similarity: Matrix) -> Matrix:
    """By how much each pair is more alike than usual, from -1 to 1."""
    mean, deviation = typical(similarity)
    return np.clip((similarity - mean) / (max(deviation, 1.0) * _SPREAD), -1, 1)


def settled(similarity: Matrix, labels: Labels, *, alone: float) -> Labels:
    """Labels after each thing has moved to the group it is most like, some times over.

    A thing is as like a group as the mean of its similarities to the group's other members, with
    one more of 0 added: a large group is believed more than a small one. What is less like any
    group than `alone`, and in none, stays in none.
    """
    others = similarity.copy()
    np.fill_diagonal(others, 0)
    here = np.arange(len(labels))
    for _ in range(_ROUNDS):
        member = np.zeros((len(labels), int(labels.max(initial=-1)) + 1))
        member[here, labels] = 1
        counts = member.sum(axis=0) - member
        likeness = np.where(counts > 0, (others @ member) / (counts + 1), alone)
        moved = likeness.argmax(axis=1)
        if np.array_equal(moved, labels):
            break
        labels = np.unique(moved, return_inverse=True)[1].astype(np.int64)
    return labels


def _parts(keys: Sequence[str]) -> Iterator[Labels]:
    """About half of the things each, by place."""
    count = int(np.clip(_CELLS / max(1, len(keys)) ** 2, _LEAST_PARTS, _PARTS))
    bits = np.array([_bits(key) for key in keys])
    for number in range(count):
        part = np.flatnonzero(bits[:, number])
        if len(part) > 1:
            yield part


def _bits(key: str) -> NDArray[np.uint8]:
    """One bit for each part."""
    digest = hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=_PARTS // 8).digest()
    return np.unpackbits(np.frombuffer(digest, dtype=np.uint8))
