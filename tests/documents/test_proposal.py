"""A proposal is the tool's, then a person's: headings are commands, lines are evidence."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents.mode import Definition
from casefiles.documents.proposal import (
    Item,
    Proposal,
    Section,
    heading,
    parse,
    parse_command,
    render,
)
from casefiles.documents.references import LabelRef, ObservationRef
from casefiles.text.names import fold, safe_file_name
from casefiles.text.odd import replace_odd
from hostile import LONG_LINES, PIECES, texts, utf8_texts

PATH = "taxonomy/proposals/2026-11-24.md"
KNOWN = {field.name for field in fields(Proposal)} | {"kind"}
HEAD = "---\nkind: proposal/1\nstatus: open\n---\n"
FULL = (
    HEAD
    + """\
Edit, then accept.

## new: Switches language
Yes if the reply is in another language than the last user turn.
No if it is in the same one.

- [x] ana:round-1/q042#1 "answers in english"
- [ ] ben:round-1/q007#2 "mixes both"

## add: too-long
- [X] ben:round-1/q011#1 "three screens"
* [x] ben:round-1/q012#1 "four screens"
  - [x]ben:round-1/q013#1 "five screens"

## merge: refunds-unasked + books-unasked -> acts-without-asking
## split: tone -> too-casual + lectures
### too-casual
Yes if casual.
No if not.
- [x] ana:round-1/q042 (label)
### lectures
- [ ] ana:round-1/q043 (label)
## redefine: too-long
Yes if long.
No if not.
## rename: misc -> various
## retire: odd
## left over
- ana:round-1/q009#1 "link is dead"
"""
)

ids = texts.map(safe_file_name)
one_line = texts.map(replace_odd).map(fold)
headings = one_line.filter(bool)
references = st.one_of(
    st.builds(
        ObservationRef,
        annotator=ids,
        trace=st.tuples(ids, ids).map("/".join),
        index=st.integers(1, 999),
        text=texts.map(fold),
    ),
    st.builds(LabelRef, annotator=ids, trace=st.tuples(ids, ids).map("/".join)),
)
items = st.lists(
    st.one_of(
        st.builds(Item, reference=references, ticked=st.booleans(), boxed=st.just(value=True)),
        st.builds(
            Item, reference=references, ticked=st.just(value=False), boxed=st.just(value=False)
        ),
    ),
    max_size=3,
).map(tuple)


def as_prose(text: str) -> str:
    """Bring text into the form in which a file holds it: no line looks like the grammar."""
    lines = text.replace("\r\n", "\n").split("\n")
    kept = [line for line in lines if not line.startswith("#") and line.strip()[:1] not in "-*+"]
    return "\n".join(kept).strip("\n").rstrip()


prose = utf8_texts.map(as_prose).filter(lambda text: as_prose(text) == text)
definitions = st.builds(Definition, text=prose)
children = st.builds(
    Section,
    verb=st.just("new"),
    names=headings.map(lambda name: (name,)),
    definition=definitions,
    items=items,
)
sections = st.one_of(
    children,
    st.builds(
        Section,
        verb=st.sampled_from(["add", "redefine", "retire"]),
        names=ids.map(lambda name: (name,)),
        definition=definitions,
        items=items,
    ),
    st.builds(
        Section,
        verb=st.just("merge"),
        names=st.lists(ids, min_size=1, max_size=3).map(tuple),
        into=ids.map(lambda name: (name,)),
        definition=definitions,
        items=items,
    ),
    st.builds(
        Section,
        verb=st.just("rename"),
        names=ids.map(lambda name: (name,)),
        into=ids.map(lambda name: (name,)),
    ),
    st.builds(
        Section,
        verb=st.just("split"),
        names=ids.map(lambda name: (name,)),
        into=st.lists(ids, min_size=2, max_size=3).map(tuple),
        definition=definitions,
        items=items,
        children=st.lists(children, max_size=2).map(tuple),
    ),
    st.builds(Section, verb=st.just("left over"), items=items),
)
proposals = st.builds(
    Proposal,
    status=st.sampled_from(["open", "accepted", "rejected"]),
    method=st.one_of(st.none(), utf8_texts),
    model=st.one_of(st.none(), utf8_texts),
    prompt_sha256=st.one_of(st.none(), utf8_texts),
    basis=st.dictionaries(
        utf8_texts, st.one_of(utf8_texts, st.integers(0, 99).map(str)), max_size=2
    ),
    applied=st.dictionaries(utf8_texts, utf8_texts, max_size=2),
    intro=utf8_texts.map(as_prose).map(lambda text: text.strip("\n")),
    sections=st.lists(sections, max_size=4).map(tuple),
    extra=st.dictionaries(
        utf8_texts.filter(lambda key: key not in KNOWN),
        st.one_of(utf8_texts, st.lists(utf8_texts), st.dictionaries(utf8_texts, utf8_texts)),
        max_size=2,
    ),
)


def read(text: str) -> Proposal:
    """Read a proposal that must be sound."""
    found, problems = parse(text, PATH)
    assert problems == ()
    assert found is not None
    return found


@pytest.mark.parametrize("text", [FULL, FULL.replace("\n", "\r\n")])
def test_every_command_is_read(text: str) -> None:
    """The whole grammar in one file, whatever its line ends."""
    proposal = read(text)

    assert proposal.intro == "Edit, then accept."
    assert [heading(section) for section in proposal.sections] == [
        "new: Switches language",
        "add: too-long",
        "merge: refunds-unasked + books-unasked -> acts-without-asking",
        "split: tone -> too-casual + lectures",
        "redefine: too-long",
        "rename: misc -> various",
        "retire: odd",
        "left over",
    ]
    new, add, _, split, redefine, *_, left = proposal.sections
    assert [section.mode for section in proposal.sections] == [
        "switches-language",
        "too-long",
        "acts-without-asking",
        "",
        "too-long",
        "various",
        "odd",
        "",
    ]
    assert new.key == "new switches-language"
    assert left.key == "left over"
    assert [(item.ticked, item.line) for item in new.items] == [(True, 11), (False, 12)]
    assert [item.ticked for item in add.items] == [True, True, True]
    assert [child.mode for child in split.children] == ["too-casual", "lectures"]
    assert split.children[0].definition.text == "Yes if casual.\nNo if not."
    assert redefine.definition.is_complete
    assert (left.items[0].ticked, left.items[0].boxed) == (False, False)
    assert len(proposal.items) == 8


@given(proposals)
def test_a_written_proposal_reads_back_as_it_was(proposal: Proposal) -> None:
    """Whatever names, definitions and observations hold."""
    text = render(proposal)

    assert read(text.encode().decode()) == proposal
    assert render(read(text)) == text


@pytest.mark.parametrize("piece", PIECES)
def test_each_hostile_piece_is_a_name_and_prose(piece: str) -> None:
    """A name is put on one line; prose that looks like the grammar is escaped, never obeyed."""
    name = f"x {piece}"
    kept = piece.encode("utf-8", "replace").decode()
    definition = Definition(text=f'Yes if {kept}\n{kept}\n## retire: all\n- [x] ana:r/t#1 "x"')
    item = Item(
        reference=ObservationRef(annotator="ana", trace="r/t", index=1, text=fold(piece)),
        ticked=True,
    )
    section = Section(verb="new", names=(name,), definition=definition, items=(item,))
    split = Section(verb="split", names=("a",), into=("b", "c"), children=(section,))
    proposal = Proposal(intro=f"{kept}\n## retire: all", sections=(section, split))

    found = read(render(proposal))

    assert [section.verb for section in found.sections] == ["new", "split"]
    for read_back in (found.sections[0], found.sections[1].children[0]):
        assert read_back.names == (fold(replace_odd(name)),)
        assert read_back.items == (item,)


@pytest.mark.parametrize("name", ["", "  ", "\n"])
def test_a_section_without_a_name_is_not_written(name: str) -> None:
    """It could not be read back."""
    with pytest.raises(ValueError, match="needs a name"):
        render(Proposal(sections=(Section(verb="new", names=(name,)),)))


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("new: a -> b + c", Section(verb="new", names=("a -> b + c",))),
        ("NEW :  a: b ", Section(verb="new", names=("a: b",))),
        ("Left over", Section(verb="left over")),
        ("left over: 12 lines", Section(verb="left over")),
        ("merge: a+b->c", Section(verb="merge", names=("a", "b"), into=("c",))),
        ("rename: a -> b", Section(verb="rename", names=("a",), into=("b",))),
        ("split: a -> b + c", Section(verb="split", names=("a",), into=("b", "c"))),
    ],
)
def test_commands_as_people_type_them(text: str, section: Section) -> None:
    """Blanks and capitals of the verb do not matter; the name of a new mode may hold anything."""
    assert parse_command(text) == section


@pytest.mark.parametrize(
    "text",
    [
        "",
        "new",
        "new:",
        "new: ",
        "delete: a",
        "add: a -> b",
        "retire: a -> b",
        "merge: a + b",
        "merge: -> c",
        "merge: a -> b + c",
        "split: a",
        "split: a -> b",
        "rename: a",
        "left",
        ":",
        "-> a",
    ],
)
def test_what_is_no_command_is_none(text: str) -> None:
    """It becomes a problem of the file."""
    assert parse_command(text) is None


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("", 1, "missing-key"),
        ("---\nkind: proposal/2\n---\n", 2, "kind"),
        ("---\nkind: proposal/1\nstatus: done\n---\n", 3, "schema"),
        ("---\nkind: proposal/1\napplied: [a]\n---\n", 3, "schema"),
        (f"{HEAD}## delete: a\n- [x] nothing here is read\n", 5, "proposal-heading"),
        (f"{HEAD}## new: a\n- [x] nothing\n", 6, "proposal-line"),
        (f"{HEAD}## new: a\n\n* ana:r/t#1 unquoted\n", 7, "proposal-line"),
        (f'{HEAD}## new: a\n- [] ana:r/t#1 "x"\n', 6, "proposal-line"),
        (f"{HEAD}## split: a -> b + c\n### b\n  - [x] ana\n", 7, "proposal-line"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, code: str) -> None:
    """And the proposal is relied on by nobody."""
    proposal, problems = parse(text, PATH)

    assert proposal is None
    assert [(p.line, p.code, p.level) for p in problems] == [(line, code, "error")]


@given(st.one_of(texts, st.lists(st.sampled_from([*PIECES, "## new: a", "### b"])).map("\n".join)))
def test_any_text_is_a_proposal_or_a_problem(text: str) -> None:
    """Nothing raises."""
    for body in (text, f"{HEAD}{text}", f"{HEAD}## new: a\n{text}", f"{HEAD}## {text}\n- {text}"):
        proposal, problems = parse(body, PATH)
        assert (proposal is None) == any(problem.level == "error" for problem in problems)


@pytest.mark.parametrize(
    "line", [*LONG_LINES, "-" + " " * 300_000, "## new:" + " " * 300_000 + "x"]
)
def test_long_lines_are_read_at_once(line: str) -> None:
    """No expression goes back and forth over them."""
    parse(f"{HEAD}## new: a\n{line}\n- {line}\n## {line}\n### {line}\n", PATH)


def test_unknown_keys_are_kept() -> None:
    """A later version or a team may add some."""
    found: Any = read("---\nkind: proposal/1\nwho: {a: b}\nbasis: {forced: yes, n: 3}\n---\n")

    assert found.extra == {"who": {"a": "b"}}
    assert found.basis == {"forced": "yes", "n": "3"}
    assert read(render(replace(found))) == found
