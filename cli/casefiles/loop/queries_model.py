"""Queries by a model: asked for by tuple, refused where they repeat, doubted in a second pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from casefiles.dataset.generating import AT_ONCE, Order, Refused, ToCheck, orders, to_check
from casefiles.dataset.replies import Draft, Drafts, read_queries, read_verdicts
from casefiles.documents.dataset import Query, Tuple
from casefiles.documents.plan import Plan
from casefiles.documents.question import Question
from casefiles.errors import BadInputError, LimitReachedError
from casefiles.loop.asking import Asking, Tell
from casefiles.loop.dataset_files import open_dataset
from casefiles.loop.queries import add_queries
from casefiles.loop.query_questions import composer, unchecked
from casefiles.loop.real_queries import real_queries
from casefiles.models.service import Service
from casefiles.models.spending import Estimate, Spent, total
from casefiles.text.likeness import Texts
from casefiles.workspace.find import Workspace

T = TypeVar("T")
_TOKENS = {False: 50, True: 250}
"""Tokens of a query in a reply, without and with a plan: for the estimate, a guess."""
_VERDICT_TOKENS = 30
"""The same of a verdict."""
_PLACEHOLDER = Draft(text="x" * 160)
"""Stands for a query that is not written yet, in the estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """What became of a job."""

    plan: Plan
    """The change of queries.yaml."""
    new: tuple[Query, ...] = ()
    """The queries added."""
    checked: int = 0
    """Queries, old and new, that the filter looked at."""
    doubted: tuple[str, ...] = ()
    """Ids of those that it doubts."""
    refused: tuple[Refused, ...] = ()
    """Drafts that nearly repeat another query."""
    missing: Mapping[str, int] = field(default_factory=dict)
    """Id of a tuple to the number of queries it still lacks."""
    faults: tuple[tuple[str, str], ...] = ()
    """(what was asked, why there is no usable answer)."""
    remarks: tuple[str, ...] = ()
    """What was passed over in replies that could be used otherwise."""
    spent: Spent = field(default_factory=Spent)
    """Calls, tokens and cost."""
    stopped: LimitReachedError | None = None
    """The limit of the user that ended it, if one did."""


