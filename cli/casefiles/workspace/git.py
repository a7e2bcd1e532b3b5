"""The only module that runs git, and does it only where something needs git."""

from __future__ import annotations

import subprocess
from pathlib import Path


def user(root: Path) -> tuple[str | None, str | None]:
    """Return (name, e-mail) of git's user in a folder; None for what is not set."""
    return config_value(root, "user.name"), config_value(root, "user.email")


def config_value(root: Path, key: str) -> str | None:
    """Return one value of git's configuration, or None (also where git is missing)."""
    answer = _run(root, "config", "--get", key)
    return answer.strip() or None if answer is not None else None


def head(root: Path) -> str | None:
    """Return the short hash of the commit checked out, or None outside a repository."""
    answer = _run(root, "rev-parse", "--short=12", "HEAD")
    return answer.strip() if answer else None


def lines(root: Path, *arguments: str) -> list[str] | None:
    """Run git and return what it printed, by line; None if it failed or is missing."""
    answer = _run(root, *arguments)
    return None if answer is None else answer.splitlines()


def output(root: Path, *arguments: str, given: bytes | None = None) -> bytes | None:
    """Run git, for as long as it takes, and return its bytes; None if it failed or is missing.

    ``given`` is its standard input. git takes no lock, so that reading never disturbs a person's
    own git.
    """
    try:
        done = subprocess.run(
            ["git", "--no-optional-locks", *arguments],
            cwd=root,
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def _run(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=root,
            capture_output=True,
            check=False,
            timeout=30,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
