"""Splices into YAML that a person wrote: whatever its style, only what is meant changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from casefiles.errors import BadInputError
from casefiles.text import emit, splice
from casefiles.text.emit import quoted
from casefiles.text.odd import without_surrogates
from casefiles.text.splice import SpliceError
from casefiles.text.yaml_tree import Mapping, parse_yaml, plain
from hostile import texts

KEYS = ("a", "b", "c", "labels", "two words", "é", "yes", 'quo"ted')


def root(text: str) -> Mapping | None:
    """Parse a text that must be sound."""
    node, fault = parse_yaml(text)
    assert fault is None, fault
    assert node is None or isinstance(node, Mapping)
    return node


def values(text: str) -> dict[str, Any]:
    """Return the keys as plain values."""
    found = plain(root(text)) if text.strip() else {}
    return found if isinstance(found, dict) else {}


def set_in(text: str, path: tuple[str, ...], value: Any) -> str:
    """Set a key in a text."""
    newline = "\r\n" if "\r\n" in text else "\n"
    return splice.set_in(text, root(text), path, value, newline=newline)


def remove_in(text: str, path: tuple[str, ...]) -> str:
    """Remove a key from a text."""
    return splice.remove_in(text, root(text), path)


# ---------------------------------------------------------------- what people write


@dataclass(frozen=True)
class Written:
    """One key as a person wrote it."""

    key: str
    lines: tuple[str, ...]  # its own lines, comments above it not included


comments = st.sampled_from(["", "", " # why", "\t# why: b", "   # why", " # why 'quote \"and"])
gaps = st.lists(st.sampled_from(["", "# why note", "  # why: indented", "#", "   "]), max_size=2)
flat_gaps = st.lists(st.sampled_from(["", "# why note", "#"]), max_size=2)  # below a block of text
words = st.sampled_from(
    ["x", "two words", "no@1, yes@3", "12:30", "it's", "a #b", "é 😀", "-1", "nb\u00a0"]
)


def scalar(word: str, style: str) -> str:
    """Write a word plain where it can stand so, else in quotes."""
    if style == "single":
        return "'" + word.replace("'", "''") + "'"
    bare = " #" not in word and ", " not in word
    return word if style == "plain" and bare else quoted(word)


@st.composite
def written(draw: st.DrawFn, key: str) -> Written:
    """One key in any of the styles that people use."""
    name = scalar(key, draw(st.sampled_from(["plain", "single", "double"])))
    space = draw(st.sampled_from([" ", "  ", " \t "]))
    comment = draw(comments)
    word = scalar(draw(words), draw(st.sampled_from(["plain", "single", "double"])))
    pad = " " * draw(st.integers(1, 5))
    kind = draw(
        st.sampled_from(
            ["line", "line", "empty", "literal", "folded", "below", "map", "list", "flow"]
        )
    )
    inner = draw(gaps)
    lines = {
        "line": [f"{name}:{space}{word}{comment}"],
        "empty": [f"{name}:{comment}"],
        "literal": [f"{name}: |", f"{pad}one: 1", "", f"{pad} # no comment", f"{pad}two"],
        "folded": [f"{name}: >-{comment}", f"{pad}one", f"{pad}two"],
        "below": [f"{name}:{comment}", f"{pad}{word}"],
        "map": [
            f"{name}:{comment}",
            *inner,
            f"{pad}a: {word}{comment}",
            *inner,
            f"{pad}z:",
            f"{pad}  deep: er",
        ],
        "list": [f"{name}:{comment}", *inner, f"{pad}- {word}", f"{pad}- y{comment}"],
        "flow": [f"{name}: {{a: x, z: [1, 'two', \"3\"]}}{comment}"],
    }
    return Written(key=key, lines=tuple(lines[kind]))


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[Written], str]:
    """A mapping as a person wrote it: its text, its keys, and its line end."""
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=5))
    found = [draw(written(key)) for key in keys]
    end = draw(st.sampled_from(["\n", "\r\n"]))
    indent = draw(st.sampled_from(["", "", "  "]))
    lines: list[str] = []
    between = gaps
    for item in found:
        lines += draw(between)
        lines += [indent + line if line else line for line in item.lines]
        between = flat_gaps if "|" in item.lines[0] or ">-" in item.lines[0] else gaps
    lines += draw(between)
    return "".join(line + end for line in lines), found, end


def is_insertion(before: str, after: str) -> bool:
    """Tell whether ``after`` is ``before`` with something put in at one place."""
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = len(before) - head
    return len(after) >= len(before) and (not tail or after.endswith(before[head:]))


def without(text: str, item: Written, end: str) -> str:
    """Cut the lines of a key out of a text."""
    parts = text.split(end)
    width = len(item.lines)
    for at in range(len(parts)):
        if tuple(part.lstrip() for part in parts[at : at + width]) == tuple(
            line.lstrip() for line in item.lines
        ):
            return end.join(parts[:at] + parts[at + width :])
    raise AssertionError(item)


values_to_set = st.one_of(
    texts, st.integers(0, 99), st.booleans(), st.lists(texts, max_size=2), st.just("plain")
)


def as_read(value: Any) -> Any:
    """Tell what a value reads back as."""
    if isinstance(value, list):
        return [as_read(item) for item in value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    return without_surrogates(str(value))


@given(documents(), texts, values_to_set)
def test_a_new_key_is_only_put_in(
    document: tuple[str, list[Written], str], key: str, value: Any
) -> None:
    """Every byte that was there stands there still."""
    text, _, _ = document
    before = values(text)
    if key in before:
        return
    note(text)

    changed = set_in(text, (key,), value)

    assert values(changed) == before | {without_surrogates(key): as_read(value)}
    assert is_insertion(text, changed)


@given(st.data(), documents(), values_to_set)
def test_a_changed_key_changes_its_own_lines(
    data: st.DataObject, document: tuple[str, list[Written], str], value: Any
) -> None:
    """All lines before and behind are the same bytes."""
    text, found, end = document
    if not found:
        return
    item = data.draw(st.sampled_from(found))
    note(text)
    before = values(text)
    try:
        changed = set_in(text, (item.key,), value)
    except SpliceError:
        assert any("#" in line for line in item.lines)  # a comment inside it would be lost
        return
    note(changed)

    assert values(changed) == before | {item.key: as_read(value)}
    rest = without(text, item, end)
    start = next(i for i in range(len(rest) + 1) if i == len(rest) or rest[i] != changed[i])
    tail = len(rest) - start
    assert not tail or changed.endswith(rest[start:])
    assert changed.count("# why") == text.count("# why")


@given(st.data(), documents(), texts, texts)
def test_a_key_inside_a_mapping_is_only_put_in(
    data: st.DataObject, document: tuple[str, list[Written], str], key: str, value: str
) -> None:
    """Labels grow line by line; what is no mapping is refused."""
    text, found, _ = document
    before = values(text)
    holders = [item.key for item in found if isinstance(before[item.key], dict)]
    if not holders:
        return
    holder = data.draw(st.sampled_from(holders))
    if key in before[holder]:
        return
    note(text)

    changed = set_in(text, (holder, key), value)

    inner = before[holder] | {without_surrogates(key): without_surrogates(value)}
    assert values(changed) == before | {holder: inner}
    assert is_insertion(text, changed)


@given(st.data(), documents())
def test_a_removed_key_takes_only_its_own_lines(
    data: st.DataObject, document: tuple[str, list[Written], str]
) -> None:
    """Comments above it stay."""
    text, found, end = document
    if not found:
        return
    item = data.draw(st.sampled_from(found))
    note(text)

    expected = {key: value for key, value in values(text).items() if key != item.key}
    shorter = without(text, item, end)
    try:
        changed = remove_in(text, (item.key,))
    except SpliceError:  # an indented comment would become part of the block of text above
        assert values(shorter) != expected
        return

    assert values(changed) == expected
    assert changed == shorter


@given(documents(), st.lists(st.tuples(st.sampled_from([*KEYS, "new"]), st.booleans(), texts)))
def test_any_sequence_of_edits_keeps_the_other_values(
    document: tuple[str, list[Written], str], edits: list[tuple[str, bool, str]]
) -> None:
    """What is refused changes nothing; what is done, is done."""
    text, _, _ = document
    expected = values(text)
    for key, removes, value in edits:
        try:
            text = remove_in(text, (key,)) if removes else set_in(text, (key,), value)
        except SpliceError:
            continue
        expected.pop(key, None)
        if not removes:
            expected[key] = without_surrogates(value)

    assert values(text) == expected


# ---------------------------------------------------------------- single cases


@pytest.mark.parametrize(
    ("before", "path", "value", "after"),
    [
        ("a: b # c\n", ("a",), "x", "a: x # c\n"),
        ("a:   # c\n", ("a",), "x", "a: x   # c\n"),
        ("a:   # c\nb: 1\n", ("a", "k"), "x", "a:   # c\n  k: x\nb: 1\n"),
        ("a: {}\n", ("a", "k"), "x", "a: {k: x}\n"),
        ("a: {k: 1, } # c\n", ("a", "z"), "x", "a: {k: 1, z: x, } # c\n"),
        ("{a: 1,\n b: 2, # c\n}\n", ("z",), "x", "{a: 1,\n b: 2, z: x, # c\n}\n"),
        ("{}\n", ("z",), "x", "{z: x}\n"),
        ("a: [x] # c\n", ("a",), ["x", "w"], "a: [x, w] # c\n"),
        ("a: [] # c\n", ("a",), ["x"], "a: [x] # c\n"),
        ("a:\n- x # c\n\nb: 1\n", ("a",), ["x", "w"], "a:\n- x # c\n- w\n\nb: 1\n"),
        ("a:\n  - 'x'\n", ("a",), ["x", "w", "z"], "a:\n  - 'x'\n  - w\n  - z\n"),
        ("a:\n- x\n- w\n", ("a",), ["x", "w"], "a:\n- x\n- w\n"),
        ("a:\n- x\n- w\n", ("a",), ["w"], "a: [w]\n"),
        ("a: # c: d\n- x\n", ("a",), "w", "a: w # c: d\n"),
        ("a:\n  b: 1 # c\n", ("a",), "w", "a: w # c\n"),
        ("a: |\n  x\n\n\nb: 1\n", ("a",), "w", "a: w\n\n\nb: 1\n"),
        ("a: b\u00a0\n", ("a",), "w", "a: w\n"),
        ("? a\n: b\n", ("a",), "w", "? a\n: w\n"),
        ("? a\n: b\n", ("c",), "w", "? a\n: b\nc: w\n"),
        ("'a':b c\nd: e\n", ("d",), "w", None),
        ("a: 'b'\r\n", ("a",), "w", "a: w\r\n"),
        ("a: b", ("c",), "w", "a: b\nc: w\n"),
        ("# only\n", ("c",), "w", "# only\nc: w\n"),
        ("", ("c", "d"), "w", "c:\n  d: w\n"),
        ("  a: b\n  # c\n", ("c",), "w", "  a: b\n  c: w\n  # c\n"),
        ("a: |\n x\n   \n\n", ("c",), "w", "a: |\n x\n   \nc: w\n\n"),
        ("a: b\n...\n", ("c",), "w", "a: b\nc: w\n...\n"),
        ("a:\tb\n", ("a",), "w", "a:\tw\n"),
    ],
)
def test_how_a_value_is_set(
    before: str, path: tuple[str, ...], value: Any, after: str | None
) -> None:
    """The styles people use, one by one (None: no valid YAML to begin with)."""
    if after is None:
        assert parse_yaml(before)[1] is not None
        return
    assert set_in(before, path, value) == after


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("a:\n  # why b\n  b: 1\n", ("a",), "x"),
        ("a:\n- x # why\n- y\n", ("a",), "x"),
        ("a: [x, # why\n  y]\n", ("a",), "z"),
        ("a: | # why\n  x\n", ("a",), "z"),
        ("a: b\n", ("a", "c"), "x"),
        ("a: ''\n", ("a", "c"), "x"),
        ("a: [b]\n", ("a", "c"), "x"),
        ("a: {b}\n", ("a", "b"), "x"),
        ("a: |+\n  x\n\n\n", ("b",), "x"),
    ],
)
def test_what_would_lose_something_is_refused(text: str, path: tuple[str, ...], value: Any) -> None:
    """The message goes to a person as it is, and callers may catch a ValueError."""
    with pytest.raises(ValueError, match=r"a |by hand") as caught:
        set_in(text, path, value)

    assert isinstance(caught.value, BadInputError)


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        ("a: 1\nb: 2 # c\n", ("b",), "a: 1\n"),
        ("a:\n  x: 1 # c\n  y: 2\nb: 3\n", ("a", "x"), "a:\n  y: 2\nb: 3\n"),
        ("a:\n  x: 1\n# c\nb: 3\n", ("a", "x"), "# c\nb: 3\n"),
        ("a: {x: 1}\nb: 3\n", ("a", "x"), "b: 3\n"),
        ("a:\n  x:\n    y: 1\nb: 3\n", ("a", "x", "y"), "b: 3\n"),
        ("a: 1\n", ("a",), ""),
        ("a: 1\n", ("b",), "a: 1\n"),
        ("a: 1\n", ("a", "b"), "a: 1\n"),
        ("? a\n: 1\nb: 2\n", ("a",), "b: 2\n"),
        ("a: 1", ("a",), ""),
        ("a: {x: 1, y: 2}  # c\n", ("a", "x"), "a: {y: 2}  # c\n"),
        ("{a: 1, b: 'x, y', c: 3}\n", ("b",), "{a: 1, c: 3}\n"),
        ("{a: 1,\n b: 2}\n", ("b",), "{a: 1}\n"),
    ],
)
def test_how_a_key_is_removed(before: str, path: tuple[str, ...], after: str) -> None:
    """With its lines, and with the mapping it was the last of."""
    assert remove_in(before, path) == after


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a: {x: 1, # c\n y: 2}\n", ("a", "x")),
        ("{a: 1, # c\n b: 2}\n", ("b",)),
        ("a: b\rc: d\n", ("a",)),
    ],
)
def test_a_key_that_shares_its_place_is_not_removed(text: str, path: tuple[str, ...]) -> None:
    """A person's comment would go with it, or another key."""
    with pytest.raises(SpliceError, match="by hand"):
        remove_in(text, path)


