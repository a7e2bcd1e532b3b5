"""Axial coding: group what people observed into a proposal they edit."""

from __future__ import annotations

from dataclasses import dataclass

from casefiles.documents.corpus import Corpus
from casefiles.documents.paths import place_of, proposal_path
from casefiles.documents.plan import Change, Plan
from casefiles.documents.proposal import Proposal, render
from casefiles.errors import BadInputError
from casefiles.loop import desk
from casefiles.loop.clock import today
from casefiles.loop.embedded import embedded
from casefiles.loop.proposal_name import free_name
from casefiles.taxonomy import drafting, guard
from casefiles.taxonomy.observations import Seen, uncoded
from casefiles.workspace.find import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What `propose` did."""

    plan: Plan
    """The new proposal file."""
    name: str
    """Its name."""
    proposal: Proposal
    """What it holds."""
    observations: int
    """The observations it holds, each counted once."""

    @property
    def path(self) -> str:
        """The file."""
        return proposal_path(self.name)


def propose(
    workspace: Workspace,
    *,
    name: str | None = None,
    force: bool = False,
    day: str | None = None,
    dry_run: bool = False,
) -> Proposed:
    """Group the observations that belong to no mode yet, by likeness of wording.

    The file is named by the day unless ``name`` is given. Raises BadInputError if too little was
    read or an open proposal holds the same observations (both: unless ``force``), if there is
    nothing to group, or if a file it relies on is broken.
    """
    corpus = desk.open_corpus(workspace)
    desk.insist(corpus, lambda path: _is_needed(path, corpus))
    day = day or today()
    name = free_name(corpus, name, day)
    reading = guard.reading(corpus)
    seen = uncoded(corpus)
    if not force:
        guard.insist_on_reading(reading)
        _insist_not_open(corpus, seen)
    if not seen:
        raise BadInputError(
            "there is nothing to propose: every observation belongs to a failure mode",
            remedy="read on with `casefiles note`",
        )
    basis = drafting.basis(reading, uncoded=len(seen), forced=force)
    proposal = drafting.draft(name, embedded(corpus, seen), modes=corpus.modes, basis=basis)
    change = Change(path=proposal_path(name), before=None, after=render(proposal))
    plan = desk.carry_out(workspace, Plan(changes=(change,)), dry_run=dry_run)
    return Proposed(plan=plan, name=name, proposal=proposal, observations=len(seen))


def _is_needed(path: str, corpus: Corpus) -> bool:
    place = place_of(path)
    if place.kind == "trace":  # only those that somebody wrote about
        return any(trace == place.reference for _, trace in corpus.notes)
    return place.kind in ("note", "mode", "proposal")


def _insist_not_open(corpus: Corpus, seen: tuple[Seen, ...]) -> None:
    """Raise BadInputError if an open proposal waits with the same observations."""
    identities = {one.ref.identity for one in seen}
    for name, proposal in sorted(corpus.proposals.items()):
        held = {getattr(item.reference, "identity", None) for item in proposal.items}
        if proposal.status == "open" and held & identities:
            raise BadInputError(
                f"the open proposal {name} holds {len(held & identities)} of these "
                f"{len(identities)} observations",
                where=proposal_path(name),
                remedy=f"edit it and `casefiles accept {name}`, or `casefiles reject {name} "
                "--why …`, first; or go on with --force",
            )
