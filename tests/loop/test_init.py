"""`init` writes what is missing and overwrites nothing."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from cli import run_cli


def files(folder: Path) -> dict[str, bytes]:
    """Read every file of a folder but the lock."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".casefiles" not in path.parts and ".git" not in path.parts
    }


def test_a_new_workspace_is_sound_and_says_what_comes_next(tmp_path: Path) -> None:
    """It can be checked and its status shown at once, without git."""
    folder = tmp_path / "new folder"

    made = run_cli("init", folder)

    assert made.code == 0
    assert "casefiles.toml" in files(folder)
    assert run_cli("-C", folder, "check").code == 0
    status = json.loads(run_cli("status", "-C", folder, "--json").out)
    assert status["next"]["command"] == "casefiles dimensions"


def test_a_second_init_changes_nothing(tmp_path: Path) -> None:
    """Running it again is harmless."""
    run_cli("init", tmp_path)
    before = files(tmp_path)

    again = run_cli("init", tmp_path)

    assert again.code == 0
    assert files(tmp_path) == before
    assert "casefiles.toml was there; left as it is" in again.err


def test_lines_are_added_to_files_of_an_existing_repository(tmp_path: Path) -> None:
    """Its own .gitignore lines stay first, and a second run adds none twice."""
    (tmp_path / ".gitignore").write_bytes(b"/mine/\n/.casefiles/")

    run_cli("init", tmp_path)
    run_cli("init", tmp_path)

    text = (tmp_path / ".gitignore").read_text()
    assert text.startswith("/mine/\n/.casefiles/\n")
    assert text.count("/site/public/") == 1
    assert text.count("/.casefiles/") == 1


def test_dry_run_writes_nothing(tmp_path: Path) -> None:
    """Not even the folder."""
    folder = tmp_path / "new"

    result = run_cli("init", folder, "--dry-run")

    assert result.code == 0
    assert not folder.exists()


def test_a_file_is_no_place_for_a_workspace(tmp_path: Path) -> None:
    """The message names the file."""
    (tmp_path / "taken").write_text("x")

    result = run_cli("init", tmp_path / "taken")

    assert result.code == 2
    assert "taken: there is a file of this name" in result.err


def test_git_leaves_the_bytes_of_traces_alone(tmp_path: Path) -> None:
    """No end of line is converted, so that the hash of a trace holds after a checkout."""
    run_cli("init", tmp_path)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)

    asked = ["traces/round-1/q001.md", "notes/ana/round-1/q001.md", "traces/round-1/round.yaml"]
    answer = subprocess.run(
        ["git", "check-attr", "text", "--", *asked],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()

    assert [line.rpartition(": ")[2] for line in answer] == ["unset", "set", "set"]
