"""Real git repositories with an identity and dates of their own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

IDENTITY = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "Tester",
    "GIT_AUTHOR_EMAIL": "tester@example.org",
    "GIT_COMMITTER_NAME": "Tester",
    "GIT_COMMITTER_EMAIL": "tester@example.org",
}


@dataclass(kw_only=True)
class Repository:
    """A repository below a folder of the test."""

    root: Path
    """Its top."""
    minute: int = 0
    """Dates grow by a minute with every commit."""

    def git(self, *arguments: str, given: bytes | None = None) -> str:
        """Run git; return what it printed, without the last line end."""
        date = f"2026-01-01T{self.minute // 60:02}:{self.minute % 60:02}:00+00:00"
        dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            input=given,
            env={**os.environ, **IDENTITY, **dates},
            capture_output=True,
            check=True,
        )
        return done.stdout.decode("utf-8", "replace").rstrip("\n")

    def write(self, files: Mapping[str, str | bytes | None]) -> None:
        """Write files (text dedented); None removes one."""
        for path, content in files.items():
            target = self.root / path
            if content is None:
                target.unlink()
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content if isinstance(content, bytes) else dedent(content).encode())

    def commit(self, files: Mapping[str, str | bytes | None], message: str = "change") -> str:
        """Write files and commit everything; return the full hash."""
        self.write(files)
        self.git("add", "--all")
        self.minute += 1
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")


def repository(folder: Path) -> Repository:
    """Make an empty repository on branch main."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Repository(root=folder)
    made.git("init", "--quiet", "--initial-branch=main")
    return made
