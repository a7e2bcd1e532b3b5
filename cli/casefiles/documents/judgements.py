"""Which trace shows which mode, under today's taxonomy: the one place that resolves it.

What annotators wrote never changes; modes are renamed, merged and split. So codes (ticked lines
of accepted proposals), labels, old names, tombstones and adjudication are brought together here,
on reading. Nothing implies a "no": a mode that was not judged is not judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Literal

from casefiles.documents.lineage import known_as, merge_versions, parents
from casefiles.documents.paths import ADJUDICATED

if TYPE_CHECKING:  # nothing of them is needed where nothing was judged
    from casefiles.documents.corpus import Corpus
    from casefiles.documents.mode import Mode
    from casefiles.documents.note import Judgement, Note, Value
    from casefiles.documents.proposal import Item, Proposal, Section
    from casefiles.documents.references import VersionedMode

Answer = Literal["yes", "no"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What one annotator's judgements say about one trace and one mode of today."""

    value: Answer | None
    """yes, no, or None: not judged (unsure included)."""
    stale: bool = False
    """Whether the definition changed its meaning since it was judged."""
    unresolved: str | None = None
    """The mode, split since, that was judged yes while this part of it was not judged yet."""
    coded: bool = False
    """Whether it rests on a code, not on a label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What all annotators together say about one trace (or unit) and one mode."""

    value: Answer | None = None
    """The adjudicated value, else the annotators' common one; None: not judged or disputed."""
    disputed: bool = False
    """Whether annotators contradict each other and nobody settled it."""
    stale: bool = False
    """Whether a judgement it rests on is stale."""
    unresolved: str | None = None
    """The mode that was judged yes before it was split, if this part of it is open since."""
    by: Mapping[str, Standing] = field(default_factory=dict)
    """Annotator to their standing."""


NOT_JUDGED = Settled()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """A judgement under a mode's own name or an old one of it."""

    value: Answer | None
    version: int
    coded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What one annotator said about one trace."""

    labels: Mapping[str, tuple[Judgement, ...]]
    codes: tuple[VersionedMode, ...]


_LABELLED: dict[tuple[Value, bool], Standing] = {
    # (label, whether the definition is newer) to what it means where nothing else bears on it
    ("yes", False): Standing(value="yes"),
    ("yes", True): Standing(value="yes", stale=True),
    ("no", False): Standing(value="no"),
    ("no", True): Standing(value="no", stale=True),
    ("unsure", False): Standing(value=None),
    ("unsure", True): Standing(value=None),
}


class Resolver:
    """Answers what an annotator's labels and codes mean under a taxonomy."""

    def __init__(self, modes: Mapping[str, Mode], proposals: Iterable[Proposal]) -> None:
        """Prepare for a taxonomy and its accepted proposals."""
        self.modes = modes
        self.names = canonical_names(modes)
        self.codes: dict[tuple[str, str], list[VersionedMode]] = {}
        for proposal in proposals:
            for code, item in coded_items(proposal, self.names):
                key = (item.reference.annotator, item.reference.trace)
                self.codes.setdefault(key, []).append(code)
        self._known_as = known_as(modes, self.names)
        self._merged = merge_versions(modes, self.names)
        self._parent = parents(modes, self.names)
        self._simple = {
            mode
            for mode, known_as in self._known_as.items()
            if len(known_as) == 1 and not self._merged[mode] and self._parent[mode] is None
        }
        self._reaches = {mode: self._reached(mode) for mode in modes}

    def touched(self, annotator: str, trace: str, note: Note | None) -> frozenset[str]:
        """Return the active modes on which an annotator's judgements of a trace bear."""
        said = {self.names.get(name) for name in note.labels} if note else set()
        said |= {self.names.get(code.mode) for code in self.codes.get((annotator, trace), ())}
        return frozenset(mode for name in said if name for mode in self._reaches[name])

    def standing(self, annotator: str, trace: str, note: Note | None, mode: str) -> Standing:
        """Resolve one annotator's judgement of a trace for a mode."""
        labels = note.labels if note else {}
        if mode in self._simple and (given := labels.get(mode)):
            # Nothing but its own judgements bears on most modes.
            last = given[-1]
            is_old = self.modes[mode].version > (last.version or 1)
            return _LABELLED[last.value, is_old]
        codes = tuple(self.codes.get((annotator, trace), ()))
        return self._resolve(mode, _Said(labels=labels, codes=codes), frozenset())

    def stands_alone(self, mode: str) -> bool:
        """Whether nothing bears on a mode but judgements under its own id."""
        return mode in self._simple

    def known_as(self, mode: str) -> tuple[str, ...]:
        """Return every name that stands for a mode, its id first."""
        return self._known_as[mode]

    def _reached(self, start: str) -> frozenset[str]:
        """Active modes that a judgement under ``start`` bears on."""
        reached, open_ids = {start}, [start]
        while open_ids:
            source = open_ids.pop()
            for mode in self.modes:
                bears = source in self._merged[mode] or source == self._parent[mode]
                if bears and mode not in reached:
                    reached.add(mode)
                    open_ids.append(mode)
        return frozenset(mode for mode in reached if self.modes[mode].status == "active")

    def _resolve(self, mode: str, said: _Said, seen: frozenset[str]) -> Standing:
        if mode in seen:  # a hand-made circle ends here
            return Standing(value=None)
        seen |= {mode}
        own = self._own(mode, said)
        merges = self._merged[mode]
        later = {source: at for source, at in merges.items() if at > (own.version if own else 0)}
        parts = [
            self._aged(self._resolve(source, said, seen), mode, since=at)
            for source, at in later.items()
        ]
        # Made by the merge itself, a mode has nothing older of its own.
        if not later or min(later.values()) > 1:
            parts.append(self._before(mode, own, said, seen))
        return parts[0] if len(parts) == 1 else _merged(parts)

    def _before(self, mode: str, own: _Own | None, said: _Said, seen: frozenset[str]) -> Standing:
        """What was said under the mode itself, else under the one it was split off from."""
        if own is not None:
            standing = Standing(value=own.value, coded=own.coded)
            return self._aged(standing, mode, since=own.version)
        parent = self._parent[mode]
        above = self._resolve(parent, said, seen) if parent else Standing(value=None)
        if above.value == "no":
            return self._aged(Standing(value="no", stale=above.stale), mode, since=1)
        return Standing(value=None, unresolved=parent if above.value else above.unresolved)

    def _own(self, mode: str, said: _Said) -> _Own | None:
        """The judgement under the newest version; a label outweighs every code."""
        last = [said.labels[name][-1] for name in self._known_as[mode] if said.labels.get(name)]
        if last:
            newest = max(last, key=lambda judgement: judgement.version or 1)
            value: Answer | None = None if newest.value == "unsure" else newest.value
            return _Own(value=value, version=newest.version or 1)
        versions = [code.version for code in said.codes if self.names.get(code.mode) == mode]
        return _Own(value="yes", version=max(versions), coded=True) if versions else None

    def _aged(self, standing: Standing, mode: str, *, since: int) -> Standing:
        """Mark a judgement stale if the mode changed its meaning, other than by merges, since.

        Or if it was made under a version that is no more: a redefinition that git took back.
        """
        now = self.modes[mode].version
        merged_at = self._merged[mode].values()
        redefined = any(version not in merged_at for version in range(since + 1, now + 1))
        if standing.value is None or not (redefined or since > now):
            return standing
        return replace(standing, stale=True)


