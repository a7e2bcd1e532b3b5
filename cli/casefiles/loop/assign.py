"""Sharing traces out: who reads what follows from three settings, and nothing else is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from casefiles.documents import config_reader
from casefiles.documents.config import Order, Review
from casefiles.documents.plan import Change, Plan
from casefiles.errors import BadInputError
from casefiles.loop import desk
from casefiles.loop.pick import current_traces
from casefiles.review.sharing import readers
from casefiles.text.toml_edit import Value, set_values
from casefiles.workspace.find import Workspace
from casefiles.workspace.tree import WorkingTree


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one annotator reads."""

    annotator: str
    """Their name."""
    traces: int
    """How many traces."""
    shared: int
    """How many of these somebody else reads too."""
    noted: int
    """On how many of them they have a note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who reads what."""

    review: Review
    """The settings it follows from."""
    readers: Mapping[str, tuple[str, ...]]
    """Trace to who reads it, in path order; superseded rounds left out."""
    shares: tuple[Share, ...]
    """One for each annotator."""
    plan: Plan
    """What has to be written for it; empty if the settings stand already."""


def assign(
    workspace: Workspace,
    annotators: Sequence[str] = (),
    *,
    overlap: int | None = None,
    seed: int | None = None,
    order: Order | None = None,
    dry_run: bool = False,
) -> Assignment:
    """Set who shares the traces; what is not given stays as it is configured.

    Writes ``[review]`` of the configuration and nothing else. Raises BadInputError if nobody is
    named, a name cannot be a folder of notes, or the settings cannot be written line by line.
    """
    before = workspace.config.review
    review = replace(
        before,
        annotators=tuple(dict.fromkeys(annotators)) or before.annotators,
        overlap=before.overlap if overlap is None else overlap,
        seed=before.seed if seed is None else seed,
        order=order or before.order,
    )
    if not review.annotators:
        message = "nobody is named who could share the traces"
        raise BadInputError(message, remedy="for example: casefiles assign ana ben --overlap 20")
    plan = _plan(workspace, before, review)
    desk.carry_out(workspace, plan, dry_run=dry_run)
    return _assignment(workspace, review, plan)


def _plan(workspace: Workspace, before: Review, after: Review) -> Plan:
    names = ("annotators", "overlap", "order", "seed")
    changed: dict[str, Value] = {
        name: getattr(after, name)
        for name in names
        if getattr(after, name) != getattr(before, name)
    }
    path = workspace.config.path
    text = desk.read_text(workspace, path)
    if not changed or text is None:
        return Plan()
    root = ("tool", "casefiles") if path == "pyproject.toml" else ()
    try:
        written = set_values(text, (*root, "review"), changed)
    except ValueError as error:
        remedy = f"set {', '.join(changed)} by hand"
        raise BadInputError(str(error), where=path, remedy=remedy) from error
    _, problems = config_reader.parse(written, path)
    if problems:
        raise BadInputError("\n".join(str(problem) for problem in problems))
    return Plan(changes=(Change(path=path, before=text, after=written),))


def _assignment(workspace: Workspace, review: Review, plan: Plan) -> Assignment:
    tree = WorkingTree(workspace.root)
    found = readers(sorted(current_traces(tree)), review)
    shares = []
    for name in review.annotators:
        mine = {trace for trace, names in found.items() if name in names}
        shares.append(
            Share(
                annotator=name,
                traces=len(mine),
                shared=sum(len(found[trace]) > 1 for trace in mine),
                noted=len(mine.intersection(tree.documents(f"notes/{name}"))),
            )
        )
    by_path = {trace: found[trace] for trace in sorted(found)}
    return Assignment(review=review, readers=by_path, shares=tuple(shares), plan=plan)
