"""The files of a workspace, on disk or in a commit, behind one small interface."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

FOLDERS = ("traces", "notes", "taxonomy")


class Tree(Protocol):
    """The files of a workspace at one moment."""

    def paths(self) -> Iterator[str]:
        """Yield the paths below traces/, notes/ and taxonomy/, relative, with ``/``, sorted."""

    def read(self, path: str) -> bytes:
        """Return the content of a file. Raises FileNotFoundError."""


class WorkingTree:
    """The files on disk."""

    def __init__(self, root: Path) -> None:
        """Read below ``root``."""
        self.root = root

    def paths(self, folders: tuple[str, ...] = FOLDERS) -> Iterator[str]:
        """Yield the paths below the folders, sorted; links are not followed."""
        for folder in folders:
            yield from _walk(self.root / folder, folder)

    def read(self, path: str) -> bytes:
        """Return the content of a file."""
        with open(f"{self.root}/{path}", "rb") as file:  # noqa: PTH123  measurably faster in bulk
            return file.read()


def _walk(folder: Path, prefix: str) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = f"{prefix}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), path)
        elif entry.is_file(follow_symlinks=False):
            yield path
