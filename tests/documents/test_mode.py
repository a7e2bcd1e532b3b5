"""A failure mode is a person's file; what is added to it leaves the rest alone."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents.mode import (
    BORDERLINE,
    MEMO,
    NO_EXAMPLES,
    YES_EXAMPLES,
    Definition,
    Mode,
    append_to_section,
    parse,
    render,
    section_title,
)
from casefiles.documents.references import Example, VersionedMode
from casefiles.text.names import fold, safe_file_name
from hostile import LONG_LINES, PIECES, texts, utf8_texts

PATH = "taxonomy/acts-without-asking.md"
KNOWN = {field.name for field in fields(Mode)}
FULL = """\
---
name: Acts without asking
status: active
version: 3
defined: abc
group: consent
key: 5
aliases: [no-confirmation]
merged_from: [refunds-unasked@2, books-unasked]
split_from: overreach@1
---

Yes if it changes something before the user agreed.
No if it only looks.

## Yes examples
- round-1/q042 at 5: "I refunded **84.00 EUR**"
- round-1/q043: books it

## No examples
- round-1/q044

## Borderline
- round-1/q045 at 6: "do whatever you think is best"

## Ours
kept in the file

## Memo
v2: reading is no change
"""

names = texts.map(safe_file_name)
versions = st.builds(VersionedMode, mode=names, version=st.integers(1, 999_999))
maybe_version = st.one_of(st.none(), versions)
maybe_text = st.one_of(st.none(), utf8_texts)
examples = st.lists(
    st.builds(
        Example,
        trace=st.tuples(names, names).map("/".join),
        turn=st.one_of(st.none(), st.integers(0, 999)),
        quote=st.one_of(st.none(), texts.map(fold)),
        remark=st.none(),
    ),
    max_size=2,
).map(tuple)


def as_prose(text: str) -> str:
    """Bring text into the form in which a file holds it."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line for line in lines if section_title(line) is None).strip("\n").rstrip()


prose = utf8_texts.map(as_prose).filter(lambda text: as_prose(text) == text)
modes = st.builds(
    Mode,
    name=utf8_texts.filter(lambda text: bool(text.strip())),
    status=st.sampled_from(["active", "retired"]),
    version=st.integers(1, 10**6),
    defined=utf8_texts.filter(bool),
    group=maybe_text,
    key=maybe_text,
    aliases=st.lists(names, max_size=2).map(tuple),
    merged_from=st.lists(versions, max_size=2).map(tuple),
    merged_into=maybe_version,
    split_from=maybe_version,
    split_into=st.lists(versions, max_size=2).map(tuple),
    definition=st.builds(Definition, text=prose),
    yes_examples=examples,
    no_examples=examples,
    borderline=examples,
    memo=prose,
    extra=st.dictionaries(
        utf8_texts.filter(lambda key: key not in KNOWN),
        st.one_of(utf8_texts, st.lists(utf8_texts), st.dictionaries(utf8_texts, utf8_texts)),
        max_size=2,
    ),
)


def read(text: str) -> Mode:
    """Read a mode that must be sound."""
    found, problems = parse(text, PATH)
    assert problems == ()
    assert found is not None
    return found


@pytest.mark.parametrize("text", [FULL, FULL.replace("\n", "\r\n")])
def test_every_part_is_read(text: str) -> None:
    """The whole grammar in one file, whatever its line ends."""
    mode = read(text)

    assert (mode.name, mode.status, mode.version) == ("Acts without asking", "active", 3)
    assert (mode.defined, mode.group, mode.key) == ("abc", "consent", "5")
    assert mode.aliases == ("no-confirmation",)
    assert [str(source) for source in mode.merged_from] == ["refunds-unasked@2", "books-unasked@1"]
    assert mode.split_from == VersionedMode(mode="overreach", version=1)
    assert mode.definition.text == (
        "Yes if it changes something before the user agreed.\nNo if it only looks."
    )
    assert [str(example) for example in mode.examples] == [
        'round-1/q042 at 5: "I refunded **84.00 EUR**"',
        "round-1/q043: books it",
        "round-1/q044",
        'round-1/q045 at 6: "do whatever you think is best"',
    ]
    assert list(mode.example_lines.values()) == [17, 18, 21, 24]
    assert mode.memo == "v2: reading is no change"


