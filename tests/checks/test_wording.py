from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from casefiles.checks.evidence import Evidence
from casefiles.checks.wording import HASTY_NOTES, advice, pace, wording
from casefiles.documents import note as note_file
from casefiles.documents.corpus import Corpus
from casefiles.documents.note import Note
from casefiles.documents.trace import TraceHead

PATH = "notes/ana/r/q1.md"


def _codes(body: str) -> list[str]:
    note, problems = note_file.parse(body, PATH)
    assert note is not None, problems
    return [found.code for found in advice(note, PATH)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Rude", "one-word-note"),
        ("hallucination!", "one-word-note"),
        ("Wrong answer", "bare-category"),
        ("Formatting issue.", "bare-category"),
        ("This is a wrong use of tool.", "bare-category"),
        ("The answer was incorrect.", "bare-category"),
        ("The code provided by Data_Expert is not correct", "bare-category"),
        ("The retriever is broken", "diagnosis"),
        ("the system prompt is not strict enough", "diagnosis"),
        ("Answers in French because of the prompt", "diagnosis"),
        ("It needs a better prompt for refunds", "diagnosis"),
        ("Wrong order, due to stale embeddings", "diagnosis"),
        ("Root cause: no date in the context", "diagnosis"),
        ("Somewhat good answer", "graded"),
        ("Your answer is partially correct.", "graded"),
        ("3/5, the tone is off", "graded"),
        ("Not very helpful about the invoice", "graded"),
        ("I'd give it 7 out of 10", "graded"),
    ],
)
def test_what_is_no_observation_is_advised_against(text: str, code: str) -> None:
    """A word, a category, a cause, a grade: one piece of advice each."""
    assert _codes(text) == [code]


@pytest.mark.parametrize(
    "text",
    [
        "Refunds without asking, though the system prompt says to ask first.",
        "Too curt.",
        "Hallucinates the tracking number of the second parcel.",
        "Says it did not understand a plain question.",
        "Retrieves the page on returns instead of the one on warranty.",
        "Calls search_index twice with the same words.",
        "Quotes a price of 3/5 of the real one.",
        "Promises delivery on 3/10.",
        "Claims 9 out of 10 customers choose express, which nobody said.",
        "The code is incorrect because it reads a column that does not exist.",
        "Searches for pink although the customer does not want pink.",
        "Repeats the prompt of the user word by word.",
        "退款前没有询问",
        "不正确",
        "Répond en anglais à une question posée en français.",
        "Das Modell antwortet auf Englisch.",
        "Gives the wrong total: 84 instead of 48 euro.",
        "Asks for a better photo of the receipt.",
    ],
)
def test_an_observation_gets_no_advice(text: str) -> None:
    """Advice that is often wrong is soon read by nobody."""
    assert _codes(text) == []


def test_each_observation_is_looked_at_with_its_line() -> None:
    """Quotes are the trace's words, not the reviewer's."""
    body = "Rude.\n\n> The retriever is broken\n\n- Wrong answer\n- Sends no link.\n"
    note, _ = note_file.parse(f"---\nverdict: fail\n---\n{body}", PATH)
    assert note is not None
    assert [(found.code, found.line) for found in advice(note, PATH)] == [
        ("one-word-note", 4),
        ("bare-category", 8),
    ]
    assert all(found.level == "advice" and found.remedy for found in advice(note, PATH))


def _corpus(*times: tuple[float, int | None], who: str = "ana") -> Evidence:
    start = datetime(2026, 11, 24, tzinfo=UTC)
    notes = {
        (who, f"r/q{n:02}"): Note(
            verdict="pass",
            reviewed=(start + timedelta(seconds=after)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            seconds=spent,
        )
        for n, (after, spent) in enumerate(times)
    }
    return Evidence(corpus=Corpus(notes=notes, traces={trace: TraceHead() for _, trace in notes}))


def test_fifteen_traces_in_three_minutes_were_hardly_read() -> None:
    """One piece of advice an annotator, at the first of them, with how many there are."""
    (found,) = pace(_corpus(*((n * 10.0, 10) for n in range(20))))
    assert (found.code, found.level, found.path) == ("hasty", "advice", "notes/ana/r/q00.md")
    assert found.message.startswith("20 traces from this one on")


@pytest.mark.parametrize(
    "times",
    [
        [(n * 13.0, 13) for n in range(40)],
        [(n * 10.0, 10) for n in range(HASTY_NOTES - 1)],
        [(0.0, 30)] * 20,  # a batch: saved at once, read in ten minutes
        [],
    ],
)
def test_who_reads_is_left_alone(times: list[tuple[float, int | None]]) -> None:
    """Slow enough, too few, or saved together after a while."""
    assert list(pace(_corpus(*times))) == []


def test_a_haste_in_the_middle_is_found() -> None:
    """An hour of reading, then fifteen in two minutes."""
    slow = [(n * 60.0, 60) for n in range(30)]
    (found,) = pace(_corpus(*slow, *((3000.0 + n * 8, 8) for n in range(16))))
    assert found.path == "notes/ana/r/q30.md"
    assert found.message.startswith("16 traces")


def test_notes_without_a_time_say_nothing_of_haste() -> None:
    """Nor do those whose time cannot be read."""
    notes = {
        ("ana", f"r/q{n:02}"): Note(verdict="pass", reviewed="yesterday" if n % 2 else None)
        for n in range(30)
    }
    traces = {trace: TraceHead() for _, trace in notes}
    assert list(pace(Evidence(corpus=Corpus(notes=notes, traces=traces)))) == []


def test_only_people_are_advised() -> None:
    """Adjudicated notes repeat what others said."""
    notes = {("adjudicated", "r/q1"): note_file.parse("Rude\n", PATH)[0]}
    corpus = Corpus(
        notes={key: note for key, note in notes.items() if note}, traces={"r/q1": TraceHead()}
    )
    assert list(wording(Evidence(corpus=corpus))) == []
