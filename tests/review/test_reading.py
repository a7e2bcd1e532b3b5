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
from casefiles.review.buffer import Sheet, render_buffer
from casefiles.review.mode_keys import KeyedMode
from casefiles.review.reading import Label, Reading, is_touched, parse_buffer, without_move
from hostile_traces import hostile_lines, traces, views


def _render(trace: Trace, note: Note | None = None, view: View | None = None) -> str:
    sheet = Sheet(reference="round-1/q042", trace=trace, note=note, position="46 of 100")
    return render_buffer(sheet, view or View())


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


def test_what_is_read_makes_a_note_with_its_observations() -> None:
    """A body read from a buffer is a note's body: parsing the note gives it back."""
    reading = _read(_with_top("f\n---\nnot front matter\n---"))
    text = note_file.render(Note(verdict=reading.verdict, body=reading.body + "\n"))
    note, problems = note_file.parse(text, "notes/ana/round-1/q042.md")
    assert problems == ()
    assert note is not None
    assert note.body.strip() == "---\nnot front matter\n---"


# ---------------------------------------------------------------- where to go instead


@pytest.mark.parametrize(
    ("line", "move"),
    [("b", "back"), ("Back", "back"), ("s", "skip"), ("skip.", "skip"), ("u", "undo")],
)
def test_a_word_in_place_of_the_verdict_says_where_to_go(line: str, move: str) -> None:
    """Alone on the first line; what else was typed is still there."""
    reading = _read(_with_top(f"{line}\n\nhalf a thought"))
    assert (reading.move, reading.verdict, reading.body) == (move, None, "half a thought")
    assert not reading.says_nothing


@pytest.mark.parametrize("line", ["back to the start", "b 2", "undo the order", "- s"])
def test_prose_that_begins_like_a_move_is_none(line: str) -> None:
    """Nobody is sent away from a trace by the first word of a sentence."""
    assert _read(_with_top(line)).move is None


def test_an_older_note_of_one_word_is_no_move() -> None:
    """A note by hand may say "back"."""
    opened = _render(TALK, Note(body="back\n"))
    assert parse_buffer(opened, opened, turns=3) == Reading(body="back")


def test_the_word_is_taken_out_of_what_is_kept_as_a_draft() -> None:
    """Or the draft would send the reviewer away again."""
    rest = without_move(_with_top("b\n\nhalf a thought"), OPENED)
    assert _read(rest) == Reading(body="half a thought")


# ---------------------------------------------------------------- judgements while reading

MODES = (
    KeyedMode(key="1", mode="rude", name="Rude", version=1),
    KeyedMode(key="2", mode="too-long", name="Too long", version=3),
    KeyedMode(key="x", mode="off-topic", name="Off topic", version=1),
)


def _judged(text: str) -> Reading:
    return parse_buffer(_with_top(text), OPENED, turns=3, modes=MODES)


def _labels(reading: Reading) -> dict[str, str]:
    return {label.mode.mode: label.value for label in reading.labels}


@pytest.mark.parametrize(
    ("typed", "labels"),
    [
        ("f 2\n+2 -1 ?x", {"too-long": "yes", "rude": "no", "off-topic": "unsure"}),
        ("f\n\n+too-long, -rude\n", {"too-long": "yes", "rude": "no"}),
        ("+2\n-1", {"too-long": "yes", "rude": "no"}),
        ("f\n+2 -*", {"too-long": "yes", "rude": "no", "off-topic": "no"}),
        ("f\n-2\n+2", {"too-long": "yes"}),
        ("p", {}),
    ],
)
def test_modes_are_judged_below_the_verdict(typed: str, labels: dict[str, str]) -> None:
    """By key or by id, on one line or several; the last word on a mode counts."""
    reading = _judged(f"{typed}\n\nwhat I saw")
    assert (_labels(reading), reading.body, reading.faults) == (labels, "what I saw", ())


def test_a_judgement_is_stamped_with_the_version_shown() -> None:
    """The definition the reviewer had before their eyes."""
    assert _judged("+2").labels == (Label(mode=MODES[1], value="yes"),)


@pytest.mark.parametrize(("word", "hint"), [("+to-long", "+too-long"), ("-9", "stand above")])
def test_a_judgement_of_an_unknown_mode_is_asked_about(word: str, hint: str) -> None:
    """It stays in the text."""
    reading = _judged(f"f\n{word} -1\nseen")
    assert hint in reading.faults[0]
    assert word in reading.body


@pytest.mark.parametrize("text", ["- a list item", "+ 2", "-1 is what it says", "?"])
def test_prose_that_begins_with_a_sign_is_no_judgement(text: str) -> None:
    """A sign and a name stand together, and nothing else stands on the line."""
    assert (_judged(f"f\n{text}").labels, _judged(f"f\n{text}").body) == ((), text)


def test_without_modes_nothing_is_judged() -> None:
    """In the first reading "+2" is what somebody wrote."""
    assert _read(_with_top("f\n+2")) == Reading(verdict="fail", body="+2")