# ---------------------------------------------------------------- items of a list

LIST = """\
# ours
rows:
- {id: q1, text: "a, b", keep: no, why: twice}  # mine
- id: q2   # second

  text: |
    two
    lines
  # below
  doubt: odd
-   id: q3
    text: c
other: 1
"""


def set_in_items(text: str, changes: dict[int, dict[tuple[str, ...], Any]]) -> str:
    """Change items of the list `rows`."""
    return splice.set_in_items(text, "rows", changes)


def test_items_of_a_list_are_changed_where_they_stand() -> None:
    """Each in its own style; nothing else moves."""
    assert set_in_items(
        LIST,
        {
            0: {("keep",): True, ("why",): None},
            1: {("keep",): True, ("origin", "edited"): "human", ("text",): "one"},
            2: {("keep",): False, ("why",): "no: never"},
        },
    ) == (
        LIST.replace("keep: no, why: twice", "keep: yes")
        .replace("text: |\n    two\n    lines\n", "text: one\n")
        .replace("odd\n", "odd\n  keep: yes\n  origin:\n    edited: human\n")
        .replace("text: c\n", 'text: c\n    keep: no\n    why: "no: never"\n')
    )


@pytest.mark.parametrize(
    ("number", "path", "value"),
    [(0, ("id",), None), (1, ("id",), None), (1, ("text", "x"), "y"), (0, ("text", "x"), "y")],
)
def test_an_item_that_cannot_be_changed_is_refused(
    number: int, path: tuple[str, ...], value: Any
) -> None:
    """But the first key inside braces can go."""
    if (number, value) == (0, None):
        assert set_in_items(LIST, {0: {path: None}}) == LIST.replace("id: q1, ", "")
        return
    with pytest.raises(SpliceError):
        set_in_items(LIST, {number: {path: value}})


