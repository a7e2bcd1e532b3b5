"""Which texts resemble examples: to look first where something is likeliest to be found."""

from __future__ import annotations

from collections.abc import Sequence

from casefiles.clusters.lexical import lexical_similarity

AT_ONCE = 2_000
"""Texts compared at once: the likeness of all pairs takes their square in memory."""


def resemblance(texts: Sequence[str], examples: Sequence[str]) -> list[float]:
    """Return for each text how alike it is to the example it is most alike to, from 0 to 1.

    Alike in wording (`casefiles.clusters.lexical`); without examples nothing is alike.
    """
    if not examples:
        return [0.0] * len(texts)
    found: list[float] = []
    for start in range(0, len(texts), AT_ONCE):
        some = texts[start : start + AT_ONCE]
        likeness = lexical_similarity([*some, *examples])[: len(some), len(some) :]
        found += likeness.max(axis=1).tolist()
    return found
