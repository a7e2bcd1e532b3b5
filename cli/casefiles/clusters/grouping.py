"""Observations into groups of like ones, without a model, a seed or a number of groups.

Verbatim repeats are collapsed, and the rest goes where many groupings of parts of it agree
(`casefiles.clusters.consensus`). How many groups there are follows from what is usual among these
very texts. The order in which observations come makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np

from casefiles.clusters.consensus import agreed_groups
from casefiles.clusters.likeness import Vectors, likeness
from casefiles.clusters.linkage import Matrix, millionths
from casefiles.clusters.matching import Offer, offers
from casefiles.clusters.naming import distinctive_phrases, title, told_apart
from casefiles.clusters.words import words
from casefiles.text.names import fold

Embed = Callable[[Sequence[str]], Vectors]
"""Given n different texts: their sentence embeddings, n x width."""

_TERMS = 3
_LEXICAL = 0.6
_HYBRID = 0.4
"""By how many standard deviations the similarity inside a group must exceed the mean of all
pairs, for about a hundred texts: embeddings spread less."""
_USUAL = 90
_BY_SIZE = 0.2
"""How much more that is for twice as many texts: they have more groups, nearer to one another."""
_LOOSER, _TIGHTER = -0.2, 0.25
"""The most that the number of texts changes."""


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
    """How likeness was measured: `embedded/lexical`, `embedded/hybrid`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What becomes of observations beside the modes there are."""

    offers: Mapping[Observed, Offer]
    """An offer for each that has words."""
    tighter: float
    """How much more finely than usual people told the modes apart: for grouping the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Observations put together so far: the same words, then like ones."""

    text: str
    """The wording that stands for them."""
    members: tuple[Observed, ...]
    """The observations, in order of reference."""


def group_observations(
    observations: Iterable[Observed], embed: Embed | None = None, *, tighter: float = 0.0
) -> Grouping:
    """Propose groups of observations, with titles; how many groups follows from the texts.

    With `embed`, what texts mean counts as much as their wording. A `tighter` above 0 gives more
    and smaller groups, one below 0 fewer and larger ones.

    Raises ValueError if `embed` returns anything but a finite matrix with one row a text.
    """
    spoken, wordless = _with_and_without_words(observations)
    wordings = _wordings(spoken)
    matrix = _likeness([part.text for part in wordings], embed)
    parts = [
        _joined([wordings[at] for at in places], matrix[np.ix_(places, places)])
        for places in _places(matrix, wordings, _tightness(len(wordings), embed) + tighter)
    ]
    left_over = [*wordless, *(one for part in parts if _alone(part) for one in part.members)]
    return Grouping(
        groups=_named([part for part in parts if not _alone(part)], left_over),
        left_over=tuple(sorted(left_over, key=_place)),
        method=method(embed),
    )


def offer_modes(
    observations: Iterable[Observed],
    accepted: Mapping[str, frozenset[str]],
    embed: Embed | None = None,
) -> Offered:
    """Offer each observation to the modes there are; one that has no words gets no offer.

    `accepted` maps the texts of accepted observations to their modes. Raises ValueError as
    `group_observations` does.
    """
    known = {_wording(text): (text, modes) for text, modes in accepted.items() if words(text)}
    parts = [
        part
        for part in _wordings(_with_and_without_words(observations)[0])
        if _wording(part.text) not in known
    ]
    if not known or not parts:
        return Offered(offers={}, tighter=0.0)
    texts = [*(known[key][0] for key in sorted(known)), *(part.text for part in parts)]
    found = offers(
        _likeness(texts, embed),
        texts,
        [known[key][1] for key in sorted(known)],
        tightness=_tightness(len(texts), embed),
    )
    pairs = zip(parts, found.each, strict=True)
    return Offered(
        offers={one: offer for part, offer in pairs for one in part.members},
        tighter=found.tighter,
    )


def method(embed: Embed | None) -> str:
    """How likeness is measured, as a proposal names it."""
    return "embedded/hybrid" if embed else "embedded/lexical"


def _tightness(count: int, embed: Embed | None) -> float:
    """By how many standard deviations things of a group are more alike than things in general."""
    by_size = _BY_SIZE * log2(max(1, count) / _USUAL)
    return (_HYBRID if embed else _LEXICAL) + min(_TIGHTER, max(_LOOSER, by_size))


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
        repeats.setdefault(_wording(observed.text), []).append(observed)
    return [_Part(text=same[0].text, members=tuple(same)) for same in repeats.values()]


def _wording(text: str) -> str:
    """A text in one case, with white space folded."""
    return fold(text).casefold()


def _likeness(texts: Sequence[str], embed: Embed | None) -> Matrix:
    """The likeness of every pair of texts, n x n; raises ValueError for vectors that are none."""
    if embed is None or not texts:
        return likeness(texts)
    vectors = np.asarray(embed(texts), dtype=np.float64)
    if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
        raise ValueError(f"embeddings of {len(texts)} texts: not a finite matrix with a row each")
    return likeness(texts, vectors)


def _places(matrix: Matrix, parts: Sequence[_Part], tightness: float) -> list[list[int]]:
    """Which rows of a matrix of likeness belong together, groups by their first member."""
    keys = [_wording(part.text) for part in parts]
    labels = agreed_groups(millionths(matrix), keys, tightness=tightness)
    return [np.flatnonzero(labels == label).tolist() for label in range(labels.max(initial=-1) + 1)]


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
