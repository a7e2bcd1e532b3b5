"""What a model replies about the dataset: the schemas, and replies read by them.

A reading is strict about what is used and lenient about its wrapping: prose around the JSON, a
list without the object around it and unknown keys are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from casefiles.documents.dataset import MAX_TURNS, Dimension, PersonaPlan, Value
from casefiles.text import json_reply
from casefiles.text.names import shorten

FEWEST_DIMENSIONS = 3
"""The method asks for so many; a reply with fewer is no help."""
_LONGEST = 8_000
"""Characters of a query; what is longer is no message of a user."""


def _stripped(text: str) -> str:
    """As our own reader will see it: what Python takes for blank is no text.

    Lone surrogates, which no file can hold, are refused by pydantic before.
    """
    stripped = text.strip()
    if not stripped:
        raise ValueError("must not be blank")
    return stripped


Line = Annotated[str, StringConstraints(min_length=1, max_length=400), AfterValidator(_stripped)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=60), AfterValidator(_stripped)]
Said = Annotated[
    str, StringConstraints(min_length=1, max_length=_LONGEST), AfterValidator(_stripped)
]


class Part(BaseModel):
    """A part of a reply; keys nobody asked for are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


# The docstrings and names below stand in the schemas: the model reads them.


class Plan(Part):
    """What the simulated user wants and knows."""

    goal: Line
    facts: tuple[Line, ...] = Field(max_length=20)
    never_says: tuple[Line, ...] = Field(default=(), max_length=20)
    approver: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)] = ""
    max_turns: int = Field(default=MAX_TURNS, ge=1, le=50)


class Written(Part):
    """One query."""

    text: Said


class WrittenWithPlan(Written):
    """One query, and how its user goes on."""

    plan: Plan


class TupleQueries(Part):
    """The queries for one tuple."""

    id: str
    queries: tuple[Written, ...] = Field(min_length=1)


class TuplePlans(TupleQueries):
    """The queries for one tuple."""

    queries: tuple[WrittenWithPlan, ...] = Field(min_length=1)


class Queries(Part):
    """Queries for every tuple that was asked about."""

    tuples: tuple[TupleQueries, ...]


class QueriesWithPlans(Part):
    """Queries for every tuple that was asked about."""

    tuples: tuple[TuplePlans, ...]


class Verdict(Part):
    """Whether one query is realistic."""

    id: str
    realistic: bool
    why: str = ""


class Verdicts(Part):
    """A verdict on every query."""

    verdicts: tuple[Verdict, ...]


class SuggestedValue(Part):
    """One value of a dimension."""

    name: Name
    description: Line


class SuggestedDimension(Part):
    """One way in which uses differ."""

    name: Name
    description: Line
    values: tuple[SuggestedValue, ...] = Field(min_length=2, max_length=12)


class Suggestions(Part):
    """Suggested dimensions."""

    dimensions: tuple[SuggestedDimension, ...]


P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One query as a model wrote it."""

    text: str
    """What the user says."""
    plan: PersonaPlan | None = None
    """How they go on, if that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """What a reply, or a file of replies, holds."""

    by_tuple: Mapping[str, tuple[Draft, ...]]
    """Id of a tuple that was asked about to its queries, in their order."""
    faults: tuple[str, ...] = ()
    """What could not be used, for a person."""


@cache
def queries_schema(*, plans: bool) -> Mapping[str, Any]:
    """Return the JSON Schema of a reply with queries, each with a plan or none with one."""
    return (QueriesWithPlans if plans else Queries).model_json_schema()


def read_queries(
    reply: str, asked: Collection[str], *, plans: bool | None, whole: bool = True
) -> Drafts:
    """Read queries by tuple id, with plans or without; None: those that have one.

    Answers for tuples that were not asked about are left out and named. Raises ValueError, in
    words for the model, if there is no usable answer, or (with ``whole``) if one for a tuple that
    was asked about is missing.
    """

    def kind(row: Any) -> type[TupleQueries]:
        has_plans = _has_plans(row) if plans is None else plans
        return TuplePlans if has_plans else TupleQueries

    rows, faults = _rows(reply, kind, ("tuples", "queries"))
    found: dict[str, tuple[Draft, ...]] = {}
    foreign = dict.fromkeys(row.id for row in rows if row.id not in asked)
    for row in rows:
        if row.id in asked:
            found[row.id] = (*found.get(row.id, ()), *map(_draft, row.queries))
    faults += [f"an answer for {shorten(name, 40)!r}, which was not asked" for name in foreign]
    missing = [name for name in asked if name not in found] if whole else []
    if missing or not found:
        faults += [f"no answer for {name!r}" for name in missing]
        raise ValueError("; ".join(faults) or "the reply holds no queries")
    return Drafts(by_tuple=found, faults=tuple(faults))


