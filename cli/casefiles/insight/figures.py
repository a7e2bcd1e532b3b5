"""From a corpus to the figures that status and the site show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import NOT_JUDGED, Judgements, Settled
from casefiles.documents.paths import round_of
from casefiles.insight.frame import ENOUGH_RANDOM, Frame, Unit, frame
from casefiles.insight.incidence import incidence
from casefiles.insight.prevalence import Interval, Stratum, korn_graubard, wilson
from casefiles.insight.richness import coverage_low, new_probability, new_probability_by_strata
from casefiles.insight.rows import (
    Heirs,
    Row,
    Shown,
    gathered,
    heirs_in,
    one_off,
    row_of,
)
from casefiles.insight.saturation import Saturation, saturation
from casefiles.insight.strata import Weighting, is_unsaid, weighting
from casefiles.text.names import short_hash

FEW_OF_A_STRATUM = 10
"""Below so many reviewed units a stratum is thin: what is rare in it would not have been seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prevalence:
    """How common one mode is among the counted units."""

    mode: str
    """Id of the mode."""
    yes: int
    """Units that show it."""
    judged: int
    """Units settled as yes or no."""
    unjudged: int
    """Units nobody judged for it (a definition may be newer than the review)."""
    disputed: int
    """Units on which annotators contradict each other; in no rate."""
    stale: int
    """Judged units whose judgement is older than the definition's meaning."""
    interval: Interval | None
    """Rate with 95 % limits; None until every counted unit is judged (or disputed), or every one
    that was drawn at random and no other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSplit:
    """What a split leaves open until the units it concerns are judged again."""

    units: int
    """Units that show a part of a mode, nobody knows which."""
    modes: int
    """Modes seen, if these units were as various as they can be."""
    coverage_low: float | None
    """Lower bound of the coverage in that case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Every number of a report, for one frame."""

    frame: Frame
    """The units they speak of."""
    annotators: Mapping[str, int]
    """Annotator to the number of traces they reviewed."""
    observations: int
    """Open codes in people's notes on the frame's traces."""
    active: int
    """Modes in use."""
    retired: int
    """Tombstones."""
    taxonomy: str
    """Names the taxonomy: the same for the same modes in use at the same versions; empty for
    none."""
    drawn: Mapping[str, int]
    """How traces were chosen to the number of counted units chosen so; ``unknown`` where round.yaml
    does not say, ``queue`` for those that the review queue drew from such a round."""
    rows: tuple[Row, ...]
    """Per counted unit, in review order, the modes it shows; what a split left open is `gathered`
    (`casefiles.insight.rows`)."""
    as_judged: tuple[Row, ...]
    """The rows with the modes as they were judged, before a split."""
    saturation: Saturation
    """Whether anything new is being learned."""
    new_probability: float | None
    """Chance that the next unit shows something new, weighted by the strata; None without units."""
    open_split: OpenSplit | None
    """How much more there may be behind a split; None where nothing is open."""
    caveats: tuple[str, ...]
    """What the figures must not be taken for: ``code: text``."""
    prevalence: tuple[Prevalence, ...]
    """One for each active mode, the commonest first."""
    stale: int
    """Judgements (annotator, trace, mode) made under an older meaning of a definition."""
    uncoded: tuple[str, ...]
    """Names of failing units that no active mode covers."""


def figures(
    corpus: Corpus, judgements: Judgements, rounds: Collection[str] | None = None
) -> Figures:
    """Compute every figure over the given rounds (default: all that are not superseded)."""
    looked_at = frame(corpus, rounds)
    counted, heirs = looked_at.counted, heirs_in(corpus.modes)
    settled = [judgements.unit(unit.reviewed) for unit in counted]
    shown = [row_of(unit, said, heirs) for unit, said in zip(counted, settled, strict=True)]
    rows = gathered(shown, heirs)
    weights = weighting(corpus, counted)
    annotators, observations = _people(corpus, looked_at)
    open_split = _open_split(shown, heirs)
    return Figures(
        frame=looked_at,
        annotators=annotators,
        observations=observations,
        active=len(corpus.active_modes),
        retired=len(corpus.modes) - len(corpus.active_modes),
        taxonomy=_taxonomy(corpus),
        drawn=_drawn(corpus, counted),
        rows=rows,
        as_judged=tuple(shown),
        saturation=saturation(rows, smallest=corpus.config.smallest),
        new_probability=_new_probability(counted, rows, weights),
        open_split=open_split,
        caveats=tuple(_caveats(corpus, looked_at, weights, open_split)),
        prevalence=_prevalences(corpus, counted, settled, weights),
        stale=_stale(judgements, looked_at),
        uncoded=tuple(
            unit.name for unit, row in zip(counted, rows, strict=True) if one_off(unit.name) in row
        ),
    )


def _taxonomy(corpus: Corpus) -> str:
    stands = "\n".join(f"{id_}@{corpus.modes[id_].version}" for id_ in corpus.active_modes)
    return short_hash(stands) if stands else ""


def _drawn(corpus: Corpus, counted: Sequence[Unit]) -> dict[str, int]:
    chosen = Counter(
        corpus.rounds[round_of(unit.traces[0])].drawn or ("queue" if unit.random else "unknown")
        for unit in counted
    )
    return dict(sorted(chosen.items()))


def _people(corpus: Corpus, looked_at: Frame) -> tuple[dict[str, int], int]:
    """Who reviewed how many of the frame's traces, and how many observations they wrote."""
    traces = frozenset(looked_at.traces)
    annotators: Counter[str] = Counter()
    observations = 0
    for annotator, trace, note in corpus.human_notes():
        if trace in traces:
            annotators[annotator] += note.reviews
            observations += len(note.observations)
    return dict(annotators), observations


