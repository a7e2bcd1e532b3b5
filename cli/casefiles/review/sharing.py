"""Who reads what, when several people share the traces: derived from names, stored nowhere.

The first traces of the random order are read by everyone, so that agreement can be measured on
them; each of the others by one person, by the highest of a hash for each (rendezvous hashing,
Thaler & Ravishankar 1998, IEEE/ACM Trans. Networking 6:1-14). So a trace that is added, or a
person who joins, moves no more of the others' traces than has to move.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from casefiles.documents.config import Review
from casefiles.review.queue import random_order


def readers(references: Iterable[str], review: Review) -> Mapping[str, tuple[str, ...]]:
    """Return for each trace who reads it; nobody in particular (empty) without annotators."""
    names = review.annotators
    if not names:
        return dict.fromkeys(references, ())
    order = random_order(references, seed=review.seed)
    everyone = dict.fromkeys(order[: review.overlap], names)
    rest = {trace: (_owner(trace, names, review.seed),) for trace in order[review.overlap :]}
    return everyone | rest


def share_of(annotator: str, references: Iterable[str], review: Review) -> frozenset[str]:
    """Return the traces one person reads: all of them, unless they are one of several who share."""
    if annotator not in review.annotators or len(review.annotators) < 2:
        return frozenset(references)
    return frozenset(
        trace for trace, names in readers(references, review).items() if annotator in names
    )


def _owner(trace: str, annotators: tuple[str, ...], seed: int) -> str:
    """The annotator with the highest hash; the name decides between equal ones."""
    start = hashlib.sha256(f"{seed}\n{trace}\n".encode("utf-8", "replace"))
    return max(annotators, key=lambda name: (_digest(start, name), name))


def _digest(start: hashlib._Hash, name: str) -> bytes:
    whole = start.copy()
    whole.update(name.encode())
    return whole.digest()
