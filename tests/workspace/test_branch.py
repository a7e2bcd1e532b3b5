"""A commit on another branch, while a person is in the middle of something."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefiles.errors import BadInputError
from casefiles.workspace import branch
from repositories import Repository, repository

FILES = {"taxonomy/proposals/p.md": "a proposal\n"}
PATH = "taxonomy/proposals/p.md"


@pytest.fixture(autouse=True)
def _somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Tester")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "tester@example.org")


def busy(folder: Path, below: str = "") -> Repository:
    """A repository with changes that are staged, not staged and not tracked."""
    repo = repository(folder)
    repo.commit({f"{below}notes/a.md": "one\n", f"{below}b.md": "one\n"})
    repo.write({f"{below}notes/a.md": "staged\n"})
    repo.git("add", f"{below}notes/a.md")
    repo.write({f"{below}b.md": "not staged\n", f"{below}new.md": "not tracked\n"})
    return repo


@pytest.mark.parametrize("below", ["", "sub/folder/"])
def test_working_tree_index_and_head_stay_as_they_are(tmp_path: Path, below: str) -> None:
    """The branch has one commit more than HEAD, with the files and nothing else of the tree."""
    repo = busy(tmp_path / "a repo", below)
    before = repo.git("status", "--porcelain"), repo.git("rev-parse", "HEAD"), repo.git("branch")

    commit = branch.commit_on_branch(repo.root / below, "casefiles/p", FILES, "taxonomy: p")

    after = repo.git("status", "--porcelain"), repo.git("rev-parse", "HEAD")
    assert after == before[:2]
    assert repo.git("rev-parse", "--short=12", "casefiles/p") == commit
    assert repo.git("rev-parse", "casefiles/p^") == before[1]
    assert repo.git("diff", "--name-status", "HEAD", "casefiles/p") == f"A\t{below}{PATH}"
    assert branch.file_on(repo.root / below, "casefiles/p", PATH) == "a proposal\n"
    assert branch.branches(repo.root, "casefiles") == ("casefiles/p",)
    assert not (repo.root / below / PATH).exists()


def test_a_branch_that_is_there_is_left_alone(tmp_path: Path) -> None:
    """Another name is asked for."""
    repo = busy(tmp_path)
    branch.commit_on_branch(repo.root, "casefiles/p", FILES, "taxonomy: p")

    with pytest.raises(BadInputError, match="there is a branch 'casefiles/p' already"):
        branch.commit_on_branch(repo.root, "casefiles/p", {PATH: "other"}, "taxonomy: p")
    assert branch.file_on(repo.root, "casefiles/p", PATH) == "a proposal\n"


def test_without_a_commit_there_is_nothing_to_branch_off_from(tmp_path: Path) -> None:
    """In an empty repository, and in none."""
    for folder in (repository(tmp_path / "empty").root, tmp_path):
        with pytest.raises(BadInputError, match="no commit to branch off from"):
            branch.commit_on_branch(folder, "casefiles/p", FILES, "taxonomy: p")


def test_without_an_identity_gits_own_words_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no branch is made."""
    repo = busy(tmp_path)
    for name in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"):
        monkeypatch.setenv(name, "")

    with pytest.raises(BadInputError, match=r"git says: .*ident"):
        branch.commit_on_branch(repo.root, "casefiles/p", FILES, "taxonomy: p")
    assert branch.branches(repo.root, "casefiles") == ()


def test_what_is_not_committed_is_listed(tmp_path: Path) -> None:
    """Staged, changed and new files below the folders asked for."""
    repo = busy(tmp_path, "sub/")
    repo.write({"sub/notes/naïve file.md": "new\n"})

    found = branch.uncommitted(repo.root / "sub", ("notes", "missing"))

    assert found == {"notes/a.md", "notes/naïve file.md"}


@pytest.mark.parametrize(
    ("address", "steps"),
    [
        (None, ["git switch casefiles/p   # there is no remote to push to"]),
        (
            "git@github.com:o/r.git",
            [
                "git push -u origin casefiles/p",
                "gh pr create --head casefiles/p --fill",
                "or open https://github.com/o/r/compare/casefiles/p?expand=1",
            ],
        ),
        (
            "https://gitlab.example.org/o/r.git",
            ["git push -u origin casefiles/p -o merge_request.create"],
        ),
        (
            "https://user:secret@git.example.org/r",
            ["git push -u origin casefiles/p", "gh pr create --head casefiles/p --fill"],
        ),
    ],
)
def test_how_to_open_a_pull_request_depends_on_the_remote(
    tmp_path: Path, address: str | None, steps: list[str]
) -> None:
    """An address of which nothing is known is not printed: it may hold a password."""
    repo = busy(tmp_path)
    if address:
        repo.git("remote", "add", "origin", address)

    assert list(branch.pull_request(repo.root, "casefiles/p")) == steps
