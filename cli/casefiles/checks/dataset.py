"""Dimensions are wide enough, and tuples and queries keep to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from casefiles.checks.evidence import Evidence, problem
from casefiles.documents.dataset import Constraint, Dataset, Dimension, Tuple
from casefiles.documents.paths import DIMENSIONS, QUERIES, TUPLES
from casefiles.documents.problem import Problem
from casefiles.text.likeness import Texts
from casefiles.text.names import slug

FEWEST = 3
"""Dimensions that the method asks for."""
NEARLY_ALL = 0.9
"""Share of the traces from which on one value leaves nothing for the others."""
TO_JUDGE = 20
"""Traces it takes to say so."""


def dimensions(evidence: Evidence) -> Iterator[Problem]:
    """At least three dimensions, decided on, with several values each."""
    data = evidence.corpus.dataset
    if (data.dimensions or data.queries) and len(data.dimensions) < FEWEST:
        message = f"{len(data.dimensions)} dimensions; fewer than {FEWEST} miss kinds of use"
        yield problem("warning", "few-dimensions", DIMENSIONS, message)
    for dimension in data.all_dimensions:
        line = dimension.line
        if dimension.waits:
            message = f"the suggested dimension {dimension.name!r} waits for a decision"
            remedy = "write `keep: yes` below it, or delete it"
            yield problem(
                "advice", "undecided-dimension", DIMENSIONS, message, line=line, remedy=remedy
            )
        elif dimension.used and len(dimension.values) < 2:
            message = f"the dimension {dimension.name!r} tells nothing apart: it has one value"
            message = message if dimension.values else f"{dimension.name!r} has no values yet"
            yield problem("warning", "few-values", DIMENSIONS, message, line=line)


def likeness(evidence: Evidence) -> Iterator[Problem]:
    """No two values of a dimension are the same word, written otherwise."""
    for dimension in evidence.corpus.dataset.dimensions:
        first: dict[str, str] = {}
        for value in dimension.values:
            other = first.setdefault(slug(value.name), value.name)
            if other != value.name:
                message = f"{dimension.name}: {value.name!r} and {other!r} look like one value"
                remedy = "keep one, and write its name in tuples.yaml for the other"
                yield problem(
                    "advice", "same-value", DIMENSIONS, message, line=value.line, remedy=remedy
                )


def constraints(evidence: Evidence) -> Iterator[Problem]:
    """Every constraint says why: whoever comes next must be able to tell whether it still holds."""
    for constraint in evidence.corpus.dataset.all_constraints:
        if not constraint.why:
            message, remedy = "a constraint gives no reason", "add `why: …`"
            yield problem(
                "advice", "no-reason", DIMENSIONS, message, line=constraint.line, remedy=remedy
            )


def values(evidence: Evidence) -> Iterator[Problem]:
    """Every value is in use, and no value takes nearly all traces."""
    data = evidence.corpus.dataset
    yield from _unused(data)
    ran = Counter(
        pair for head in evidence.corpus.traces.values() for pair in head.dimensions.items()
    )
    for dimension in data.dimensions:
        yield from _one_sided(dimension, ran)


def _unused(data: Dataset) -> Iterator[Problem]:
    values_of = {item.id: item.values for item in data.tuples}
    covered = {pair for item in data.used_tuples for pair in item.values.items()}
    asked = {
        pair
        for query in data.queries
        if query.used
        for pair in values_of.get(query.tuple_id or "", {}).items()
    }
    for dimension in data.dimensions:
        for value in dimension.values:
            pair = (dimension.name, value.name)
            if data.tuples and pair not in covered:
                what, remedy = "tuple", "run `casefiles tuples`"
            elif data.queries and pair not in asked:
                what, remedy = "query in use", "run `casefiles queries --write`"
            else:
                continue
            message = f"no {what} has {dimension.name}: {value.name}"
            yield problem(
                "warning", "unused-value", DIMENSIONS, message, line=value.line, remedy=remedy
            )


def _one_sided(dimension: Dimension, ran: Counter[tuple[str, str]]) -> Iterator[Problem]:
    counts = {value: n for (name, value), n in ran.items() if name == dimension.name}
    total = sum(counts.values())
    top = max(counts, key=lambda value: (counts[value], value), default="")
    if total >= TO_JUDGE and counts[top] >= NEARLY_ALL * total:
        message = f"{counts[top]} of {total} traces have {dimension.name}: {top}"
        remedy = "write queries for its other values, or choose a dimension that tells more apart"
        yield problem(
            "warning", "one-sided", DIMENSIONS, message, line=dimension.line, remedy=remedy
        )


def tuples(evidence: Evidence) -> Iterator[Problem]:
    """Tuples use known values and keep to the constraints."""
    data = evidence.corpus.dataset
    known = {(d.name, value.name) for d in data.dimensions for value in d.values}
    for item in data.used_tuples:
        for dimension, value in item.values.items():
            if (dimension, value) not in known:
                message = f"{item.id}: no dimension in use has {dimension}: {value}"
                yield problem("warning", "unknown-value", TUPLES, message, line=item.line)
        for constraint in data.constraints:
            if _broken(item, constraint):
                why = constraint.why or "no reason given"
                message = f"{item.id} breaks a constraint ({why})"
                yield problem(
                    "warning",
                    "constraint",
                    TUPLES,
                    message,
                    line=item.line,
                    remedy="add `keep: no`",
                )


def _broken(item: Tuple, constraint: Constraint) -> bool:
    pairs = item.values.items()
    return constraint.when.items() <= pairs and constraint.never.items() <= pairs


def queries(evidence: Evidence) -> Iterator[Problem]:
    """Every query's tuple exists and is in use."""
    data = evidence.corpus.dataset
    used = {item.id: item.used for item in data.tuples}
    for query in data.queries:
        if query.tuple_id is None:
            continue
        if query.tuple_id not in used:
            message = f"{query.id}: there is no tuple {query.tuple_id!r}"
            yield problem("error", "unknown-tuple", QUERIES, message, line=query.line)
        elif query.used and not used[query.tuple_id]:
            message = f"{query.id} is in use, but its tuple {query.tuple_id} is dropped"
            remedy = "add `keep: no` to it, or take the tuple back"
            yield problem(
                "warning", "dropped-tuple", QUERIES, message, line=query.line, remedy=remedy
            )


def repeats(evidence: Evidence) -> Iterator[Problem]:
    """No two used queries say nearly the same."""
    texts, first = Texts(), dict[str, str]()
    for query in evidence.corpus.dataset.queries:
        if not query.used:
            continue
        near = texts.nearest(query.text)
        if near is not None:
            message = f"{query.id} says nearly the same as {first[near]}"
            yield problem("advice", "same-query", QUERIES, message, line=query.line)
        texts.add(query.text)
        first.setdefault(query.text, query.id)
