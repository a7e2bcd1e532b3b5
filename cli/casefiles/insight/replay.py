"""A review replayed step by step: what its figures were after each commit.

Exact, and quick: a step resolves again only what its files bear on. Notes bear on their own trace;
a mode that moves in the taxonomy on every trace judged under a name that its lineage reaches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from casefiles.documents.judgements import Judgements, Resolver, Settled, Standing, settle
from casefiles.documents.mode import Mode
from casefiles.documents.note import Note
from casefiles.documents.paths import ADJUDICATED
from casefiles.documents.proposal import Proposal
from casefiles.insight.frame import Unit
from casefiles.insight.richness import coverage, coverage_low
from casefiles.insight.rows import Row, Shown, heirs_in, row_of

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
    notes: int
    """Notes that people had written."""
    labels: int
    """Labels in them: triples of annotator, trace and mode."""
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


NOTHING = Moment(
    units=0, notes=0, labels=0, modes=0, uncoded=0, active=0, coverage=None, coverage_low=None
)


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
        self._written: Counter[str] = Counter()
        self._labelled: dict[str, set[Key]] = {}
        self._proposals: dict[str, Proposal] = {}
        self._resolver = Resolver({}, ())
        self._standings: dict[str, dict[str, dict[str, Standing]]] = {}  # trace, annotator, mode
        self._settled: dict[str, dict[str, Settled]] = {}
        self._rows: dict[str, Row] = {}
        self._shown = Shown(heirs_in({}))

    def step(self, step: Step) -> frozenset[str]:
        """Take one commit's changes in; return the units that became reviewed, or ceased to be."""
        noted = {key for key in step.notes if key[1] in self._unit_of}
        for key in noted:
            self._note(key, step.notes[key])
        judged = noted | self._taxonomy(step)
        changed = {trace for annotator, trace in judged if self._resolve(annotator, trace)}
        changed |= {trace for _, trace in noted}
        units = {self._unit_of[trace] for trace in changed}
        before = {unit for unit in units if unit in self._rows}
        for unit in units:
            self._count(unit)
        return frozenset(before ^ {unit for unit in units if unit in self._rows})

    def moment(self) -> Moment:
        """Return the figures as they are now."""
        seen = self._shown.fewest()
        return Moment(
            units=seen.units,
            notes=self._written["notes"],
            labels=self._written["labels"],
            modes=seen.modes - self._shown.one_offs,
            uncoded=self._shown.one_offs,
            active=sum(mode.status == "active" for mode in self.modes.values()),
            coverage=coverage(seen),
            coverage_low=coverage_low(seen),
        )

    def _note(self, key: Key, note: Note | None) -> None:
        """Take one version of a note in the place of the one before."""
        annotator, trace = key
        if not self._may_judge(annotator):
            return
        given = self._notes.setdefault(trace, {})
        old = given.pop(annotator, None)
        for name in old.labels if old else ():
            self._labelled[name].discard(key)
        if note is not None:
            given[annotator] = note
        for name in note.labels if note else ():
            self._labelled.setdefault(name, set()).add(key)
        if annotator != ADJUDICATED:
            self._written.subtract(_written(old))
            self._written.update(_written(note))

    def _taxonomy(self, step: Step) -> set[Key]:
        """Take modes and proposals in; return the judgements on which they may bear.

        All that a redefinition changes is whether judgements are stale, and no figure here asks.
        """
        moved = {id_ for id_, mode in step.modes.items() if _moves(self.modes.get(id_), mode)}
        old_codes, old_modes = self._resolver.codes, dict(self.modes) if moved else {}
        _update(self.modes, step.modes)
        _update(self._proposals, step.proposals)
        if not moved and not step.proposals:
            return set()
        self._resolver = Resolver(dict(self.modes), self._proposals.values())
        self._shown.heirs = heirs_in(self._resolver.modes)
        names = _lineage(moved, (old_modes, self.modes))
        keys = {key for name in names for key in self._labelled.get(name, ())}
        codes = self._resolver.codes
        keys |= {
            key
            for key in old_codes.keys() | codes.keys()
            if old_codes.get(key) != codes.get(key)
            or any(code.mode in names for code in codes.get(key, ()))
        }
        return {key for key in keys if key[1] in self._unit_of and self._may_judge(key[0])}

    def _may_judge(self, annotator: str) -> bool:
        return annotator == ADJUDICATED or self._is_judge(annotator)

    def _resolve(self, annotator: str, trace: str) -> bool:
        """Resolve again what one annotator says of one trace; tell whether that changed."""
        note = self._notes.get(trace, {}).get(annotator)
        by = self._standings.setdefault(trace, {})
        old = by.pop(annotator, {})
        new = {
            mode: self._resolver.standing(annotator, trace, note, mode)
            for mode in self._resolver.touched(annotator, trace, note)
        }
        if by:
            changed = [mode for mode in old.keys() | new.keys() if old.get(mode) != new.get(mode)]
        else:
            changed = list(new)
            self._settled[trace] = {}
        if new:
            by[annotator] = new
        settled = self._settled.setdefault(trace, {})
        for mode in changed:
            said = {who: given[mode] for who, given in by.items() if mode in given}
            settled.pop(mode, None)
            if said:
                settled[mode] = settle(said)
        return old != new

    def _count(self, unit: str) -> None:
        """Count again what one unit shows."""
        if unit in self._rows:
            self._shown.remove(self._rows.pop(unit))
        reviews = {trace: given for trace in self._traces[unit] if (given := self._reviews(trace))}
        if not reviews:
            return
        found = Unit(
            name=unit,
            traces=tuple(self._traces[unit]),
            reviewed=tuple(reviews),
            first_reviewed=None,
            fails=any(note.fails for notes in reviews.values() for note in notes),
            random=False,
            stratum=None,
        )
        judgements = Judgements(resolver=self._resolver, by_trace=self._settled)
        self._rows[unit] = row_of(found, judgements.unit(found.reviewed), self._shown.heirs)
        self._shown.add(self._rows[unit])

    def _reviews(self, trace: str) -> list[Note]:
        notes = self._notes.get(trace, {}).items()
        return [note for annotator, note in notes if annotator != ADJUDICATED and note.reviews]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """What some units show by today's judgements, under today's taxonomy.

    Where units wait to be judged again after a split, the truth lies between two counts.
    """

    units: int
    """How many units."""
    modes_low: int
    """Different modes they show at least."""
    modes_high: int
    """And at most."""
    uncoded: int
    """Failing ones among the units that no mode covers."""
    coverage: float | None
    """Estimated coverage, from the fewest modes; None: not estimable."""
    coverage_low: float | None
    """One-sided 95 % lower bound of the coverage, from the most modes."""


