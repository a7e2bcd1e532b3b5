"""Strings of a file become typed values, or problems with their place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents.fields import Fields, Source
from casefiles.documents.problem import Problem, line_and_column
from casefiles.text.yaml_tree import plain
from hostile import texts, utf8_texts


def fields(text: str, path: str = "x.yaml") -> Fields:
    """Read a text that must be sound."""
    found = Source(path, text).yaml()
    assert found is not None
    return found


def read(text: str, how: Callable[[Fields], Any]) -> tuple[Any, list[Problem]]:
    """Read a value and what is wrong with it."""
    source = Source("x.yaml", text)
    found = source.yaml()
    assert found is not None
    return how(found), source.problems


@pytest.mark.parametrize(
    ("written", "number"),
    [("0", 0), ("41", 41), ("007", 7), ("'5'", 5)],
)
def test_whole_numbers_are_read(written: str, number: int) -> None:
    """Quotes make no difference: every scalar is a string first."""
    assert read(f"a: {written}\n", lambda f: f.integer("a")) == (number, [])


@pytest.mark.parametrize("written", ["-1", "+1", "1.0", "1e3", "x", "0x10", "1_000", "٣", "9" * 19])
def test_what_is_no_whole_number_is_a_problem(written: str) -> None:
    """With its line."""
    value, problems = read(f"b: 1\na: '{written}'\n", lambda f: f.integer("a"))

    assert value is None
    assert [(p.level, p.code, p.line, p.column) for p in problems] == [("error", "schema", 2, 4)]


@pytest.mark.parametrize(
    ("written", "number"), [("0", 0), ("0.5", 0.5), (".5", 0.5), ("1e-3", 0.001)]
)
def test_numbers_are_read(written: str, number: float) -> None:
    """Whole ones stay whole."""
    assert read(f"a: {written}\n", lambda f: f.number("a")) == (number, [])


@pytest.mark.parametrize("written", ["-1", "nan", "inf", "1e999", "1_0", "٣", "x", "0x1p3", "' 1'"])
def test_what_is_no_number_of_0_or_more_is_a_problem(written: str) -> None:
    """Python's float reads more than a person means."""
    value, problems = read(f"a: {written}\n", lambda f: f.number("a"))

    assert value is None
    assert len(problems) == 1


@pytest.mark.parametrize(
    ("written", "flag"), [("yes", True), ("No", False), ("true", True), ("FALSE", False)]
)
def test_flags_are_read(written: str, flag: bool) -> None:  # noqa: FBT001  pytest hands it over
    """In the words of YAML 1.1 and 1.2."""
    assert read(f"a: {written}\n", lambda f: f.flag("a")) == (flag, [])


def test_a_wrong_word_names_the_nearest_right_one() -> None:
    """Did you mean."""
    _, problems = read("a: synthetik\n", lambda f: f.choice("a", ("random", "synthetic")))

    assert problems[0].remedy == "did you mean 'synthetic'?"
    assert "random | synthetic" in problems[0].message


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("a: [x]\n", lambda f: f.text("a")),
        ("a: x\n", lambda f: f.inner("a")),
        ("a: {b: c}\n", lambda f: f.strings("a")),
        ("a: [[x]]\n", lambda f: f.strings("a")),
        ("a: x\n", lambda f: f.rows("a")),
        ("a: [x]\n", lambda f: f.rows("a")),
        ("a: {b: [c]}\n", lambda f: f.table("a")),
        ("a: maybe\n", lambda f: f.flag("a")),
        ("b: 1\n", lambda f: f.text("a", required=True)),
        ("a:\n", lambda f: f.text("a", required=True)),
        ("a: ' '\n", lambda f: f.text("a", required=True)),
    ],
)
def test_a_wrong_shape_is_one_problem(text: str, how: Callable[[Fields], Any]) -> None:
    """It never raises and never passes."""
    _, problems = read(text, how)

    assert len(problems) == 1
    assert problems[0].level == "error"


