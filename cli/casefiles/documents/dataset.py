"""The dataset files: dimensions, tuples and queries. People edit them; comments are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casefiles.documents.problem import Problem
from casefiles.text.names import is_safe_name

if TYPE_CHECKING:
    from casefiles.documents.fields import Fields, Source
    from casefiles.text.yaml_tree import Plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of a dimension."""

    name: str
    """What stands in tuples and traces."""
    description: str = ""
    """For people and prompts."""
    weight: float = 1
    """How common it is among users, relative to the other values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One way in which uses of the application differ."""

    name: str
    """What stands in tuples and traces."""
    description: str = ""
    """For people and prompts."""
    values: tuple[Value, ...] = ()
    """Its values, in file order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """Values that never go together."""

    when: Mapping[str, str]
    """Dimension to value."""
    never: Mapping[str, str]
    """Dimension to value that cannot stand beside all of ``when``."""
    why: str = ""
    """The reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuple:
    """One combination of values."""

    id: str
    """``t01``."""
    values: Mapping[str, str]
    """Dimension to value."""
    keep: bool | None = None
    """A person's decision; None: none yet, used."""
    why: str = ""
    """The reason of the decision."""
    extra: Mapping[str, Plain] = field(default_factory=dict)
    """Keys this version does not know; kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One thing a user might say."""

    id: str
    """``q001``; names its trace."""
    text: str
    """What is sent to the application."""
    tuple_id: str | None = None
    """The tuple it was written for."""
    origin: Mapping[str, Plain] = field(default_factory=dict)
    """Who wrote it: ``by: human``, or the model and the hash of the prompt."""
    doubt: str | None = None
    """Why a model's filter finds it unrealistic; None: it does not."""
    keep: bool | None = None
    """A person's decision; None: none yet."""
    why: str = ""
    """The reason of the decision."""
    extra: Mapping[str, Plain] = field(default_factory=dict)
    """Keys this version does not know (a persona plan); kept."""
    line: int = field(default=0, compare=False)
    """Line in the file, from 1."""

    @property
    def used(self) -> bool:
        """Whether `run` sends it: kept by a person, or neither dropped nor doubted."""
        return self.keep if self.keep is not None else self.doubt is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """The three dataset files together."""

    dimensions: tuple[Dimension, ...] = ()
    """Of dimensions.yaml."""
    constraints: tuple[Constraint, ...] = ()
    """Of dimensions.yaml."""
    tuples: tuple[Tuple, ...] = ()
    """Of tuples.yaml."""
    queries: tuple[Query, ...] = ()
    """Of queries.yaml."""

    def values_of(self, query: Query) -> Mapping[str, str]:
        """Return the dimension values of a query's tuple; empty without one."""
        found = (item.values for item in self.tuples if item.id == query.tuple_id)
        return next(found, {})


def parse_dimensions(
    text: str, path: str
) -> tuple[tuple[tuple[Dimension, ...], tuple[Constraint, ...]] | None, tuple[Problem, ...]]:
    """Read dimensions.yaml: dimensions and constraints; None if it cannot be relied on."""
    source = _source(path, text)
    fields = source.yaml()
    if fields is None:
        return None, tuple(source.problems)
    rows = fields.rows("dimensions")
    dimensions = tuple(map(_dimension, rows))
    _unique(rows, "name", [dimension.name for dimension in dimensions])
    known = {d.name: {value.name for value in d.values} for d in dimensions}
    constraints = tuple(_constraint(row, known) for row in fields.rows("constraints"))
    return (None if source.broken else (dimensions, constraints)), tuple(source.problems)


def parse_tuples(text: str, path: str) -> tuple[tuple[Tuple, ...] | None, tuple[Problem, ...]]:
    """Read tuples.yaml; None if it cannot be relied on."""
    source = _source(path, text)
    fields = source.yaml()
    if fields is None:
        return None, tuple(source.problems)
    rows = fields.rows("tuples")
    tuples = tuple(map(_tuple, rows))
    _unique(rows, "id", [item.id for item in tuples])
    return (None if source.broken else tuples), tuple(source.problems)


def parse_queries(text: str, path: str) -> tuple[tuple[Query, ...] | None, tuple[Problem, ...]]:
    """Read queries.yaml; None if it cannot be relied on."""
    source = _source(path, text)
    fields = source.yaml()
    if fields is None:
        return None, tuple(source.problems)
    rows = fields.rows("queries")
    queries = tuple(map(_query, rows))
    _unique(rows, "id", [query.id for query in queries])
    return (None if source.broken else queries), tuple(source.problems)


def _source(path: str, text: str) -> Source:
    from casefiles.documents.fields import Source  # the records alone are needed more often

    return Source(path, text)


def _dimension(row: Fields) -> Dimension:
    values = tuple(Value(name=name) for name in _bare_values(row))
    if not values:
        rows = row.rows("values")
        values = tuple(map(_value, rows))
        _unique(rows, "name", [value.name for value in values])
    elif len({value.name for value in values}) < len(values):
        row.report("values", "duplicate", "two values of this dimension have one name")
    return Dimension(
        name=row.text("name", required=True) or "",
        description=row.text("description") or "",
        values=values,
    )


def _value(row: Fields) -> Value:
    weight = row.number("weight")
    return Value(
        name=row.text("name", required=True) or "",
        description=row.text("description") or "",
        weight=1 if weight is None else weight,
    )


def _bare_values(row: Fields) -> tuple[str, ...]:
    """Values may be written as plain words: ``values: [a, b]``."""
    from casefiles.text.yaml_tree import Scalar, Sequence

    node = row.node("values")
    if isinstance(node, Sequence) and node.items and all(isinstance(i, Scalar) for i in node.items):
        return row.strings("values")
    return ()


def _constraint(row: Fields, known: Mapping[str, set[str]]) -> Constraint:
    when, never = row.table("when"), row.table("never")
    for key, part in (("when", when), ("never", never)):
        if row.node(key) is None:
            row.report(key, "constraint", f"a constraint needs {key!r}, as in `{key}: {{a: b}}`")
        for dimension, value in part.items():
            if value not in known.get(dimension, set()):
                row.report(key, "constraint", f"no dimension has {dimension}: {value}")
    return Constraint(when=when, never=never, why=row.text("why") or "")


def _tuple(row: Fields) -> Tuple:
    return Tuple(
        id=_id(row, "id"),
        values=row.table("values"),
        keep=row.flag("keep"),
        why=row.text("why") or "",
        extra=row.extra(),
    )


def _query(row: Fields) -> Query:
    origin = row.inner("origin")
    return Query(
        id=_id(row, "id"),
        text=row.text("text", required=True) or "",
        tuple_id=row.text("tuple"),
        origin=origin.extra() if origin else {},
        doubt=row.text("doubt"),
        keep=row.flag("keep"),
        why=row.text("why") or "",
        extra=row.extra(),
        line=row.line("id") if "id" in row else 0,
    )


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
