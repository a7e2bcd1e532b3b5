"""Which units the figures speak of: the frame, who reviewed what, and how it was drawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casefiles.documents.corpus import Corpus
from casefiles.documents.paths import round_of

if TYPE_CHECKING:
    from casefiles.documents.note import Note

ENOUGH_RANDOM = 20
"""From so many random units on the figures use only those."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One draw: a session, a query, or a single trace, with all the traces that belong to it."""

    name: str
    """What identifies it (`Corpus.unit_of`)."""
    traces: tuple[str, ...]
    """References of its traces in the frame, sorted."""
    reviewed: tuple[str, ...]
    """Those of them that a person reviewed."""
    first_reviewed: str | None
    """The earliest time of a review, ISO 8601; None if no note says."""
    fails: bool
    """Whether a person saw something go wrong."""
    random: bool
    """Whether it was drawn at random and reviewed for that reason, not picked."""
    stratum: str | None
    """The stratum it was drawn from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """All units of the rounds looked at."""

    rounds: tuple[str, ...]
    """The rounds, sorted."""
    traces: tuple[str, ...]
    """All their traces, sorted."""
    units: tuple[Unit, ...]
    """All their units, sorted by first trace."""

    @property
    def reviewed(self) -> tuple[Unit, ...]:
        """Reviewed units in the order of review; those without a time last, by path."""
        found = [unit for unit in self.units if unit.reviewed]
        return tuple(sorted(found, key=lambda unit: (unit.first_reviewed or "~", unit.traces)))

    @property
    def random(self) -> tuple[Unit, ...]:
        """Reviewed units that were drawn at random, in the order of review."""
        return tuple(unit for unit in self.reviewed if unit.random)

    @property
    def counted(self) -> tuple[Unit, ...]:
        """The units that the figures use: the random ones if there are enough, else all."""
        drawn = self.random
        return drawn if len(drawn) >= ENOUGH_RANDOM else self.reviewed


def frame(corpus: Corpus, rounds: Collection[str] | None = None) -> Frame:
    """Lay out the frame: the given rounds, else all but superseded ones.

    Traces whose simulated user broke (``sim_fault``) are in no figure.
    """
    superseded = corpus.superseded_rounds()
    chosen = [
        name
        for name in corpus.round_names()
        if (name in rounds if rounds else name not in superseded)
    ]
    notes = _human_notes(corpus)
    faulty = {trace for trace, found in notes.items() if any(note.sim_fault for note in found)}
    traces = [
        trace
        for trace in sorted(corpus.traces)
        if round_of(trace) in chosen and trace not in faulty
    ]
    whole = _wholly_reviewed(corpus, traces, notes)
    members: dict[str, list[str]] = {}
    for trace in traces:
        members.setdefault(corpus.unit_of(trace), []).append(trace)
    units = tuple(_unit(corpus, name, found, notes, whole) for name, found in members.items())
    return Frame(rounds=tuple(chosen), traces=tuple(traces), units=units)


def _human_notes(corpus: Corpus) -> dict[str, list[Note]]:
    notes: dict[str, list[Note]] = {}
    for _, trace, note in corpus.human_notes():
        notes.setdefault(trace, []).append(note)
    return notes


def _wholly_reviewed(
    corpus: Corpus, traces: list[str], notes: Mapping[str, list[Note]]
) -> frozenset[str]:
    """Rounds drawn at random of which every trace is reviewed."""
    random = {name for name, r in corpus.rounds.items() if r.drawn in ("random", "stratified")}
    missing = {
        round_of(trace)
        for trace in traces
        if not any(note.reviews for note in notes.get(trace, ()))
    }
    return frozenset(random - missing)


def _unit(
    corpus: Corpus,
    name: str,
    traces: list[str],
    notes: Mapping[str, list[Note]],
    whole: frozenset[str],
) -> Unit:
    found = {trace: [n for n in notes.get(trace, ()) if n.reviews] for trace in traces}
    reviews = [note for given in found.values() for note in given]
    times = sorted(note.reviewed for note in reviews if note.reviewed)
    strata = [head.stratum for trace in traces if (head := corpus.traces[trace]).stratum]
    return Unit(
        name=name,
        traces=tuple(traces),
        reviewed=tuple(trace for trace, given in found.items() if given),
        first_reviewed=times[0] if times else None,
        fails=any(note.fails for note in reviews),
        random=bool(reviews)
        and (
            any(note.drawn == "random" for note in reviews)
            or all(round_of(trace) in whole for trace in traces)
        ),
        stratum=strata[0] if strata else None,
    )
