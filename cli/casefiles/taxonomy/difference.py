"""What happened to a taxonomy between two moments: the meaning of a change, not its lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from casefiles.documents.judgements import canonical_names
from casefiles.documents.mode import Mode

EventKind = Literal[
    "created",
    "renamed",
    "merged",
    "split",
    "redefined",
    "reworded",
    "retired",
    "revived",
    "removed",
]
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to the taxonomy."""

    kind: EventKind
    """What happened. ``redefined`` changed the meaning (version), ``reworded`` the text alone;
    ``removed`` took the file away without a tombstone."""
    modes: tuple[str, ...]
    """Ids it happened to: the mode itself; before a rename, a merge or a split, the old ones."""
    into: tuple[str, ...] = ()
    """Ids they became, for a rename, a merge or a split."""
    before: str = ""
    """The old definition, where one changed: of the mode, or of the target of a merge."""
    after: str = ""
    """The new definition there."""

    def __str__(self) -> str:
        """``merged: a, b → c``."""
        arrow = f" → {', '.join(self.into)}" if self.into else ""
        return f"{self.kind}: {', '.join(self.modes)}{arrow}"


def events(before: Mapping[str, Mode], after: Mapping[str, Mode]) -> tuple[Event, ...]:
    """Tell what turned one taxonomy into the other, in the order of `EVENT_KINDS`, then by id.

    The two may lie many operations apart. A mode that a rename, merge or split explains is in no
    other event: the target of a merge is not redefined by it, the children of a split are not
    created, and what was renamed before it was merged was merged.
    """
    # Modes that did not change explain nothing.
    before, after = (
        {id_: mode for id_, mode in one.items() if other.get(id_) is not mode}
        for one, other in ((before, after), (after, before))
    )
    found = [*_Comparison(before, after).events()]
    return tuple(sorted(found, key=lambda event: (EVENT_KINDS.index(event.kind), event.modes)))


class _Comparison:
    def __init__(self, before: Mapping[str, Mode], after: Mapping[str, Mode]) -> None:
        self.before = before
        self.after = after
        self.names = canonical_names(after)
        self.old = {id_: old for id_, mode in after.items() if (old := self._old_id(id_, mode))}

    def _old_id(self, id_: str, mode: Mode) -> str | None:
        """The id that a mode had before: its own, else an alias that is no mode of its own now."""
        aliases = (a for a in mode.aliases if a in self.before and a not in self.after)
        return id_ if id_ in self.before else next(aliases, None)

    def events(self) -> Iterator[Event]:
        merged, split = self._merged(), self._split()
        yield from merged
        yield from split
        gone = {id_ for event in (*merged, *split) for id_ in event.modes}
        come = {id_ for event in (*merged, *split) for id_ in event.into}
        for id_, old in sorted(self.old.items()):
            if old in gone:
                continue
            if old != id_:
                yield Event(kind="renamed", modes=(old,), into=(id_,))
            is_target = any(id_ in event.into for event in merged)
            yield from _changed(id_, self.before[old], self.after[id_], is_target=is_target)
        for id_ in sorted(self.after.keys() - self.old.keys() - come):
            if self.after[id_].status == "active":
                yield Event(kind="created", modes=(id_,))
        for id_ in sorted(self.before.keys() - set(self.old.values())):
            yield Event(kind="removed", modes=(id_,))

    def _merged(self) -> list[Event]:
        """One event for each target, with all sources that were not merged before."""
        sources: dict[str, list[str]] = {}
        for id_, old in self.old.items():
            into = self.after[id_].merged_into
            if into is not None and self.before[old].merged_into is None:
                sources.setdefault(self.names.get(into.mode, into.mode), []).append(old)
        return [self._merge(target, tuple(sorted(ids))) for target, ids in sources.items()]

    def _merge(self, target: str, sources: tuple[str, ...]) -> Event:
        old = self.before.get(self.old.get(target, ""))
        new = self.after.get(target)
        event = Event(kind="merged", modes=sources, into=(target,))
        if old is None or new is None or old.definition.hash == new.definition.hash:
            return event
        return replace(event, before=old.definition.text, after=new.definition.text)

    def _split(self) -> list[Event]:
        return [
            Event(kind="split", modes=(old,), into=self._children(self.after[id_]))
            for id_, old in self.old.items()
            if self.after[id_].split_into and not self.before[old].split_into
        ]

    def _children(self, mode: Mode) -> tuple[str, ...]:
        return tuple(self.names.get(child.mode, child.mode) for child in mode.split_into)


def _changed(id_: str, old: Mode, new: Mode, *, is_target: bool) -> Iterable[Event]:
    if old.status != new.status:
        yield Event(kind="retired" if new.status == "retired" else "revived", modes=(id_,))
    is_same = old.version == new.version and old.definition.hash == new.definition.hash
    if is_same or is_target:
        return
    yield Event(
        kind="reworded" if old.version == new.version else "redefined",
        modes=(id_,),
        before=old.definition.text,
        after=new.definition.text,
    )
