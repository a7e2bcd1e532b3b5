"""From dataset files to their records, collecting a problem for each thing that does not fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from casefiles.documents.dataset import (
    MAX_TURNS,
    Constraint,
    Dimension,
    PersonaPlan,
    Query,
    Tuple,
    Value,
)
from casefiles.documents.fields import Fields, Source
from casefiles.documents.problem import Problem
from casefiles.text.names import is_safe_name, nearest
from casefiles.text.yaml_tree import Plain, Scalar, Sequence

T = TypeVar("T")
_PLAN_KEYS = ("goal", "facts", "never_says", "approver", "max_turns", "history")
_SPEAKERS = ("user", "assistant")


def parse_dimensions(
    text: str, path: str
) -> tuple[tuple[tuple[Dimension, ...], tuple[Constraint, ...]] | None, tuple[Problem, ...]]:
    """Read dimensions.yaml: dimensions and constraints; None if it cannot be relied on."""
    source = Source(path, text)
    fields = source.yaml()
    if fields is None:
        return None, tuple(source.problems)
    dimensions = _listed(fields, "dimensions", "name", _dimension)
    known = {d.name: {value.name for value in d.values} for d in dimensions}
    constraints = tuple(_constraint(row, known) for row in fields.rows("constraints"))
    return (None if source.broken else (dimensions, constraints)), tuple(source.problems)


def parse_tuples(text: str, path: str) -> tuple[tuple[Tuple, ...] | None, tuple[Problem, ...]]:
    """Read tuples.yaml; None if it cannot be relied on."""
    return _list(Source(path, text), "tuples", _tuple)


def parse_queries(text: str, path: str) -> tuple[tuple[Query, ...] | None, tuple[Problem, ...]]:
    """Read queries.yaml; None if it cannot be relied on."""
    return _list(Source(path, text), "queries", _query)


def _list(
    source: Source, key: str, read: Callable[[Fields], T]
) -> tuple[tuple[T, ...] | None, tuple[Problem, ...]]:
    """Read a file that holds one list."""
    fields = source.yaml()
    found = _listed(fields, key, "id", read) if fields is not None else ()
    return (None if source.broken else found), tuple(source.problems)


def _listed(fields: Fields, key: str, name: str, read: Callable[[Fields], T]) -> tuple[T, ...]:
    """Read the rows of a list; no two have one name."""
    rows = fields.rows(key)
    found = tuple(map(read, rows))
    _unique(rows, name, [getattr(row, name) for row in found])
    return found


def _dimension(row: Fields) -> Dimension:
    values = _bare_values(row)
    if not values:
        values = _listed(row, "values", "name", _value)
    elif len({value.name for value in values}) < len(values):
        row.report("values", "duplicate", "two values of this dimension have one name")
    return Dimension(
        name=row.text("name", required=True) or "",
        description=row.text("description") or "",
        values=values,
        suggested=row.flag("suggested") or False,
        origin=_origin(row),
        keep=row.flag("keep"),
        why=row.text("why") or "",
        line=row.first_line,
    )


def _origin(row: Fields) -> Mapping[str, Plain]:
    origin = row.inner("origin")
    return origin.extra() if origin else {}


def _value(row: Fields) -> Value:
    weight = row.number("weight")
    return Value(
        name=row.text("name", required=True) or "",
        description=row.text("description") or "",
        weight=1 if weight is None else weight,
        line=row.first_line,
    )


def _bare_values(row: Fields) -> tuple[Value, ...]:
    """Values may be written as plain words: ``values: [a, b]``."""
    node = row.node("values")
    if isinstance(node, Sequence) and node.items and all(isinstance(i, Scalar) for i in node.items):
        line = row.line("values")
        return tuple(Value(name=name, line=line) for name in row.strings("values"))
    return ()


def _constraint(row: Fields, known: Mapping[str, set[str]]) -> Constraint:
    when, never = row.table("when"), row.table("never")
    for key, part in (("when", when), ("never", never)):
        if row.node(key) is None:
            row.report(key, "constraint", f"a constraint needs {key!r}, as in `{key}: {{a: b}}`")
        for dimension, value in part.items():
            if value not in known.get(dimension, set()):
                row.report(key, "constraint", f"no dimension has {dimension}: {value}")
    if "when" in row and "never" in row and not when and not never:
        row.report("never", "constraint", "a constraint must name what never goes together")
    why = row.text("why") or ""
    return Constraint(when=when, never=never, why=why, line=row.first_line)


def _tuple(row: Fields) -> Tuple:
    return Tuple(
        id=_id(row, "id"),
        values=row.table("values"),
        keep=row.flag("keep"),
        why=row.text("why") or "",
        extra=row.extra(),
        line=row.first_line,
    )


def _query(row: Fields) -> Query:
    return Query(
        id=_id(row, "id"),
        text=row.text("text", required=True) or "",
        tuple_id=row.text("tuple"),
        origin=_origin(row),
        doubt=row.text("doubt"),
        keep=row.flag("keep"),
        why=row.text("why") or "",
        plan=_plan(row),
        extra=row.extra(),
        line=row.first_line,
    )


def _plan(row: Fields) -> PersonaPlan | None:
    fields = row.inner("plan")
    if fields is None:
        return None
    for key in fields.keys:  # a typing mistake would silently take a fact from the user
        if key not in _PLAN_KEYS and (near := nearest(key, _PLAN_KEYS)):
            message, remedy = f"a persona plan has no {key!r}", f"did you mean {near!r}?"
            fields.report(key, "unknown-key", message, remedy=remedy, level="warning")
    turns = fields.integer("max_turns", least=1)
    return PersonaPlan(
        goal=fields.text("goal", required=True) or "",
        facts=fields.strings("facts"),
        never_says=fields.strings("never_says"),
        approver=fields.text("approver") or "",
        max_turns=MAX_TURNS if turns is None else turns,
        history=tuple(map(_message, fields.rows("history"))),
        extra=fields.extra(),
    )


def _message(row: Fields) -> Mapping[str, str]:
    if "role" not in row:
        row.report("role", "missing-key", "the key 'role' is missing")
    return {
        "role": row.choice("role", _SPEAKERS) or "",
        "content": row.text("content", required=True) or "",
    }


def _id(row: Fields, key: str) -> str:
    value = row.text(key, required=True) or ""
    if value and not is_safe_name(value):
        row.report(key, "schema", f"{value!r} cannot name a file; use a-z, 0-9, - and _")
    return value


def _unique(rows: list[Fields], key: str, names: list[str]) -> None:
    seen: set[str] = set()
    for row, name in zip(rows, names, strict=True):
        if name and name in seen:
            row.report(key, "duplicate", f"{name!r} stands twice")
        seen.add(name)
