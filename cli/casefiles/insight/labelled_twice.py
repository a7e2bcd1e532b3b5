"""What several annotators say of the same traces, side by side: labels only, never codes.

A code says "this observation shows this mode" and nothing of the traces without one, so it cannot
agree or disagree. Counted are labels under today's definition, made without seeing the others'.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import Answer, Resolver
from casefiles.documents.note import Note
from casefiles.documents.paths import ADJUDICATED, round_of
from casefiles.insight.agreement import (
    ENOUGH,
    Draw,
    Fourfold,
    Spread,
    bootstrap,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    masi,
    positive_agreement,
)

Said = Mapping[str, Mapping[str, Answer]]
"""Trace to annotator to their answer, for one mode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two annotators' answers on one mode."""

    annotators: tuple[str, str]
    """Their names, sorted; the first one is the table's first."""
    table: Fourfold
    """What they said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeAgreement:
    """How far annotators judge one mode alike."""

    mode: str
    """Its id."""
    traces: int
    """Traces that two or more judged."""
    positives: int
    """Those of them in which somebody says yes; below `ENOUGH` no coefficient is given."""
    pairs: tuple[Pair, ...]
    """Every two annotators who judged a trace in common."""
    positive: float | None = None
    """Positive agreement, over all pairs."""
    spread: Spread | None = None
    """What that might as well have been."""
    alpha: float | None = None
    """Krippendorff's alpha."""
    ac1: float | None = None
    """Gwet's AC1."""
    kappa: float | None = None
    """Cohen's kappa of two annotators, Fleiss' of more; for comparison with other studies."""

    @property
    def table(self) -> Fourfold:
        """All pairs counted together."""
        return sum((pair.table for pair in self.pairs), Fourfold())


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """One trace on which annotators contradict each other."""

    mode: str
    """Id of the mode."""
    trace: str
    """Reference of the trace."""
    said: Mapping[str, Answer]
    """Annotator to answer."""
    settled: Answer | None
    """What was adjudicated; None: open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """All annotators of a workspace, side by side."""

    annotators: tuple[str, ...]
    """Those whose labels are compared."""
    traces: int
    """Traces with labels of two or more."""
    random: int
    """Those of them that the queue gave to all who labelled them, in random order."""
    modes: tuple[ModeAgreement, ...]
    """One for each active mode."""
    sets: int
    """Traces that two or more judged for every active mode."""
    sets_alpha: float | None
    """Krippendorff's alpha of whole label sets, with MASI as distance."""
    disagreements: tuple[Disagreement, ...]
    """By mode, then trace."""
    not_blind: int
    """Labels on traces that others labelled, left out for they were not made blind."""
    stale: int
    """Labels left out because the definition changed since."""
    blind_only: bool
    """Whether only labels made blind are counted."""


def compare(
    corpus: Corpus,
    draw: Draw,
    *,
    modes: Sequence[str] = (),
    rounds: Sequence[str] = (),
    blind_only: bool = True,
) -> Agreement:
    """Compare annotators on the traces they have in common.

    ``modes`` none: all active ones; ``rounds`` none: all that are not superseded. ``draw`` draws
    the resamples of the intervals.
    """
    notes = _notes(corpus, rounds)
    counted = {key: note for key, note in notes.items() if note.blind or not blind_only}
    resolver = Resolver(corpus.modes, ())  # no proposal: no codes
    reader = _Reader(resolver=resolver, notes=_common(counted))
    wanted = tuple(modes) or corpus.active_modes
    said = {mode: reader.said(mode) for mode in wanted}
    sets = _sets(said)
    return Agreement(
        annotators=tuple(sorted({who for who, _ in reader.notes})),
        traces=len({trace for _, trace in reader.notes}),
        random=reader.random(),
        modes=tuple(_mode(corpus, mode, said[mode], draw) for mode in wanted),
        sets=len(sets),
        sets_alpha=krippendorff_alpha(sets, masi),
        disagreements=tuple(_disagreements(corpus, resolver, said)),
        not_blind=sum(
            len(note.labels) for key, note in _common(notes).items() if key not in counted
        ),
        stale=reader.stale(wanted),
        blind_only=blind_only,
    )


Notes = Mapping[tuple[str, str], Note]


def _notes(corpus: Corpus, rounds: Sequence[str]) -> Notes:
    """People's notes with labels in the frame; not those on broken simulated users."""
    left_out = corpus.superseded_rounds() if not rounds else frozenset[str]()
    notes = list(corpus.human_notes())
    faulty = {trace for _, trace, note in notes if note.sim_fault}
    return {
        (who, trace): note
        for who, trace, note in notes
        if note.labels
        and trace not in faulty
        and round_of(trace) not in left_out
        and (not rounds or round_of(trace) in rounds)
    }


