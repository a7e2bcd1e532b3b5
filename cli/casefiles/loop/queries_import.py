"""Queries that exist elsewhere, from a table, with their kinds of use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from casefiles.dataset.merging import Foreign, Merged, merge
from casefiles.documents.dataset import Query, Tuple
from casefiles.documents.dataset_edit import dimension_row, query_row, tuple_row
from casefiles.documents.paths import DIMENSIONS, QUERIES, TUPLES
from casefiles.documents.plan import Change, Plan
from casefiles.errors import BadInputError
from casefiles.importers.records import Failure, Record
from casefiles.importers.tables import rows
from casefiles.importers.tracing import value_at
from casefiles.loop import desk
from casefiles.loop.dataset_files import changed, free_names, open_dataset
from casefiles.text.redact import Redactor
from casefiles.workspace.find import Workspace

TEXTS = ("query", "text", "query_text", "question", "prompt", "input", "message")
"""Columns that may hold the query; the first that is there counts."""
VALUES = ("dimensions", "tuple", "values", "dimension_tuple")
"""Columns that may hold an object of dimensions and values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where a row says what; what is not said is looked for."""

    text: str | None = None
    """Path to the query."""
    dimensions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Dimension to the paths at which a row may have its value; the first that leads to one
    counts. Empty: columns named like a dimension, and objects under one of `VALUES`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What was added."""

    plan: Plan
    """The changes of the dataset files."""
    dimensions: int
    """New dimensions."""
    values: int
    """New values, of new dimensions and others."""
    tuples: int
    """New tuples."""
    queries: int
    """New queries."""
    repeated: int
    """Rows left out: the same text stands there for the same tuple."""
    alike: tuple[tuple[str, str], ...]
    """(query, an earlier one that it nearly repeats); both are there."""
    redacted: int
    """Secrets and personal data that were hidden."""
    failed: tuple[str, ...]
    """Rows that could not be used, with line and reason."""


def import_queries(
    workspace: Workspace,
    file: Path,
    *,
    columns: Columns | None = None,
    dry_run: bool = False,
) -> Imported:
    """Add the queries of a CSV, TSV, JSON or JSONL file, and the dimensions and tuples they need.

    Secrets and personal data are hidden before anything is written. Raises BadInputError if the
    file cannot be read or holds no query, or a dataset file cannot be relied on.
    """
    data = open_dataset(workspace).dataset
    redactor = Redactor(workspace.config.redact)
    failed: list[str] = []
    known = [dimension.name for dimension in data.all_dimensions]
    found = list(_foreign(file, columns or Columns(), known, redactor, failed))
    if not found:
        first = f": {failed[0]}" if failed else ""
        remedy = "name the column of the query with --text"
        raise BadInputError(f"{file} holds no query{first}", remedy=remedy)
    merged = merge(data, found)
    plan = Plan(changes=_changes(workspace, merged, data.tuples, data.queries))
    return Imported(
        plan=desk.carry_out(workspace, plan, dry_run=dry_run),
        dimensions=len(merged.dimensions),
        values=sum(len(d.values) for d in merged.dimensions)
        + sum(map(len, merged.values.values())),
        tuples=len(merged.tuples),
        queries=len(merged.queries),
        repeated=merged.repeated,
        alike=merged.alike,
        redacted=sum(redactor.counts.values()),
        failed=tuple(failed),
    )


def _foreign(
    file: Path, columns: Columns, known: Sequence[str], redactor: Redactor, failed: list[str]
) -> Iterator[Foreign]:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise BadInputError(f"cannot be read: {error.strerror}", where=str(file)) from error
    for row in rows(content, file.name):
        if isinstance(row, Failure):
            failed.append(f"{file.name}:{row.line}: {row.why}")
            continue
        text = _text(row, columns)
        if text is None:
            failed.append(f"{file.name}:{row.line}: no query in it")
            continue
        values = _values(row.value, columns, known)
        source = value_at(row.value, "id")
        origin = {"by": "import", "file": file.name, **({"id": source} if source else {})}
        yield Foreign(
            text=redactor.text(text),
            values={redactor.text(name): redactor.text(value) for name, value in values.items()},
            origin={key: redactor.text(value) for key, value in origin.items()},
        )


def _text(row: Record, columns: Columns) -> str | None:
    for path in (columns.text,) if columns.text else TEXTS:
        found = _at(row.value, path)
        if isinstance(found, str) and found.strip():
            return found.strip()
    return None


def _values(record: Any, columns: Columns, known: Sequence[str]) -> Mapping[str, str]:
    if columns.dimensions:
        paths = columns.dimensions
    else:
        inner = next((name for name in VALUES if isinstance(_at(record, name), dict)), None)
        under = {name: [f"{inner}.{name}"] for name in _at(record, inner)} if inner else {}
        paths = {**{name: [name] for name in known}, **under}
    found = {
        name: next((value for path in places if (value := value_at(record, path))), None)
        for name, places in paths.items()
    }
    return {name: value for name, value in found.items() if value is not None}


def _at(record: Any, path: str) -> Any:
    for key in path.split("."):
        record = record.get(key) if isinstance(record, dict) else None
    return record


def _changes(
    workspace: Workspace, merged: Merged, tuples: Sequence[Tuple], queries: Sequence[Query]
) -> tuple[Change, ...]:
    new_ids = free_names("t", {item.id for item in tuples}, len(merged.tuples), width=2)
    named = [replace(item, id=id_) for item, id_ in zip(merged.tuples, new_ids, strict=True)]
    ids = free_names("q", {query.id for query in queries}, len(merged.queries), width=3)
    placed = [
        replace(query, id=id_, tuple_id=new_ids[place] if isinstance(place, int) else place)
        for (query, place), id_ in zip(merged.queries, ids, strict=True)
    ]
    rows_of = [dimension_row(dimension) for dimension in merged.dimensions]
    return (
        changed(workspace, DIMENSIONS, values=merged.values, rows=rows_of),
        changed(workspace, TUPLES, rows=[tuple_row(item) for item in named]),
        changed(workspace, QUERIES, rows=[query_row(query) for query in placed]),
    )
