"""What a long computation found, kept below .casefiles/ until any file it rests on changes.

Deleting the folder changes no figure: what is remembered is only ever given back for the very
same files, settings and program.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from casefiles.workspace.find import Workspace
from casefiles.workspace.tree import FOLDERS, is_linked
from casefiles.workspace.write import write_bytes

T = TypeVar("T")
_PLACE = ".casefiles/memory"
_TICK = 50_000_000
"""Nanoseconds in which a file may change twice under one time stamp: the clock of file systems
moves in steps of up to 10 ms."""
_COARSE_TICK = 2_000_000_000
"""The same where time stamps are whole seconds."""
_SECOND = 1_000_000_000


def remembering(
    workspace: Workspace, name: str, asked: object, kind: type[T], compute: Callable[[], T]
) -> T:
    """Return what was remembered under a name, or compute it and remember it.

    ``asked`` is all that the result depends on beside the workspace's files, its settings and the
    program: options, commits. Only the last result of a name is kept.
    """
    from pydantic import TypeAdapter, ValidationError
    from pydantic_core import PydanticSerializationError

    began = time.time_ns()
    files, newest = _state(workspace.root)
    program, _ = _stamps(_sources())
    # Line ends cannot stand in a representation, so no two keys read the same.
    key = f"{program}\n{files}\n{workspace.config!r}\n{asked!r}".encode("utf-8", "backslashreplace")
    head = hashlib.sha256(key).hexdigest().encode() + b"\n"
    path = workspace.root / _PLACE / f"{name}.json"
    adapter = TypeAdapter(kind)
    try:
        kept = path.read_bytes()
        if kept.startswith(head) and not is_linked(workspace.root, _PLACE):
            return adapter.validate_json(kept[len(head) :])
    except (OSError, ValidationError):
        pass
    found = compute()
    if _is_settled(newest, began) and not is_linked(workspace.root, _PLACE):
        # What cannot be written (a full disk, half a character in a name) costs time, no more.
        with suppress(OSError, PydanticSerializationError):
            _keep(path, head + adapter.dump_json(found))
    return found


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path.parent / ".gitignore", b"*\n")  # a workspace need not ignore it itself
    write_bytes(path, content)


def _is_settled(newest: int, began: int) -> bool:
    """Whether a change after reading began is sure to show in a file's time stamp."""
    tick = _TICK if newest % _SECOND else _COARSE_TICK
    return newest + tick < began


def _state(root: Path) -> tuple[str, int]:
    """Digest the names and stamps of a workspace's files; return it with the newest time, in ns."""
    return _stamps(entry for folder in FOLDERS for entry in _entries(f"{root}/{folder}"))


def _sources() -> Iterator[os.DirEntry[str]]:
    return _entries(str(Path(__file__).parent.parent))


def _stamps(entries: Iterator[os.DirEntry[str]]) -> tuple[str, int]:
    digest, newest = hashlib.sha256(), 0
    for entry in entries:
        stat = entry.stat(follow_symlinks=False)
        newest = max(newest, stat.st_mtime_ns, stat.st_ctime_ns)
        stamps = (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino, stat.st_mode)
        digest.update(f"{entry.path}\0{stamps}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest(), newest


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    """Yield all files below a folder, in a fixed order; links are not followed."""
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            else:
                yield entry
