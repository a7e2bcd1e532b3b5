"""The questions about queries: a prompt, the workspace's data, and how the reply is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from casefiles.dataset.generating import Order, ToCheck, doubts_data, queries_data, to_check
from casefiles.dataset.replies import Draft, queries_schema, verdicts_schema
from casefiles.documents.corpus import Corpus
from casefiles.documents.dataset import Dataset, Dimension, Query, Tuple
from casefiles.documents.question import Question
from casefiles.errors import BadInputError
from casefiles.loop.model_service import prompt
from casefiles.loop.real_queries import shown
from casefiles.workspace.find import Workspace

_PLACEHOLDER = "What it does, and for whom."
"""The description that `init` writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    """Makes questions of orders and of queries."""

    application: Mapping[str, str]
    """Name and description."""
    dimensions: tuple[Dimension, ...]
    """What the values of tuples mean."""
    real: Sequence[str]
    """A few queries of real users."""
    writing: str
    """The prompt that asks for queries."""
    doubting: str
    """The prompt that asks whether they are realistic."""
    plans: bool
    """Whether each query is to have a persona plan."""

    def queries(self, asked: Sequence[Order]) -> Question:
        """Ask for queries for some tuples."""
        return Question(
            instructions=self.writing,
            data=queries_data(self.application, self.dimensions, asked, self.real),
            schema=queries_schema(plans=self.plans),
        )

    def doubts(self, asked: Sequence[ToCheck]) -> Question:
        """Ask whether queries of some tuples are realistic."""
        return Question(
            instructions=self.doubting,
            data=doubts_data(self.application, self.dimensions, asked),
            schema=verdicts_schema(),
        )


def composer(workspace: Workspace, corpus: Corpus, *, real: Sequence[str], plans: bool) -> Composer:
    """Gather what all questions have in common. Raises BadInputError without a description."""
    writing = prompt(workspace, "queries")
    return Composer(
        application=application(workspace),
        dimensions=corpus.dataset.dimensions,
        real=shown(real),
        writing=f"{writing.rstrip()}\n\n{prompt(workspace, 'plans')}" if plans else writing,
        doubting=prompt(workspace, "doubts"),
        plans=plans,
    )


def application(workspace: Workspace) -> Mapping[str, str]:
    """Return what a model is told of the application. Raises BadInputError without a description.

    Without one it would invent an application of its own.
    """
    app = workspace.config.app
    if app.description.strip() in ("", _PLACEHOLDER):
        raise BadInputError(
            "[app] description says nothing yet, and a model knows the application by it only",
            where=workspace.config.path,
            remedy="say there in a few sentences what it does and who uses it",
        )
    return {"name": app.name, "description": app.description}


def unchecked(dataset: Dataset, *, by_people_too: bool) -> tuple[ToCheck, ...]:
    """Return the queries on file that no filter and no person has looked at, by tuple."""
    tuples = {item.id: item for item in dataset.tuples}
    found: dict[str, dict[str, Draft]] = {}
    for query in dataset.queries:
        if is_open(query) and (by_people_too or query.origin.get("by") == "model"):
            draft = Draft(text=query.text, plan=query.plan)
            found.setdefault(query.tuple_id or "", {})[query.id] = draft
    nothing = Tuple(id="", values={})
    return tuple(
        portion
        for name, drafts in found.items()
        for portion in to_check(replace(tuples.get(name, nothing), id=name), drafts)
    )


def is_open(query: Query) -> bool:
    """Whether the filter has something to say about a query: not decided, doubted or checked."""
    return query.keep is None and query.doubt is None and "checked" not in query.origin