def _merged(parts: list[Standing]) -> Standing:
    """Yes under any is yes, no under all is no, anything else is not judged."""
    values = {part.value for part in parts}
    stale = any(part.stale for part in parts)
    if "yes" in values:
        coded = all(part.coded for part in parts if part.value == "yes")
        return Standing(value="yes", stale=stale, coded=coded)
    if values == {"no"}:
        return Standing(value="no", stale=stale)
    return Standing(value=None, unresolved=_first_open(parts))


def _first_open(parts: Iterable[Standing | Settled]) -> str | None:
    return next((part.unresolved for part in parts if part.unresolved), None)


def coded_items(
    proposal: Proposal, names: Mapping[str, str]
) -> Iterator[tuple[VersionedMode, Item]]:
    """Yield the codes a proposal holds: its ticked lines with the mode they were accepted for.

    Nothing unless it was accepted. ``names`` maps the names known today (`canonical_names`).
    """
    parts = (part for section in proposal.sections for part in (section, *section.children))
    for part in parts if proposal.status == "accepted" else ():
        target = target_of(part, proposal.applied, names)
        if target is not None and target.mode in names:
            yield from ((target, item) for item in part.items if item.ticked)


def target_of(
    section: Section, applied: Mapping[str, str], names: Mapping[str, str]
) -> VersionedMode | None:
    """Return the mode that a section was carried out for; None if it was for none."""
    from casefiles.documents.references import VersionedMode, parse_versioned

    written = applied.get(section.key)
    if written is not None:
        return parse_versioned(written)
    # A heading edited after acceptance: the mode it names now, if there is one.
    return VersionedMode(mode=section.mode) if section.mode in names else None


def canonical_names(modes: Mapping[str, Mode]) -> dict[str, str]:
    """Map every id and every alias to the id it stands for today; an id beats an alias."""
    names = {alias: id_ for id_, mode in sorted(modes.items()) for alias in mode.aliases}
    return names | {id_: id_ for id_ in modes}


