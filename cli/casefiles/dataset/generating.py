"""Which queries are wanted, the questions that ask for them, and which drafts are let in."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casefiles.dataset.replies import Draft
from casefiles.documents.dataset import Dataset, Dimension, PersonaPlan, Tuple
from casefiles.text.likeness import Texts

AT_ONCE = 10
"""Queries one tuple is asked for in one reply: in longer lists they grow alike."""
AGAIN = 2
"""How often a tuple is asked once more after a reply that left it short."""
CHECKED_AT_ONCE = 20
"""Queries that are looked at in one reply at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A draft that was not let in."""

    tuple_id: str
    """The tuple it was written for."""
    text: str
    """The draft."""
    like: str
    """The query, written or real, that it nearly repeats."""


@dataclass(slots=True, kw_only=True)
class Order:
    """What one tuple still needs, and what came of it so far."""

    item: Tuple
    """The tuple."""
    wanted: int
    """Queries to write for it, in all."""
    written: tuple[str, ...]
    """Texts that it had before, used or not."""
    drafts: list[Draft] = field(default_factory=list)
    """What was let in."""
    refused: list[Refused] = field(default_factory=list)
    """What was not."""
    shortfalls: int = 0
    """Replies that left it short of what they were asked for."""

    @property
    def missing(self) -> int:
        """Queries it still lacks."""
        return self.wanted - len(self.drafts)

    @property
    def texts(self) -> list[str]:
        """What was written for it or refused, each text once."""
        new = [*(draft.text for draft in self.drafts), *(found.text for found in self.refused)]
        return list(dict.fromkeys([*self.written, *new]))

    @property
    def next_count(self) -> int:
        """How many to ask for now; 0: none, or it was asked often enough."""
        return min(self.missing, AT_ONCE) if self.shortfalls <= AGAIN else 0

    def take(self, drafts: Iterable[Draft] | None, known: Texts) -> None:
        """Let in what is new, up to what is wanted; remember what nearly repeats something.

        None: there was no usable reply, and there will be none.
        """
        if drafts is None:
            self.shortfalls = AGAIN + 1
            return
        asked = self.next_count
        before = len(self.drafts)
        for draft in drafts:
            like = known.nearest(draft.text)
            if like is not None:
                self.refused.append(Refused(tuple_id=self.item.id, text=draft.text, like=like))
            elif self.missing:
                known.add(draft.text)
                self.drafts.append(draft)
        if len(self.drafts) - before < asked:
            self.shortfalls += 1


def orders(dataset: Dataset, count: int) -> tuple[Order, ...]:
    """Share out what is missing of ``count`` queries in use: tuples with the fewest come first.

    In the end no tuple has two more than another, unless it had them before.
    """
    has = Counter(query.tuple_id for query in dataset.queries if query.used)
    heap = [(has[item.id], number) for number, item in enumerate(dataset.used_tuples)]
    heapq.heapify(heap)
    wanted: Counter[int] = Counter()
    for _ in range(count - has.total() if heap else 0):
        number_of, number = heap[0]
        wanted[number] += 1
        heapq.heapreplace(heap, (number_of + 1, number))
    texts: dict[str | None, list[str]] = {}
    for query in dataset.queries:
        texts.setdefault(query.tuple_id, []).append(query.text)
    return tuple(
        Order(item=item, wanted=wanted[number], written=tuple(texts.get(item.id, ())))
        for number, item in enumerate(dataset.used_tuples)
        if wanted[number]
    )


def queries_data(
    application: Mapping[str, str],
    dimensions: Sequence[Dimension],
    asked: Sequence[Order],
    real: Sequence[str],
) -> Mapping[str, Any]:
    """Return the data of a question that asks for queries for some tuples."""
    tuples = [
        {
            **described(order.item, dimensions),
            "queries_wanted": order.next_count,
            "written": order.texts,
            **({"replies_before": order.shortfalls} if order.shortfalls else {}),
        }
        for order in asked
    ]
    data: dict[str, Any] = {"application": dict(application), "tuples": tuples}
    return {**data, "real_queries": list(real)} if real else data


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCheck:
    """The queries of one tuple that a model is to look at once more."""

    item: Tuple
    """The tuple."""
    drafts: Mapping[str, Draft]
    """Name to query; a new one has no id yet, so it is named after its tuple."""


def to_check(item: Tuple, drafts: Mapping[str, Draft]) -> Iterator[ToCheck]:
    """Cut the queries of a tuple into portions of `CHECKED_AT_ONCE`."""
    names = list(drafts)
    for start in range(0, len(names), CHECKED_AT_ONCE):
        portion = names[start : start + CHECKED_AT_ONCE]
        yield ToCheck(item=item, drafts={name: drafts[name] for name in portion})


def doubts_data(
    application: Mapping[str, str], dimensions: Sequence[Dimension], asked: Sequence[ToCheck]
) -> Mapping[str, Any]:
    """Return the data of a question on whether the queries of some tuples are realistic."""
    tuples = [
        {
            **described(found.item, dimensions),
            "queries": [
                {"id": name, "text": draft.text, **_plan(draft.plan)}
                for name, draft in found.drafts.items()
            ],
        }
        for found in asked
    ]
    return {"application": dict(application), "tuples": tuples}


def _plan(plan: PersonaPlan | None) -> Mapping[str, Any]:
    if plan is None:
        return {}
    shown = {"goal": plan.goal, "facts": list(plan.facts), "never_says": list(plan.never_says)}
    return {"plan": {**shown, "approver": plan.approver}}


def described(item: Tuple, dimensions: Sequence[Dimension]) -> dict[str, Any]:
    """Return a tuple's id and values, with what people say the values mean."""
    meaning = {
        (dimension.name, value.name): value.description
        for dimension in dimensions
        for value in dimension.values
    }
    values = {
        name: {"value": value, "means": said}
        if (said := meaning.get((name, value)))
        else {"value": value}
        for name, value in item.values.items()
    }
    return {"id": item.id, "values": values}
