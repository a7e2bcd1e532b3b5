"""Failure modes by hand: add, rename, merge and retire them, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from casefiles.documents.paths import mode_path, place_of
from casefiles.documents.plan import Plan
from casefiles.documents.references import VersionedMode
from casefiles.loop import desk
from casefiles.loop.clock import today
from casefiles.taxonomy import operations
from casefiles.taxonomy.operations import Occasion, Outcome
from casefiles.taxonomy.working_copy import WorkingCopy
from casefiles.workspace.find import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What an operation did."""

    mode: VersionedMode
    """The mode it was about, as it is now."""
    plan: Plan
    """The changes of mode files."""

    @property
    def path(self) -> str:
        """Its file."""
        return mode_path(self.mode.mode)


def new(
    workspace: Workspace,
    name: str,
    *,
    yes_if: str,
    no_if: str,
    why: str = "",
    day: str | None = None,
    dry_run: bool = False,
) -> Changed:
    """Add a failure mode, defined by when the answer is yes and when it is no.

    Raises BadInputError if its id is taken or a half of the definition is empty.
    """
    definition = operations.defined(yes_if, no_if)
    occasion = Occasion(day=day or today(), why=why)
    operation = partial(operations.new, name=name, definition=definition, occasion=occasion)
    return _carry_out(workspace, operation, dry_run=dry_run)


def rename(
    workspace: Workspace,
    mode: str,
    name: str,
    *,
    why: str = "",
    day: str | None = None,
    dry_run: bool = False,
) -> Changed:
    """Give a mode another name; labels and codes under the old one stay readable.

    Raises BadInputError if the mode is not active or the new name is another's.
    """
    occasion = Occasion(day=day or today(), why=why)
    operation = partial(operations.rename, mode=mode, name=name, occasion=occasion)
    return _carry_out(workspace, operation, dry_run=dry_run)


def merge(
    workspace: Workspace,
    sources: Sequence[str],
    *,
    into: str,
    yes_if: str = "",
    no_if: str = "",
    why: str = "",
    day: str | None = None,
    dry_run: bool = False,
) -> Changed:
    """Merge modes into one that there is, or into a new one, which needs a definition.

    Raises BadInputError if one of them is not active or a definition is missing.
    """
    definition = operations.defined(yes_if, no_if) if yes_if or no_if else None
    occasion = Occasion(day=day or today(), why=why)
    operation = partial(
        operations.merge, sources=sources, into=into, definition=definition, occasion=occasion
    )
    return _carry_out(workspace, operation, dry_run=dry_run)


def retire(
    workspace: Workspace, mode: str, *, why: str, day: str | None = None, dry_run: bool = False
) -> Changed:
    """Take a mode out of use; its file stays. Raises BadInputError if it is not active."""
    occasion = Occasion(day=day or today(), why=why)
    operation = partial(operations.retire, mode=mode, occasion=occasion)
    return _carry_out(workspace, operation, dry_run=dry_run)


def _carry_out(
    workspace: Workspace, operation: Callable[[WorkingCopy], Outcome], *, dry_run: bool
) -> Changed:
    corpus = desk.open_corpus(workspace)
    desk.insist(corpus, lambda path: place_of(path).kind == "mode")
    before = WorkingCopy(modes=corpus.modes, read=partial(desk.read_text, workspace))
    after, mode = operation(before)
    return Changed(mode=mode, plan=desk.carry_out(workspace, after.plan, dry_run=dry_run))