def _open_split(shown: Sequence[Row], heirs: Heirs) -> OpenSplit | None:
    counted = Shown(heirs, shown)
    open_ones = counted.open_ones()
    if not open_ones:
        return None
    most = counted.most()
    return OpenSplit(
        units=sum(not row.isdisjoint(open_ones) for row in shown),
        modes=most.modes,
        coverage_low=coverage_low(most),
    )


def _new_probability(
    counted: Sequence[Unit], rows: Sequence[Row], weights: Weighting | None
) -> float | None:
    if weights is None:
        return new_probability(incidence(rows))
    cells = [weights.of[unit.name] for unit in counted]
    return new_probability_by_strata(rows, cells, weights.share)


def _prevalences(
    corpus: Corpus,
    counted: Sequence[Unit],
    settled: Sequence[Mapping[str, Settled]],
    weights: Weighting | None,
) -> tuple[Prevalence, ...]:
    said: dict[str, list[tuple[Unit, Settled]]] = {mode: [] for mode in corpus.active_modes}
    for unit, modes in zip(counted, settled, strict=True):
        for mode, found in modes.items():
            if found is not NOT_JUDGED:
                said[mode].append((unit, found))
    found_all = [_prevalence(mode, found, counted, weights) for mode, found in said.items()]
    return tuple(sorted(found_all, key=lambda item: (-item.yes, item.mode)))


def _prevalence(
    mode: str,
    said: Sequence[tuple[Unit, Settled]],
    counted: Sequence[Unit],
    weights: Weighting | None,
) -> Prevalence:
    units, random = len(counted), sum(unit.random for unit in counted)
    judged = [(unit, found) for unit, found in said if found.value is not None]
    disputed = sum(found.disputed for _, found in said)
    unjudged = units - len(judged) - disputed
    is_known = unjudged == 0 or _is_draw(said, random)
    return Prevalence(
        mode=mode,
        yes=sum(found.value == "yes" for _, found in judged),
        judged=len(judged),
        unjudged=unjudged,
        disputed=disputed,
        stale=sum(found.stale for _, found in judged),
        interval=interval(judged, weights) if is_known else None,
    )


def _is_draw(said: Sequence[tuple[Unit, Settled]], random: int) -> bool:
    """Whether the units that were judged are all that were drawn at random, and no other."""
    judged = [unit for unit, found in said if found.value is not None or found.disputed]
    return 0 < len(judged) == random and all(unit.random for unit in judged)


def interval(judged: Sequence[tuple[Unit, Settled]], weights: Weighting | None) -> Interval | None:
    """Korn-Graubard where the units were drawn from weighted strata, else Wilson."""
    if weights is None:
        return wilson(sum(found.value == "yes" for _, found in judged), len(judged))
    n = Counter(weights.of[unit.name] for unit, _ in judged)
    yes = Counter(weights.of[unit.name] for unit, found in judged if found.value == "yes")
    return korn_graubard(
        [Stratum(weight=weight, yes=yes[cell], n=n[cell]) for cell, weight in weights.share.items()]
    )


def _stale(judgements: Judgements, looked_at: Frame) -> int:
    return sum(
        standing.stale and standing.value is not None
        for trace in looked_at.traces
        for found in judgements.by_trace.get(trace, {}).values()
        for standing in found.by.values()
    )


def _caveats(
    corpus: Corpus, looked_at: Frame, weights: Weighting | None, open_split: OpenSplit | None
) -> Iterator[str]:
    counted = looked_at.counted
    if counted and len(looked_at.random) < ENOUGH_RANDOM:
        yield "not-random: describes this set, not production"
    drawn = {corpus.rounds[round_of(trace)].drawn for unit in counted for trace in unit.traces}
    if "synthetic" in drawn:
        yield "synthetic: the queries were written, not drawn from real use"
    if any(unit.first_reviewed is None for unit in counted):
        yield "order-unknown: some notes do not say when they were made"
    if weights and (thin := weights.thin(FEW_OF_A_STRATUM)):
        yield f"thin-strata: fewer than {FEW_OF_A_STRATUM} reviewed in {', '.join(thin)}"
    if is_unsaid(corpus, counted):
        yield "unweighted: not every unit names a stratum that round.yaml weighs; none is weighted"
    if open_split:
        yield (
            f"split-open: {open_split.units} were judged before a split and wait to be judged "
            f"again; there may be {open_split.modes} modes"
        )