class Today:
    """Today's judgements, counted over the units that had been reviewed by some moment."""

    def __init__(self, rows: Mapping[str, Row], modes: Mapping[str, Mode]) -> None:
        """Begin with no unit; ``rows`` maps a unit to what it shows now (`row_of`)."""
        self._rows = rows
        self._shown = Shown(heirs_in(modes))
        self._units: set[str] = set()
        self._recount: Recount | None = None  # of the units that are in

    def change(self, units: Iterable[str]) -> None:
        """Add each unit, or take it away if it was there."""
        for unit in units:
            self._recount = None
            if unit in self._units:
                self._units.discard(unit)
                self._shown.remove(self._rows[unit])
            else:
                self._units.add(unit)
                self._shown.add(self._rows[unit])

    def recount(self) -> Recount:
        """Return the figures of the units that are in."""
        if self._recount is None:
            self._recount = self._counted_anew()
        return self._recount

    def _counted_anew(self) -> Recount:
        low, high, one_offs = self._shown.fewest(), self._shown.most(), self._shown.one_offs
        return Recount(
            units=low.units,
            modes_low=low.modes - one_offs,
            modes_high=high.modes - one_offs,
            uncoded=one_offs,
            coverage=coverage(low),
            coverage_low=coverage_low(high),
        )


def _written(note: Note | None) -> dict[str, int]:
    return {} if note is None else {"notes": 1, "labels": len(note.labels)}


def _update(known: dict[str, Any], changes: Mapping[str, Any]) -> None:
    for name, record in changes.items():
        if record is None:
            known.pop(name, None)
        else:
            known[name] = record


def _moves(old: Mode | None, new: Mode | None) -> bool:
    """Whether a mode changed its place in the taxonomy: on what old judgements it bears."""
    return _place(old) != _place(new)


def _place(mode: Mode | None) -> tuple[Any, ...]:
    if mode is None:
        return ()
    # Where the other side of a merge is lost, the version of this one says when it was.
    version = mode.version if mode.merged_from else 0
    tombstone = (mode.merged_from, mode.merged_into, mode.split_from, mode.split_into)
    return (mode.status, mode.aliases, version, *tombstone)


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
