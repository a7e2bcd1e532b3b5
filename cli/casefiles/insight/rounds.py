"""The rounds of a review side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from casefiles.documents.corpus import Corpus
from casefiles.documents.paths import round_of
from casefiles.insight.figures import Figures, Prevalence
from casefiles.insight.rows import is_one_off

_NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One mode in two rounds."""

    mode: str
    """Id of the mode."""
    before: Prevalence
    """In the earlier round."""
    now: Prevalence
    """In the later one."""


def in_order(corpus: Corpus) -> tuple[str, ...]:
    """Return the rounds in the order they were made: by their first trace's start, then by name.

    A round whose traces say no time stands by its name among the others, numbers as numbers.
    """
    starts: dict[str, str] = {}
    for trace, head in corpus.traces.items():
        name, started = round_of(trace), head.started
        if started is not None and started < starts.get(name, "~"):
            starts[name] = started
    names = sorted(corpus.round_names(), key=_natural)
    if all(name in starts for name in names):
        names.sort(key=starts.__getitem__)
    return tuple(names)


def new_in(alone: Mapping[str, Figures], round_name: str) -> frozenset[str]:
    """Return the modes that a round shows and no earlier one does.

    ``alone`` holds the figures of each round alone, in order.
    """
    known: set[str] = set()
    for name, figures in alone.items():
        seen = frozenset(mode for row in figures.rows for mode in row if not is_one_off(mode))
        if name == round_name:
            return seen - known
        known |= seen
    return frozenset()


def changes(before: Figures, now: Figures) -> tuple[Change, ...]:
    """Pair the modes of two rounds, those first that are common now."""
    earlier = {found.mode: found for found in before.prevalence}
    return tuple(
        Change(mode=found.mode, before=earlier[found.mode], now=found)
        for found in now.prevalence
        if found.mode in earlier
    )


def _natural(name: str) -> list[str]:
    """``round-10`` comes after ``round-2``."""
    parts = _NUMBER.split(name)
    return [f"{int(part):09}" if part.isdigit() else part for part in parts]