def living(modes: Mapping[str, Mode], name: str) -> tuple[str, ...]:
    """Return the active modes that an id or old name stands for today, sorted.

    Several after a split, none if it was retired for good or was never heard of.
    """
    names = canonical_names(modes)
    found: set[str] = set()
    seen: set[str | None] = set()
    ahead = [names.get(name)]
    while ahead:
        id_ = ahead.pop()
        if id_ is None or id_ in seen:
            continue
        seen.add(id_)
        mode = modes[id_]
        if mode.status == "active":
            found.add(id_)
            continue
        into = (*mode.split_into, *((mode.merged_into,) if mode.merged_into else ()))
        ahead += [names.get(target.mode) for target in into]
        ahead += [child for child, parent in parents(modes, names).items() if parent == id_]
    return tuple(sorted(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgements:
    """All settled values of a corpus. What is in no mapping is not judged."""

    resolver: Resolver
    """How single judgements resolve."""
    by_trace: Mapping[str, Mapping[str, Settled]]
    """Trace to active mode to what is settled about the two."""

    @property
    def settled(self) -> dict[tuple[str, str], Settled]:
        """(trace, active mode) to what is settled about it."""
        return {
            (trace, mode): found
            for trace, modes in self.by_trace.items()
            for mode, found in modes.items()
        }

    def of(self, trace: str, mode: str) -> Settled:
        """Return what is settled about a trace and a mode."""
        return self.by_trace.get(trace, {}).get(mode, NOT_JUDGED)

    def of_unit(self, traces: Iterable[str], mode: str) -> Settled:
        """Return what is settled about a unit: the union of its traces."""
        parts = [self.of(trace, mode) for trace in traces]
        return parts[0] if len(parts) == 1 else _united(parts)

    def unit(self, traces: Sequence[str]) -> Mapping[str, Settled]:
        """Return what is settled about a unit, for each mode that anything was said about."""
        if len(traces) == 1:
            return self.by_trace.get(traces[0], {})
        modes = {mode for trace in traces for mode in self.by_trace.get(trace, ())}
        return {mode: self.of_unit(traces, mode) for mode in modes}


def _united(parts: Sequence[Settled]) -> Settled:
    """Yes in one trace is yes, no in all of them is no."""
    stale = any(part.stale for part in parts)
    if any(part.value == "yes" for part in parts):
        return Settled(value="yes", stale=any(p.stale for p in parts if p.value == "yes"))
    if any(part.disputed for part in parts):
        return Settled(disputed=True, stale=stale)
    if parts and all(part.value == "no" for part in parts):
        return Settled(value="no", stale=stale)
    return Settled(unresolved=_first_open(parts))


def judge(corpus: Corpus) -> Judgements:
    """Resolve every judgement of a corpus."""
    resolver = Resolver(corpus.modes, corpus.proposals.values())
    by: dict[str, dict[str, dict[str, Standing]]] = {}
    for annotator, trace in _judged(corpus, resolver):
        note = corpus.notes.get((annotator, trace))
        said = by.setdefault(trace, {})
        for mode in resolver.touched(annotator, trace, note):
            standing = resolver.standing(annotator, trace, note, mode)
            said.setdefault(mode, {})[annotator] = standing
    return Judgements(
        resolver=resolver,
        by_trace={
            trace: {mode: settle(standings) for mode, standings in said.items()}
            for trace, said in by.items()
        },
    )


def _judged(corpus: Corpus, resolver: Resolver) -> Iterator[tuple[str, str]]:
    """(annotator, trace) with labels or codes, of people and of the adjudicator."""
    labelled = {key for key, note in corpus.notes.items() if note.labels}
    for annotator, trace in sorted(labelled | set(resolver.codes)):
        known = annotator == ADJUDICATED or corpus.is_human(annotator)
        if known and trace in corpus.traces:
            yield annotator, trace


def settle(said: Mapping[str, Standing]) -> Settled:
    """Bring together what all annotators, the adjudicator among them, say of a trace and a mode."""
    if len(said) == 1:
        return _settled_alone(*next(iter(said.items())))
    final = said.get(ADJUDICATED)
    others = said if final is None else {who: s for who, s in said.items() if who != ADJUDICATED}
    if final is not None and final.value is not None:
        return Settled(value=final.value, stale=final.stale, by=others)
    values = {standing.value for standing in others.values()} - {None}
    if not values:
        return Settled(unresolved=_first_open(others.values()), by=others)
    stale = any(standing.stale for standing in others.values() if standing.value is not None)
    if len(values) > 1:
        return Settled(disputed=True, stale=stale, by=others)
    return Settled(value=values.pop(), stale=stale, by=others)


@cache
def _settled_alone(annotator: str, standing: Standing) -> Settled:
    """Settle what nobody else judged: most of what there is, and few different ones."""
    by = {} if annotator == ADJUDICATED else {annotator: standing}
    stale = standing.stale and standing.value is not None
    return Settled(value=standing.value, stale=stale, unresolved=standing.unresolved, by=by)
