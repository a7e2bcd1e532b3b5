"""Failure modes by hand: add, rename, merge, split, redefine, group and retire them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import judge
from casefiles.documents.mode import Definition
from casefiles.documents.paths import mode_path, place_of, proposal_path
from casefiles.documents.plan import Change, Plan
from casefiles.documents.proposal import Proposal, render
from casefiles.documents.references import VersionedMode
from casefiles.errors import BadInputError
from casefiles.loop import desk
from casefiles.loop.clock import today
from casefiles.loop.proposal_name import free_name
from casefiles.taxonomy import operations, splitting
from casefiles.taxonomy.definitions import amended, defined
from casefiles.taxonomy.operations import Occasion, Outcome
from casefiles.taxonomy.working_copy import WorkingCopy
from casefiles.workspace.find import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What an operation did."""

    modes: tuple[VersionedMode, ...]
    """The modes it was about, as they are now."""
    plan: Plan
    """The changes of mode files."""
    message: str
    """What it did, as the subject of a commit."""
    stale: int = 0
    """Judgements that rest on an older meaning by it."""

    @property
    def mode(self) -> VersionedMode:
        """The mode it was about; the first of several."""
        return self.modes[0]

    @property
    def path(self) -> str:
        """Its file."""
        return mode_path(self.mode.mode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The proposal in which a mode is to be split."""

    name: str
    """Its name."""
    mode: str
    """Id of the mode."""
    proposal: Proposal
    """What it holds."""
    plan: Plan
    """The new file."""

    @property
    def path(self) -> str:
        """Its file."""
        return proposal_path(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A definition that a mode may be given."""

    mode: str
    """Id of the mode."""
    definition: Definition
    """What it is to say."""
    in_force: str
    """Hash of the definition that the mode's version was given to."""

    @property
    def is_new(self) -> bool:
        """Whether it says anything else than the definition in force."""
        return self.definition.hash != self.in_force

    def says(self, text: str) -> Meaning:
        """Return it with other words."""
        return replace(self, definition=Definition(text=text.strip("\n")))


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
    operation = partial(
        operations.new, name=name, definition=defined(yes_if, no_if), occasion=_now(day, why)
    )
    return _carry_out(workspace, operation, f"new mode {name}", dry_run=dry_run)


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
    operation = partial(operations.rename, mode=mode, name=name, occasion=_now(day, why))
    return _carry_out(workspace, operation, f"rename {mode} to {name}", dry_run=dry_run)


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
    definition = defined(yes_if, no_if) if yes_if or no_if else None
    operation = partial(
        operations.merge,
        sources=sources,
        into=into,
        definition=definition,
        occasion=_now(day, why),
    )
    return _carry_out(
        workspace, operation, f"merge {', '.join(sources)} into {into}", dry_run=dry_run
    )


def split(
    workspace: Workspace,
    mode: str,
    parts: Sequence[str],
    *,
    name: str | None = None,
    why: str = "",
    dry_run: bool = False,
) -> Opened:
    """Open a proposal to split a mode; accepting it, sorted and defined, is what splits it.

    Raises BadInputError if the mode is not active or an open proposal splits it already, if a
    part's name cannot be a new mode's, or if a file it relies on is broken.
    """
    corpus = desk.open_corpus(workspace)
    desk.insist(corpus, lambda path: place_of(path).kind in ("note", "mode", "proposal"))
    copy = _working_copy(workspace, corpus)
    id_ = copy.active(mode)
    if waiting := next(splitting.splits_of(corpus, id_), None):
        remedy = f"accept or reject {waiting} first"
        raise BadInputError(f"the open proposal {waiting} splits {id_} already", remedy=remedy)
    name = free_name(corpus, name, f"split-{id_}")
    proposal = splitting.draft_split(corpus, copy, id_, parts, proposal=name, why=why)
    change = Change(path=proposal_path(name), before=None, after=render(proposal))
    plan = desk.carry_out(workspace, Plan(changes=(change,)), dry_run=dry_run)
    return Opened(name=name, mode=id_, proposal=proposal, plan=plan)


def meaning(workspace: Workspace, mode: str, *, yes_if: str = "", no_if: str = "") -> Meaning:
    """Return what a mode's file says, with the halves that are given in place of its own.

    Raises BadInputError if the mode is not active.
    """
    corpus = _modes(workspace)
    id_ = _working_copy(workspace, corpus).active(mode)
    found = corpus.modes[id_]
    return Meaning(
        mode=id_,
        definition=amended(found.definition, yes_if, no_if),
        in_force=found.defined or found.definition.hash,
    )


def redefine(
    workspace: Workspace,
    mode: str,
    definition: Definition,
    *,
    new_meaning: bool,
    why: str = "",
    day: str | None = None,
    dry_run: bool = False,
) -> Changed:
    """Define a mode anew: with a new meaning its version rises and older judgements are stale.

    Raises BadInputError if the mode is not active, or the definition incomplete or the same.
    """
    operation = operations.redefine if new_meaning else operations.reword
    said = f"redefine {mode}" if new_meaning else f"reword {mode}, same meaning"
    carried = partial(operation, mode=mode, definition=definition, occasion=_now(day, why))
    return _carry_out(workspace, carried, said, dry_run=dry_run)


def retire(
    workspace: Workspace, mode: str, *, why: str, day: str | None = None, dry_run: bool = False
) -> Changed:
    """Take a mode out of use; its file stays. Raises BadInputError if it is not active."""
    operation = partial(operations.retire, mode=mode, occasion=_now(day, why))
    return _carry_out(workspace, operation, f"retire {mode}", dry_run=dry_run)


def group(
    workspace: Workspace,
    modes: Sequence[str],
    name: str,
    *,
    why: str = "",
    day: str | None = None,
    dry_run: bool = False,
) -> Changed:
    """Put modes into a group of the report (an empty name: into none).

    Raises BadInputError if one of them is not active or is there already.
    """
    corpus = _modes(workspace)
    copy, found = operations.group(
        _working_copy(workspace, corpus), modes, name, occasion=_now(day, why)
    )
    ids = ", ".join(mode.mode for mode in found)
    message = f"taxonomy: group {ids} as {name}" if name else f"taxonomy: ungroup {ids}"
    plan = desk.carry_out(workspace, copy.plan, dry_run=dry_run)
    return Changed(modes=found, plan=plan, message=message)


def _stale(corpus: Corpus) -> int:
    """Count (trace, mode) whose judgements rest on an older meaning."""
    return sum(found.stale for found in judge(corpus).settled.values())


def _carry_out(
    workspace: Workspace,
    operation: Callable[[WorkingCopy], Outcome],
    said: str,
    *,
    dry_run: bool,
) -> Changed:
    corpus = _modes(workspace)
    after, mode = operation(_working_copy(workspace, corpus))
    return Changed(
        modes=(mode,),
        plan=desk.carry_out(workspace, after.plan, dry_run=dry_run),
        message=f"taxonomy: {said}",
        stale=max(0, _stale(replace(corpus, modes=after.modes)) - _stale(corpus)),
    )


def _modes(workspace: Workspace) -> Corpus:
    corpus = desk.open_corpus(workspace)
    desk.insist(corpus, lambda path: place_of(path).kind == "mode")
    return corpus


def _working_copy(workspace: Workspace, corpus: Corpus) -> WorkingCopy:
    return WorkingCopy(modes=corpus.modes, read=partial(desk.read_text, workspace))


def _now(day: str | None, why: str) -> Occasion:
    return Occasion(day=day or today(), why=why)
