"""A proposal closed without taking anything over."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from casefiles.documents.paths import proposal_path
from casefiles.documents.plan import Plan
from casefiles.loop import desk
from casefiles.loop.accept import chosen
from casefiles.taxonomy import accepting
from casefiles.workspace.find import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """What `reject` did."""

    name: str
    """Name of the proposal."""
    plan: Plan
    """The change of its file."""


def reject(
    workspace: Workspace, name: str | None = None, *, why: str, dry_run: bool = False
) -> Rejected:
    """Reject an open proposal; without ``name`` the only open one. The file stays, with the why.

    Raises BadInputError if there is no such open proposal or its file is broken.
    """
    corpus = desk.open_corpus(workspace)
    name = chosen(corpus, name)
    desk.insist(corpus, lambda path: path == proposal_path(name))
    plan = accepting.reject(name, why, read=partial(desk.read_text, workspace))
    return Rejected(name=name, plan=desk.carry_out(workspace, plan, dry_run=dry_run))
