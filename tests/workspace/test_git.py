"""What git knows of a person and a commit."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from casefiles.workspace import git

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def run(root: Path, *arguments: str) -> str:
    """Run git and return what it printed."""
    done = subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)
    return done.stdout.decode().strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An empty repository."""
    run(tmp_path, "init", "-q")
    return tmp_path


def test_the_user_is_the_one_git_would_commit_as(repository: Path) -> None:
    """In any language."""
    run(repository, "config", "user.name", "Zoë Ünal")
    run(repository, "config", "user.email", "zoe@example.org")

    assert git.user(repository) == ("Zoë Ünal", "zoe@example.org")


def test_nobody_is_nobody(repository: Path) -> None:
    """Nothing set, an empty name, no repository, no such folder."""
    assert git.user(repository) == (None, None)
    run(repository, "config", "user.name", "")
    assert git.user(repository) == (None, None)
    assert git.user(repository / "missing") == (None, None)


def test_the_head_is_the_commit_checked_out(repository: Path) -> None:
    """Twelve digits, also from a folder below; none before the first commit."""
    assert git.head(repository) is None
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    run(repository, *identity, "commit", "-q", "--allow-empty", "-m", "x")
    (repository / "below").mkdir()

    assert git.head(repository) == run(repository, "rev-parse", "HEAD")[:12]
    assert git.head(repository / "below") == git.head(repository)


def test_outside_a_repository_there_is_no_head(tmp_path: Path) -> None:
    """A workspace need not be in git."""
    assert git.head(tmp_path) is None


def test_without_git_nothing_is_known(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing crashes."""
    monkeypatch.setenv("PATH", str(repository))

    assert git.user(repository) == (None, None)
    assert git.head(repository) is None
