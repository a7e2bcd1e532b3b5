"""What can be done to failure modes: new, rename, merge, split, redefine, reword, group, retire.

Each takes a working copy and returns the next one. Definitions stay on tombstones, notes are
never touched, and every old id stays readable: a rename leaves an alias, a merge and a split
leave tombstones that say where the mode went.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from casefiles.documents.mode import Definition, Mode, render
from casefiles.documents.references import VersionedMode
from casefiles.taxonomy.definitions import insist_complete, tidy
from casefiles.taxonomy.splices import (
    listed,
    with_definition,
    with_keys,
    with_memo,
    with_version,
    without_key,
)
from casefiles.taxonomy.working_copy import RefusedError, WorkingCopy, mode_id
from casefiles.text.names import fold, nearest

Outcome = tuple[WorkingCopy, VersionedMode]
"""The working copy after an operation, and the mode it was about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """When and why, for the memo."""

    day: str
    """The day, ISO 8601."""
    why: str = ""
    """The reason, or what it was part of."""

    def line(self, what: str, *, version: int | None = None) -> str:
        """Write one line of a memo: ``- 2026-11-24 v4: merged from a@3 (why)``."""
        stamp = f" v{version}" if version else ""
        why = f" ({fold(self.why)})" if fold(self.why) else ""
        return f"- {self.day}{stamp}: {what}{why}"


def new(copy: WorkingCopy, name: str, *, definition: Definition, occasion: Occasion) -> Outcome:
    """Add a mode. Raises RefusedError if its id is taken or its definition incomplete."""
    insist_complete(definition)
    memo = occasion.line("new", version=1)
    return _create(copy, Mode(name=_checked(name), definition=definition, memo=memo))


def rename(copy: WorkingCopy, mode: str, name: str, *, occasion: Occasion) -> Outcome:
    """Give a mode another name: its file moves, its old id stays as an alias, its version too.

    Raises RefusedError if the mode is not active or the new id is another's.
    """
    old = copy.active(mode)
    name = readable(_checked(name))
    id_ = mode_id(name)
    found = copy.modes[old]
    if copy.names.get(id_, old) != old:
        copy.insist_free(id_)
    if name == found.name and id_ == old:
        raise RefusedError("same-name", f"{old} is called {name!r} already")
    text = with_keys(copy.text(old), name=name)
    if id_ != old:
        aliases = [alias for alias in found.aliases if alias != id_]
        text = with_keys(text, aliases=[*aliases, old])
        copy = copy.remove(old)
    text = with_memo(text, occasion.line(f"renamed from {found.name!r}"))
    copy = copy.put(id_, text)
    return copy, copy.current(id_)


def merge(
    copy: WorkingCopy,
    sources: Sequence[str],
    into: str,
    *,
    definition: Definition | None = None,
    occasion: Occasion,
) -> Outcome:
    """Merge modes into one that there is, whose version rises, or into a new one.

    A new one needs a definition; for an existing one a definition replaces its own. Raises
    RefusedError if a source is not active, or the definition is missing or incomplete.
    """
    if definition is not None:
        insist_complete(definition)
    target = copy.find(into)
    if target is not None:
        target = copy.active(into)
    merged = tuple(copy.current(id_) for id_ in _sources(copy, sources, target))
    if target is None:
        definition = definition or _needed(copy, into)
        memo = occasion.line(_origin(merged), version=1)
        name = readable(_checked(into))
        mode = Mode(name=name, merged_from=merged, definition=definition, memo=memo)
        copy, result = _create(copy, mode)
    else:
        copy = _take_up(copy, target, merged, definition=definition, occasion=occasion)
        result = copy.current(target)
    for source in merged:
        copy = _bury(copy, source.mode, f"merged into {result}", occasion, merged_into=str(result))
    return copy, result


def split(
    copy: WorkingCopy,
    mode: str,
    parts: Sequence[tuple[str, Definition]],
    *,
    occasion: Occasion,
) -> tuple[WorkingCopy, tuple[VersionedMode, ...]]:
    """Split a mode into two or more new ones, each given by name and definition.

    Raises RefusedError if the mode is not active, an id is taken or a definition incomplete.
    """
    parent = copy.current(copy.active(mode))
    children = []
    for name, definition in parts:
        insist_complete(definition)
        child = Mode(
            name=readable(_checked(name)),
            split_from=parent,
            definition=definition,
            memo=occasion.line(f"split off from {parent}", version=1),
        )
        copy, made = _create(copy, child)
        children.append(made)
    if len(children) < 2:
        raise RefusedError("split", "a split takes at least two parts")
    names = listed(children)
    said = f"split into {' and '.join(names)}"
    return _bury(copy, parent.mode, said, occasion, split_into=names), tuple(children)


def redefine(
    copy: WorkingCopy, mode: str, *, definition: Definition, occasion: Occasion
) -> Outcome:
    """Change the meaning of a mode: its version rises, and judgements made before are stale.

    Raises RefusedError if the mode is not active, or the definition incomplete or the same.
    """
    id_ = copy.active(mode)
    _insist_other(copy, id_, definition)
    version = copy.modes[id_].version + 1
    text = with_definition(copy.text(id_), tidy(definition))
    text = with_version(text, version, definition.hash)
    text = with_memo(text, occasion.line("redefined", version=version))
    copy = copy.put(id_, text)
    return copy, copy.current(id_)


