"""What can be done to failure modes: new, rename, merge, split, redefine, retire.

Each takes a working copy and returns the next one. Definitions stay on tombstones, notes are
never touched, and every old id stays readable: a rename leaves an alias, a merge and a split
leave tombstones that say where the mode went.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from casefiles.documents.mode import STUB, Definition, Mode, render
from casefiles.documents.references import VersionedMode
from casefiles.taxonomy.splices import (
    listed,
    with_definition,
    with_keys,
    with_memo,
    with_version,
)
from casefiles.taxonomy.working_copy import RefusedError, WorkingCopy, mode_id
from casefiles.text.names import fold, nearest

Outcome = tuple[WorkingCopy, VersionedMode]
"""The working copy after an operation, and the mode it was about."""

_BLANK_LINES = re.compile(r"\n\s*\n\s*\n")
_HEADING = re.compile(r"^#{1,6}\s", re.MULTILINE)


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
    insist_complete(definition)
    found = copy.modes[id_]
    if definition.hash == (found.defined or found.definition.hash):
        remedy = "change it below the heading, or delete the section"
        raise RefusedError("same-definition", f"{id_} is defined so already", remedy=remedy)
    version = found.version + 1
    text = with_definition(copy.text(id_), _tidy(definition))
    text = with_version(text, version, definition)
    text = with_memo(text, occasion.line("redefined", version=version))
    copy = copy.put(id_, text)
    return copy, copy.current(id_)


def retire(copy: WorkingCopy, mode: str, *, occasion: Occasion) -> Outcome:
    """Take a mode out of use; its file stays as a tombstone. Raises RefusedError if it is none."""
    id_ = copy.active(mode)
    copy = _bury(copy, id_, "retired", occasion)
    return copy, copy.current(id_)


def insist_complete(definition: Definition) -> None:
    """Raise RefusedError, saying what lacks, unless both halves of a definition stand."""
    text = definition.text
    if _HEADING.search(text):
        message = "a definition holds no headings"
    elif definition.is_complete:
        return
    elif not text.strip():
        message = "there is no definition"
    elif STUB in text:
        message = f"the definition is not completed: it still holds {STUB!r}"
    else:
        message = "the definition lacks a half"
    remedy = "write a line that starts with `Yes if` and one that starts with `No if`"
    raise RefusedError("definition", message, remedy=remedy)


def defined(yes_if: str, no_if: str) -> Definition:
    """Write a definition from its halves, with or without `Yes if` and `No if` before them.

    A half that is empty is left out; ``otherwise`` makes `No otherwise.`
    """
    halves = (_half("Yes if", yes_if), _half("No if", no_if))
    return Definition(text="\n".join(half for half in halves if half))


def _half(start: str, text: str) -> str:
    text = fold(text)
    if not text:
        return ""
    if text.rstrip(".").lower() in ("otherwise", "no otherwise"):
        return "No otherwise."
    if text.lower().startswith(f"{start.lower()} "):
        text = text[len(start) + 1 :]
    return f"{start} {text}" if text.endswith((".", "!", "?")) else f"{start} {text}."


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


def _tidy(definition: Definition) -> Definition:
    return Definition(text=_BLANK_LINES.sub("\n\n", definition.text).strip("\n"))


def _create(copy: WorkingCopy, mode: Mode) -> Outcome:
    id_ = mode_id(mode.name)
    copy.insist_free(id_)
    copy = copy.put(id_, render(replace(mode, definition=_tidy(mode.definition))))
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
    if definition is not None:
        text = with_definition(text, _tidy(definition))
    text = with_version(text, version, definition or found.definition)
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
