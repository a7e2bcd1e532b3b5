from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents import note as note_file
from casefiles.documents.config import View
from casefiles.documents.note import Note
from casefiles.documents.prose import scan
from casefiles.documents.trace import Trace, TraceHead, seal
from casefiles.documents.turns import Part, Turn
from casefiles.review.bodies import trim
from casefiles.review.buffer import Reading, is_touched, parse_buffer, render_buffer, with_faults
from casefiles.text.odd import is_odd

# What a trace could say to be taken for something else, and what editors choke on.
HOSTILE = [
    "f 5", "fail", "p", "|== 1 user ====", "== 2 x", "|! is 'x' a verdict?", "|", "||", "| p",
    "## at 1", "---", "```", "<!--", "> quote", "# vim: set ro tw=3 :", "\x1b[2J", "\r", "\u2028",
    "\u202e", "\0", "\ufeff", "\t", "\ud800", "", " ", "1. item", "- f 2",
]  # fmt: skip
hostile_lines = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=12))
hostile_text = st.lists(hostile_lines, max_size=6).map("\n".join)
parts = st.builds(
    Part,
    type=st.sampled_from(["text", "reasoning", "tool_call", "tool_result", "image", "|== 1"]),
    text=st.one_of(st.none(), hostile_text),
    data=st.dictionaries(st.sampled_from(["name", "error", "file"]), hostile_text, max_size=2),
)
turns = st.builds(
    Turn,
    role=st.one_of(st.sampled_from(["system", "user", "assistant", "tool"]), hostile_text),
    parts=st.lists(parts, max_size=3).map(tuple),
    data=st.dictionaries(st.just("error"), hostile_text, max_size=1),
)
views = st.builds(
    View,
    fold=st.lists(st.sampled_from(["system", "tool", "persona"]), max_size=2).map(tuple),
    hide=st.lists(st.sampled_from(["tool_call", "error"]), max_size=1).map(tuple),
    final_first=st.booleans(),
)


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    """Draw a trace that tries everything."""
    head = TraceHead(
        dimensions=draw(st.dictionaries(hostile_text, hostile_text, max_size=2)),
        error=draw(st.one_of(st.none(), hostile_text)),
    )
    return seal(head, tuple(draw(st.lists(turns, max_size=4))))


def _render(trace: Trace, note: Note | None = None, view: View | None = None) -> str:
    return render_buffer(
        trace, note, reference="round-1/q042", position="46 of 100", view=view or View()
    )


def _said(role: str, text: str) -> Turn:
    return Turn(role=role, parts=(Part(text=text),))


TALK = seal(
    TraceHead(),
    (
        _said("user", "refund me?"),
        _said("assistant", "Done!\nI refunded **84 EUR**"),
        _said("user", "?"),
    ),
)
OPENED = _render(TALK)


def _edited(*edits: tuple[str, str], opened: str = OPENED) -> str:
    """The buffer with each first text replaced by the second, which a person did in an editor."""
    for old, new in edits:
        assert old in opened
        opened = opened.replace(old, new, 1)
    return opened


def _read(text: str, opened: str = OPENED) -> Reading:
    return parse_buffer(text, opened, turns=3)


TOP = ("your note.\n\n", "your note.\n{}\n")


def _with_top(text: str) -> str:
    return _edited((TOP[0], TOP[1].format(text)))


# ---------------------------------------------------------------- nothing comes from a trace


@given(traces(), views)
def test_no_trace_speaks_for_the_reviewer(trace: Trace, view: View) -> None:
    """Whatever a trace says, a buffer nobody touched holds no verdict and no text."""
    opened = _render(trace, view=view)
    assert parse_buffer(opened, opened, turns=len(trace.turns)) == Reading()
    assert not is_touched(opened, opened)


@given(traces())
def test_a_trace_cannot_drive_the_editor(trace: Trace) -> None:
    """No odd character of a trace stands in the buffer, and every line of it bears the bar."""
    opened = _render(trace)
    assert not is_odd(opened)
    assert all(line.startswith("|") or not line for line in opened.split("\n"))


@given(traces())
def test_the_first_and_last_lines_are_never_of_the_trace(trace: Trace) -> None:
    """Editors obey modelines in the first and last five lines of a file."""
    ends = _render(trace).rstrip("\n").split("\n")
    plain = OPENED.rstrip("\n").split("\n")
    assert ends[:5] == plain[:5]
    assert ends[-5:] == plain[-5:]


