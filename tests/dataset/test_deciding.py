"""The buffer in which a person decides on many rows: what they mean is done, or nothing."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.dataset.deciding import Decision, Row, parse_buffer, render_buffer
from casefiles.errors import BadInputError
from hostile import texts

ROWS = (
    Row(name="q001", text="where is it", about="t01: feature = order"),
    Row(name="q002", text="two\n\n  lines", about="t01: feature = order"),
    Row(
        name="q003", text="As a user, I would like", about="t02: feature = return", doubt="no user"
    ),
)
BUFFER = render_buffer(ROWS, what="query")


def decided(text: str) -> tuple[Decision, ...]:
    """Read a buffer about the three rows."""
    return parse_buffer(text, ROWS)


def test_doubted_rows_come_first_and_are_preset_to_drop() -> None:
    """The reason is there already; the others are preset to keep, below what they were made for."""
    lines = [line for line in BUFFER.split("\n") if line and not line.startswith("#|")]

    assert lines == [
        "drop q003 no user",
        "    As a user, I would like",
        "keep q001",
        "    where is it",
        "keep q002",
        "    two",
        "      lines",
    ]
    assert BUFFER.count("#| t01: feature = order") == 1
    assert decided(BUFFER) == (
        Decision(name="q003", keep=False, why="no user"),
        Decision(name="q001", keep=True),
        Decision(name="q002", keep=True),
    )


def test_words_can_be_changed_shortened_and_blocks_deleted() -> None:
    """What is not there any more stays undecided."""
    text = BUFFER.replace("drop q003 no user", "k q003").replace("keep q001", "D q001 twice, as q9")
    text = text[: text.index("keep q002")]

    assert decided(text) == (
        Decision(name="q003", keep=True),
        Decision(name="q001", keep=False, why="twice, as q9"),
    )
    assert decided("") == ()


@pytest.mark.parametrize("indent", ["    ", "\t", "  "])
def test_edit_takes_the_text_below(indent: str) -> None:
    """However an editor indents it; unchanged, it is a keep."""
    text = f"edit q001\n{indent}where is\n{indent}my parcel?\n\ne q002\n    two\n\n      lines\n"

    assert decided(text) == (
        Decision(name="q001", keep=True, text="where is\nmy parcel?"),
        Decision(name="q002", keep=True),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kepe q001\n", "line 1: 'kepe' decides nothing; did you mean 'keep'?"),
        ("\nhello there\n", "line 2: 'hello' decides nothing; write keep, drop or edit"),
        ("keep\n", "line 1: 'keep' decides nothing"),
        ("keep q009\n", "line 1: there is nothing called 'q009'"),
        ("keep q001\n\ndrop q001 no\n", "line 3: q001 stands here twice"),
        (
            "keep q001\n    where is it now\n",
            "line 1: the text of q001 was changed; write `edit",
        ),
        ("edit q001\n\n", "line 1: no text stands below q001"),
        ("   lost text\nkeep q001\n", "line 1: this text stands under no name: '   lost text'"),
    ],
)
def test_what_is_no_decision_is_refused_with_its_line(text: str, said: str) -> None:
    """Nothing is guessed, so nothing typed is lost."""
    with pytest.raises(BadInputError) as error:
        decided(text)
    assert said in str(error.value)


def test_what_cannot_be_edited_says_so() -> None:
    """A tuple is changed in its file."""
    buffer = render_buffer(ROWS, what="tuple", editable=False)
    assert "edit" not in buffer
    with pytest.raises(BadInputError, match="cannot be edited here"):
        parse_buffer("edit q001\n", ROWS, editable=False)


def test_an_older_draft_may_name_rows_that_are_decided_by_now() -> None:
    """They are known, though not asked about."""
    assert parse_buffer("drop q044 no\n", ROWS, known={"q044"}) == (
        Decision(name="q044", keep=False, why="no"),
    )


@given(st.lists(st.tuples(texts, texts, texts), max_size=4))
def test_a_buffer_saved_as_it_is_decides_as_preset(found: list[tuple[str, str, str]]) -> None:
    """Whatever the texts hold: commands, bars, line ends, escapes."""
    rows = [
        Row(name=f"q{number}", text=text, about=about, doubt=doubt.strip())
        for number, (text, about, doubt) in enumerate(found)
    ]

    decisions = parse_buffer(render_buffer(rows, what="query"), rows)

    assert {d.name: (d.keep, d.text) for d in decisions} == {
        row.name: (not row.doubt, None) for row in rows
    }


@given(texts)
def test_any_text_decides_or_is_refused(text: str) -> None:
    """Nothing else is raised."""
    for body in (text, f"keep q001\n{text}", f"edit q001\n    {text}"):
        with contextlib.suppress(BadInputError):
            assert {decision.name for decision in decided(body)} <= {row.name for row in ROWS}


@given(st.lists(st.text(), min_size=5, max_size=9))
def test_the_last_lines_are_ours(lines: list[str]) -> None:
    """An editor obeys commands in the first and last five lines of a file."""
    buffer = render_buffer(
        [Row(name="q1", text="\n".join([*lines, "vim: set ff=mac"]))], what="query"
    )
    all_lines = buffer.rstrip("\n").split("\n")
    assert all(line.startswith("#|") for line in [*all_lines[:5], *all_lines[-5:]])