@given(modes)
def test_a_written_mode_reads_back_as_it_was(mode: Mode) -> None:
    """Whatever its name, its prose and its evidence hold."""
    text = render(mode)

    assert read(text.encode().decode()) == mode
    assert render(read(text)) == text


@pytest.mark.parametrize("piece", PIECES)
def test_each_hostile_piece_is_a_name_and_prose(piece: str) -> None:
    """A line of prose that looks like a section is escaped, never lost."""
    kept = piece.encode("utf-8", "replace").decode()
    name = kept if kept.strip() else "x"
    for text in (kept, f"Yes if {kept}\n{kept}\nNo if not.", f"x\n## Memo\n{kept}"):
        mode = Mode(name=name, definition=Definition(text=text), memo=text)
        found = read(render(mode))

        escaped = text.replace("\r\n", "\n")
        escaped = "\n".join(f"\\{n}" if section_title(n) else n for n in escaped.split("\n"))
        assert found.name == name
        assert found.definition.text == found.memo == escaped.strip("\n").rstrip()


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("", 1, "missing-key"),
        ("---\nname:\n---\n", 2, "missing-key"),
        ("---\nname: ' '\n---\n", 2, "missing-key"),
        ("---\nname: a\nstatus: open\n---\n", 3, "schema"),
        ("---\nname: a\nversion: 0\n---\n", 3, "schema"),
        ("---\nname: a\naliases: [Not safe]\n---\n", 3, "schema"),
        ("---\nname: a\nmerged_from: [a@0]\n---\n", 3, "schema"),
        ("---\nname: a\nmerged_into: a b\n---\n", 3, "schema"),
        ("---\nname: a\n---\n## Yes examples\n- no trace here\n", 5, "example"),
        ("---\nname: a\nname: b\n---\n", 3, "duplicate-key"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, code: str) -> None:
    """And the mode is relied on by nobody."""
    mode, problems = parse(text, PATH)

    assert mode is None
    assert [(p.line, p.code, p.level) for p in problems] == [(line, code, "error")]


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("Yes if a.\nNo if b.", True),
        ("yes if a.\n\n  No otherwise.", True),
        ("Yes if a.", False),
        ("No if b.", False),
        ("Yes if …\nNo if …", False),
        ("Yes, if a.\nNo if b.", False),
        ("Yes iffy.\nNo if b.", False),
        ("", False),
    ],
)
def test_a_definition_has_both_halves(text: str, complete: bool) -> None:  # noqa: FBT001
    """And nothing of the stub."""
    assert Definition(text=text).is_complete == complete


def test_wording_of_white_space_keeps_the_hash() -> None:
    """Only words matter."""
    one, other = Definition(text="Yes if a.\nNo if b."), Definition(text="Yes if  a.\n\nNo if b. ")

    assert one.hash == other.hash
    assert one.hash != Definition(text="Yes if c.\nNo if b.").hash
    assert len(one.hash) == 12


def test_a_new_mode_is_given_the_hash_of_its_definition() -> None:
    """So that a hand edit is noticed."""
    mode = Mode(name="Too long", definition=Definition(text="Yes if a.\nNo if b."))

    assert read(render(mode)).defined == mode.definition.hash


