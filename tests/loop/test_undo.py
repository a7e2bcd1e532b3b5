"""Taking back what was saved last, also by a later command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casefiles.errors import BadInputError
from casefiles.loop import undo
from casefiles.loop.note_line import write_note
from casefiles.workspace.find import find
from cli import run_cli
from reading import note_text, notes_of, three
from workspaces import mode_text


def test_saves_are_taken_back_one_after_the_other(tmp_path: Path) -> None:
    """The last one first, byte for byte; then there is nothing more."""
    before = "---\nverdict: fail  # sure\n---\n\nToo curt.\n"
    root = three(tmp_path, **{"notes/ana/round-1/q001.md": before})
    workspace = find(root)
    write_note(workspace, "ana", "round-1/q001", verdict="pass")
    write_note(workspace, "ana", "round-1/q002", texts=["Seen."])
    last = undo.take_back(workspace, "ana")
    assert last is not None
    assert last.traces == ("round-1/q002",)
    assert notes_of(root) == ["notes/ana/round-1/q001.md"]
    assert undo.take_back(workspace, "ana") is not None
    assert note_text(root) == before
    assert undo.take_back(workspace, "ana") is None


def test_nobody_takes_back_what_another_saved(tmp_path: Path) -> None:
    """Each has their own."""
    workspace = find(three(tmp_path))
    write_note(workspace, "ana", "round-1/q001", verdict="pass")
    assert undo.take_back(workspace, "ben") is None
    assert undo.take_back(workspace, "ana") is not None


def test_a_file_that_changed_since_is_not_touched(tmp_path: Path) -> None:
    """And can be taken back once it is what it was."""
    root = three(tmp_path)
    workspace = find(root)
    write_note(workspace, "ana", "round-1/q001", verdict="pass")
    saved = note_text(root)
    (root / "notes/ana/round-1/q001.md").write_text(f"{saved}More by hand.\n")
    with pytest.raises(BadInputError, match=r"q001\.md.*changed since"):
        undo.take_back(workspace, "ana")
    assert note_text(root).endswith("More by hand.\n")
    (root / "notes/ana/round-1/q001.md").write_text(saved)
    assert undo.take_back(workspace, "ana") is not None
    assert notes_of(root) == []


def test_only_so_many_saves_are_kept(tmp_path: Path) -> None:
    """The file does not grow for ever; a broken line in it is the end of what can be undone."""
    workspace = find(three(tmp_path))
    for number in range(undo.MOST + 5):
        write_note(workspace, "ana", "round-1/q001", texts=[f"Seen {number}."])
    kept = workspace.private / "undo" / "ana.jsonl"
    assert len(kept.read_text().splitlines()) == undo.MOST
    kept.write_text(kept.read_text() + '{"traces": ["r/q"], "chan\n')
    assert undo.take_back(workspace, "ana") is None


def test_labels_and_decisions_are_taken_back_too(tmp_path: Path) -> None:
    """By the same option; a dry run shows what it would do."""
    labels = {f"notes/{who}/round-1/q001.md": f"---\nlabels: {{rude: {said}@1}}\n---\nX y.\n"
              for who, said in (("ana", "yes"), ("ben", "no"))}  # fmt: skip
    root = three(tmp_path, **labels, **{"taxonomy/rude.md": mode_text("Rude")})
    words = ("rude", "round-1/q001", "--set", "no", "--as", "ana")
    run_cli("label", *words, cwd=root)
    run_cli("adjudicate", *words, "--why", "Curt only.", cwd=root)
    dry = run_cli("note", "--undo", "--dry-run", "--as", "ana", cwd=root).out
    assert "-no, says ana: Curt only." in dry
    result = run_cli("note", "--undo", "--as", "ana", cwd=root)
    assert result.out == "notes/adjudicated/round-1/q001.md  undone\n"
    assert json.loads(run_cli("note", "--undo", "--json", "--as", "ana", cwd=root).out) == {
        "undone": ["notes/ana/round-1/q001.md"]
    }
    assert note_text(root) == labels["notes/ana/round-1/q001.md"]
    out = run_cli("note", "--undo", "--as", "ana", cwd=root).out
    assert out == "nothing was saved that could be undone\n"