def reword(copy: WorkingCopy, mode: str, *, definition: Definition, occasion: Occasion) -> Outcome:
    """Say the same in other words: the version stays, and with it every judgement.

    Raises RefusedError if the mode is not active, or the definition incomplete or the same.
    """
    id_ = copy.active(mode)
    _insist_other(copy, id_, definition)
    text = with_definition(copy.text(id_), tidy(definition))
    text = with_version(text, copy.modes[id_].version, definition.hash)
    text = with_memo(text, occasion.line("reworded, same meaning"))
    copy = copy.put(id_, text)
    return copy, copy.current(id_)


def group(
    copy: WorkingCopy, modes: Sequence[str], name: str, *, occasion: Occasion
) -> tuple[WorkingCopy, tuple[VersionedMode, ...]]:
    """Put modes into a group of the report, or with an empty name into none.

    A memo is kept only if there is a reason: a group is an order for readers, not a meaning.
    Raises RefusedError if a mode is not active or is in that group already.
    """
    ids = list(dict.fromkeys(copy.active(mode) for mode in modes))
    name = fold(name)
    for id_ in ids:
        if name == (copy.modes[id_].group or ""):
            said = f"is in the group {name!r} already" if name else "is in no group"
            raise RefusedError("same-group", f"{id_} {said}")
        text = (
            with_keys(copy.text(id_), group=name) if name else without_key(copy.text(id_), "group")
        )
        said = f"put into the group {name!r}" if name else "taken out of its group"
        text = with_memo(text, occasion.line(said)) if fold(occasion.why) else text
        copy = copy.put(id_, text)
    return copy, tuple(map(copy.current, ids))


def retire(copy: WorkingCopy, mode: str, *, occasion: Occasion) -> Outcome:
    """Take a mode out of use; its file stays as a tombstone. Raises RefusedError if it is none."""
    id_ = copy.active(mode)
    copy = _bury(copy, id_, "retired", occasion)
    return copy, copy.current(id_)


def readable(name: str) -> str:
    """Turn a name that was written as an id into words: ``too-long`` is ``Too long``."""
    if name != mode_id(name):
        return name
    words = name.replace("-", " ")
    return words[:1].upper() + words[1:]


def _checked(name: str) -> str:
    name = fold(name)
    if not name:
        raise RefusedError("name", "a mode needs a name")
    return name


def _insist_other(copy: WorkingCopy, id_: str, definition: Definition) -> None:
    """Raise RefusedError unless a definition is complete and another than the one in force."""
    insist_complete(definition)
    found = copy.modes[id_]
    if definition.hash == (found.defined or found.definition.hash):
        remedy = "write another definition, or leave it as it is"
        raise RefusedError("same-definition", f"{id_} is defined so already", remedy=remedy)


def _create(copy: WorkingCopy, mode: Mode) -> Outcome:
    id_ = mode_id(mode.name)
    copy.insist_free(id_)
    copy = copy.put(id_, render(replace(mode, definition=tidy(mode.definition))))
    return copy, copy.current(id_)


def _sources(copy: WorkingCopy, names: Sequence[str], target: str | None) -> list[str]:
    ids = [copy.active(name) for name in names]
    for id_ in ids:
        if ids.count(id_) > 1:
            raise RefusedError("merge", f"{id_} stands twice among the modes to merge")
    ids = [id_ for id_ in ids if id_ != target]
    if not ids:
        remedy = "name the modes to merge before the arrow, as in `a + b -> c`"
        raise RefusedError("merge", f"nothing is merged into {target}", remedy=remedy)
    return ids


def _needed(copy: WorkingCopy, into: str) -> Definition:
    near = nearest(into, tuple(copy.modes))
    remedy = f"did you mean {near!r}? A" if near else "a"
    raise RefusedError(
        "definition",
        f"there is no mode {into!r} yet",
        remedy=f"{remedy} new one needs a definition: `Yes if …` and `No if …`",
    )


def _take_up(
    copy: WorkingCopy,
    target: str,
    merged: Sequence[VersionedMode],
    *,
    definition: Definition | None,
    occasion: Occasion,
) -> WorkingCopy:
    found = copy.modes[target]
    version = found.version + 1
    text = copy.text(target)
    stamp = (
        found.defined or found.definition.hash
    )  # an edit by hand that waits for its say waits on
    if definition is not None:
        text, stamp = with_definition(text, tidy(definition)), definition.hash
    text = with_version(text, version, stamp)
    again = {source.mode for source in merged}  # taken out of its grave by hand, merged again
    kept = [source for source in found.merged_from if source.mode not in again]
    text = with_keys(text, merged_from=listed([*kept, *merged]))
    return copy.put(target, with_memo(text, occasion.line(_origin(merged), version=version)))


def _origin(merged: Sequence[VersionedMode]) -> str:
    return f"merged from {', '.join(listed(merged))}"


def _bury(
    copy: WorkingCopy, mode: str, said: str, occasion: Occasion, **keys: str | list[str]
) -> WorkingCopy:
    text = with_keys(copy.text(mode), status="retired", **keys)
    return copy.put(mode, with_memo(text, occasion.line(said)))
