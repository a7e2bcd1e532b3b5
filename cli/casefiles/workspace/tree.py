"""The files of a workspace, on disk or in a commit, behind one small interface."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from casefiles.documents.paths import README

FOLDERS = ("notes", "taxonomy", "traces")


class Tree(Protocol):
    """The files of a workspace at one moment."""

    def paths(self) -> Iterator[str]:
        """Yield the paths below notes/, taxonomy/ and traces/, relative, with ``/``, sorted.

        Hidden files and links are left out.
        """

    def read(self, path: str) -> bytes:
        """Return the content of a file. Raises FileNotFoundError."""


class WorkingTree:
    """The files on disk."""

    def __init__(self, root: Path) -> None:
        """Read below ``root``."""
        self.root = root

    def paths(self, folders: tuple[str, ...] = FOLDERS) -> Iterator[str]:
        """Yield the paths below the folders, sorted; hidden files and links are left out."""
        for folder in sorted(folders):
            if not is_linked(self.root, folder):
                yield from _walk(self.root, folder)

    def folders(self, folder: str) -> Iterator[str]:
        """Yield the names of the folders in a folder, hidden ones and links left out."""
        if not is_linked(self.root, folder):
            yield from (name[:-1] for name in _names(self.root, folder) if name.endswith("/"))

    def documents(self, folder: str, *, but: tuple[str, ...] = ()) -> Iterator[str]:
        """Yield ``round/name`` for each Markdown document two levels below a folder, unsorted.

        What `place_of` would make of the paths of traces and of one annotator's notes, only much
        faster: commands that list tens of thousands of files and open none do little else. ``but``
        leaves out folders.
        """
        for inner in self.folders(folder):
            if inner in but:
                continue
            with os.scandir(f"{self.root}/{folder}/{inner}") as entries:
                yield from [
                    f"{inner}/{name[:-3]}"
                    for entry in entries
                    if (name := entry.name).endswith(".md")
                    and name != README
                    and name[0] != "."
                    and entry.is_file(follow_symlinks=False)
                ]

    def read(self, path: str) -> bytes:
        """Return the content of a file."""
        with open(f"{self.root}/{path}", "rb") as file:  # noqa: PTH123  measurably faster in bulk
            return file.read()


def is_linked(root: Path, path: str) -> bool:
    """Tell whether a path below ``root`` is a symbolic link, or leads through one."""
    place = root
    for part in path.split("/"):
        place = place / part
        if place.is_symlink():
            return True
    return False


def _walk(root: Path, folder: str) -> Iterator[str]:
    waiting = [f"{folder}/"]
    while waiting:  # no recursion: a folder may be nested deeper than Python's stack
        path = waiting.pop()
        if not path.endswith("/"):
            yield path
            continue
        found = sorted(f"{path}{name}" for name in _names(root, path))
        waiting.extend(reversed(found))


def _names(root: Path, folder: str) -> Iterator[str]:
    """Yield the names in a folder; those of folders end in ``/``, so that paths sort as wholes."""
    try:
        entries = os.scandir(f"{root}/{folder}")
    except (FileNotFoundError, NotADirectoryError):
        return
    with entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield f"{entry.name}/"
            elif entry.is_file(follow_symlinks=False):
                yield entry.name