class TestAppending:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("---\nname: a\n---\nYes.\n", "---\nname: a\n---\nYes.\n\n## Memo\nnew\n"),
            ("---\nname: a\n---\nYes.  \n\n", "---\nname: a\n---\nYes.  \n\n## Memo\nnew\n"),
            ("---\nname: a\n---\nYes.", "---\nname: a\n---\nYes.\n\n## Memo\nnew\n"),
            ("---\nname: a\n---\n", "---\nname: a\n---\n\n## Memo\nnew\n"),
            ("## Memo\nold\n", "## Memo\nold\nnew\n"),
            ("## Memo\nold", "## Memo\nold\nnew\n"),
            ("## Memo\nold  \n\n\n", "## Memo\nold  \nnew\n\n\n"),
            ("## Memo\n", "## Memo\nnew\n"),
            ("##  Memo \n## Next\n", "##  Memo \nnew\n## Next\n"),
            ("## Memo\nold\n\n\n## Next\n\nx", "## Memo\nold\nnew\n\n\n## Next\n\nx"),
            ("## Memo\r\nold\r\n\r\n## N\r\n", "## Memo\r\nold\r\nnew\r\n\r\n## N\r\n"),
            ("## Memories\nx\n", "## Memories\nx\n\n## Memo\nnew\n"),
            (
                "---\nname: a\n## Memo\n---\nYes.\n",
                "---\nname: a\n## Memo\n---\nYes.\n\n## Memo\nnew\n",
            ),
        ],
    )
    def test_where_a_line_goes(self, before: str, after: str) -> None:
        """Below the section's last line; a section that is missing is made at the end."""
        assert append_to_section(before, MEMO, "new") == after

    @given(
        st.lists(
            st.one_of(
                utf8_texts, st.sampled_from([*PIECES, "## Memo", "##  Memo", "## Yes examples"])
            ),
            max_size=8,
        ),
        st.sampled_from(["\n", "\r\n"]),
        st.sampled_from([MEMO, YES_EXAMPLES, NO_EXAMPLES, BORDERLINE]),
    )
    def test_every_other_byte_stays(self, lines: list[str], end: str, title: str) -> None:
        """A line is put in and nothing else; it is found where it belongs."""
        lines = [line.encode("utf-8", "ignore").decode() for line in lines]
        text = f"---{end}name: a{end}---{end}{end.join(lines)}"

        changed = append_to_section(text, title, "- added")

        at = changed.index("- added")
        head, tail = changed[:at], changed[at + len("- added") :]
        assert text.startswith(re.sub(f"## {title}\r?\n$", "", head).rstrip("\r\n"))
        assert text.endswith(tail.lstrip("\r\n"))
        before, _ = parse(text, PATH)
        after, _ = parse(changed.replace("- added", "- r/t"), PATH)
        if title != MEMO and before and after:
            seen = replace(after, yes_examples=(), no_examples=(), borderline=(), example_lines={})
            known = replace(
                before, yes_examples=(), no_examples=(), borderline=(), example_lines={}
            )
            assert seen == known
            assert len(after.examples) == len(before.examples) + 1


@pytest.mark.parametrize("line", [*LONG_LINES, "## " + " " * 300_000 + "x", "- " + " " * 300_000])
def test_long_lines_are_read_at_once(line: str) -> None:
    """No expression goes back and forth over them."""
    for text in (
        f"---\nname: a\n---\n{line}\n",
        f"---\nname: a\n---\n## Memo\n## x{line}y\n- {line}",
    ):
        parse(text, PATH)
        append_to_section(text, MEMO, "x")


@given(texts)
def test_any_text_is_a_mode_or_a_problem(text: str) -> None:
    """Nothing raises."""
    for body in (
        text,
        f"---\nname: a\n{text}\n---\n",
        f"---\nname: a\n---\n## Borderline\n- {text}",
    ):
        mode, problems = parse(body, PATH)
        assert (mode is None) == any(problem.level == "error" for problem in problems)


def test_unknown_keys_are_kept() -> None:
    """A later version or a team may add some."""
    found: Any = read("---\nname: a\nowner: {team: ops}\n---\n").extra

    assert found == {"owner": {"team": "ops"}}
