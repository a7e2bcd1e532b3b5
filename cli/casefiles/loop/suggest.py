"""Dimensions that a model suggests, for a person to keep or delete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from casefiles.dataset.replies import dimensions_schema, read_dimensions
from casefiles.documents.corpus import Corpus
from casefiles.documents.dataset import Dimension
from casefiles.documents.dataset_edit import dimension_row
from casefiles.documents.paths import DIMENSIONS
from casefiles.documents.plan import Plan
from casefiles.documents.question import Question
from casefiles.errors import LimitReachedError
from casefiles.loop import desk, pasting
from casefiles.loop.asking import Asking, Tell
from casefiles.loop.dataset_files import changed, open_dataset
from casefiles.loop.model_service import prompt
from casefiles.loop.queries_prompt import unusable
from casefiles.loop.query_questions import application
from casefiles.loop.real_queries import real_queries, shown
from casefiles.models.service import Service
from casefiles.models.spending import Estimate, Spent
from casefiles.workspace.find import Workspace

_TOKENS = 900
"""Tokens of a reply: four dimensions of five values, each described; a guess."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """What was suggested."""

    plan: Plan
    """The change of dimensions.yaml."""
    new: tuple[Dimension, ...] = ()
    """The dimensions added; none is in use before a person keeps it."""
    fault: str | None = None
    """Why there is none."""
    spent: Spent | None = None
    """Calls, tokens and cost; None without a model."""
    stopped: LimitReachedError | None = None
    """The limit of the user that ended it, if one did."""


class SuggestJob:
    """What is to be asked, before the call; then `run` asks it."""

    def __init__(self, workspace: Workspace, service: Service) -> None:
        """Raises BadInputError without a description of the application, or for a broken file."""
        self._workspace = workspace
        self._service = service
        corpus = open_dataset(workspace)
        self._question = _question(workspace, corpus)
        self._known = _known(corpus)

    def estimate(self) -> Estimate:
        """Say what it will take."""
        return self._service.estimate([self._question], reply_tokens=_TOKENS)

    def run(self, tell: Tell = lambda *_: None) -> Suggested:
        """Ask, and append what is suggested. Raises BadInputError if the provider fails."""
        asking = Asking(self._service, tell)
        (found,) = asking.ask("suggesting", [self._question], self._read)
        written = _append(
            self._workspace, found or (), self._service.model, self._question.prompt_hash
        )
        return replace(
            written,
            fault=next((fault for _, fault in asking.faults), None),
            spent=self._service.spent,
            stopped=asking.stopped,
        )

    def _read(self, _: Question, reply: str) -> tuple[Dimension, ...]:
        return read_dimensions(reply, self._known)


def write_prompt(workspace: Workspace) -> str:
    """Write the question to a file, for any chat; return its path. Raises as `SuggestJob`."""
    question = _question(workspace, open_dataset(workspace))
    return pasting.write(workspace, "suggest dimensions", [question])


def take_answers(workspace: Workspace, reply: str, *, dry_run: bool = False) -> Suggested:
    """Append what a chat suggested. Raises BadInputError if there is nothing to append."""
    corpus = open_dataset(workspace)
    try:
        found = read_dimensions(reply, _known(corpus), fewest=1)
    except ValueError as error:
        raise unusable(error) from error
    question = _question(workspace, corpus)
    return _append(workspace, found, "chat", question.prompt_hash, dry_run=dry_run)


def _question(workspace: Workspace, corpus: Corpus) -> Question:
    there = [
        {
            "name": dimension.name,
            "description": dimension.description,
            "values": [value.name for value in dimension.values],
            "state": "dropped" if dimension.keep is False else "kept" if dimension.used else "open",
        }
        for dimension in corpus.dataset.all_dimensions
    ]
    data = {"application": dict(application(workspace)), "dimensions": there}
    real = shown(real_queries(workspace, corpus))
    return Question(
        instructions=prompt(workspace, "dimensions"),
        data={**data, "real_queries": real} if real else data,
        schema=dimensions_schema(),
    )


def _known(corpus: Corpus) -> list[str]:
    return [dimension.name for dimension in corpus.dataset.all_dimensions]


def _append(
    workspace: Workspace,
    found: Sequence[Dimension],
    model: str,
    prompt_hash: str,
    *,
    dry_run: bool = False,
) -> Suggested:
    origin = {"by": "model", "model": model, "prompt": prompt_hash}
    new = tuple(replace(dimension, origin=origin) for dimension in found)
    change = changed(workspace, DIMENSIONS, rows=[dimension_row(dimension) for dimension in new])
    plan = desk.carry_out(workspace, Plan(changes=(change,)), dry_run=dry_run)
    return Suggested(plan=plan, new=new)
