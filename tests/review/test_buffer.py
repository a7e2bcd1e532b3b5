from __future__ import annotations

from hypothesis import given

from casefiles.documents.config import View
from casefiles.documents.note import Judgement, Note
from casefiles.documents.trace import Trace, TraceHead, seal
from casefiles.documents.turns import Part, Turn
from casefiles.review.buffer import Sheet, render_buffer, with_faults
from casefiles.review.mode_keys import KeyedMode
from casefiles.review.reading import Reading, parse_buffer
from casefiles.text.odd import is_odd
from hostile_traces import traces


def _said(role: str, text: str) -> Turn:
    return Turn(role=role, parts=(Part(text=text),))


TALK = seal(TraceHead(), (_said("user", "refund me?"), _said("assistant", "Done!")))


def _render(trace: Trace, note: Note | None = None, *, modes: tuple[KeyedMode, ...] = ()) -> str:
    sheet = Sheet(reference="round-1/q042", trace=trace, note=note, position="46 of 100")
    return render_buffer(sheet, View(), modes=modes)


OPENED = _render(TALK)


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


def test_faults_are_shown_once_and_the_text_stays() -> None:
    """Two bad verdicts in a row leave one message on top, and every line that was typed."""
    text, opened = with_faults(
        OPENED.replace("your note.\n", "your note.\nfial\nseen\n"), OPENED, ("first message",)
    )
    assert text.startswith("|! first message\n| 46 of 100")
    text, opened = with_faults(text, opened, ("second message",))
    assert text.startswith("|! second message\n| 46 of 100")
    assert "first message" not in text
    mended = parse_buffer(text.replace("fial", "fail"), opened, turns=3)
    assert mended == Reading(verdict="fail", body="seen")


MODES = (
    KeyedMode(key="1", mode="rude", name="Rude\x1b[2J", version=1),
    KeyedMode(key="2", mode="too-long", name="Too long", version=3),
)


def test_modes_are_listed_only_where_they_are_asked_for() -> None:
    """With their keys, and what was said before."""
    note = Note(labels={"too-long": (Judgement(value="no", version=1),)})
    lines = _render(TALK, note, modes=MODES).split("\n")
    (rude,) = [line for line in lines if " rude " in line]
    assert rude.split() == ["|", "1", "rude", "Rude\\x1b[2J"]
    assert any(line.endswith("Too long   (you said no@1)") for line in lines)
    assert "too-long" not in _render(TALK, note)


def test_the_first_empty_line_is_for_the_verdict() -> None:
    """Scripted editors look for it, with modes and without."""
    for opened in (OPENED, _render(TALK, modes=MODES)):
        first = opened.split("\n").index("")
        edited = opened.split("\n")
        edited[first] = "f 2"
        reading = parse_buffer("\n".join(edited), opened, turns=2)
        assert (reading.verdict, reading.first_failure) == ("fail", 2)
