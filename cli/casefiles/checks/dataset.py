"""Dimensions are wide enough, and tuples and queries keep to them."""

from __future__ import annotations

from collections.abc import Iterator

from casefiles.checks.evidence import Evidence, problem
from casefiles.documents.dataset import Constraint, Tuple
from casefiles.documents.paths import DIMENSIONS, QUERIES, TUPLES
from casefiles.documents.problem import Problem

FEWEST = 3


def dimensions(evidence: Evidence) -> Iterator[Problem]:
    """At least three dimensions, each value in use."""
    data = evidence.corpus.dataset
    if data.queries and len(data.dimensions) < FEWEST:
        message = f"{len(data.dimensions)} dimensions; fewer than {FEWEST} miss kinds of use"
        yield problem("warning", "few-dimensions", DIMENSIONS, message)
    used = {pair for item in data.tuples if item.keep is not False for pair in item.values.items()}
    for dimension in data.dimensions if data.tuples else ():
        for value in dimension.values:
            if (dimension.name, value.name) not in used:
                message = f"no tuple uses {dimension.name}: {value.name}"
                remedy = "run `casefiles tuples`"
                yield problem("warning", "unused-value", DIMENSIONS, message, remedy=remedy)


def tuples(evidence: Evidence) -> Iterator[Problem]:
    """Tuples use known values and keep to the constraints."""
    data = evidence.corpus.dataset
    known = {(d.name, value.name) for d in data.dimensions for value in d.values}
    for item in data.tuples:
        if item.keep is False:
            continue
        for dimension, value in item.values.items():
            if (dimension, value) not in known:
                message = f"{item.id}: no dimension has {dimension}: {value}"
                yield problem("warning", "unknown-value", TUPLES, message)
        for constraint in data.constraints:
            if _broken(item, constraint):
                message = f"{item.id} breaks a constraint ({constraint.why or 'no reason given'})"
                yield problem("warning", "constraint", TUPLES, message, remedy="add `keep: no`")


def _broken(item: Tuple, constraint: Constraint) -> bool:
    pairs = item.values.items()
    return constraint.when.items() <= pairs and constraint.never.items() <= pairs


def queries(evidence: Evidence) -> Iterator[Problem]:
    """Every query's tuple exists, and no two used queries are the same."""
    data = evidence.corpus.dataset
    known = {item.id for item in data.tuples}
    seen: dict[str, str] = {}
    for query in data.queries:
        line = query.line or 1
        if query.tuple_id is not None and query.tuple_id not in known:
            message = f"{query.id}: there is no tuple {query.tuple_id!r}"
            yield problem("error", "unknown-tuple", QUERIES, message, line=line)
        other = seen.setdefault(query.text.casefold(), query.id) if query.used else query.id
        if other != query.id:
            message = f"{query.id} says the same as {other}"
            yield problem("advice", "same-query", QUERIES, message, line=line)
