"""Observations into groups of like ones, without a model, a seed or a number of groups.

Verbatim repeats are collapsed, the rest is joined by average linkage, and the tree is cut where
similarity falls below what is usual among these very texts: their mean plus a multiple of their
standard deviation. The order in which observations come makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casefiles.clusters.lexical import lexical_similarity
from casefiles.clusters.linkage import average_linkage, groups_above, typical
from casefiles.clusters.naming import distinctive_phrases, title, told_apart
from casefiles.clusters.words import words
from casefiles.text.names import fold

Matrix = NDArray[np.float64]
Similarity = Callable[[Sequence[str]], Matrix]
"""Given n different texts that all have words: the likeness of every pair, n x n, 1 = the same."""

TIGHTNESS = 0.75
"""By how many standard deviations a group's similarity must exceed the mean of all pairs."""
_TERMS = 3
_FEW = 10
"""Fewer distinct texts than this do not show what is usual among them."""
_FEW_CUT = 0.2
"""The similarity a group of so few texts must have, whatever the mean of all pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One observation as clustering sees it."""

    ref: str
    """What cites it, such as `ana:round-1/q042#2`; different for each."""
    text: str
    """What the person wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Observations that seem to show one failure mode."""

    title: str
    """A short name on one line; no other group's has the same slug."""
    terms: tuple[str, ...]
    """Up to three phrases that set the group apart, the most distinctive first."""
    members: tuple[Observed, ...]
    """Its observations, two or more, in order of reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """A proposal: every observation is in exactly one group or left over."""

    groups: tuple[Group, ...]
    """Largest first, equally large ones in order of their first reference."""
    left_over: tuple[Observed, ...]
    """Observations like no other, or without a word, in order of reference."""
    method: str
    """How likeness was measured: `embedded/lexical`, `embedded/given`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Observations put together so far: the same words, then like ones."""

    text: str
    """The wording that stands for them."""
    members: tuple[Observed, ...]
    """The observations, in order of reference."""


def group_observations(
    observations: Iterable[Observed],
    similarity: Similarity | None = None,
    *,
    tightness: float = TIGHTNESS,
) -> Grouping:
    """Propose groups of observations, with titles; how many groups follows from the texts.

    `similarity` replaces the lexical one. A higher `tightness` gives smaller groups and leaves
    more over, a lower one joins more.

    Raises ValueError if `similarity` returns anything but a finite n x n matrix.
    """
    spoken, wordless = _with_and_without_words(observations)
    wordings = _wordings(spoken)
    matrix = _similarities(wordings, similarity or lexical_similarity)
    parts = [
        _joined([wordings[at] for at in places], matrix[np.ix_(places, places)])
        for places in _places(matrix, tightness=tightness)
    ]
    left_over = [*wordless, *(one for part in parts if _alone(part) for one in part.members)]
    return Grouping(
        groups=_named([part for part in parts if not _alone(part)], left_over),
        left_over=tuple(sorted(left_over, key=_place)),
        method="embedded/given" if similarity else "embedded/lexical",
    )


def _with_and_without_words(
    observations: Iterable[Observed],
) -> tuple[list[Observed], list[Observed]]:
    """The observations in order of reference: those with a letter or digit, and the others."""
    spoken: list[Observed] = []
    wordless: list[Observed] = []
    for observed in sorted(observations, key=_place):
        (spoken if words(observed.text) else wordless).append(observed)
    return spoken, wordless


def _wordings(observations: Iterable[Observed]) -> list[_Part]:
    """One part for each wording, case and white space aside, in order of first reference."""
    repeats: dict[str, list[Observed]] = {}
    for observed in observations:
        repeats.setdefault(fold(observed.text).casefold(), []).append(observed)
    return [_Part(text=same[0].text, members=tuple(same)) for same in repeats.values()]


def _similarities(parts: Sequence[_Part], similarity: Similarity) -> Matrix:
    """The likeness of every pair of parts; raises ValueError if it is not a finite n x n matrix."""
    if not parts:
        return np.zeros((0, 0))
    matrix = np.asarray(similarity([part.text for part in parts]), dtype=np.float64)
    if matrix.shape != (len(parts), len(parts)) or not np.isfinite(matrix).all():
        raise ValueError(f"similarity of {len(parts)} texts: not a finite square matrix")
    both_ways = matrix + matrix.T
    both_ways /= 2
    return both_ways


def _places(matrix: Matrix, *, tightness: float) -> list[list[int]]:
    """Which rows of a matrix of similarities belong together."""
    mean, deviation = typical(matrix)
    cut = mean + tightness * deviation
    if len(matrix) < _FEW:
        cut = max(cut, _FEW_CUT)
    return groups_above(len(matrix), average_linkage(matrix), cut=cut)


def _joined(parts: Sequence[_Part], matrix: Matrix) -> _Part:
    """Like parts as one, in the words of the part most like all its observations (the medoid)."""
    weights = np.array([len(part.members) for part in parts], dtype=np.float64)
    # Rounded, so that equally central texts are equal on every machine and the first one counts.
    central = np.round(matrix @ weights, 6)
    members = sorted((one for part in parts for one in part.members), key=_place)
    return _Part(text=parts[int(np.argmax(central))].text, members=tuple(members))


def _named(parts: Iterable[_Part], left_over: Iterable[Observed]) -> tuple[Group, ...]:
    """Parts as groups with titles and terms, the largest first."""
    ordered = sorted(parts, key=lambda part: (-len(part.members), _place(part.members[0])))
    texts = [[one.text for one in part.members] for part in ordered]
    others = [one.text for one in left_over]
    terms = distinctive_phrases([*texts, others], most=_TERMS)[: len(ordered)]
    titles = told_apart([title(part.text) for part in ordered], terms)
    return tuple(
        Group(title=name, terms=own, members=part.members)
        for name, own, part in zip(titles, terms, ordered, strict=True)
    )


def _alone(part: _Part) -> bool:
    """Whether a part is a single observation."""
    return len(part.members) == 1


def _place(observed: Observed) -> tuple[str, str]:
    """Where an observation stands among others: by reference."""
    return observed.ref, observed.text
