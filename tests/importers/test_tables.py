from __future__ import annotations

import csv
import gzip
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.importers.records import Failure, Record
from casefiles.importers.tables import rows
from hostile import utf8_texts

CELLS = [{"query": 'two\nlines, "quoted"', "n": "1", "meta": '{"persona": "upset"}', "none": ""}]


def table(cells: list[dict[str, str]], delimiter: str = ",") -> bytes:
    """Write CSV."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(cells[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(cells)
    return out.getvalue().encode()


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("A.CSV", ","), ("a.tsv", "\t")])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_row_is_an_object_of_its_columns(name: str, delimiter: str, mark: bytes) -> None:
    """Cells of several lines, objects inside cells, empty cells, a byte order mark."""
    found = list(rows(mark + table([*CELLS, *CELLS], delimiter), name))
    value = {
        "query": 'two\nlines, "quoted"', "n": "1", "meta": {"persona": "upset"}, "none": None,
    }  # fmt: skip
    assert found == [Record(line=2, value=value), Record(line=4, value=value)]


def test_other_files_are_read_as_json() -> None:
    """Lines or a list, gzipped or not."""
    value = {"query": "hello"}
    for content in (json.dumps(value), json.dumps([value])):
        assert [
            row.value for row in rows(content.encode(), "x.jsonl") if isinstance(row, Record)
        ] == [value]
    zipped = gzip.compress(table(CELLS))
    assert [type(row) for row in rows(zipped, "a.csv.gz")] == [Record]


def test_what_is_no_table_is_a_failure() -> None:
    """With a reason for a person."""
    (failure,) = rows(b"\x1f\x8bnot gzip", "a.csv")
    assert isinstance(failure, Failure)
    assert failure.why.startswith("no text")
    assert list(rows(b"", "a.csv")) == []


@given(
    st.lists(st.fixed_dictionaries({"query": utf8_texts, "b": utf8_texts}), min_size=1, max_size=4)
)
def test_any_cell_is_read_as_it_was_written(cells: list[dict[str, str]]) -> None:
    """Whatever users typed."""
    found = [row.value["query"] for row in rows(table(cells), "a.csv") if isinstance(row, Record)]
    for cell, value in zip((c["query"] for c in cells), found, strict=True):
        assert value == (cell or None) or json.loads(cell) == value


@given(st.binary(max_size=200))
def test_any_file_is_read_or_said_to_be_none(content: bytes) -> None:
    """Nothing raises."""
    for name in ("a.csv", "a.tsv", "a.json"):
        assert all(isinstance(row, Record | Failure) for row in rows(content, name))
