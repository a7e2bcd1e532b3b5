"""A review replayed step by step: what its figures were after each commit.

Exact, and quick: a step resolves again only what its files bear on. Notes bear on their own trace;
a mode on every trace judged under a name that its lineage reaches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import Judgements, Resolver, Settled, Standing, settle
from casefiles.documents.mode import Mode
from casefiles.documents.note import Note
from casefiles.documents.paths import ADJUDICATED
from casefiles.documents.proposal import Proposal
from casefiles.insight.figures import is_one_off, rows_of
from casefiles.insight.frame import Unit
from casefiles.insight.incidence import Incidence
from casefiles.insight.richness import coverage, coverage_low

Key = tuple[str, str]
"""(annotator, trace reference)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The documents that one commit changed; None for those it removed."""

    notes: Mapping[Key, Note | None]
    """By annotator and trace."""
    modes: Mapping[str, Mode | None]
    """By id."""
    proposals: Mapping[str, Proposal | None]
    """By name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The figures after a step, as they were then."""

    units: int
    """T: units reviewed."""
    modes: int
    """Modes of the taxonomy of that moment that some unit shows."""
    uncoded: int
    """Failing units that no mode covered then."""
    active: int
    """Modes in use."""
    coverage: float | None
    """Estimated coverage; None: not estimable."""
    coverage_low: float | None
    """Its one-sided 95 % lower bound."""


class Replay:
    """The state of a review, moved on by steps."""

    def __init__(self, unit_of: Mapping[str, str], *, is_judge: Callable[[str], bool]) -> None:
        """Begin with nothing.

        ``unit_of`` maps the traces that count to their units; ``is_judge`` tells whether an
        annotator's notes count as a person's.
        """
        self.modes: dict[str, Mode] = {}
        self._unit_of = unit_of
        self._is_judge = is_judge
        self._traces: dict[str, list[str]] = {}
        for trace, unit in sorted(unit_of.items()):
            self._traces.setdefault(unit, []).append(trace)
        self._notes: dict[str, dict[str, Note]] = {}
        self._labelled: dict[str, set[Key]] = {}
        self._proposals: dict[str, Proposal] = {}
        self._resolver = Resolver({}, ())
        self._corpus = Corpus()
        self._said: dict[Key, dict[str, Standing]] = {}
        self._settled: dict[Key, Settled] = {}
        self._by: dict[Key, dict[str, Standing]] = {}
        self._rows: dict[str, frozenset[str]] = {}
        self._counts: Counter[str] = Counter()

    def step(self, step: Step) -> frozenset[str]:
        """Take one commit's changes in; return the units that became reviewed, or ceased to be."""
        touched = {key for key in step.notes if key[1] in self._unit_of}
        for key in touched:
            self._note(key, step.notes[key])
        if step.modes or step.proposals:
            touched |= self._taxonomy(step)
        changed = {trace for key in touched for trace in self._resolve(key)}
        changed |= {trace for _, trace in touched}
        units = {self._unit_of[trace] for trace in changed}
        before = {unit for unit in units if unit in self._rows}
        for unit in units:
            self._count(unit)
        return frozenset(before ^ {unit for unit in units if unit in self._rows})

    def moment(self) -> Moment:
        """Return the figures as they are now."""
        seen = self._incidence()
        one_offs = sum(map(is_one_off, seen.counts))
        return Moment(
            units=seen.units,
            modes=seen.modes - one_offs,
            uncoded=one_offs,
            active=len(self._corpus.active_modes),
            coverage=coverage(seen),
            coverage_low=coverage_low(seen),
        )

    def _note(self, key: Key, note: Note | None) -> None:
        annotator, trace = key
        old = self._notes.get(trace, {}).pop(annotator, None)
        for name in old.labels if old else ():
            self._labelled[name].discard(key)
        if note is None or not (self._is_judge(annotator) or annotator == ADJUDICATED):
            return
        self._notes.setdefault(trace, {})[annotator] = note
        for name in note.labels:
            self._labelled.setdefault(name, set()).add(key)

    def _taxonomy(self, step: Step) -> set[Key]:
        """Take modes and proposals in; return the annotators' traces on which they may bear."""
        old_codes, old_modes = self._resolver.codes, dict(self.modes)
        _update(self.modes, step.modes)
        _update(self._proposals, step.proposals)
        self._resolver = Resolver(dict(self.modes), self._proposals.values())
        self._corpus = Corpus(modes=dict(self.modes))
        names = _lineage(set(step.modes), (old_modes, self.modes))
        keys = {key for name in names for key in self._labelled.get(name, ())}
        codes = self._resolver.codes
        keys |= {
            key
            for key in old_codes.keys() | codes.keys()
            if old_codes.get(key) != codes.get(key)
            or any(code.mode in names for code in codes.get(key, ()))
        }
        return {key for key in keys if key[1] in self._unit_of and self._counts_as_judge(key[0])}

    def _counts_as_judge(self, annotator: str) -> bool:
        return annotator == ADJUDICATED or self._is_judge(annotator)

    def _resolve(self, key: Key) -> Iterable[str]:
        """Settle again what one annotator says of one trace."""
        annotator, trace = key
        note = self._notes.get(trace, {}).get(annotator)
        old = self._said.pop(key, {})
        new = {
            mode: self._resolver.standing(annotator, trace, note, mode)
            for mode in self._resolver.touched(annotator, trace, note)
        }
        if new:
            self._said[key] = new
        for mode in old.keys() | new.keys():
            self._settle(annotator, (trace, mode), new.get(mode))
        return (trace,) if old != new else ()

    def _settle(self, annotator: str, place: Key, standing: Standing | None) -> None:
        by = self._by.setdefault(place, {})
        by.pop(annotator, None)
        if standing is not None:
            by[annotator] = standing
        if by:
            self._settled[place] = settle(by)
        else:
            self._settled.pop(place, None)
            del self._by[place]

    def _count(self, unit: str) -> None:
        """Count again what one unit shows."""
        self._counts.subtract(self._rows.pop(unit, ()))
        reviewed = tuple(trace for trace in self._traces[unit] if self._reviews(trace))
        if not reviewed:
            return
        found = Unit(
            name=unit,
            traces=tuple(self._traces[unit]),
            reviewed=reviewed,
            first_reviewed=None,
            fails=any(note.fails for trace in reviewed for note in self._reviews(trace)),
            random=False,
            stratum=None,
        )
        judgements = Judgements(resolver=self._resolver, settled=self._settled)
        self._rows[unit] = rows_of(found, self._corpus, judgements)
        self._counts.update(self._rows[unit])

    def _reviews(self, trace: str) -> list[Note]:
        notes = self._notes.get(trace, {}).items()
        return [note for annotator, note in notes if annotator != ADJUDICATED and note.reviews]

    def _incidence(self) -> Incidence:
        counts = {mode: count for mode, count in self._counts.items() if count > 0}
        frequencies = Counter(counts.values())
        return Incidence(
            units=len(self._rows),
            counts=MappingProxyType(dict(sorted(counts.items()))),
            incidences=sum(counts.values()),
            modes=len(counts),
            uniques=frequencies[1],
            duplicates=frequencies[2],
            discoverers=0,  # no figure of a moment is made from it
        )


