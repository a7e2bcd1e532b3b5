"""The rows of a table: CSV or TSV with a header, or records of JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from casefiles.importers.records import Failure, Found, Record, decoded, records
from casefiles.spans.foreign_json import parsed

_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_LONGEST_CELL = 10_000_000


def rows(content: bytes, name: str) -> Iterator[Found]:
    """Yield the rows of a file, each as an object of its columns.

    The ending of the name says whether it is CSV (``.csv``, RFC 4180) or TSV (``.tsv``); anything
    else is read as JSON. A cell that holds a JSON object is opened.
    """
    ending = next(
        (end for end in _DELIMITERS if name.lower().removesuffix(".gz").endswith(end)), ""
    )
    if not ending:
        yield from records(content)
        return
    text = decoded(content)
    if text is None:
        yield Failure(line=1, why="no text: a file of CSV, JSON or JSON lines is wanted")
        return
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=_DELIMITERS[ending])
    line = 2
    try:
        for row in reader:
            yield Record(line=line, value={key: _opened(cell) for key, cell in row.items() if key})
            line = reader.line_num + 1
    except csv.Error as error:
        yield Failure(line=reader.line_num, why=f"no CSV: {error}")


def _opened(cell: Any) -> Any:
    if not isinstance(cell, str) or not cell.lstrip().startswith("{"):
        return cell or None
    try:
        return parsed(cell)
    except (ValueError, RecursionError):
        return cell