class QueryJob:
    """What is to be asked, before the first call; then `run` asks it."""

    def __init__(
        self,
        workspace: Workspace,
        service: Service,
        *,
        count: int = 100,
        plans: bool = False,
        batch: int = 1,
        only_filter: bool = False,
    ) -> None:
        """Plan ``count`` queries in use in all, ``batch`` tuples in a request.

        With ``only_filter`` none is written, and all queries that nobody looked at are checked,
        those of people too. Raises BadInputError without tuples or a description of the
        application, or if a dataset file cannot be relied on.
        """
        corpus = open_dataset(workspace)
        data = corpus.dataset
        if not data.used_tuples and not only_filter:
            raise BadInputError("there are no tuples yet", remedy="run `casefiles tuples` first")
        real = real_queries(workspace, corpus)
        self._workspace = workspace
        self._service = service
        self._batch = batch
        self._composer = composer(workspace, corpus, real=real, plans=plans)
        self._orders = () if only_filter else orders(data, count)
        self._unchecked = unchecked(data, by_people_too=only_filter)
        self._known = Texts((*(query.text for query in data.queries), *real))
        self._remarks: list[str] = []

    @property
    def wanted(self) -> int:
        """Queries that are to be written."""
        return sum(order.wanted for order in self._orders)

    @property
    def open(self) -> int:
        """Queries on file that are to be checked."""
        return sum(len(found.drafts) for found in self._unchecked)

    def estimate(self) -> Estimate:
        """Say what it will take if no query is refused and no reply is bad."""
        writing = [
            question
            for group in _groups(self._orders, self._batch)
            for question in _repeated(self._composer.queries(group), group)
        ]
        to_come = [found for order in self._orders for found in _to_come(order)]
        groups = _groups([*to_come, *self._unchecked], self._batch)
        checking = [self._composer.doubts(group) for group in groups]
        queries = self.wanted * _TOKENS[self._composer.plans]
        verdicts = (self.wanted + self.open) * _VERDICT_TOKENS
        return total(
            [
                self._service.estimate(writing, reply_tokens=queries // max(1, len(writing))),
                self._service.estimate(checking, reply_tokens=verdicts // max(1, len(checking))),
            ]
        )

    def run(self, tell: Tell = lambda *_: None) -> Generated:
        """Ask, let in what is new, check it, and write it down.

        What a limit leaves unasked stays for the next time. Raises BadInputError if the provider
        cannot be asked at all; finished answers are kept and not paid for again.
        """
        asking = Asking(self._service, tell)
        self._write(asking)
        doubts, checked_by = self._check(asking)
        new = self._new(doubts, checked_by)
        known = [name for found in self._unchecked for name in found.drafts if name in doubts]
        changes = {name: checked(doubts[name], checked_by) for name in known}
        written = add_queries(self._workspace, new, changes=changes)
        return Generated(
            plan=written.plan,
            new=written.new,
            checked=len(doubts),
            doubted=(
                *(name for name in known if doubts[name] is not None),
                *(query.id for query in written.new if query.doubt is not None),
            ),
            refused=tuple(found for order in self._orders for found in order.refused),
            missing={order.item.id: order.missing for order in self._orders if order.missing},
            faults=tuple(sorted((_names(question), fault) for question, fault in asking.faults)),
            remarks=tuple(self._remarks),
            spent=self._service.spent,
            stopped=asking.stopped,
        )

    def _write(self, asking: Asking) -> None:
        while asked := [order for order in self._orders if order.next_count]:
            groups = _groups(asked, self._batch)
            questions = [self._composer.queries(group) for group in groups]
            for group, found in zip(
                groups, asking.ask("writing", questions, self._read), strict=True
            ):
                self._remarks.extend(found.faults if found else ())
                for order in group:
                    order.take(found.by_tuple[order.item.id] if found else None, self._known)

    def _read(self, question: Question, reply: str) -> Drafts:
        asked = [item["id"] for item in question.data["tuples"]]
        return read_queries(reply, asked, plans=self._composer.plans)

    def _check(self, asking: Asking) -> tuple[Mapping[str, str | None], str]:
        """Return name of a query to its doubt, for those that got a verdict; and the prompt."""
        new = [
            found
            for order in self._orders
            for found in to_check(order.item, _named(order.item, order.drafts))
        ]
        groups = _groups([*new, *self._unchecked], self._batch)
        questions = [self._composer.doubts(group) for group in groups]
        doubts: dict[str, str | None] = {}
        for found in asking.ask("checking", questions, _verdicts):
            doubts.update(found or {})
        return doubts, questions[0].prompt_hash if questions else ""

    def _new(self, doubts: Mapping[str, str | None], checked_by: str) -> list[Query]:
        prompt = self._composer.queries(()).prompt_hash
        origin = {"by": "model", "model": self._service.model, "prompt": prompt}
        return [
            Query(
                id="",
                tuple_id=order.item.id,
                text=draft.text,
                plan=draft.plan,
                doubt=doubts.get(name),
                origin={**origin, "checked": checked_by} if name in doubts else origin,
            )
            for order in self._orders
            for name, draft in _named(order.item, order.drafts).items()
        ]


def _verdicts(question: Question, reply: str) -> Mapping[str, str | None]:
    asked = [query["id"] for item in question.data["tuples"] for query in item["queries"]]
    return read_verdicts(reply, asked)


def checked(doubt: str | None, prompt: str) -> Mapping[tuple[str, ...], str]:
    """Return what the filter sets in a query that it looked at."""
    mark: dict[tuple[str, ...], str] = {("origin", "checked"): prompt}
    return mark if doubt is None else mark | {("doubt",): doubt}


def _repeated(question: Question, group: Sequence[Order]) -> list[Question]:
    """A tuple that wants more than `AT_ONCE` is asked several times."""
    most = max(order.wanted for order in group)
    return [question] * -(-most // AT_ONCE)


def _to_come(order: Order) -> Iterator[ToCheck]:
    return to_check(order.item, _named(order.item, [_PLACEHOLDER] * order.wanted))


def _named(item: Tuple, drafts: Sequence[Draft]) -> Mapping[str, Draft]:
    return {f"{item.id}.{number}": draft for number, draft in enumerate(drafts, 1)}


def _names(question: Question) -> str:
    return ", ".join(item["id"] or "queries of no tuple" for item in question.data["tuples"])


def _groups(items: Sequence[T], size: int) -> list[Sequence[T]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
