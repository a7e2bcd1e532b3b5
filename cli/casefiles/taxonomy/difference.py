"""What happened to a taxonomy between two moments: the meaning of a change, not its lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

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
    """The old definition, for a redefinition or a rewording."""
    after: str = ""
    """The new definition."""

    def __str__(self) -> str:
        """``merged: a, b → c``."""
        arrow = f" → {', '.join(self.into)}" if self.into else ""
        return f"{self.kind}: {', '.join(self.modes)}{arrow}"


def events(before: Mapping[str, Mode], after: Mapping[str, Mode]) -> tuple[Event, ...]:
    """Tell what turned one taxonomy into the other, in the order of `EVENT_KINDS`, then by id.

    A mode that a rename, merge or split explains is in no other event: the target of a merge is
    not redefined by it, the children of a split are not created.
    """
    renamed = _renamed(before, after)
    merged = _merged(before, after)
    split = _split(before, after)
    explained = {id_ for event in (*renamed, *merged, *split) for id_ in event.modes}
    new_names = {id_ for event in (*renamed, *split) for id_ in event.into}
    targets = {id_ for event in merged for id_ in event.into}
    found = [
        *renamed,
        *merged,
        *split,
        *_one_by_one(before, after, explained=explained, new=new_names, targets=targets),
    ]
    return tuple(sorted(found, key=lambda event: (EVENT_KINDS.index(event.kind), event.modes)))


def _renamed(before: Mapping[str, Mode], after: Mapping[str, Mode]) -> list[Event]:
    return [
        Event(kind="renamed", modes=(alias,), into=(id_,))
        for id_, mode in after.items()
        for alias in mode.aliases
        if id_ not in before and alias in before and alias not in after
    ]


def _merged(before: Mapping[str, Mode], after: Mapping[str, Mode]) -> list[Event]:
    """One event for each target, with all sources that were not merged before."""
    sources: dict[str, list[str]] = {}
    for id_, mode in after.items():
        old = before.get(id_)
        if mode.merged_into is not None and (old is None or old.merged_into is None):
            sources.setdefault(mode.merged_into.mode, []).append(id_)
    return [
        Event(kind="merged", modes=tuple(sorted(ids)), into=(target,))
        for target, ids in sources.items()
        if any(id_ in before for id_ in ids)
    ]


def _split(before: Mapping[str, Mode], after: Mapping[str, Mode]) -> list[Event]:
    return [
        Event(kind="split", modes=(id_,), into=tuple(child.mode for child in mode.split_into))
        for id_, mode in after.items()
        if mode.split_into and id_ in before and not before[id_].split_into
    ]


def _one_by_one(
    before: Mapping[str, Mode],
    after: Mapping[str, Mode],
    *,
    explained: set[str],
    new: set[str],
    targets: set[str],
) -> Iterable[Event]:
    for id_ in sorted(set(after) - set(before) - new - targets):
        if after[id_].status == "active":
            yield Event(kind="created", modes=(id_,))
    for id_ in sorted(set(before) - set(after) - explained):
        yield Event(kind="removed", modes=(id_,))
    for event in _renamed(before, after):
        yield from _changed(event.into[0], before[event.modes[0]], after[event.into[0]])
    for id_ in sorted(set(before) & set(after) - explained - targets):
        yield from _changed(id_, before[id_], after[id_])


def _changed(id_: str, old: Mode, new: Mode) -> Iterable[Event]:
    if old.status != new.status:
        yield Event(kind="retired" if new.status == "retired" else "revived", modes=(id_,))
    if old.version == new.version and old.definition.hash == new.definition.hash:
        return
    yield Event(
        kind="reworded" if old.version == new.version else "redefined",
        modes=(id_,),
        before=old.definition.text,
        after=new.definition.text,
    )
