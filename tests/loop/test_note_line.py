"""`note` in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli import run_cli
from reading import (
    TYPE,
    drafts_of,
    note_text,
    notes_of,
    script,
    three,
)


def test_a_note_in_one_line(tmp_path: Path) -> None:
    """Verdict, turn and paragraphs; the path and how far it is are said."""
    root = three(tmp_path)
    result = run_cli(
        "note", "q001", "fail", "2", "-m", "One.", "-m", "Two.", "--as", "ana", cwd=root
    )
    assert result.code == 0
    assert result.out == "notes/ana/round-1/q001.md  fail\n"
    assert "1 of 3" in result.err
    text = note_text(root)
    assert text.startswith("---\nverdict: fail\nfirst_failure: 2\nreviewed: 20")
    assert text.endswith("Z\nblind: yes\n---\nOne.\n\nTwo.\n")


def test_a_second_line_is_added_and_the_verdict_set(tmp_path: Path) -> None:
    """The older text stays, the new paragraph does not fall under a turn, and it is said."""
    before = "---\nverdict: fail # sure\nfirst_failure: 2\n---\nOne.\n\n## at 2\nHere.\n"
    root = three(tmp_path, **{"notes/ana/round-1/q001.md": before})
    result = run_cli("note", "q001", "-m", "Two.", "--as", "ana", cwd=root)
    assert "the text was added" in result.err
    text = note_text(root)
    assert text.startswith("---\nverdict: fail # sure\nfirst_failure: 2\n")
    assert text.endswith("---\nOne.\n\nTwo.\n\n## at 2\nHere.\n")
    run_cli("note", "q001", "p", "--as", "ana", cwd=root)
    assert note_text(root).startswith("---\nverdict: pass # sure\nreviewed: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("q001", "fial"), "'fial' is no verdict; did you mean 'fail'?"),
        (("q001", "fail", "3"), "there is no turn 3: the trace has 2"),
        (("q001", "fail", "two"), "'two' is no number of a turn"),
        (("q001", "pass", "2"), "only fail takes a turn"),
        (("q0011", "fail"), "there is no trace 'q0011'; did you mean round-1/q001?"),
        (("round-1/q0011", "fail"), "did you mean round-1/q001?"),
        (("q00", "fail"), "may mean 3 traces: round-1/q001, round-1/q002, round-1/q003"),
        (("q001", "-m", " "), "there is nothing to note"),
        (("-m", "x"), "-m needs a TRACE"),
        (("q001", "-m", "caf\udce9"), "not UTF-8"),
    ],
)
def test_bad_input_is_refused_with_a_reason(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    """Exit 2, what is wrong and the nearest right word; nothing is written."""
    root = three(tmp_path)
    result = run_cli("note", *words, "--as", "ana", cwd=root)
    assert result.code == 2
    assert said in result.err
    assert notes_of(root) == []


def test_dry_run_shows_the_note_and_writes_nothing(tmp_path: Path) -> None:
    """The diff of the file that would be written."""
    root = three(tmp_path)
    result = run_cli("note", "q001", "fail", "-m", "One.", "--dry-run", "--as", "ana", cwd=root)
    assert "+++ b/notes/ana/round-1/q001.md" in result.out
    assert "+One." in result.out
    assert notes_of(root) == []


def test_dry_run_in_the_editor_keeps_the_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was typed for the try is there for the real run."""
    root = three(tmp_path / "w")
    monkeypatch.setenv("EDITOR", script(tmp_path, TYPE.format("f\\nOne.")))
    result = run_cli("note", "--dry-run", "--as", "ana", cwd=root)
    assert "+One." in result.out
    assert notes_of(root) == []
    assert len(drafts_of(root)) == 1


def test_json_is_one_document(tmp_path: Path) -> None:
    """A script reads which notes were written and how far it is."""
    root = three(tmp_path)
    result = run_cli("note", "q001", "pass", "--json", "--as", "ana", cwd=root)
    assert json.loads(result.out) == {
        "notes": [
            {"trace": "round-1/q001", "path": "notes/ana/round-1/q001.md", "verdict": "pass"}
        ],
        "noted": 1,
        "traces": 3,
    }
