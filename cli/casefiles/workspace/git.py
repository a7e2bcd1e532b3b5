"""The only module that runs git, and does it only where something needs git."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from casefiles.errors import BadInputError

# Settings of the user that would change what is printed are set back.
_PLAIN = ("log.showRoot=true", "log.diffMerges=separate")
_READING = ("git", "--no-optional-locks", *(word for value in _PLAIN for word in ("-c", value)))


class GitError(BadInputError):
    """git failed, or is not there; the message says why."""


def user(root: Path) -> tuple[str | None, str | None]:
    """Return (name, e-mail) of git's user in a folder; None for what is not set."""
    return config_value(root, "user.name"), config_value(root, "user.email")


def config_value(root: Path, key: str) -> str | None:
    """Return one value of git's configuration, or None (also where git is missing)."""
    answer = _run(root, "config", "--get", key)
    return answer.strip() or None if answer is not None else None


def top(root: Path) -> Path | None:
    """Return the top of the repository that holds a folder, found without git; None outside one."""
    found = (folder for folder in (root, *root.parents) if (folder / ".git").exists())
    return next(found, None)


def head(root: Path) -> str | None:
    """Return the short hash of the commit checked out, or None outside a repository."""
    answer = _run(root, "rev-parse", "--short=12", "HEAD")
    return answer.strip() if answer else None


def lines(root: Path, *arguments: str) -> list[str] | None:
    """Run git and return what it printed, by line; None if it failed or is missing."""
    answer = _run(root, *arguments)
    return None if answer is None else answer.splitlines()


def output(root: Path, *arguments: str) -> bytes:
    """Run git, for as long as it takes, and return its bytes.

    git takes no lock, so that reading never disturbs a person's own git. Raises GitError.
    """
    return _finished(root, (*_READING, *arguments))


def run(
    root: Path, *arguments: str, given: bytes | None = None, env: Mapping[str, str] | None = None
) -> str:
    """Run git to change something; return what it printed, without the last line end.

    ``given`` is its standard input, ``env`` more of its environment. Raises GitError.
    """
    said = _finished(root, ("git", *arguments), given=given, env=env)
    return said.decode("utf-8", "surrogateescape").rstrip("\n")


@contextmanager
def stream(root: Path, *arguments: str, given: bytes) -> Iterator[IO[bytes]]:
    """Run git on some input and hand out its output as it comes: it need not fit in memory."""
    with tempfile.TemporaryFile() as asked:
        asked.write(given)
        asked.seek(0)
        with subprocess.Popen(
            [*_READING, *arguments],
            cwd=root,
            stdin=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            assert process.stdout is not None
            try:
                yield process.stdout
            finally:
                process.kill()


def _refused(said: bytes) -> GitError:
    """Turn what git complained of into an error: its first line, without git's own prefix."""
    words = said.decode("utf-8", "replace").strip()
    line = words.partition("\n")[0].removeprefix("fatal: ").removeprefix("error: ")
    return GitError(f"git says: {line or 'nothing, but it failed'}")


def _finished(
    root: Path,
    command: tuple[str, ...],
    *,
    given: bytes | None = None,
    env: Mapping[str, str] | None = None,
) -> bytes:
    try:
        done = subprocess.run(
            command,
            cwd=root,
            env={**os.environ, "LC_ALL": "C", **(env or {})},  # complaints in English: we look
            input=b"" if given is None else given,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise GitError("git is not installed", remedy="install git") from error
    if done.returncode:
        raise _refused(done.stderr)
    return done.stdout


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
