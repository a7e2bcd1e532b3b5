"""A person decides on queries or tuples, many at once, in one buffer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from casefiles.dataset.deciding import Decision, Row, parse_buffer, render_buffer
from casefiles.dataset.writing import values_of
from casefiles.documents.dataset import Dataset, Query
from casefiles.documents.paths import QUERIES, TUPLES
from casefiles.documents.plan import Plan
from casefiles.errors import BadInputError
from casefiles.loop import desk
from casefiles.loop.dataset_files import changed, open_dataset
from casefiles.text.emit import Emittable
from casefiles.workspace.find import Workspace

Edit = Callable[[str], str]
"""Shows a text and returns what became of it."""
Agree = Callable[[int], bool]
"""Asks, of a buffer that came back as it was, whether its so many decisions are meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was decided."""

    plan: Plan
    """The change of the file."""
    decisions: tuple[Decision, ...]
    """In the order of the buffer."""
    left: int
    """Rows that are still undecided."""

    @property
    def kept(self) -> int:
        """Rows to be used, the edited ones among them."""
        return sum(decision.keep for decision in self.decisions)

    @property
    def edited(self) -> int:
        """Rows whose text was changed."""
        return sum(decision.text is not None for decision in self.decisions)


def decide_queries(
    workspace: Workspace, edit: Edit, *, agree: Agree, dry_run: bool = False
) -> Decided:
    """Let a person keep, drop or change every query that nobody decided on.

    Doubted ones come first. Raises BadInputError if there is nothing to decide, for a buffer that
    cannot be read, or if the text of a query is changed that was sent to the application already.
    """
    corpus = open_dataset(workspace)
    data = corpus.dataset
    ran = {head.query for head in corpus.traces.values()}
    rows = [_query_row(query, data) for query in data.queries if query.keep is None]
    text = _shown_and_agreed(edit, agree, rows, what="query")
    known = {query.id for query in data.queries}
    decisions = parse_buffer(text, rows, known=known) if text is not None else ()
    for decision in decisions:
        if decision.text is not None and decision.name in ran:
            message = f"{decision.name} has traces, which hold the text as it was"
            remedy = "drop it, and write a new query with `casefiles queries --write`"
            raise BadInputError(message, remedy=remedy)
    return _carried_out(workspace, QUERIES, decisions, rows, dry_run=dry_run)


def decide_tuples(
    workspace: Workspace, edit: Edit, *, agree: Agree, dry_run: bool = False
) -> Decided:
    """Let a person keep or drop every tuple that nobody decided on. Raises as `decide_queries`."""
    data = open_dataset(workspace).dataset
    rows = [Row(name=item.id, text=values_of(item)) for item in data.tuples if item.keep is None]
    text = _shown_and_agreed(edit, agree, rows, what="tuple", editable=False)
    known = {item.id for item in data.tuples}
    found = parse_buffer(text, rows, known=known, editable=False) if text is not None else ()
    return _carried_out(workspace, TUPLES, found, rows, dry_run=dry_run)


def _query_row(query: Query, data: Dataset) -> Row:
    item = next((item for item in data.tuples if item.id == query.tuple_id), None)
    about = f"{item.id}: {values_of(item)}" if item else ""
    goal = f"  (goal: {query.plan.goal})" if query.plan else ""
    return Row(name=query.id, text=query.text, about=f"{about}{goal}", doubt=query.doubt or "")


def _shown_and_agreed(
    edit: Edit, agree: Agree, rows: Sequence[Row], *, what: str, editable: bool = True
) -> str | None:
    """Return the edited buffer; None if it came back as it was, and that was not meant."""
    if not rows:
        words = {"query": "queries", "tuple": "tuples"}[what]
        raise BadInputError(f"there are no {words} without a decision")
    buffer = render_buffer(rows, what=what, editable=editable)
    text = edit(buffer)
    return text if text != buffer or agree(len(rows)) else None


def _carried_out(
    workspace: Workspace,
    path: str,
    decisions: Sequence[Decision],
    rows: Sequence[Row],
    *,
    dry_run: bool,
) -> Decided:
    changes = {decision.name: _changes(decision) for decision in decisions}
    plan = Plan(changes=(changed(workspace, path, changes=changes),))
    decided = {decision.name for decision in decisions}
    return Decided(
        plan=desk.carry_out(workspace, plan, dry_run=dry_run),
        decisions=tuple(decisions),
        left=sum(row.name not in decided for row in rows),
    )


def _changes(decision: Decision) -> Mapping[tuple[str, ...], Emittable | None]:
    """Nothing of a row is removed but the reason of an earlier decision."""
    changes: dict[tuple[str, ...], Emittable | None] = {
        ("keep",): decision.keep,
        ("why",): decision.why or None,
    }
    if decision.text is not None:
        changes |= {("text",): decision.text, ("origin", "edited"): "human"}
    return changes
