"""YAML read strictly, each node with its place."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefiles.text.yaml_tree import MAX_DEPTH, Mapping, Node, Scalar, parse_yaml, plain
from hostile import LONG_LINES, PIECES, texts

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
    lines = [
        f"k{i}:  {''.join(c for c in a if c.isalnum()) or 'x'} # é😀 汉"
        for i, (a, _) in enumerate(pairs)
    ]
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


simple_lines = st.builds(
    lambda margin, name, gap, value, tail, end: f"{margin}{name}:{gap}{value}{tail}{end}",
    st.sampled_from(["", "", "", "  ", "  ", " ", "    ", "\t"]),
    st.sampled_from(["a", "b", "c_1", "kind", "a-b", "a b", '"a"', "1", "-", "<<", "a" * 101, "é"]),
    st.sampled_from([" ", " ", " ", "", "  "]),
    st.sampled_from(
        [
            *(
                "x",
                "two words",
                "no@1, yes@3",
                "12:30:45",
                "2026-11-24T01:20:00Z",
                "",
                "a: b",
                "a:",
            ),
            *(
                '"x"',
                '""',
                '" # "',
                '"é 😀"',
                '"\u2028"',
                '"\\n"',
                "'x'",
                "x #c",
                "x#c",
                "a ,b",
                "...",
            ),
            *(
                "---",
                "- x",
                "[a]",
                "{a: b}",
                "|",
                "*a",
                "&a b",
                "!t x",
                "%x",
                "@x",
                "?",
                "? x",
                "~",
            ),
            *(
                "x\u00a0",
                "x\ty",
                "x  y",
                "a :b",
                "-1",
                "+1",
                ".5",
                ",x",
                "x,",
                '"a" b',
                '"a"#b',
                "\ufeff",
            ),
        ]
    ),
    st.sampled_from(["", "", "", " ", " # c"]),
    st.sampled_from(["\n", "\n", "\n", "\r\n", "\r", "\n\n", "\n# c\n", ""]),
)


@given(
    st.lists(st.one_of(simple_lines, st.sampled_from(["a:\n", "b:\n"])), max_size=6).map("".join)
)
@settings(max_examples=1000)
def test_the_fast_way_reads_what_the_slow_way_reads(text: str) -> None:
    """Values and places alike: an empty comment in front keeps the fast way out."""
    fast, fault = parse_yaml(text)
    slow, same_fault = parse_yaml(f"#\n{text}")

    assert (fault is None) == (same_fault is None)
    assert plain(fast) == plain(slow)
    assert _places(fast, 0) == _places(slow, 2)


def test_the_fast_way_reads_what_the_tool_writes() -> None:
    """Without the library: else it would be no faster."""
    text = 'kind: trace/1\ntitle: "Where is it?"\nsource:\n  kind: synthetic\n  id: "7"\nms: 41\n'
    code = (
        "import sys\nfrom casefiles.text.yaml_tree import parse_yaml, plain\n"
        f"print(plain(parse_yaml({text!r})[0]), 'yaml' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    expected = {
        "kind": "trace/1",
        "title": "Where is it?",
        "source": {"kind": "synthetic", "id": "7"},
    }
    assert done.stdout.strip() == f"{expected | {'ms': '41'}} False"


def _places(node: Node | None, shift: int) -> list[tuple[str, int, int]]:
    """Return what every node is and where, in order."""
    if node is None:
        return []
    here = (type(node).__name__, node.start - shift, node.end - shift)
    if isinstance(node, Scalar):
        return [here]
    inner: list[Node] = []
    if isinstance(node, Mapping):
        inner = [part for entry in node.entries for part in (entry.key, entry.value)]
    else:
        inner = list(node.items)
    return [here, *(place for part in inner for place in _places(part, shift))]
