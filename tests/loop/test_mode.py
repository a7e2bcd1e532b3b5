"""`casefiles mode`: failure modes by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casefiles.documents.judgements import judge
from casefiles.loop.desk import open_corpus
from casefiles.workspace.find import find
from cli import run_cli
from corpora import TRACE
from workspaces import mode_text, workspace


def shop(folder: Path) -> Path:
    """A workspace with two modes, both judged in one trace."""
    return workspace(
        folder,
        {
            "traces/r/t1.md": TRACE,
            "notes/ana/r/t1.md": "---\nlabels: {too-long: yes@1, misc: no@1}\n---\n",
            "taxonomy/too-long.md": mode_text("Too long"),
            "taxonomy/misc.md": mode_text("Misc"),
        },
    )


def test_new_writes_a_complete_definition(tmp_path: Path) -> None:
    """From its two halves, with the reason in the memo."""
    root = shop(tmp_path)

    result = run_cli(
        "mode", "new", "Rambles", "--yes-if", "it rambles", "--no-if", "otherwise",
        "--why", "seen twice", cwd=root,
    )  # fmt: skip

    assert result.code == 0, result.err
    text = (root / "taxonomy/rambles.md").read_text()
    assert "\nYes if it rambles.\nNo otherwise.\n" in text
    assert text.endswith("v1: new (seen twice)\n")


def test_new_with_a_taken_name_is_refused(tmp_path: Path) -> None:
    """And writes nothing."""
    root = shop(tmp_path)
    before = (root / "taxonomy/misc.md").read_bytes()

    result = run_cli("mode", "new", "MISC", "--yes-if", "a", "--no-if", "b", cwd=root)

    assert result.code == 2
    assert "there is a mode 'misc' already" in result.err
    assert (root / "taxonomy/misc.md").read_bytes() == before


def test_rename_moves_the_file_and_labels_stay_readable(tmp_path: Path) -> None:
    """The note is not touched."""
    root = shop(tmp_path)
    note = (root / "notes/ana/r/t1.md").read_bytes()

    result = run_cli("mode", "rename", "too-long", "Three screens", "--json", cwd=root)

    assert json.loads(result.out) == {
        "mode": "three-screens",
        "version": 1,
        "changed": ["taxonomy/too-long.md", "taxonomy/three-screens.md"],
    }
    assert not (root / "taxonomy/too-long.md").exists()
    assert (root / "notes/ana/r/t1.md").read_bytes() == note
    assert judge(open_corpus(find(root))).of("r/t1", "three-screens").value == "yes"


def test_merge_into_a_new_mode_takes_a_definition(tmp_path: Path) -> None:
    """Without one it is refused; what was yes under a source is yes."""
    root = shop(tmp_path)
    arguments = ("mode", "merge", "too-long", "misc", "--into", "Wordy")

    refused = run_cli(*arguments, cwd=root)
    merged = run_cli(*arguments, "--yes-if", "it is wordy", "--no-if", "it is not", cwd=root)

    assert refused.code == 2
    assert "needs a definition" in refused.err
    assert merged.code == 0
    assert "too-long, misc merged into wordy@1" in merged.out
    assert judge(open_corpus(find(root))).of("r/t1", "wordy").value == "yes"


def test_merge_into_an_existing_mode_raises_its_version(tmp_path: Path) -> None:
    """And leaves its definition."""
    root = shop(tmp_path)

    result = run_cli("mode", "merge", "misc", "--into", "too-long", cwd=root)

    assert result.code == 0
    assert open_corpus(find(root)).modes["too-long"].version == 2


def test_retire_needs_a_reason_and_keeps_the_file(tmp_path: Path) -> None:
    """The reason stands in the memo."""
    root = shop(tmp_path)

    without = run_cli("mode", "retire", "misc", cwd=root)
    result = run_cli("mode", "retire", "misc", "--why", "a grab bag", cwd=root)

    assert without.code == 2
    assert result.code == 0
    text = (root / "taxonomy/misc.md").read_text()
    assert "status: retired\n" in text
    assert "retired (a grab bag)" in text


@pytest.mark.parametrize(
    "arguments",
    [
        ("new", "Rambles", "--yes-if", "a", "--no-if", "b"),
        ("rename", "misc", "Other"),
        ("merge", "misc", "--into", "too-long"),
        ("retire", "misc", "--why", "a grab bag"),
    ],
)
def test_a_dry_run_shows_the_change_and_makes_none(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """For each of the operations."""
    root = shop(tmp_path)
    before = {path: path.read_bytes() for path in (root / "taxonomy").iterdir()}

    result = run_cli("mode", *arguments, "--dry-run", cwd=root)

    assert result.code == 0
    assert "+++ b/taxonomy/" in result.out
    assert {path: path.read_bytes() for path in (root / "taxonomy").iterdir()} == before


def test_a_broken_mode_file_stops_every_operation(tmp_path: Path) -> None:
    """A name could be taken by what cannot be read."""
    root = shop(tmp_path)
    (root / "taxonomy/broken.md").write_text("---\nversion: none\n---\n")

    result = run_cli("mode", "retire", "misc", "--why", "no", cwd=root)

    assert result.code == 2
    assert "taxonomy/broken.md:" in result.err


@pytest.mark.parametrize("name", ["new", "rename", "merge", "retire"])
def test_help_of_each_operation_shows_an_example(name: str) -> None:
    """And explains it in a sentence."""
    result = run_cli("mode", name, "--help")

    assert result.code == 0
    assert f"Example: casefiles mode {name}" in result.out