def test_items_are_changed_only_in_a_list() -> None:
    """A file of another shape is left alone."""
    with pytest.raises(SpliceError, match="must hold a list"):
        set_in_items("rows: x\n", {0: {("a",): "b"}})


@given(
    st.lists(st.dictionaries(st.sampled_from("abc"), words, min_size=1), min_size=1, max_size=4),
    st.lists(st.booleans(), min_size=4, max_size=4),
    st.dictionaries(
        st.integers(0, 3),
        st.dictionaries(st.sampled_from("abcd").map(lambda key: (key,)), st.none() | texts),
        max_size=3,
    ),
)
def test_any_items_can_be_changed(
    rows: list[dict[str, str]], styles: list[bool], changes: dict[int, dict[tuple[str, ...], Any]]
) -> None:
    """What comes out is what was meant, or nothing is changed."""
    lines = [
        emit.flow(row) if flat else emit.block(row, indent=2).strip()
        for row, flat in zip(rows, styles, strict=False)
    ]
    text = "rows:\n" + "".join(f"- {line} # c\n" for line in lines) + "# end\n"
    wanted = {number: found for number, found in changes.items() if number < len(rows)}
    expected: list[dict[str, Any]] = [dict(row) for row in rows]
    for number, found in wanted.items():
        for (key,), value in found.items():
            expected[number].pop(key, None) if value is None else expected[number].update(
                {key: value}
            )
    note(text)

    try:
        after = set_in_items(text, wanted)
    except SpliceError:
        assert any(value is None for found in wanted.values() for value in found.values())
        return

    clean = [{key: without_surrogates(value) for key, value in row.items()} for row in expected]
    assert values(after)["rows"] == clean
    assert after.endswith("# end\n")