class Today:
    """How many of today's modes the units reviewed so far show, by today's judgements of them."""

    def __init__(self, rows: Mapping[str, frozenset[str]], modes: Mapping[str, Mode]) -> None:
        """Begin with no unit; ``rows`` maps a unit to what `figures` says it shows now."""
        self._rows = rows
        self._children: dict[str, set[str]] = {}
        for id_, mode in modes.items():
            if mode.split_from is not None and mode.status == "active":
                self._children.setdefault(mode.split_from.mode, set()).add(id_)
        self._counts: Counter[str] = Counter()
        self._units: set[str] = set()

    def change(self, units: Iterable[str]) -> None:
        """Add each unit, or take it away if it was there."""
        for unit in units:
            if unit in self._units:
                self._units.discard(unit)
                self._counts.subtract(self._rows.get(unit, ()))
            else:
                self._units.add(unit)
                self._counts.update(self._rows.get(unit, ()))

    def modes(self) -> tuple[int, int]:
        """Return the fewest and the most modes there may be.

        They differ where a unit was judged before its mode was split: it shows one of the children
        at least, and each such unit may show another one.
        """
        seen = {name for name, count in self._counts.items() if count > 0 and not is_one_off(name)}
        low = high = len(seen - self._children.keys())
        for parent in seen & self._children.keys():
            children = self._children[parent]
            known = len(children & seen)
            low += known == 0
            high += min(self._counts[parent], len(children) - known)
        return low, high


def _update(known: dict[str, Any], changes: Mapping[str, Any]) -> None:
    for name, record in changes.items():
        if record is None:
            known.pop(name, None)
        else:
            known[name] = record


def _lineage(changed: set[str], taxonomies: Iterable[Mapping[str, Mode]]) -> set[str]:
    """Every name that a rename, merge or split connects with the changed modes."""
    links: dict[str, set[str]] = {}
    for modes in taxonomies:
        for id_, mode in modes.items():
            near = {*mode.aliases, *(v.mode for v in (*mode.merged_from, *mode.split_into))}
            near |= {v.mode for v in (mode.merged_into, mode.split_from) if v is not None}
            for name in near:
                links.setdefault(id_, set()).add(name)
                links.setdefault(name, set()).add(id_)
    reached, ahead = set(changed), list(changed)
    while ahead:
        new = links.get(ahead.pop(), set()) - reached
        reached |= new
        ahead += new
    return reached
