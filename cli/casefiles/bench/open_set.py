"""Whether an observation shows a mode there is, or none of them: the open-set task.

Of the labels with four texts or more, three in ten are held back as modes that nobody knows yet.
Of each other one half the texts are accepted. All other texts are to be sorted: those of known
modes belong to their mode, all else to none. What is sorted to none is then grouped, and a mode
that was held back is surfaced if it is the commonest of some group. Figures are means over several
draws, weighted alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from casefiles.bench.labelled import Labelled
from casefiles.bench.measures import Labels
from casefiles.clusters.grouping import Embed, Observed, group_observations, offer_modes
from casefiles.clusters.lexical import lexical_similarity

_DRAWS = 5
_LEAST_TEXTS = 4
"""A label with fewer texts cannot be split."""
_HELD_BACK = 0.3
_LEAST_MODES = 4
_QUANTILE = 0.1
"""The baseline leaves out what is less alike than all but this share of the accepted texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sorting:
    """What a sorter made of new texts."""

    first: list[str | None]
    """The mode of each, or None."""
    nearest: list[list[str]]
    """The modes nearest to each, three at most."""
    tighter: float = 0.0
    """How much more finely than usual what is left is to be grouped."""


Sorter = Callable[[Sequence[Labelled], Sequence[Labelled]], _Sorting]
"""Given accepted and new texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFigures:
    """One row of the table: shares from 0 to 1."""

    top1: float
    """Of the texts of known modes, those whose nearest mode is theirs."""
    top3: float
    """Those whose mode is among the nearest three."""
    accuracy: float
    """Of all texts, those sorted rightly: to their mode, or to none."""
    forced: float
    """Of all texts, those sorted to a mode that is not theirs."""
    surfaced: float
    """Of the modes held back, those that are the commonest of a group of what was left."""


def open_set(
    texts: Sequence[Labelled], gold: Labels, embed: Embed | None, seed: int
) -> dict[str, OpenFigures] | None:
    """The figures of the offers and of the baseline; None with fewer than four large labels."""
    if (np.bincount(gold) >= _LEAST_TEXTS).sum() < _LEAST_MODES:
        return None
    draws = list(_draws(texts, gold, seed))
    rows: dict[str, Sorter] = {"offers": _offers(embed), "nearest centroid": _nearest_centroid}
    return {
        name: _mean([_figures(sorter, *draw, embed=embed) for draw in draws])
        for name, sorter in rows.items()
    }


def _draws(
    texts: Sequence[Labelled], gold: Labels, seed: int
) -> Iterator[tuple[list[Labelled], list[Labelled]]]:
    """Accepted and new texts, some times over."""
    numbers = np.random.default_rng(seed)
    large = np.flatnonzero(np.bincount(gold) >= _LEAST_TEXTS)
    for _ in range(_DRAWS):
        modes = numbers.permutation(large)
        accepted: set[int] = set()
        for mode in modes[max(1, round(_HELD_BACK * len(modes))) :]:
            places = numbers.permutation(np.flatnonzero(gold == mode))
            accepted.update(places[: (len(places) + 1) // 2].tolist())
        yield (
            [text for at, text in enumerate(texts) if at in accepted],
            [text for at, text in enumerate(texts) if at not in accepted],
        )


def _figures(
    sorter: Sorter, accepted: list[Labelled], new: list[Labelled], *, embed: Embed | None
) -> OpenFigures:
    """The figures of one draw."""
    known = {text.label for text in accepted}
    found = sorter(accepted, new)
    pairs = list(zip(new, found.first, found.nearest, strict=True))
    of_known = [(text, near) for text, _, near in pairs if text.label in known]
    right = [mode == (text.label if text.label in known else None) for text, mode, _ in pairs]
    return OpenFigures(
        top1=_share([near[:1] == [text.label] for text, near in of_known]),
        top3=_share([text.label in near[:3] for text, near in of_known]),
        accuracy=_share(right),
        forced=_share([mode not in (None, text.label) for text, mode, _ in pairs]),
        surfaced=_surfaced(new, found, known, embed),
    )


def _surfaced(
    new: Sequence[Labelled], found: _Sorting, known: set[str], embed: Embed | None
) -> float:
    """The share of the modes held back that are the commonest of a group of what is left."""
    labels = [text.label for text in new]
    unknown = {name for name in labels if name not in known and labels.count(name) >= _LEAST_TEXTS}
    rest = [text for text, mode in zip(new, found.first, strict=True) if mode is None]
    label = {text.id: text.label for text in rest}
    observed = [Observed(ref=text.id, text=text.text) for text in rest]
    groups = group_observations(observed, embed, tighter=found.tighter).groups
    members = [[label[one.ref] for one in group.members] for group in groups]
    commonest = {max(sorted(set(own)), key=own.count) for own in members}
    return len(commonest & unknown) / max(1, len(unknown))


def _offers(embed: Embed | None) -> Sorter:
    """The sorter that `propose` uses."""

    def sort(accepted: Sequence[Labelled], new: Sequence[Labelled]) -> _Sorting:
        modes = {text.text: frozenset([text.label]) for text in accepted}
        observed = [Observed(ref=text.id, text=text.text) for text in new]
        offered = offer_modes(observed, modes, embed)
        each = [offered.offers.get(one) for one in observed]
        return _Sorting(
            first=[next(iter(offer.modes), None) if offer else None for offer in each],
            nearest=[list(offer.nearest) if offer else [] for offer in each],
            tighter=offered.tighter,
        )

    return sort


def _nearest_centroid(accepted: Sequence[Labelled], new: Sequence[Labelled]) -> _Sorting:
    """The plain way: the mode whose accepted texts are nearest, if they are near enough."""
    similarity = lexical_similarity([text.text for text in (*accepted, *new)])
    modes = sorted({text.label for text in accepted})
    holds = np.array([[text.label == mode for mode in modes] for text in accepted], dtype=float)
    count = len(accepted)
    inside = similarity[:count, :count] - np.diag(np.diagonal(similarity)[:count])
    own = ((inside @ holds) / np.maximum(1, holds.sum(axis=0) - holds))[holds > 0]
    near = similarity[count:, :count] @ holds / holds.sum(axis=0)
    enough = near.max(axis=1) >= np.quantile(own, _QUANTILE)
    order = np.argsort(-near, axis=1, kind="stable")
    first = [modes[row[0]] if fits else None for row, fits in zip(order, enough, strict=True)]
    return _Sorting(first=first, nearest=[[modes[at] for at in row[:3]] for row in order])


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / max(1, len(hits))


def _mean(rows: Sequence[OpenFigures]) -> OpenFigures:
    values: NDArray[np.float64] = np.array([list(asdict(row).values()) for row in rows])
    names = [field.name for field in fields(OpenFigures)]
    means = values.mean(axis=0)
    return OpenFigures(
        **{name: round(float(mean), 4) for name, mean in zip(names, means, strict=True)}
    )
