"""From a corpus to the figures that status and the site show."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import Judgements, Settled
from casefiles.documents.paths import round_of
from casefiles.insight.frame import ENOUGH_RANDOM, Frame, Unit, frame
from casefiles.insight.prevalence import Interval, Stratum, korn_graubard, wilson
from casefiles.insight.saturation import Saturation, saturation


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
    """Rate with 95 % limits; None until every counted unit is judged (or disputed)."""


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
    rows: tuple[frozenset[str], ...]
    """Per counted unit, in review order, the modes it shows; see `rows_of`."""
    saturation: Saturation
    """Whether anything new is being learned."""
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
    counted = looked_at.counted
    rows = tuple(rows_of(unit, corpus, judgements) for unit in counted)
    notes = [item for item in corpus.human_notes() if item[1] in set(looked_at.traces)]
    annotators: dict[str, int] = {}
    for annotator, _, note in notes:
        annotators[annotator] = annotators.get(annotator, 0) + note.reviews
    return Figures(
        frame=looked_at,
        annotators=annotators,
        observations=sum(len(note.observations) for _, _, note in notes),
        active=len(corpus.active_modes),
        retired=len(corpus.modes) - len(corpus.active_modes),
        rows=rows,
        saturation=saturation(rows, smallest=corpus.config.smallest),
        caveats=_caveats(corpus, looked_at),
        prevalence=_prevalences(corpus, judgements, counted),
        stale=_stale(judgements, looked_at),
        uncoded=tuple(
            unit.name for unit, row in zip(counted, rows, strict=True) if _one_off(unit) in row
        ),
    )


def rows_of(unit: Unit, corpus: Corpus, judgements: Judgements) -> frozenset[str]:
    """Return what a unit shows, for saturation.

    An active mode counts if the unit is settled as yes, or disputed: somebody saw it. A yes that
    a split left open counts for the parent, since a split discovers nothing. A failing unit with
    none of these counts as a mode of its own, so that notes nobody clustered hold the state back.
    """
    settled = {mode: judgements.of_unit(unit.reviewed, mode) for mode in corpus.active_modes}
    shown = {mode for mode, found in settled.items() if found.value == "yes" or found.disputed}
    for mode, found in settled.items():
        parent = corpus.modes[mode].split_from
        if found.unresolved and parent is not None:
            shown.add(parent.mode)
    if not shown and unit.fails:
        shown.add(_one_off(unit))
    return frozenset(shown)


def _one_off(unit: Unit) -> str:
    return f"uncoded {unit.name}"


def is_one_off(shown: str) -> bool:
    """Whether what a row shows is a failing unit that no mode covers; ids hold no blank."""
    return shown.startswith("uncoded ")


def _prevalences(
    corpus: Corpus, judgements: Judgements, counted: tuple[Unit, ...]
) -> tuple[Prevalence, ...]:
    found = [_prevalence(corpus, judgements, counted, mode) for mode in corpus.active_modes]
    return tuple(sorted(found, key=lambda item: (-item.yes, item.mode)))


def _prevalence(
    corpus: Corpus, judgements: Judgements, counted: tuple[Unit, ...], mode: str
) -> Prevalence:
    settled = [(unit, judgements.of_unit(unit.reviewed, mode)) for unit in counted]
    judged = [(unit, found) for unit, found in settled if found.value is not None]
    yes = sum(found.value == "yes" for _, found in judged)
    disputed = sum(found.disputed for _, found in settled)
    unjudged = len(settled) - len(judged) - disputed
    return Prevalence(
        mode=mode,
        yes=yes,
        judged=len(judged),
        unjudged=unjudged,
        disputed=disputed,
        stale=sum(found.stale for _, found in judged),
        interval=_interval(corpus, judged) if unjudged == 0 else None,
    )


def _interval(corpus: Corpus, judged: list[tuple[Unit, Settled]]) -> Interval | None:
    """Korn-Graubard where every unit was drawn from a weighted stratum, else Wilson."""
    weights = _weights(corpus, [unit for unit, _ in judged])
    if weights is None:
        return wilson(sum(found.value == "yes" for _, found in judged), len(judged))
    strata = []
    for name, weight in weights.items():
        drawn = [found.value == "yes" for unit, found in judged if unit.stratum == name]
        strata.append(Stratum(weight=weight, yes=sum(drawn), n=len(drawn)))
    return korn_graubard(strata)


def _weights(corpus: Corpus, units: list[Unit]) -> Mapping[str, float] | None:
    """The strata's weights if the units come from rounds that all have the same ones."""
    found = [corpus.rounds[round_of(trace)].strata for unit in units for trace in unit.traces]
    if not found or not found[0] or any(strata != found[0] for strata in found):
        return None
    return found[0] if all(unit.stratum in found[0] for unit in units) else None


def _stale(judgements: Judgements, looked_at: Frame) -> int:
    traces = set(looked_at.traces)
    return sum(
        standing.stale and standing.value is not None
        for (trace, _), found in judgements.settled.items()
        if trace in traces
        for standing in found.by.values()
    )


def _caveats(corpus: Corpus, looked_at: Frame) -> tuple[str, ...]:
    counted = looked_at.counted
    caveats = []
    if counted and len(looked_at.random) < ENOUGH_RANDOM:
        caveats.append("not-random: describes this set, not production")
    drawn = {corpus.rounds[round_of(trace)].drawn for unit in counted for trace in unit.traces}
    if "synthetic" in drawn:
        caveats.append("synthetic: the queries were written, not drawn from real use")
    if any(unit.first_reviewed is None for unit in counted):
        caveats.append("order-unknown: some notes do not say when they were made")
    thin = _thin_strata(corpus, counted)
    if thin:
        caveats.append(f"thin-strata: fewer than 10 reviewed in {', '.join(thin)}")
    return tuple(caveats)


def _thin_strata(corpus: Corpus, counted: tuple[Unit, ...]) -> list[str]:
    weights = _weights(corpus, list(counted)) or {}
    return sorted(name for name in weights if sum(u.stratum == name for u in counted) < 10)
