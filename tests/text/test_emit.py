"""Emitted YAML means the same to every reader."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from casefiles.text import emit
from casefiles.text.odd import without_surrogates
from casefiles.text.yaml_tree import parse_yaml, plain
from hostile import LONG_LINES, PIECES, texts

Read = Callable[[str], Any]


def ours(text: str) -> Any:
    """Read with the strict reader of this package."""
    node, fault = parse_yaml(text)
    assert fault is None, fault
    return plain(node)


def yaml_1_1(text: str) -> Any:
    """Read with PyYAML, which guesses as YAML 1.1 says."""
    return yaml.safe_load(text)


def yaml_1_2(text: str) -> Any:
    """Read with ruamel.yaml, which guesses as YAML 1.2 says."""
    return YAML(typ="safe", pure=True).load(io.StringIO(text))


READERS = (ours, yaml_1_1, yaml_1_2)
readers = pytest.mark.parametrize("read", READERS)


def expected(text: str) -> str:
    """Tell what a string must read back as: only lone surrogates are lost."""
    return without_surrogates(text)


def agrees(found: Any, text: str) -> bool:
    """Tell whether a reader found the string, or the moment that the string writes."""
    return found == expected(text) or isinstance(found, datetime)


@readers
@given(text=texts)
def test_any_string_reads_back_as_that_string(read: Read, text: str) -> None:
    """No reader takes it for a number, a boolean, a comment or another structure."""
    assert agrees(read(f"key: {emit.scalar(text)}\n")["key"], text)
    assert agrees(read(f"[{emit.scalar(text, in_flow=True)}, x]\n")[0], text)
    assert read(f"- {emit.quoted(text)}\n") == [expected(text)]


@readers
@pytest.mark.parametrize("text", PIECES)
def test_each_hostile_piece_reads_back(read: Read, text: str) -> None:
    """The list of what has broken readers before, one by one."""
    found = read(emit.block({"a": {text: [text, {text: text}]}, text: text}))

    (key, items), *_ = found["a"].items()
    assert agrees(key, text)
    assert agrees(items[0], text)
    assert agrees(found[key], text)


@readers
@given(
    values=st.dictionaries(
        texts, st.one_of(texts, st.lists(texts), st.dictionaries(texts, texts)), max_size=4
    )
)
def test_mappings_read_back_with_their_keys(read: Read, values: dict[str, Any]) -> None:
    """As blocks and inside braces alike."""
    clean = _clean(values)

    for written in (emit.block(clean), emit.block(clean, tall=True), emit.flow(clean)):
        assert _said(read(written) or {}) == _said(clean)


@readers
@pytest.mark.parametrize("length", [990, 998, 1000, 1001, 1021, 1024, 1025, 5000])
@pytest.mark.parametrize("character", ["k", "é", "\u202e"])
def test_a_long_key_is_still_a_key(read: Read, length: int, character: str) -> None:
    """YAML ends simple keys at 1,024 characters."""
    key = character * length
    value: dict[str, Any] = {"outer": {key: {key: "v"}, "next": "n"}}

    assert read(emit.block(value)) == value
    assert read(emit.block({"outer": {key: ["v"]}}, tall=True)) == {"outer": {key: ["v"]}}
    assert read(emit.flow(value)) == value


@readers
def test_a_long_line_is_one_value(read: Read) -> None:
    """Nothing is folded or cut."""
    for line in LONG_LINES[1:]:
        assert read(f"a: {emit.scalar(line)}\n") == {"a": line}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("too-long", "too-long"),
        ("no@1, yes@3", "no@1, yes@3"),
        ("pass", "pass"),
        ("no", '"no"'),
        ("a: b", '"a: b"'),
        ("2026-11-24T01:20:00Z", "2026-11-24T01:20:00Z"),
        ("2026-02-30T01:20:00Z", '"2026-02-30T01:20:00Z"'),
        ("", '""'),
        (True, "yes"),
        (False, "no"),
        (41, "41"),
        (0.5, "0.5"),
    ],
)
def test_what_people_read_is_as_plain_as_can_be(value: str | float, written: str) -> None:
    """Quotes stand only where a reader would need them."""
    assert emit.scalar(value) == written


def test_a_comma_is_quoted_inside_brackets_only() -> None:
    """It would end the value there."""
    assert emit.inline(["a, b"]) == '["a, b"]'
    assert emit.inline("a, b") == "a, b"
    assert emit.inline("a, b", in_flow=True) == '"a, b"'


@given(texts)
def test_quoted_text_is_one_line_without_odd_characters(text: str) -> None:
    """What stands in a file can be shown and split into lines safely."""
    written = emit.quoted(text)

    assert len(written.splitlines()) == 1
    assert "\u202e" not in written
    written.encode()


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {without_surrogates(key): _clean(item) for key, item in value.items()}
    return (
        [_clean(item) for item in value] if isinstance(value, list) else without_surrogates(value)
    )


def _said(value: Any) -> Any:
    """Make moments strings again, and drop the difference of order."""
    if isinstance(value, dict):
        return {_said(key): _said(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_said(item) for item in value]
    is_moment = isinstance(value, datetime) or emit.scalar(value, in_flow=True)[:1].isdigit()
    return "a moment" if is_moment else value
