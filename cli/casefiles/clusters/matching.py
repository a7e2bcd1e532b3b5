"""Observations offered to the modes there are, with "none of these" as an answer.

The accepted observations of one mode are made alike, those of different modes unlike, and then
accepted and new ones are put together in many parts (`casefiles.clusters.consensus`). What mostly
comes together with a mode's observations is offered to that mode. What comes together with other
new ones is none of them, however near the nearest mode may be: that is what a mere threshold of
similarity cannot see. How finely things are told apart is learned from the accepted ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casefiles.clusters.consensus import ALONE, cut_at, settled, shares_together, standing_out
from casefiles.clusters.linkage import Matrix, average_linkage, millionths, typical

OFFERS = 3
"""Modes offered for one observation, at most."""

_TIGHTER = 1.0
"""By how many standard deviations more than in grouping things must be alike to come together:
rather leave out than force."""
_NEEDED = 0.3
"""In what share of the parts an observation must be together with a mode's accepted ones."""
_FAR = 0.05
"""Farther than all but this share of the accepted ones are from their own modes is too far."""
_NEAR = 0.2
"""So much standing out is never too far."""
_CLEAR = 0.2
"""By how much more than with the next mode's, for it to be clear."""
_ALIKE = 3.0
"""Accepted observations of one mode are at least so many standard deviations above the mean."""
_UNLIKE = -1.0
"""Those of different modes at most so many."""
_NEARNESS = 3.0
"""How much nearness counts beside shares in the order of the modes."""
_STEPS = np.arange(-0.5, 3.01, 0.25)
"""What is tried to learn how finely people tell modes apart, in standard deviations."""
_FINEST = 2.0
_FEW_MODES = 3
"""From fewer modes nothing is learned of how finely they are told apart."""
_EQUALLY_GOOD = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The modes that one new text may show."""

    modes: tuple[str, ...]
    """The likeliest first, at most three; empty: none of these."""
    clear: bool
    """Whether the first stands out."""
    nearest: tuple[str, ...]
    """The three nearest modes, whether it may show them or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What becomes of new texts beside the modes there are."""

    each: tuple[Offer, ...]
    """One for each new text, in order."""
    tighter: float
    """By how many standard deviations more than usual things of one mode are alike, going by the
    accepted ones; 0 or more."""


def offers(
    similarity: Matrix,
    texts: Sequence[str],
    accepted: Sequence[frozenset[str]],
    *,
    tightness: float,
) -> Offers:
    """Offer each new text to the modes there are, given the likeness of all texts (n x n).

    The first texts are accepted ones: `accepted` holds the modes of each, in order; all others
    are new. `tightness` is the usual one of grouping.
    """
    modes = sorted(frozenset().union(*accepted))
    holds = np.array([[mode in own for mode in modes] for own in accepted], dtype=np.float64)
    known, new = slice(len(accepted)), slice(len(accepted), None)
    whole = millionths(similarity)
    tighter = _learned(whole, holds, tightness)
    shares = shares_together(_guided(whole, holds), texts, tightness=tightness + tighter + _TIGHTER)
    # One more text that is never near: a mode with many is believed more than one with few.
    counts = holds.sum(axis=0) + 1
    share = shares[new, known] @ holds / counts
    near = standing_out(whole)[:, known]
    nearness = near[new] @ holds / counts
    rank = np.round(share + _NEARNESS * nearness, 6)
    likely = (share >= _NEEDED) & (nearness >= _usual_nearness(near[known], holds))
    return Offers(
        each=tuple(_offer(modes, *row) for row in zip(share, rank, likely, strict=True)),
        tighter=tighter,
    )


def _usual_nearness(near: Matrix, holds: NDArray[np.float64]) -> float:
    """How near nearly all accepted texts are to the other texts of their own modes.

    It is no more than what stands out clearly: where all that was accepted says nearly the same,
    what says it in other words may still belong.
    """
    others = near - np.diag(np.diagonal(near))
    counts = holds.sum(axis=0) - holds
    own = (others @ holds / (counts + 1))[(holds > 0) & (counts > 0)]
    return min(_NEAR, float(np.quantile(own, _FAR))) if len(own) else 0.0


def _learned(similarity: Matrix, holds: NDArray[np.float64], tightness: float) -> float:
    """How much tighter than usual groups of the accepted ones are most like their modes."""
    if holds.shape[1] < _FEW_MODES:
        return 0.0
    inside = similarity[: len(holds), : len(holds)]
    same = holds @ holds.T > 0
    alone = cut_at(similarity, ALONE)
    found = []
    for step in _STEPS:
        cut = cut_at(similarity, tightness + step)
        labels = settled(inside, average_linkage(inside, cut=cut), alone=alone)
        found.append(_agreement(same, labels[:, None] == labels[None, :]))
    good = _STEPS[np.array(found) >= max(found) - _EQUALLY_GOOD]
    return float(np.clip(np.median(good), 0, _FINEST))


def _agreement(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """The adjusted Rand index of two ways to say of each pair whether it is together.

    As the chance-corrected agreement of pairs (Warrens 2008); 0 where neither tells any apart.
    """
    upper = np.triu_indices(len(one), 1)
    left, right = one[upper], other[upper]
    both, neither = float((left & right).sum()), float((~left & ~right).sum())
    first, second = float((left & ~right).sum()), float((~left & right).sum())
    whole = (both + first) * (first + neither) + (both + second) * (second + neither)
    return 2 * (both * neither - first * second) / whole if whole else 0.0


def _guided(similarity: Matrix, holds: NDArray[np.float64]) -> Matrix:
    """The similarities with what people decided put in."""
    mean, deviation = typical(similarity)
    guided = similarity.copy()
    block = guided[: len(holds), : len(holds)]
    same = holds @ holds.T > 0
    alike, unlike = (np.rint(mean + at * deviation) for at in (_ALIKE, _UNLIKE))
    block[...] = np.where(same, np.maximum(block, alike), np.minimum(block, unlike))
    return guided


def _offer(
    modes: Sequence[str],
    share: NDArray[np.float64],
    rank: NDArray[np.float64],
    likely: NDArray[np.bool_],
) -> Offer:
    """What to offer for one text, given its share and rank for each mode, and which are likely."""
    order = [int(at) for at in np.argsort(-rank, kind="stable")[:OFFERS]]
    first, others = order[0], order[1:]
    wanted = [at for at in order if likely[at]] if likely[first] else []
    stands_out = share[first] >= max((share[at] for at in others), default=0.0) + _CLEAR
    return Offer(
        modes=tuple(modes[at] for at in wanted),
        clear=bool(wanted) and bool(stands_out),
        nearest=tuple(modes[at] for at in order),
    )
