"""How the units of a frame stand for the population: strata with the weights of round.yaml."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from casefiles.documents.corpus import Corpus
from casefiles.documents.paths import round_of
from casefiles.insight.frame import Unit

Cell = tuple[str, str]
"""(round, stratum); the stratum is empty where a round was drawn from the whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighting:
    """Cells that units were drawn from at random, each with its share of the population."""

    of: Mapping[str, Cell]
    """Name of a unit to its cell."""
    share: Mapping[Cell, float]
    """Cell to its share; they sum to 1."""

    def thin(self, fewest: int) -> tuple[str, ...]:
        """Names of the strata from which fewer than ``fewest`` units come, sorted."""
        drawn = Counter(self.of.values())
        return tuple(sorted(f"{r}/{s}" for r, s in self.share if s and drawn[r, s] < fewest))


def weighting(corpus: Corpus, units: Sequence[Unit]) -> Weighting | None:
    """Weigh units by the strata of their rounds; None where no round has strata, or one is unsaid.

    A round counts by the number of its units, since each is a draw from the same population; within
    a round a stratum counts by its weight in round.yaml. A unit with traces in several rounds
    belongs to that of its first trace.
    """
    if not any(corpus.rounds[name].strata for name in {_round(unit) for unit in units}):
        return None
    of = {unit.name: _cell(corpus, unit) for unit in units}
    sizes = Counter(_round(unit) for unit in units)
    share: dict[Cell, float] = {}
    for name, size in sizes.items():
        strata = corpus.rounds[name].strata or {"": 1.0}
        whole = sum(strata.values())
        for stratum, weight in strata.items():
            if weight > 0:
                share[name, stratum] = size / len(units) * weight / whole
    said = all(cell in share for cell in of.values())
    return Weighting(of=of, share=share) if said else None


def is_unsaid(corpus: Corpus, units: Sequence[Unit]) -> bool:
    """Whether some round has weights that cannot be used: a unit's stratum is not among them."""
    stratified = any(corpus.rounds[_round(unit)].strata for unit in units)
    return stratified and weighting(corpus, units) is None


def _cell(corpus: Corpus, unit: Unit) -> Cell:
    name = _round(unit)
    return (name, unit.stratum or "") if corpus.rounds[name].strata else (name, "")


def _round(unit: Unit) -> str:
    return round_of(unit.traces[0])
