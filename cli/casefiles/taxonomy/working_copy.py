"""The taxonomy while it is being changed: every operation takes one and returns another.

So operations run one after the other, each on what those before it made, and nothing is written
until all of them went well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from casefiles.documents import mode as mode_file
from casefiles.documents.judgements import canonical_names, living
from casefiles.documents.mode import Mode
from casefiles.documents.paths import mode_path
from casefiles.documents.plan import Change, Plan
from casefiles.documents.references import VersionedMode
from casefiles.errors import BadInputError
from casefiles.text.names import nearest, slug

Read = Callable[[str], str | None]
"""Path to the text of the file as it stands on disk; None if there is none."""


class RefusedError(BadInputError):
    """An operation that the taxonomy does not allow."""

    def __init__(self, code: str, message: str, *, remedy: str | None = None) -> None:
        """Say what is wrong; ``code`` is a stable word for the kind of it."""
        super().__init__(message, remedy=remedy)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCopy:
    """All modes as they are now, and the files that were changed on the way."""

    modes: Mapping[str, Mode]
    """Mode id to mode, tombstones included."""
    read: Read
    """Reads a file as it stands on disk."""
    written: Mapping[str, str | None] = field(default_factory=dict)
    """Path to the text it is to have; None: it is to be removed."""

    @property
    def names(self) -> dict[str, str]:
        """Every id and old name to the id it stands for."""
        return canonical_names(self.modes)

    @property
    def plan(self) -> Plan:
        """Everything that was changed, as one plan."""
        changes = (
            Change(path=path, before=self.read(path), after=after)
            for path, after in self.written.items()
        )
        return Plan(changes=tuple(changes))

    def text(self, mode: str) -> str:
        """Return the text of a mode's file."""
        path = mode_path(mode)
        found = self.written[path] if path in self.written else self.read(path)
        assert found is not None
        return found

    def current(self, mode: str) -> VersionedMode:
        """Return a mode at its version of now."""
        return VersionedMode(mode=mode, version=self.modes[mode].version)

    def put(self, mode: str, text: str) -> WorkingCopy:
        """Give a mode's file this text. Raises RefusedError if that is no readable mode."""
        path = mode_path(mode)
        found, problems = mode_file.parse(text, path)
        if found is None:
            raise RefusedError("mode-file", str(problems[0]), remedy="mend the file by hand first")
        return replace(
            self, modes={**self.modes, mode: found}, written={**self.written, path: text}
        )

    def remove(self, mode: str) -> WorkingCopy:
        """Take a mode's file away (its id lives on as another's old name)."""
        left = {id_: found for id_, found in self.modes.items() if id_ != mode}
        return replace(self, modes=left, written={**self.written, mode_path(mode): None})

    def find(self, name: str) -> str | None:
        """Return the id a person means by an id, an old name or a name; None if it is none."""
        names = self.names
        return names.get(name) or names.get(mode_id(name))

    def active(self, name: str) -> str:
        """Return the id of the active mode a person means. Raises RefusedError if it is none."""
        id_ = self.find(name)
        if id_ is None:
            near = nearest(name, tuple(self.names))
            remedy = f"did you mean {near!r}?" if near else "see the files in taxonomy/"
            raise RefusedError("unknown-mode", f"there is no mode {name!r}", remedy=remedy)
        if self.modes[id_].status == "retired":
            raise RefusedError(
                "retired-mode", f"{id_} {fate(self.modes[id_])}", remedy=self._instead(id_)
            )
        return id_

    def insist_free(self, id_: str) -> None:
        """Raise RefusedError if an id is that of a mode, a tombstone or an old name."""
        holder = self.names.get(id_)
        if holder is None:
            return
        if self.modes[holder].status == "retired":
            message = f"there was a mode {id_!r} already: it {fate(self.modes[holder])}"
            raise RefusedError("mode-exists", message, remedy=self._instead(holder))
        known = f"mode {id_!r}" if holder == id_ else f"mode {holder!r}, once called {id_!r},"
        remedy = f"choose another name, or in a proposal write `## add: {holder}`"
        raise RefusedError("mode-exists", f"there is a {known} already", remedy=remedy)

    def _instead(self, mode: str) -> str:
        heirs = living(self.modes, mode)
        if heirs:
            return f"use {' or '.join(map(repr, heirs))}"
        return f"choose another, or take it up again with `status: active` in {mode_path(mode)}"


def fate(mode: Mode) -> str:
    """Tell what became of a retired mode."""
    if mode.merged_into:
        return f"was merged into {mode.merged_into.mode}"
    if mode.split_into:
        return f"was split into {' and '.join(child.mode for child in mode.split_into)}"
    return "was retired"


def mode_id(name: str) -> str:
    """Return the id that a new mode of this name has."""
    return slug(name, fallback="mode")
