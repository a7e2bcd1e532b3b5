"""`note --batch`: several traces in one buffer."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casefiles.errors import BadInputError
from casefiles.loop import note_batch
from casefiles.loop.own_note import Saved
from casefiles.loop.pile import Pile
from casefiles.loop.sitting import IDLE_S
from casefiles.workspace.find import find
from cli import run_cli
from reading import drafts_of, names, note_text, notes_of, script, sitting, terminal, three

EACH = """
parts = text.split('|## ')
text = parts[0] + ''.join('|## ' + part.replace('\\n', '\\nf\\nSeen.\\n', 1) for part in parts[1:])
"""


def each(*typed: str) -> Callable[[Path], None]:
    """Make an editor in which a person types below the head of each trace, in order."""

    def edit(path: Path) -> None:
        first, *parts = path.read_text().split("|## ")
        said = [
            part.replace("\n", f"\n{text}\n", 1) for part, text in zip(parts, typed, strict=True)
        ]
        path.write_text("|## ".join([first, *said]))

    return edit


def batch(root: Path, edit: Callable[[Path], None], **settings: Any) -> list[Saved]:
    """Sit down as ana with a batch of three."""
    pile = Pile(find(root), "ana", order="path")
    return list(note_batch.sit_batch(sitting(root, edit, **settings), pile, 3))


def test_ten_traces_come_in_one_buffer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The editor opens once; each trace gets its note, drawn and with its share of the time."""
    root = three(tmp_path / "w")
    opened = tmp_path / "opened"
    monkeypatch.setenv("EDITOR", script(tmp_path, f"open('{opened}', 'a').write('once')\n{EACH}"))
    result = run_cli("note", "--batch", "10", "--as", "ana", cwd=root)
    assert result.code == 0, result.err
    assert opened.read_text() == "once"
    assert result.out.count("  fail\n") == 3
    assert len(notes_of(root)) == 3
    assert "drawn: random\n" in note_text(root)
    assert note_text(root).endswith("---\nSeen.\n")
    assert drafts_of(root) == []


def test_a_batch_is_as_long_as_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of three; the next one comes with the next command."""
    root = three(tmp_path / "w")
    monkeypatch.setenv("EDITOR", script(tmp_path, EACH))
    for count in (2, 3):
        assert run_cli("note", "--batch", "2", "--as", "ana", cwd=root).code == 0
        assert len(notes_of(root)) == count
    assert "nothing is left to read" in run_cli("note", "--batch", "2", "--as", "ana", cwd=root).err


def test_the_time_is_shared_by_the_notes_written(tmp_path: Path) -> None:
    """It cannot be known for each; the sum is right. Traces left alone get no note."""
    root = three(tmp_path)
    clock = iter([0.0, 90.0])
    saved = batch(root, each("f 2\nBad.", "", "p"), clock=lambda: next(clock))
    assert names(saved) == ["q001", "q003"]
    assert [one.seconds for one in saved] == [45, 45]
    assert "seconds: 45\n" in note_text(root)
    assert len(notes_of(root)) == 2


def test_idle_time_is_cut_for_each_trace(tmp_path: Path) -> None:
    """A batch left open overnight."""
    clock = iter([0.0, 36_000.0])
    saved = batch(three(tmp_path), each("p", "p", "p"), clock=lambda: next(clock))
    assert [one.seconds for one in saved] == [IDLE_S] * 3


def test_a_broken_trace_is_named_and_left_out(tmp_path: Path) -> None:
    """The next one takes its place."""
    root = three(tmp_path, **{"traces/round-1/q002.md": "no trace at all"})
    told: list[str] = []
    assert names(batch(root, each("p", "p"), tell=told.append)) == ["q001", "q003"]
    assert "traces/round-1/q002.md:1: " in told[0]


@pytest.mark.parametrize("left", ["", None])
def test_an_empty_or_untouched_batch_writes_nothing(tmp_path: Path, left: str | None) -> None:
    """No note, no draft."""
    root = three(tmp_path)

    def edit(path: Path) -> None:
        if left is not None:
            path.write_text(left)

    assert (batch(root, edit), notes_of(root), drafts_of(root)) == ([], [], [])


def test_a_fault_opens_the_batch_again_and_saves_nothing_before_it_is_mended(
    tmp_path: Path,
) -> None:
    """All notes are written together."""
    root = three(tmp_path)
    seen: list[str] = []

    def edit(path: Path) -> None:
        seen.append(path.read_text())
        assert notes_of(root) == []
        if len(seen) > 1:
            path.write_text(path.read_text().replace("f 9", "f 2"))
        else:
            each("f 9\nSeen.", "p", "p")(path)

    assert names(batch(root, edit)) == ["q001", "q002", "q003"]
    assert seen[1].startswith("|! round-1/q001: there is no turn 9: the trace has 2\n")
    assert note_text(root).endswith("---\nSeen.\n")


def test_a_note_that_changed_meanwhile_keeps_the_batch_as_a_draft(tmp_path: Path) -> None:
    """Nothing is overwritten, nothing is half written, and the text is still there."""
    root = three(tmp_path)

    def edit(path: Path) -> None:
        each("p", "p", "p")(path)
        (root / "notes/ana/round-1").mkdir(parents=True, exist_ok=True)
        (root / "notes/ana/round-1/q002.md").write_text("From elsewhere.\n")

    with pytest.raises(BadInputError, match=r"q002.*kept in \.casefiles/drafts/ana/batch\.md"):
        batch(root, edit)
    assert notes_of(root) == ["notes/ana/round-1/q002.md"]
    assert note_text(root, "q002") == "From elsewhere.\n"
    assert drafts_of(root) == ["batch.md"]


def test_a_killed_batch_is_offered_by_the_next_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With or without --batch; then reading goes on as it was asked for."""
    root = three(tmp_path / "w")
    die = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nos._exit(0)"
    die = f"{EACH}\npath.write_text(text)\n{die}"
    screen = terminal(root, "note", "--batch", "2", EDITOR=script(tmp_path, die))
    screen.wait()
    assert screen.signalstatus == signal.SIGKILL
    monkeypatch.setenv("EDITOR", "true")
    result = run_cli("note", "--as", "ana", cwd=root)
    assert "taking up your unfinished batch" in result.err
    assert len(notes_of(root)) == 2
    assert drafts_of(root) == []


def test_an_unfinished_single_draft_comes_before_the_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a buffer of its own, with what was typed."""
    root = three(tmp_path / "w")
    begin = "text = text.replace('your note.', 'your note.\\nfial\\nOld.')"
    monkeypatch.setenv("EDITOR", script(tmp_path, begin))
    assert run_cli("note", "q002", "--as", "ana", cwd=root).code == 2
    finish = f"text = text.replace('fial', 'f')\n{EACH}"
    monkeypatch.setenv("EDITOR", script(tmp_path, finish))
    result = run_cli("note", "--batch", "5", "--as", "ana", cwd=root)
    assert result.code == 0, result.err
    assert note_text(root, "q002").endswith("---\nOld.\n")
    assert len(notes_of(root)) == 3