def _has_plans(row: Any) -> bool:
    queries = row.get("queries") if isinstance(row, Mapping) else None
    return isinstance(queries, list) and any(
        isinstance(q, Mapping) and "plan" in q for q in queries
    )


def _draft(query: Written) -> Draft:
    plan = query.plan if isinstance(query, WrittenWithPlan) else None
    return Draft(text=query.text, plan=_plan(plan) if plan else None)


def _plan(plan: Plan) -> PersonaPlan:
    return PersonaPlan(
        goal=plan.goal,
        facts=plan.facts,
        never_says=plan.never_says,
        approver=plan.approver,
        max_turns=plan.max_turns,
    )


@cache
def verdicts_schema() -> Mapping[str, Any]:
    """Return the JSON Schema of a reply on whether queries are realistic."""
    return Verdicts.model_json_schema()


def read_verdicts(
    reply: str, asked: Collection[str], *, whole: bool = True
) -> Mapping[str, str | None]:
    """Read the id of a query to what makes it doubtful; None: it is realistic.

    What was not asked about is left out. Raises ValueError, in words for the model, if nothing is
    usable or (with ``whole``) a verdict is missing.
    """
    rows, faults = _rows(reply, lambda _: Verdict, ("verdicts", "realistic"))
    found = {row.id: None if row.realistic else _doubt(row.why) for row in rows if row.id in asked}
    missing = [name for name in asked if name not in found] if whole else []
    if missing or not found:
        faults += [f"no verdict on {name!r}" for name in missing]
        raise ValueError("; ".join(faults) or "the reply holds no verdict that was asked for")
    return found


def _doubt(why: str) -> str:
    return shorten(why, 200) or "not realistic; the model gave no reason"


@cache
def dimensions_schema() -> Mapping[str, Any]:
    """Return the JSON Schema of a reply with suggested dimensions."""
    return Suggestions.model_json_schema()


def read_dimensions(
    reply: str, known: Collection[str], *, fewest: int = FEWEST_DIMENSIONS
) -> tuple[Dimension, ...]:
    """Read suggested dimensions; those of a known name are left out.

    Raises ValueError, in words for the model, if fewer than ``fewest`` are left, or one has two
    values of one name.
    """
    rows, faults = _rows(reply, lambda _: SuggestedDimension, ("dimensions", "values"))
    taken = {name.casefold() for name in known}
    found: list[Dimension] = []
    for row in rows:
        names = [value.name.casefold() for value in row.values]
        if row.name.casefold() in taken:
            faults.append(f"the dimension {row.name!r} is there already; suggest another")
        elif len(set(names)) < len(names):
            faults.append(f"two values of {row.name!r} have one name")
        else:
            taken.add(row.name.casefold())
            found.append(_dimension(row))
    if len(found) < fewest:
        faults.append(f"{len(found)} usable dimensions; at least {fewest} are needed")
        raise ValueError("; ".join(faults))
    return tuple(found)


def _dimension(row: SuggestedDimension) -> Dimension:
    return Dimension(
        name=row.name,
        description=row.description,
        values=tuple(Value(name=v.name, description=v.description) for v in row.values),
        suggested=True,
    )


def _rows(
    reply: str, kind: Callable[[Any], type[P]], keys: tuple[str, str]
) -> tuple[list[P], list[str]]:
    """Return the well-formed rows of all JSON in a reply, and what is wrong with the others.

    ``keys`` are that of the list, and one by which a row is known.
    """
    rows: list[P] = []
    faults: list[str] = []
    for number, value in enumerate(_candidates(json_reply.every(reply), keys), 1):
        try:
            rows.append(kind(value).model_validate(value))
        except ValidationError as error:
            faults.append(_fault(error, number))
    if not rows and not faults:
        raise ValueError(f"the reply must be one JSON object with a list {keys[0]!r}")
    return rows, faults


def _candidates(found: Sequence[Any], keys: tuple[str, str], *, depth: int = 1) -> Iterator[Any]:
    """Rows in an object, in a list, or alone; or any of these one level further in."""
    list_key, row_key = keys
    for value in found:
        if isinstance(value, Mapping) and list_key in value:
            inner = value[list_key]
            yield from inner if isinstance(inner, list) else [inner]
        elif isinstance(value, list):
            yield from (row for row in value if isinstance(row, Mapping) and row_key in row)
        elif isinstance(value, Mapping) and row_key in value:
            yield value
        elif isinstance(value, Mapping) and depth:  # under the id of the question
            inner = [child for child in value.values() if isinstance(child, Mapping | list)]
            yield from _candidates(inner, keys, depth=depth - 1)


def _fault(error: ValidationError, number: int) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"])) or "it"
    return f"entry {number}: {place}: {first['msg'].lower()}"
