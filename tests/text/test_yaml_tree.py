"""YAML read strictly, each node with its place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from casefiles.text.yaml_tree import MAX_DEPTH, Mapping, Node, Scalar, parse_yaml, plain
from hostile import LONG_LINES, PIECES, texts
from hypothesis import given
from hypothesis import strategies as st

yaml_like = st.lists(
    st.sampled_from([*PIECES, "a: ", "\n", "\n  ", "- ", "{", "}", "[", "]", ", ", "? ", "|\n  "])
).map("".join)


def scalars(node: Node | None) -> Iterator[Scalar]:
    """Yield every scalar of a tree, keys included."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Mapping):
        for entry in node.entries:
            yield entry.key
            yield from scalars(entry.value)
    elif node is not None:
        for item in node.items:
            yield from scalars(item)


@given(st.one_of(st.text(), texts, yaml_like))
def test_wrongness_is_a_value(text: str) -> None:
    """Nothing raises, and a fault has a place inside the text."""
    node, fault = parse_yaml(text)

    assert node is None or fault is None
    assert fault is None or 0 <= fault.offset <= len(text)
    for scalar in scalars(node):
        assert 0 <= scalar.start <= scalar.end <= len(text)


@given(st.lists(st.tuples(texts, texts), max_size=5), st.sampled_from(["\n", "\r\n"]))
def test_each_plain_scalar_stands_where_it_says(pairs: list[tuple[str, str]], end: str) -> None:
    """Offsets count characters, whatever stands before them: splices rest on it."""
    lines = [f"k{i}:  {''.join(c for c in a if c.isalnum()) or 'x'} # é😀 汉" for i, (a, _) in enumerate(pairs)]
    for mark in ("", "\ufeff"):
        text = mark + "".join(f"{line}{end}" for line in lines)

        node, fault = parse_yaml(text)

        assert fault is None
        for scalar in scalars(node):
            assert text[scalar.start : scalar.end] == scalar.value


@pytest.mark.parametrize(
    ("text", "at", "code"),
    [
        ("é: 😀\nb: \x07\n", "\x07", "yaml"),
        ("é: 😀\nb: \ud800\n", "\ud800", "yaml"),
        ("\ufeffa: 1\na: 2\n", "a: 2", "duplicate-key"),
        ("é: 1\r\nb: *x\r\n", "*x", "yaml"),
        ("é: !t x\n", "!t", "yaml"),
        ("a: b\n--- c\n", "---", "yaml"),
        ("a: \tb\n\tc: d\n", "\tc", "yaml"),
    ],
)
def test_a_fault_is_placed_where_it_stands(text: str, at: str, code: str) -> None:
    """Line and column lead a person to it."""
    _, fault = parse_yaml(text)

    assert fault is not None
    assert fault.code == code
    assert abs(fault.offset - text.index(at)) <= 1


def test_nesting_has_a_limit_that_is_said() -> None:
    """A reader must not recurse as deep as a file asks for."""
    assert parse_yaml("[" * MAX_DEPTH + "]" * MAX_DEPTH)[1] is None
    fault = parse_yaml("[" * 40 + "]" * 40)[1]
    assert fault is not None
    assert "deeper" in fault.message


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    """Files of Windows editors begin with one."""
    node, fault = parse_yaml("\ufeffa: b\nc: d\n")

    assert fault is None
    assert plain(node) == {"a": "b", "c": "d"}


def test_a_trailing_no_break_space_belongs_to_the_value() -> None:
    """YAML's white space is blank and tab only, so a splice must replace it too."""
    node, _ = parse_yaml("a: b\u00a0\n")

    assert [scalar.end for scalar in scalars(node)] == [1, 5]


@pytest.mark.parametrize("line", LONG_LINES)
def test_a_long_line_is_no_burden(line: str) -> None:
    """A value of a megabyte is one value."""
    node, fault = parse_yaml(f"a: '{line}'\n")

    assert fault is None
    assert plain(node) == {"a": line}
