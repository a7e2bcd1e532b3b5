"""What the last build made, so that the next one makes only what changed.

A cache in .casefiles/site/: without it everything is made again, to the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from casefiles.pages.made import Entry, Made

FOLDER = ".casefiles/site"
"""Where the site's caches live, relative to the workspace."""
_FILE = "memory.json"


class Memory:
    """Pages by path, each with what it was made from; and what the finished ones were made of."""

    def __init__(self, root: Path, docs: Path) -> None:
        """Read what the last build of a workspace left; ``docs`` is where its pages are."""
        self.folder = root / FOLDER
        self._docs = docs
        self._old: dict[str, list[Any]] = {}
        self._new: dict[str, list[Any]] = {}
        self._was_public: dict[str, list[str]] = {}
        self._is_public: dict[str, list[str]] = {}
        try:
            read = json.loads((self.folder / _FILE).read_text("utf-8"))
            self._old, self._was_public = dict(read["pages"]), dict(read["public"])
        except (OSError, ValueError, TypeError, KeyError):
            pass  # the first build, or a file that was cut off

    def known(self, path: str, made_from: str) -> Entry | None:
        """Return the search entry of a page made from the same that nobody touched since."""
        old = self._old.get(path)
        if old is None or old[0] != made_from or old[1] != stamp(self._docs / path):
            return None
        entry: Entry = old[2]
        return entry

    def remember(self, made: Made) -> None:
        """Keep a page that is on disk now."""
        if not made.made_from:
            return
        if made.content is None:
            self._new[made.path] = self._old[made.path]
        else:
            self._new[made.path] = [made.made_from, stamp(self._docs / made.path), made.entry]

    def entries(self) -> Iterable[Entry]:
        """Return the search entries of all pages, in the order they were made."""
        return [entry for _, _, entry in self._new.values() if entry]

    def published(self, path: str) -> list[str] | None:
        """Return what `publish` kept of a finished page the last time."""
        return self._was_public.get(path)

    def publish(self, path: str, made_of: list[str]) -> None:
        """Keep what a finished page was made of."""
        self._is_public[path] = made_of

    def save(self) -> None:
        """Write everything down."""
        self.folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"pages": self._new, "public": self._is_public})
        (self.folder / _FILE).write_text(text, "utf-8")


def stamp(path: Path) -> str:
    """Return a word that changes whenever a file is written; empty if there is none."""
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_size}-{found.st_mtime_ns}"