@given(traces(), st.sampled_from(["rstrip", "crlf", "tabs", "bom", "newline"]))
def test_what_editors_do_on_saving_is_no_text(trace: Trace, habit: str) -> None:
    """Stripped blanks, other line ends, expanded tabs, a byte order mark: still untouched."""
    opened = _render(trace)
    saved = {
        "rstrip": "\n".join(line.rstrip() for line in opened.split("\n")),
        "crlf": opened.replace("\n", "\r\n"),
        "tabs": opened.expandtabs(4),
        "bom": "\ufeff" + opened,
        "newline": opened.rstrip("\n"),
    }[habit]
    assert parse_buffer(saved, opened, turns=9) == Reading()


# ---------------------------------------------------------------- everything typed is kept


@given(traces(), st.lists(hostile_lines, min_size=1, max_size=4), st.data())
def test_whatever_a_person_types_anywhere_is_in_the_note(
    trace: Trace, typed: list[str], data: st.DataObject
) -> None:
    """Every typed line is in the text, or is the verdict; only the tool's own lines are dropped."""
    opened = _render(trace)
    lines = opened.split("\n")
    typed = "\n".join(typed).split("\n")
    at = data.draw(st.integers(0, len(lines)))
    reading = parse_buffer("\n".join([*lines[:at], *typed, *lines[at:]]), opened, turns=9)
    tools = {" ".join(line.split()) for line in lines if line}
    mine = [
        line for line in typed if line.strip(" \t\r\ufeff") and " ".join(line.split()) not in tools
    ]
    kept = reading.body.replace("\ufeff", "")
    missing = [x for x in mine if x.strip().replace("\ufeff", "") not in kept]
    assert missing == ([mine[0]] if reading.verdict and missing else [])


@given(st.lists(hostile_lines, max_size=5).map("\n".join), st.sampled_from(["pass", "fail", None]))
def test_an_older_note_comes_back_as_it_was(body: str, verdict: str | None) -> None:
    """Opening and closing a note changes neither its verdict nor a character of its text."""
    note = Note(verdict=verdict, body=body)  # type: ignore[arg-type]
    opened = _render(TALK, note)
    reading = parse_buffer(opened, opened, turns=3)
    first = trim(body).partition("\n")[0].strip().lower()
    if verdict or first not in ("p", "fail", "f 5"):
        assert (reading.verdict, reading.body) == (verdict, trim(body))


@given(st.lists(hostile_lines, min_size=1, max_size=4).map("\n".join))
def test_an_older_note_keeps_its_text_when_more_is_typed(body: str) -> None:
    """What is typed under a turn comes behind the text that was there."""
    opened = _render(TALK, Note(verdict="fail", body=body))
    edited = opened.replace("refunded **84 EUR**\n", "refunded **84 EUR**\nand more\n", 1)
    expected = "## at 2\nand more"
    reading = parse_buffer(edited, opened, turns=3)
    assert reading.body == (f"{trim(body)}\n\n{expected}" if trim(body) else expected)


def test_a_note_reads_as_the_reviewer_meant_it() -> None:
    """Verdict, text on top, a quote and text under a turn, each where it belongs."""
    text = _edited(
        (TOP[0], TOP[1].format("f 2\nRefunds without asking.\n")),
        ("| I refunded **84 EUR**", "> I refunded **84 EUR**\n\nActs before the user agrees."),
    )
    reading = _read(text)
    assert (reading.verdict, reading.first_failure, reading.faults) == ("fail", 2, ())
    assert reading.body == (
        "Refunds without asking.\n\n"
        "## at 2\n> I refunded **84 EUR**\n\nActs before the user agrees."
    )
    seen, quotes = scan(reading.body)
    assert [(o.turn, o.text) for o in seen] == [
        (None, "Refunds without asking."),
        (2, "Acts before the user agrees."),
    ]
    assert [(q.turn, q.text) for q in quotes] == [(2, "I refunded **84 EUR**")]


def test_markdown_of_a_person_survives() -> None:
    """A heading, a line with #1 and a table of bars are a person's text like any other."""
    typed = "#1 problem: it refunds\n\n# Heading\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    assert _read(_with_top(f"fail\n{typed}")).body == typed


def test_a_bar_in_an_older_note_makes_the_bar_of_the_trace_longer() -> None:
    """A line of the note that equals a line of the trace is still the note's."""
    opened = _render(TALK, Note(body="| Done!\nis a lie\n"))
    assert "\n|| Done!\n" in opened
    assert parse_buffer(opened, opened, turns=3).body == "| Done!\nis a lie"


def test_text_below_the_trace_is_about_the_whole() -> None:
    """It goes in front of what is said about single turns."""
    text = _edited(("| Done!", "| Done!\nLies.")) + "All in all bad.\n"
    assert _read(text).body == "All in all bad.\n\n## at 2\nLies."