def test_an_empty_value_is_an_absent_one() -> None:
    """Half-filled templates are valid."""
    found = fields("a:\nb: # later\nc: ''\n")

    assert found.text("a") is None
    assert found.inner("b") is None
    assert found.strings("b") == ()
    assert found.text("c") == ""
    assert "a" in found
    assert "z" not in found


def test_what_nobody_asked_for_is_left() -> None:
    """Unknown keys are kept, with their structure."""
    found = fields("a: 1\nb: {c: [d]}\ne:\n")
    found.text("a")

    assert found.extra() == {"b": {"c": ["d"]}, "e": ""}
    assert found.keys == ["a", "b", "e"]


@given(st.lists(utf8_texts, max_size=4), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_lines_are_counted_in_the_file(before: list[str], end: str, mark: bool) -> None:  # noqa: FBT001
    """Comments, line ends and byte order marks in front do not shift them."""
    comments = [f"# {''.join(c for c in text if c.isprintable())}" for text in before]
    text = end.join([*comments, "a: 1", f"b: [{end}  x]", "c: -5", ""])
    source = Source("x.yaml", "\ufeff" + text if mark else text)
    found = source.yaml()
    assert found is not None

    found.integer("c")

    assert found.line("a") == len(before) + 1
    assert [problem.line for problem in source.problems] == [len(before) + 4]
    assert source.problems[0].column == 4


@given(texts, st.integers(0, 200))
def test_a_line_is_the_same_however_it_is_counted(text: str, offset: int) -> None:
    """Only line feeds end a line."""
    offset = min(offset, len(text))
    line, column = line_and_column(text, offset)

    assert Source("x", text).line(offset) == line == text[:offset].count("\n") + 1
    assert text.split("\n")[line - 1][: column - 1] == text[:offset].rsplit("\n", maxsplit=1)[-1]


@given(texts)
def test_any_text_is_read_or_reported(text: str) -> None:
    """As front matter and as a whole YAML file."""
    for source in (Source("x.yaml", text), Source("x.md", f"---\n{text}\n---\n")):
        found = source.yaml() if source.path == "x.yaml" else source.front()[0]

        assert (found is None) == source.broken
        assert all(1 <= p.line <= source.text.count("\n") + 1 for p in source.problems)


VALUES = st.sampled_from(
    ["x", "two words", "no@1, yes@3", "41", "1.5", "yes", "pass", '"# x"', '""']
)
KEYS = st.sampled_from(["kind", "title", "verdict", "ms", "labels", "a-b", "c_1"])
BLOCK = st.dictionaries(
    KEYS, st.one_of(VALUES, st.dictionaries(KEYS, VALUES, min_size=1, max_size=4)), min_size=1
)


@given(BLOCK)
def test_lines_read_fast_say_the_same_as_nodes(block: dict[str, str | dict[str, str]]) -> None:
    """Values, lines, keys nobody asked for and problems: a comment keeps the fast way out."""
    text = ""
    for key, value in block.items():
        inner = value if isinstance(value, dict) else {}
        below = "".join(f"  {name}: {said}\n" for name, said in inner.items())
        text += f"{key}:\n{below}" if inner else f"{key}: {value}\n"

    fast, slow = (_told(f"---\n{front}---\nbody\n") for front in (text, f"{text}# c\n"))

    assert fast == slow


def _told(text: str) -> list[object]:
    """Ask for every key in every way."""
    told: list[object] = []
    ways = ("text", "integer", "number", "flag", "strings", "table", "rows")
    for way in ways:
        source = Source("a.md", text)
        fields, _ = source.front()
        assert fields is not None
        for key in ("kind", "title", "verdict", "ms", "labels", "absent"):
            told.append((key in fields, getattr(fields, way)(key)))
            told.append(plain(fields.node(key)))
            told.append(fields.choice(key, ("pass", "fail")) if way == "text" else None)
            inner = Source("a.md", text).front()[0]
            found = inner.inner(key) if inner and way == "text" else None
            told.append((found.keys, found.lines(), found.extra()) if found else None)
        told += [fields.keys, fields.lines(), fields.extra(), fields.start, *source.problems]
    return told
