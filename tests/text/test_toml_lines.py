"""Where a key stands in a TOML text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.text.toml_lines import line_of
from hostile import LONG_LINES, texts

TEXT = """\
# name = "a comment"
[app]
name = "x"
[targets.demo]
command = ["name"]
env = { A = "b" }
[annotators."ana@example.org"]
name = "ana"
'kind' = "human"
[annotators.'b c']
name="b"
[run]
limits.calls = 3
  [[steps]]
  "a.b" = 1
[ tool . "case\\u0066iles" ]
x = 1
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("app",), 2),
        (("app", "name"), 3),
        (("targets",), 4),
        (("targets", "demo", "command"), 5),
        (("targets", "demo", "env", "A"), 6),
        (("annotators", "ana@example.org"), 7),
        (("annotators", "ana@example.org", "name"), 8),
        (("annotators", "ana@example.org", "kind"), 9),
        (("annotators", "b c", "name"), 11),
        (("run", "limits", "calls"), 13),
        (("steps", "a.b"), 15),
        (("tool", "casefiles", "x"), 17),
        (("run", "missing"), 12),
        (("missing",), 1),
        ((), 1),
    ],
)
def test_a_key_is_found_in_its_own_table(path: tuple[str, ...], line: int) -> None:
    """Also where other tables have a key of that name; else the nearest place above it."""
    assert line_of(TEXT, path) == line
    assert line_of(TEXT.replace("\n", "\r\n"), path) == line


@given(texts, st.lists(texts, max_size=3).map(tuple))
def test_any_text_has_a_line(text: str, path: tuple[str, ...]) -> None:
    """Nothing raises."""
    assert 1 <= line_of(text, path) <= text.count("\n") + 1


@pytest.mark.parametrize("line", [*LONG_LINES, "a." * 300_000, '"' + "\\" * 300_001, "[" * 300_000])
def test_long_lines_are_read_at_once(line: str) -> None:
    """No expression goes back and forth over them."""
    assert line_of(f"{line}\n[app]\n", ("app",)) == 2
