"""A proposal into the taxonomy, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from casefiles.documents.corpus import Corpus
from casefiles.documents.paths import note_path, place_of, proposal_path
from casefiles.errors import BadInputError
from casefiles.loop import desk
from casefiles.loop.clock import today
from casefiles.taxonomy import accepting
from casefiles.taxonomy.accepting import Accepted
from casefiles.text.names import nearest
from casefiles.workspace.find import Workspace


def accept(
    workspace: Workspace,
    name: str | None = None,
    *,
    day: str | None = None,
    dry_run: bool = False,
) -> Accepted:
    """Accept a proposal; without ``name`` the only open one.

    Raises BadInputError with every problem, line by line, if anything in it is wrong, or if a
    file it relies on is broken; nothing was written then.
    """
    corpus = desk.open_corpus(workspace)
    name = chosen(corpus, name)
    desk.insist(corpus, _needed(corpus, name))
    accepted, problems = accepting.accept(
        corpus, name, read=partial(desk.read_text, workspace), day=day or today()
    )
    if accepted is None:
        lines = [str(problem) for problem in sorted(problems, key=lambda p: p.order)]
        raise BadInputError("\n".join([*lines, "nothing was written; mend the lines above first"]))
    desk.carry_out(workspace, accepted.plan, dry_run=dry_run)
    return accepted


def chosen(corpus: Corpus, given: str | None) -> str:
    """Return the name of the proposal meant: a name, a path, or None for the only open one.

    Raises BadInputError if there is none, or more than one to choose from.
    """
    known = {*corpus.proposals, *_broken_proposals(corpus)}
    if given is not None:
        name = given.rpartition("/")[2].removesuffix(".md")
        if name in known:
            return name
        near = nearest(name, sorted(known))
        remedy = f"did you mean {near!r}?" if near else "see the files in taxonomy/proposals/"
        raise BadInputError(f"there is no proposal {name!r}", remedy=remedy)
    desk.insist(corpus, lambda path: place_of(path).kind == "proposal")
    waiting = sorted(name for name, found in corpus.proposals.items() if found.status == "open")
    if not waiting:
        raise BadInputError("no proposal is open", remedy="make one with `casefiles propose`")
    if len(waiting) > 1:
        message = f"{len(waiting)} proposals are open: {', '.join(waiting)}"
        raise BadInputError(message, remedy="say which one")
    return waiting[0]


def _broken_proposals(corpus: Corpus) -> set[str]:
    places = map(place_of, corpus.broken)
    return {place.reference for place in places if place.kind == "proposal"}


def _needed(corpus: Corpus, name: str) -> Callable[[str], bool]:
    """Paths that accepting relies on: the modes, the proposal and the notes it cites."""
    proposal = corpus.proposals.get(name)
    items = proposal.items if proposal else ()
    cited = {note_path(item.reference.annotator, item.reference.trace) for item in items}
    exact = {proposal_path(name), *cited}
    return lambda path: path in exact or place_of(path).kind == "mode"