def _common(notes: Notes) -> Notes:
    """Notes on traces that two or more annotators have labelled."""
    labelled = Counter(trace for _, trace in notes)
    return {key: note for key, note in notes.items() if labelled[key[1]] > 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads labels, and labels only, under today's taxonomy."""

    resolver: Resolver
    notes: Notes

    def _standings(self, mode: str) -> Iterator[tuple[str, str, Answer, bool]]:
        for (who, trace), note in self.notes.items():
            standing = self.resolver.standing(who, trace, note, mode)
            if standing.value is not None:
                yield who, trace, standing.value, standing.stale

    def said(self, mode: str) -> Said:
        """What two or more said, under the present definition."""
        found: dict[str, dict[str, Answer]] = {}
        for who, trace, value, stale in self._standings(mode):
            if not stale:
                found.setdefault(trace, {})[who] = value
        return {trace: by for trace, by in sorted(found.items()) if len(by) > 1}

    def stale(self, modes: Iterable[str]) -> int:
        return sum(stale for mode in modes for _, _, _, stale in self._standings(mode))

    def random(self) -> int:
        picked = {trace for (_, trace), note in self.notes.items() if note.drawn != "random"}
        return len({trace for _, trace in self.notes} - picked)


def _mode(corpus: Corpus, mode: str, said: Said, draw: Draw) -> ModeAgreement:
    pairs = tuple(_pairs(said))
    positives = sum("yes" in by.values() for by in said.values())
    if positives < ENOUGH:
        return ModeAgreement(mode=mode, traces=len(said), positives=positives, pairs=pairs)
    units = [list(by.values()) for by in said.values()]
    table = sum((pair.table for pair in pairs), Fourfold())
    return ModeAgreement(
        mode=mode,
        traces=len(said),
        positives=positives,
        pairs=pairs,
        positive=positive_agreement(table),
        spread=bootstrap(_by_unit(corpus, said), _positive, draw),
        alpha=krippendorff_alpha(units),
        ac1=gwet_ac1(units),
        kappa=_kappa(table) if len(pairs) == 1 else fleiss_kappa(units),
    )


def _pairs(said: Said) -> Iterator[Pair]:
    tables: dict[tuple[str, str], Fourfold] = {}
    for by in said.values():
        for first, second in combinations(sorted(by), 2):
            one = _counted(by[first], by[second])
            tables[first, second] = tables.get((first, second), Fourfold()) + one
    for names, table in sorted(tables.items()):
        yield Pair(annotators=names, table=table)


def _counted(first: Answer, second: Answer) -> Fourfold:
    return Fourfold(
        both=first == second == "yes",
        first=first == "yes" != second,
        second=second == "yes" != first,
        neither=first == second == "no",
    )


def _by_unit(corpus: Corpus, said: Said) -> list[Fourfold]:
    """The tables of what was drawn independently: traces of one session or query are not."""
    units: dict[str, Fourfold] = {}
    for trace, by in said.items():
        unit = corpus.unit_of(trace)
        for pair in _pairs({trace: by}):
            units[unit] = units.get(unit, Fourfold()) + pair.table
    return list(units.values())


def _positive(tables: Sequence[Fourfold]) -> float | None:
    return positive_agreement(
        Fourfold(
            both=sum(table.both for table in tables),
            first=sum(table.first for table in tables),
            second=sum(table.second for table in tables),
        )
    )


def _kappa(table: Fourfold) -> float | None:
    return cohen_kappa([[table.both, table.first], [table.second, table.neither]])


def _sets(said: Mapping[str, Said]) -> list[list[frozenset[str]]]:
    """The whole sets of modes that annotators gave to each trace, where two judged all."""
    given: dict[str, dict[str, set[str]]] = {}
    answers: dict[tuple[str, str], int] = {}
    for mode, by_trace in said.items():
        for trace, by in by_trace.items():
            for who, value in by.items():
                answers[trace, who] = answers.get((trace, who), 0) + 1
                modes = given.setdefault(trace, {}).setdefault(who, set())
                modes |= {mode} if value == "yes" else set()
    units = [
        [frozenset(modes) for who, modes in by.items() if answers[trace, who] == len(said)]
        for trace, by in given.items()
    ]
    return [unit for unit in units if len(unit) > 1]


def _disagreements(
    corpus: Corpus, resolver: Resolver, said: Mapping[str, Said]
) -> Iterator[Disagreement]:
    for mode, by_trace in said.items():
        for trace, by in by_trace.items():
            if len(set(by.values())) > 1:
                settled = corpus.notes.get((ADJUDICATED, trace))
                value = resolver.standing(ADJUDICATED, trace, settled, mode).value
                yield Disagreement(mode=mode, trace=trace, said=by, settled=value)