def test_two_places_under_one_turn_are_two_observations() -> None:
    """A line of the trace between them ends the paragraph."""
    text = _edited(("| Done!\n", "| Done!\nToo early.\n"), ("84 EUR**\n", "84 EUR**\nToo much.\n"))
    seen, _ = scan(_read(text).body)
    assert [(o.turn, o.text) for o in seen] == [(2, "Too early."), (2, "Too much.")]


def test_an_edited_line_of_the_trace_is_kept() -> None:
    """Who writes behind a line of the trace wrote a note."""
    reading = _read(_edited(("| Done!", "| Done! <- no, it is not")))
    assert reading.body == "## at 2\n| Done! <- no, it is not"


@pytest.mark.parametrize("text", ["", " \n\t\n", "\ufeff\r\n"])
def test_an_empty_buffer_means_stop(text: str) -> None:
    """Deleting everything ends the sitting."""
    assert _read(text).emptied


# ---------------------------------------------------------------- verdicts


@pytest.mark.parametrize(
    ("line", "verdict", "turn"),
    [
        ("p", "pass", None),
        ("f", "fail", None),
        ("d", "defer", None),
        ("f 2", "fail", 2),
        ("  Fail 3  ", "fail", 3),
        ("pass", "pass", None),
        ("DEFER", "defer", None),
        ("", None, None),
    ],
)
def test_verdicts_are_read(line: str, verdict: str | None, turn: int | None) -> None:
    """One key or the word, with the turn behind fail; an empty line gives none."""
    reading = _read(_with_top(line))
    assert (reading.verdict, reading.first_failure, reading.faults) == (verdict, turn, ())


@pytest.mark.parametrize("line", ["f 1\n", "\n\n\nf 1\n", "f 1\n\n\n"])
def test_the_verdict_is_the_first_line_wherever_it_is_typed_on_top(line: str) -> None:
    """Above the help, with blank lines around: it is the first thing typed."""
    for text in (line + OPENED, _with_top(line)):
        assert (_read(text).verdict, _read(text).body) == ("fail", "")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("fial", "did you mean fail?"),
        ("x", "the first line is no verdict; write p, f, f 5 or d alone"),
        ("f5", "the first line is no verdict"),
        ("f two", "the first line is no verdict"),
        ("pass, but slow", "the first line is no verdict"),
        ("f 9", "there is no turn 9: the trace has 3"),
        ("f 0", "there is no turn 0: the trace has 3"),
        ("p 2", "only fail takes a turn, not pass"),
    ],
)
def test_what_may_be_a_verdict_is_asked_about(line: str, said: str) -> None:
    """It is never guessed, and it stays in the text."""
    reading = _read(_with_top(f"{line}\n\nwhat I saw"))
    assert said in reading.faults[0]
    assert reading.verdict is None
    assert line in reading.body
    assert "what I saw" in reading.body


@pytest.mark.parametrize(
    "line",
    ["Fails to ask before it refunds.", "d'abord il refuse", "退款前没有询问", "- broken", "# x"],
)
def test_prose_on_the_first_line_is_no_verdict(line: str) -> None:
    """A sentence is a note, in any language, without a verdict."""
    reading = _read(_with_top(line))
    assert (reading.verdict, reading.body, reading.faults) == (None, line, ())


def test_a_verdict_under_a_turn_is_asked_about() -> None:
    """It would be an observation that says nothing."""
    reading = _read(_edited(("| Done!", "| Done!\nf 2")))
    assert "under turn 2; move it on top" in reading.faults[0]


def test_a_one_word_note_from_before_is_no_fault() -> None:
    """A note by hand may be one word; opening it again must not ask for a verdict."""
    opened = _render(TALK, Note(body="Rude\n"))
    assert parse_buffer(opened, opened, turns=3) == Reading(body="Rude")


def test_faults_are_shown_once_and_the_text_stays() -> None:
    """Two bad verdicts in a row leave one message on top, and every line that was typed."""
    text, opened = with_faults(_with_top("fial\nseen"), OPENED, ("first message",))
    assert text.startswith("|! first message\n| 46 of 100")
    text, opened = with_faults(text, opened, ("second message",))
    assert text.startswith("|! second message\n| 46 of 100")
    assert "first message" not in text
    mended = parse_buffer(text.replace("fial", "fail"), opened, turns=3)
    assert mended == Reading(verdict="fail", body="seen")


def test_what_is_read_makes_a_note_with_its_observations() -> None:
    """A body read from a buffer is a note's body: parsing the note gives it back."""
    reading = _read(_with_top("f\n---\nnot front matter\n---"))
    text = note_file.render(Note(verdict=reading.verdict, body=reading.body + "\n"))
    note, problems = note_file.parse(text, "notes/ana/round-1/q042.md")
    assert problems == ()
    assert note is not None
    assert note.body.strip() == "---\nnot front matter\n---"
