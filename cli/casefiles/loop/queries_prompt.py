"""Queries without a key: the whole question in a file for any chat, and what the chat replied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from casefiles.dataset.generating import Order, orders
from casefiles.dataset.replies import read_queries, read_verdicts
from casefiles.documents.corpus import Corpus
from casefiles.documents.dataset import Query
from casefiles.documents.question import Question
from casefiles.errors import BadInputError
from casefiles.loop import pasting
from casefiles.loop.dataset_files import open_dataset
from casefiles.loop.queries import add_queries
from casefiles.loop.queries_model import Generated, checked
from casefiles.loop.query_questions import composer, unchecked
from casefiles.loop.real_queries import real_queries
from casefiles.text.likeness import Texts
from casefiles.workspace.find import Workspace


def write_prompt(
    workspace: Workspace, *, count: int = 100, plans: bool = False, only_filter: bool = False
) -> tuple[str, int]:
    """Write the question to a file: for queries, or on whether those there are realistic.

    Returns the path, relative to the workspace, and the number of queries it is about. Raises
    BadInputError if there is nothing to ask, or no description of the application.
    """
    corpus = open_dataset(workspace)
    asks, question = (
        _doubts(workspace, corpus)
        if only_filter
        else _queries(workspace, corpus, count, plans=plans)
    )
    stage = "check queries" if only_filter else "write queries"
    return pasting.write(workspace, stage, [question]), asks


def _queries(
    workspace: Workspace, corpus: Corpus, count: int, *, plans: bool
) -> tuple[int, Question]:
    wanted = orders(corpus.dataset, count)
    if not corpus.dataset.used_tuples:
        raise BadInputError("there are no tuples yet", remedy="run `casefiles tuples` first")
    if not wanted:
        message = f"there are {count} queries in use already"
        raise BadInputError(message, remedy="ask for more with --count")
    real = real_queries(workspace, corpus)
    question = composer(workspace, corpus, real=real, plans=plans).queries(wanted)
    return sum(order.next_count for order in wanted), question


def _doubts(workspace: Workspace, corpus: Corpus) -> tuple[int, Question]:
    found = unchecked(corpus.dataset, by_people_too=True)
    if not found:
        raise BadInputError("every query is checked, doubted or decided on already")
    question = composer(workspace, corpus, real=(), plans=False).doubts(found)
    return sum(len(item.drafts) for item in found), question


def take_queries(workspace: Workspace, reply: str, *, dry_run: bool = False) -> Generated:
    """Add the queries of a chat's reply, for whichever tuples it answered.

    Those that nearly repeat another are refused. Raises BadInputError if the reply holds none.
    """
    corpus = open_dataset(workspace)
    data = corpus.dataset
    asked = {item.id: item for item in data.used_tuples}
    try:
        found = read_queries(reply, asked, plans=None, whole=False)
    except ValueError as error:
        raise unusable(error) from error
    real = real_queries(workspace, corpus)
    known = Texts((*(query.text for query in data.queries), *real))
    filled = []
    for name, drafts in found.by_tuple.items():
        order = Order(item=asked[name], wanted=len(drafts), written=())
        order.take(drafts, known)
        filled.append(order)
    origin = _origin(workspace, corpus, filled)
    new = [
        Query(id="", tuple_id=order.item.id, text=draft.text, plan=draft.plan, origin=origin)
        for order in filled
        for draft in order.drafts
    ]
    written = add_queries(workspace, new, dry_run=dry_run)
    return Generated(
        plan=written.plan,
        new=written.new,
        refused=tuple(refused for order in filled for refused in order.refused),
        remarks=found.faults,
    )


def _origin(workspace: Workspace, corpus: Corpus, filled: Sequence[Order]) -> Mapping[str, str]:
    """A chat does not say which model it is, nor which prompt it got: the one that fits."""
    plans = any(draft.plan for order in filled for draft in order.drafts)
    question = composer(workspace, corpus, real=(), plans=plans).queries(())
    return {"by": "model", "model": "chat", "prompt": question.prompt_hash}


def take_doubts(workspace: Workspace, reply: str, *, dry_run: bool = False) -> Generated:
    """Write down what a chat doubts. Raises BadInputError if the reply holds no verdict."""
    corpus = open_dataset(workspace)
    asked = [
        name for found in unchecked(corpus.dataset, by_people_too=True) for name in found.drafts
    ]
    try:
        verdicts = read_verdicts(reply, asked, whole=False)
    except ValueError as error:
        raise unusable(error) from error
    prompt = composer(workspace, corpus, real=(), plans=False).doubts(()).prompt_hash
    changes = {name: checked(doubt, prompt) for name, doubt in verdicts.items()}
    written = add_queries(workspace, (), changes=changes, dry_run=dry_run)
    return Generated(
        plan=written.plan,
        doubted=tuple(name for name, doubt in verdicts.items() if doubt is not None),
        checked=len(verdicts),
    )


def unusable(error: ValueError) -> BadInputError:
    """Say that a chat's reply holds nothing to go on with."""
    return BadInputError(
        f"no answer could be used: {error}",
        remedy="ask the chat to reply once more, in the form that the prompt asks for",
    )
