"""A note is a person's file: almost anything is valid, and what is not is said."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents.note import (
    VALUES,
    VERDICTS,
    Judgement,
    Note,
    judgements,
    parse,
    parse_judgements,
    render,
)
from casefiles.text.names import slug
from hostile import PIECES, texts, utf8_texts

PATH = "notes/ana/round-1/q042.md"
KNOWN = {field.name for field in fields(Note)}
FULL = """\
---
verdict: fail            # pass | fail | defer
first_failure: 5         # turn
reviewed: 2026-11-24T01:20:00Z
seconds: 41
drawn: random            # the queue gave it
blind: yes
labels:                  # judgements, oldest first
  acts-without-asking: no@1, yes@3
  too-long: no@1
  rude: [yes, unsure@2]
sim_fault: no
share: yes
---
Refunds without asking, though told to ask first.

## at 5
> I refunded **84.00 EUR**

Acts before the user confirms.
"""

maybe_text = st.one_of(st.none(), utf8_texts)
maybe_flag = st.one_of(st.none(), st.booleans())
given_judgements = st.lists(
    st.builds(
        Judgement,
        value=st.sampled_from(VALUES),
        version=st.one_of(st.none(), st.integers(1, 999_999)),
    ),
    min_size=1,
    max_size=3,
).map(tuple)
extras: st.SearchStrategy[Any] = st.dictionaries(
    utf8_texts.filter(lambda key: key not in KNOWN),
    st.one_of(utf8_texts, st.lists(utf8_texts), st.dictionaries(utf8_texts, utf8_texts)),
    max_size=2,
)
notes = st.builds(
    Note,
    verdict=st.one_of(st.none(), st.sampled_from(VERDICTS)),
    first_failure=st.one_of(st.none(), st.integers(1, 10**9)),
    reviewed=maybe_text,
    seconds=st.one_of(st.none(), st.integers(0, 10**9)),
    drawn=maybe_text,
    blind=maybe_flag,
    labels=st.dictionaries(texts.map(slug), given_judgements, max_size=3),
    sim_fault=maybe_flag,
    share=maybe_flag,
    extra=extras,
    body=utf8_texts,
)


def read(text: str) -> Note:
    """Read a note that must be sound."""
    found, problems = parse(text, PATH)
    assert problems == ()
    assert found is not None
    return found


def test_every_key_is_read() -> None:
    """The whole grammar in one file."""
    note = read(FULL)

    assert note.verdict == "fail"
    assert note.first_failure == 5
    assert note.reviewed == "2026-11-24T01:20:00Z"
    assert note.seconds == 41
    assert note.drawn == "random"
    assert (note.blind, note.sim_fault, note.share) == (True, False, True)
    assert note.labels == {
        "acts-without-asking": (
            Judgement(value="no", version=1),
            Judgement(value="yes", version=3),
        ),
        "too-long": (Judgement(value="no", version=1),),
        "rude": (Judgement(value="yes", version=None), Judgement(value="unsure", version=2)),
    }
    assert note.label_lines == {"acts-without-asking": 9, "too-long": 10, "rude": 11}
    assert [(seen.text, seen.turn, seen.line) for seen in note.observations] == [
        ("Refunds without asking, though told to ask first.", None, 15),
        ("Acts before the user confirms.", 5, 20),
    ]
    assert [(quote.text, quote.turn) for quote in note.quotes] == [("I refunded **84.00 EUR**", 5)]


def test_windows_line_ends_make_no_difference() -> None:
    """But for the body, which stays as it is."""
    windows = read(FULL.replace("\n", "\r\n"))

    assert replace(windows, body="") == replace(read(FULL), body="")
    assert windows.body == read(FULL).body.replace("\n", "\r\n")


@pytest.mark.parametrize(
    "text",
    [
        "Too long.",
        "Too long.\n",
        "---\n---\nToo long.\n",
        "\n\nToo long.",
        "\ufeff---\n---\nToo long.",
    ],
)
def test_a_sentence_alone_is_a_note(text: str) -> None:
    """It needs no front matter; it reads as fail."""
    note = read(text)

    assert [seen.text for seen in note.observations] == ["Too long."]
    assert (note.reviews, note.fails) == (True, True)
    assert note.find("Too\n long.") == note.observations[0]
    assert note.find("Too short.") is None


@pytest.mark.parametrize(
    ("text", "reviews", "fails"),
    [
        ("", False, False),
        ("---\nverdict: pass\n---\n", True, False),
        ("---\nverdict: pass\n---\nodd, but fine\n", True, False),
        ("---\nverdict: fail\n---\n", True, True),
        ("---\nverdict: defer\n---\nask Ben\n", False, False),
        ("> only a quote\n", False, False),
    ],
)
def test_when_a_note_reviews_its_trace(text: str, reviews: bool, fails: bool) -> None:  # noqa: FBT001
    """A verdict pass or fail does, or without a verdict an observation."""
    assert (read(text).reviews, read(text).fails) == (reviews, fails)


@given(notes)
def test_a_written_note_reads_back_as_it_was(note: Note) -> None:
    """Whatever its body and its unknown keys hold."""
    found = read(render(note).encode().decode())

    assert replace(found, observations=(), quotes=()) == note
    assert render(found) == render(note)


@pytest.mark.parametrize("piece", PIECES)
def test_each_hostile_piece_is_a_body_and_a_key(piece: str) -> None:
    """A body is never taken for front matter."""
    kept = piece.encode("utf-8", "replace").decode()
    for body in (kept, f"{kept}\nx\n---\n", f"---\n{kept}\n---\n"):
        assert read(render(Note(body=body))).body == body
    note = Note(extra={kept: kept, "my": {kept: [kept]}, "none": {}, "empty": []}, body=kept)
    assert read(render(note)).extra == note.extra


@pytest.mark.parametrize(
    ("front", "line", "code", "said"),
    [
        ("verdict: failed", 2, "verdict", "pass | fail | defer"),
        ("verdict: [fail]", 2, "schema", "one value"),
        ("\nfirst_failure: 0", 3, "schema", "from 1"),
        ("seconds: fast", 2, "schema", "whole number"),
        ("blind: perhaps", 2, "schema", "yes or no"),
        ("labels: yes", 2, "schema", "key: value"),
        ("labels:\n  too-long: yep", 3, "label", "not yes, no or unsure"),
        ("labels:\n  too-long: yes@0", 3, "label", "not yes"),
        ("labels:\n  too-long: yes@x", 3, "label", "not yes"),
        ("labels:\n  too-long: yes,", 3, "label", "not yes"),
        ("labels:\n  too-long:", 3, "label", "not yes"),
        ("labels:\n  Too long: yes", 3, "label", "cannot be the name"),
        ("labels:\n  a: yes\n  a: no", 4, "duplicate-key", "twice"),
        ("verdict: pass\nverdict: fail", 3, "duplicate-key", "twice"),
        ("verdict: *x", 2, "yaml", "aliases"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(front: str, line: int, code: str, said: str) -> None:
    """And the note is relied on by nobody."""
    note, problems = parse(f"---\n{front}\n---\nText.\n", PATH)

    assert note is None
    assert [(p.level, p.line, p.code, p.path) for p in problems] == [("error", line, code, PATH)]
    assert said in problems[0].message


def test_a_near_word_is_offered() -> None:
    """Did you mean."""
    _, problems = parse("---\nverdict: fial\n---\n", PATH)

    assert problems[0].remedy == "did you mean 'fail'?"


def test_unknown_keys_are_kept_and_no_error() -> None:
    """A later version or a team may add some."""
    note = read("---\nmood: tired\nlinks: [a, b]\n---\n")

    assert note.extra == {"mood": "tired", "links": ["a", "b"]}


@given(given_judgements)
def test_judgements_read_back(said: tuple[Judgement, ...]) -> None:
    """As one line; people may leave out blanks."""
    assert parse_judgements(judgements(said)) == said
    assert parse_judgements(judgements(said).replace(" ", "")) == said


@given(texts)
def test_any_text_is_a_note_or_a_problem(text: str) -> None:
    """Nothing raises."""
    for body in (text, f"---\n{text}\n---\n", f"---\nlabels:\n  a: {text}\n---\n"):
        note, problems = parse(body, PATH)
        assert (note is None) == any(problem.level == "error" for problem in problems)
        parse_judgements(text)
