"""Tests of casefiles.models.safetensors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from casefiles.models.safetensors import read_safetensors


def written(file: Path, arrays: dict[str, list[list[float]]]) -> Path:
    """A file of 32-bit arrays, and one of another type, by the format's definition."""
    body, header = b"\x07" * 8, {"whole": {"dtype": "I64", "shape": [1], "data_offsets": [0, 8]}}
    for name, rows in arrays.items():
        data = np.array(rows, dtype="<f4")
        place = [len(body), len(body) + data.nbytes]
        header[name] = {"dtype": "F32", "shape": list(data.shape), "data_offsets": place}
        body += data.tobytes()
    text = json.dumps({**header, "__metadata__": {"format": "pt"}}).encode()
    text += b" " * (-len(text) % 8)
    file.write_bytes(len(text).to_bytes(8, "little") + text + body)
    return file


def test_arrays_are_read_by_name(tmp_path: Path) -> None:
    """Shape and numbers as they were written; other types are left out."""
    found = read_safetensors(written(tmp_path / "m", {"a": [[1, 2, 3], [4, 5, 6]], "b": [[0.5]]}))
    assert sorted(found) == ["a", "b"]
    assert found["a"].tolist() == [[1, 2, 3], [4, 5, 6]]
    assert found["b"].tolist() == [[0.5]]


@given(st.lists(st.floats(width=32, allow_nan=False), min_size=1, max_size=6))
def test_what_was_written_is_what_is_read(numbers: list[float]) -> None:
    """Every bit of every number."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        found = read_safetensors(written(Path(folder) / "m", {"x": [numbers]}))
        assert found["x"].tolist() == [numbers]
