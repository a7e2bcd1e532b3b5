"""`propose --on-branch`: a proposal as a branch and a commit, for a pull request."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli import run_cli
from corpora import TRACE
from repositories import Repository, repository
from workspaces import CONFIG


@pytest.fixture(autouse=True)
def _somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Tester")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "tester@example.org")


def shop(folder: Path) -> Repository:
    """A committed workspace with 36 observations of three kinds."""
    said = ("refunds without asking", "answers in english", "writes three screens")
    files: dict[str, str | bytes | None] = {
        "casefiles.toml": CONFIG,
        ".gitignore": "/.casefiles/\n",
    }
    for number in range(36):
        note = f"---\nverdict: fail\n---\n{said[number % 3]}, case {number}\n"
        files[f"traces/round-1/q{number:03}.md"] = TRACE
        files[f"notes/ana/round-1/q{number:03}.md"] = note
    repo = repository(folder)
    repo.commit(files)
    return repo


def test_the_proposal_is_on_a_branch_and_nothing_else_changed(tmp_path: Path) -> None:
    """It says how to open the pull request; on the branch all is sound and can be accepted."""
    repo = shop(tmp_path)
    repo.write({"scratch.md": "mine\n"})
    repo.git("remote", "add", "origin", "git@github.com:o/r.git")

    result = run_cli("propose", "--on-branch", "--name", "p", cwd=repo.root)

    assert result.code == 0, result.err
    assert "p.md is committed on casefiles/p" in result.out
    assert "  git push -u origin casefiles/p\n" in result.out
    assert repo.git("status", "--porcelain") == "?? scratch.md"
    assert repo.git("log", "-1", "--format=%s", "casefiles/p") == "taxonomy: propose p"
    repo.git("switch", "--quiet", "casefiles/p")
    assert run_cli("check", "--strict", cwd=repo.root).code == 0


def test_observations_that_wait_on_a_branch_are_not_proposed_again_silently(
    tmp_path: Path,
) -> None:
    """The branch is named, as an open proposal in the working tree would be."""
    repo = shop(tmp_path)
    run_cli("propose", "--on-branch", "--name", "p", cwd=repo.root)

    again = run_cli("propose", "--name", "q", cwd=repo.root)
    forced = run_cli("propose", "--name", "q", "--force", cwd=repo.root)

    assert again.code == 2
    assert "casefiles/p:taxonomy/proposals/p.md: the open proposal p holds 36 of" in again.err
    assert forced.code == 0


@pytest.mark.parametrize("path", ["notes/ana/round-1/q003.md", "traces/round-1/q003.md"])
def test_what_the_proposal_cites_must_be_committed(tmp_path: Path, path: str) -> None:
    """A branch without it would be full of references to nothing."""
    repo = shop(tmp_path)
    repo.git("rm", "--quiet", "--cached", path)
    repo.minute += 1
    repo.git("commit", "--quiet", "--message", "without one")

    result = run_cli("propose", "--on-branch", "--name", "p", cwd=repo.root)

    assert result.code == 2
    assert f"not committed as it is: {path}" in result.err
    assert repo.git("branch", "--list", "casefiles/*") == ""


def test_a_dry_run_makes_no_branch(tmp_path: Path) -> None:
    """It shows the file."""
    repo = shop(tmp_path)

    result = run_cli("propose", "--on-branch", "--dry-run", "--name", "p", cwd=repo.root)

    assert result.code == 0
    assert "+++ b/taxonomy/proposals/p.md" in result.out
    assert repo.git("branch", "--list", "casefiles/*") == ""


def test_a_machine_is_told_branch_and_commit(tmp_path: Path) -> None:
    """In the one document."""
    repo = shop(tmp_path)

    found = json.loads(
        run_cli("propose", "--on-branch", "--name", "p", "--json", cwd=repo.root).out
    )

    commit = repo.git("rev-parse", "--short=12", "casefiles/p")
    assert found["branch"] == {"name": "casefiles/p", "commit": commit}
