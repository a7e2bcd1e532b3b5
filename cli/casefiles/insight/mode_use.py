"""Failure modes against kinds of use: where a mode is common, and where too little is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import Judgements, Settled
from casefiles.insight.frame import Unit
from casefiles.insight.prevalence import Interval, wilson

ENOUGH = 10
"""Judged units from which a share is worth a look (statistics.md: at least 10 per stratum)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeUse:
    """One mode among the units of one value of a dimension."""

    mode: str
    """Id of the mode."""
    value: str
    """The dimension's value."""
    yes: int
    """Units that show the mode."""
    judged: int
    """Units settled as yes or no."""
    unjudged: int
    """Reviewed units nobody judged for it."""
    disputed: int
    """Units on which annotators contradict each other; in no rate."""
    interval: Interval | None
    """Share of the judged with 95 % limits (Wilson); None until every unit is judged or disputed:
    a share of those looked at first says little."""

    @property
    def thin(self) -> bool:
        """Whether fewer than ENOUGH units were judged."""
        return self.judged < ENOUGH


def mode_uses(
    corpus: Corpus,
    judgements: Judgements,
    units: Sequence[Unit],
    dimensions: Mapping[str, Sequence[str]],
) -> Mapping[str, tuple[ModeUse, ...]]:
    """Count active modes among the units of each value: dimension to mode_uses, mode by mode.

    ``units`` are reviewed ones; ``dimensions`` are dimensions with the values to count. A unit
    counts for every value that one of its traces has.
    """
    settled = {
        mode: [judgements.of_unit(unit.reviewed, mode) for unit in units]
        for mode in corpus.active_modes
    }
    found = {}
    for dimension, values in dimensions.items():
        along = [values_of(corpus, unit, dimension) for unit in units]
        found[dimension] = tuple(
            _mode_use(mode, value, [s for s, had in zip(given, along, strict=True) if value in had])
            for mode, given in settled.items()
            for value in values
        )
    return found


def values_of(corpus: Corpus, unit: Unit, dimension: str) -> frozenset[str]:
    """Return the values a unit's traces have along a dimension."""
    found = (corpus.traces[trace].dimensions.get(dimension) for trace in unit.traces)
    return frozenset(value for value in found if value is not None)


def _mode_use(mode: str, value: str, settled: Sequence[Settled]) -> ModeUse:
    yes = sum(found.value == "yes" for found in settled)
    judged = sum(found.value is not None for found in settled)
    disputed = sum(found.disputed for found in settled)
    unjudged = len(settled) - judged - disputed
    return ModeUse(
        mode=mode,
        value=value,
        yes=yes,
        judged=judged,
        unjudged=unjudged,
        disputed=disputed,
        interval=wilson(yes, judged) if judged and not unjudged else None,
    )
