"""A change is a value: what an operation would write, to be shown or carried out."""

from __future__ import annotations

from dataclasses import dataclass

from casefiles.text.diff import unified


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One file before and after."""

    path: str
    """The file, relative to the workspace, with ``/``."""
    before: str | None
    """Its content when it was read; None: it did not exist."""
    after: str | None
    """Its content to be; None: it is removed."""

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        return self.before == self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Changes that happen together or not at all."""

    changes: tuple[Change, ...] = ()
    """One a path."""

    @property
    def real(self) -> tuple[Change, ...]:
        """The changes that change something."""
        return tuple(change for change in self.changes if not change.is_empty)

    @property
    def inverse(self) -> Plan:
        """The plan that takes this one back."""
        return Plan(
            changes=tuple(
                Change(path=change.path, before=change.after, after=change.before)
                for change in self.changes
            )
        )

    def diff(self) -> str:
        """Show all changes as one unified diff."""
        return "".join(unified(c.before, c.after, c.path) for c in self.real)
