"""round.yaml: how the traces of a round were drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast, get_args

from casefiles.documents.fields import Source
from casefiles.documents.problem import Problem
from casefiles.text import emit
from casefiles.text.yaml_tree import Plain

Drawn = Literal["random", "stratified", "targeted", "synthetic"]
DRAWN: tuple[Drawn, ...] = get_args(Drawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One batch of traces and how it came about."""

    source: str | None = None
    """``queries`` or the file imported."""
    drawn: Drawn | None = None
    """How the traces were chosen; only random and stratified ones speak for production."""
    seed: int | None = None
    """Seed of the draw."""
    population: int | None = None
    """How many traces there were to draw from."""
    strata: Mapping[str, float] = field(default_factory=dict)
    """Stratum to its share of the population (weights)."""
    target: str | None = None
    """The target it ran through."""
    app_version: str | None = None
    """The application's version."""
    supersedes: tuple[str, ...] = ()
    """Rounds whose queries it repeats; they leave the figures."""
    extra: Mapping[str, Plain] = field(default_factory=dict)
    """Keys this version does not know; kept."""


def parse(text: str, path: str) -> tuple[Round | None, tuple[Problem, ...]]:
    """Read round.yaml; None if it cannot be relied on."""
    source = Source(path, text)
    fields = source.yaml()
    if fields is None:
        return None, tuple(source.problems)
    strata = fields.inner("strata")
    weights = {key: strata.number(key) for key in strata.keys} if strata else {}
    found = Round(
        source=fields.text("source"),
        drawn=cast("Drawn | None", fields.choice("drawn", DRAWN)),
        seed=fields.integer("seed"),
        population=fields.integer("population"),
        strata={key: weight for key, weight in weights.items() if weight is not None},
        target=fields.text("target"),
        app_version=fields.text("app_version"),
        supersedes=fields.strings("supersedes"),
        extra=fields.extra(),
    )
    return (None if source.broken else found), tuple(source.problems)


def render(found: Round) -> str:
    """Write round.yaml: a pure function of the record, so that shards write the same bytes."""
    keys: dict[str, emit.Emittable | None] = {
        "source": found.source,
        "drawn": found.drawn,
        "seed": found.seed,
        "population": found.population,
        "strata": found.strata,
        "target": found.target,
        "app_version": found.app_version,
        "supersedes": list(found.supersedes),
    }
    known = {key: value for key, value in keys.items() if value not in (None, {}, [])}
    return emit.block({**known, **found.extra})
