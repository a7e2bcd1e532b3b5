"""A proposal on a branch of its own, for teams that review proposals as pull requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from casefiles.documents.corpus import Corpus
from casefiles.documents.paths import mode_path, note_path, trace_path
from casefiles.documents.plan import Plan
from casefiles.errors import BadInputError
from casefiles.taxonomy.observations import Seen
from casefiles.workspace import branch as branches
from casefiles.workspace.find import Workspace

BRANCHES = "casefiles"
"""Branches of proposals are called so, a slash and the proposal's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Where a proposal was committed."""

    name: str
    """The branch."""
    commit: str
    """Short hash of its one commit."""
    steps: tuple[str, ...]
    """How to open a pull request for it."""


def insist_committed(workspace: Workspace, corpus: Corpus, seen: Sequence[Seen]) -> None:
    """Raise BadInputError if the branch would lack what the proposal cites."""
    branches.insist_on_head(workspace.root)
    needed = {note_path(one.ref.annotator, one.ref.trace) for one in seen}
    needed |= {trace_path(one.ref.trace) for one in seen} | {mode_path(id_) for id_ in corpus.modes}
    missing = sorted(needed & branches.uncommitted(workspace.root, ("notes", "traces", "taxonomy")))
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise BadInputError(
            f"not committed as it is: {missing[0]}{more}; a branch would lack it",
            remedy="commit notes/, traces/ and taxonomy/ first, or propose without --on-branch",
        )


def committed(workspace: Workspace, proposal: str, plan: Plan) -> Branch:
    """Commit what a plan writes on the branch of a proposal; the working tree stays as it is.

    Raises BadInputError if there is such a branch, or git cannot commit.
    """
    name = f"{BRANCHES}/{proposal}"
    files = {change.path: change.after or "" for change in plan.changes}
    message = f"taxonomy: propose {proposal}"
    commit = branches.commit_on_branch(workspace.root, name, files, message)
    return Branch(name=name, commit=commit, steps=branches.pull_request(workspace.root, name))
