"""Axial coding: group what people observed into a proposal they edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from casefiles.documents.corpus import Corpus
from casefiles.documents.paths import place_of, proposal_path
from casefiles.documents.plan import Change, Plan
from casefiles.documents.proposal import Proposal, render
from casefiles.errors import BadInputError
from casefiles.loop import desk
from casefiles.loop.clock import today
from casefiles.loop.embedded import embedded
from casefiles.loop.on_branch import Branch, committed, insist_committed
from casefiles.loop.proposal_name import free_name
from casefiles.loop.waiting import Waiting, waiting
from casefiles.taxonomy import decided, drafting, guard
from casefiles.taxonomy.drafting import Sorted
from casefiles.taxonomy.observations import Seen, uncoded
from casefiles.workspace.find import Workspace

Sort = Callable[[Corpus, Sequence[Seen]], Sorted]
"""Sorts observations that no mode holds yet: the method."""


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
    new: int | None
    """Those that no proposal held before; None: there was none."""
    held: int
    """Observations that belong to accepted modes: they stay where they are."""
    remarks: tuple[str, ...] = ()
    """What to know of how it came about."""
    failed: str | None = None
    """Why the method asked for failed, so that this was made without a model."""
    branch: Branch | None = None
    """Where it was committed, if not written into the working tree."""

    @property
    def path(self) -> str:
        """The file."""
        return proposal_path(self.name)


def propose(
    workspace: Workspace,
    sort: Sort | None = None,
    *,
    name: str | None = None,
    force: bool = False,
    day: str | None = None,
    dry_run: bool = False,
    on_branch: bool = False,
) -> Proposed:
    """Write a proposal for the observations that belong to no mode yet.

    ``sort`` is the method, by default the one without a model. The file is named by the day
    unless ``name`` is given; with ``on_branch`` it is committed on a branch of its own, and the
    working tree stays as it is.
    Raises BadInputError if too little was read, an open proposal holds the same observations or
    all there is to propose was rejected before (each: unless ``force``), if there is nothing to
    propose, or if a file it relies on is broken; and whatever ``sort`` raises.
    """
    corpus = desk.open_corpus(workspace)
    desk.insist(corpus, lambda path: _is_needed(path, corpus))
    name = free_name(corpus, name, day or today())
    reading = guard.reading(corpus)
    if not force:
        guard.insist_on_reading(reading)
    seen = _to_propose(corpus)
    others = tuple(waiting(workspace, corpus, seen))
    if not force:
        _insist_not_open(others)
    if on_branch:
        insist_committed(workspace, corpus, seen)
    found = (sort or partial(embedded, workspace=workspace))(corpus, seen)
    new = _new(corpus, seen)
    if force:
        found = replace(found, remarks=(*found.remarks, *map(str, others)))
    else:
        found = _news(_without_rejected(corpus, found), new)
    basis = drafting.basis(reading, uncoded=len(seen), forced=force)
    proposal = drafting.draft(name, found, modes=corpus.modes, basis=basis)
    drafting.insist_accounted(proposal, [one.ref for one in seen])
    plan = Plan(changes=(Change(path=proposal_path(name), before=None, after=render(proposal)),))
    branch = committed(workspace, name, plan) if on_branch and not dry_run else None
    if branch is None:
        desk.carry_out(workspace, plan, dry_run=dry_run)
    return Proposed(
        plan=plan,
        name=name,
        proposal=proposal,
        observations=len(seen),
        new=new,
        held=reading.observations - len(seen),
        remarks=found.remarks,
        failed=found.failed,
        branch=branch,
    )


def _to_propose(corpus: Corpus) -> tuple[Seen, ...]:
    seen = uncoded(corpus)
    if not seen:
        raise BadInputError(
            "there is nothing to propose: every observation belongs to a failure mode",
            remedy="read on with `casefiles note`",
        )
    return seen


def _new(corpus: Corpus, seen: Sequence[Seen]) -> int | None:
    if not corpus.proposals:
        return None
    cited = (item for proposal in corpus.proposals.values() for item in proposal.items)
    before = {getattr(item.reference, "identity", None) for item in cited}
    return sum(one.ref.identity not in before for one in seen)


def _without_rejected(corpus: Corpus, found: Sorted) -> Sorted:
    found = decided.without_declined(found, decided.declined(corpus))
    left, out = decided.without_rejected(found, decided.rejections(corpus))
    said = tuple(f"{one.title!r} is not proposed again: it {why}" for one, why in out)
    if out and not left.suggestions and not left.known:
        failed = (f"the model could not propose: {found.failed}",) if found.failed else ()
        raise BadInputError(
            "\n".join((*failed, *said, "nothing else is there to propose")),
            remedy="read on with `casefiles note`, try another --method, or propose it all the "
            "same with --force",
        )
    return replace(left, remarks=(*left.remarks, *said))


def _news(found: Sorted, new: int | None) -> Sorted:
    """Raise BadInputError if all there would be to read was left over before."""
    if new == 0 and not found.suggestions and not found.known:
        raise BadInputError(
            f"nothing new to propose: {len(found.left_over)} observations belong to no mode, "
            "like no others, and a proposal left them over before",
            remedy="read on with `casefiles note`, name a mode by hand with `casefiles mode new`, "
            "or have them written out with --force",
        )
    return found


def _is_needed(path: str, corpus: Corpus) -> bool:
    place = place_of(path)
    if place.kind == "trace":  # only those that somebody wrote about
        return any(trace == place.reference for _, trace in corpus.notes)
    return place.kind in ("note", "mode", "proposal")


def _insist_not_open(others: Sequence[Waiting]) -> None:
    """Raise BadInputError if an open proposal waits with the same observations."""
    for one in others:
        raise BadInputError(
            str(one),
            where=one.where,
            remedy=f"edit it and `casefiles accept {one.name}`, or `casefiles reject {one.name} "
            "--why …`, first; or go on with --force",
        )
