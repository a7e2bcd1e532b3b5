"""Carry out a plan: all of it or nothing, and never over a file that changed meanwhile."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from casefiles.errors import BadInputError
from casefiles.workspace.tree import is_linked

if TYPE_CHECKING:
    from casefiles.documents.plan import Change, Plan


def write(plan: Plan, root: Path, *, durable: bool = True) -> None:
    """Write a plan's changes below ``root``.

    New contents go to temporary files first, then replace the old ones one by one; if any step
    fails or is interrupted, what was already replaced is put back. ``durable`` waits for the disk
    (fsync): for what a person wrote, not for each trace of a bulk job. Raises BadInputError if a
    file is not what it was when the plan was made, cannot be written, or lies outside ``root``.
    """
    paths = [change.path for change in plan.real]
    assert len(set(paths)) == len(paths), "a plan changes a file once"
    for path in paths:
        _check_place(path, root)
    with locked(root):
        _replace_all(plan.real, root, durable=durable)


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Hold the workspace's lock: two casefiles processes never write at once.

    A process that holds it already may ask again.
    """
    from filelock import FileLock, Timeout

    folder = root / ".casefiles"
    folder.mkdir(exist_ok=True)
    try:
        with FileLock(folder / "lock", timeout=30, is_singleton=True):
            yield
    except Timeout as error:
        message = "another casefiles process is writing in this workspace"
        raise BadInputError(message, remedy="wait for it to end, then try again") from error


def write_bytes(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Write one file atomically: readers see the old content or the new, never a part."""
    _put(path, content, mode=_mode(path), durable=durable)


def _put(path: Path, content: bytes, *, mode: int | None, durable: bool) -> None:
    temporary = _temporary(path, content, mode=mode, durable=durable)
    try:
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A change whose new content is on disk already, under another name."""

    change: Change
    path: Path
    mode: int | None
    """Permissions of the file before; None: there was none."""
    temporary: Path | None
    """Its new content; None: the file is to be removed."""

    def carry_out(self) -> None:
        if self.temporary is None:
            self.path.unlink()
        else:
            self.temporary.replace(self.path)

    def happened(self) -> bool:
        return not (self.path if self.temporary is None else self.temporary).exists()

    def discard(self) -> None:
        if self.temporary is not None:
            self.temporary.unlink(missing_ok=True)

    def put_back(self) -> None:
        if self.change.before is None:
            self.path.unlink(missing_ok=True)
        else:
            _put(self.path, self.change.before.encode(), mode=self.mode, durable=True)


def _replace_all(changes: tuple[Change, ...], root: Path, *, durable: bool) -> None:
    steps: list[_Step] = []
    begun = 0
    at = ""
    try:
        for change in changes:
            at = change.path
            steps.append(_prepared(change, root, durable=durable))
        for change in changes:  # as late as can be: somebody may be editing
            _verify(change, root)
        for step in steps:
            at = step.change.path
            begun += 1
            step.carry_out()
        if durable:
            _sync({step.path.parent for step in steps})
    except BaseException as error:
        _undo(steps[:begun])
        for step in steps[begun:]:
            step.discard()
        if isinstance(error, OSError):
            message = f"cannot write: {error.strerror}; nothing was changed"
            raise BadInputError(message, where=at) from error
        raise


def _undo(steps: list[_Step]) -> None:
    """Put everything back. Raises BadInputError, once all was tried, naming what could not be."""
    stuck = []
    for step in reversed(steps):
        try:
            if step.happened():
                step.put_back()
            step.discard()
        except OSError:
            stuck.append(step.change.path)
    if stuck:
        message = f"writing failed, and these files could not be put back: {', '.join(stuck)}"
        raise BadInputError(message, remedy="restore them with git")


def _check_place(path: str, root: Path) -> None:
    parts = path.split("/")
    outside = any(part in ("", ".", "..", ".git") for part in parts) or re.search(r"[\\\0]", path)
    if outside or is_linked(root, path):
        message = "this is no place in the workspace to write to"
        raise BadInputError(message, where=path, remedy="links are not followed")


def _verify(change: Change, root: Path) -> None:
    path = root / change.path
    now = path.read_bytes() if path.is_file() else None
    before = None if change.before is None else change.before.encode()
    if now != before:
        raise BadInputError(
            "the file changed since it was read; nothing was written",
            where=change.path,
            remedy="run the command again",
        )


def _prepared(change: Change, root: Path, *, durable: bool) -> _Step:
    path = root / change.path
    mode = _mode(path)
    temporary = None
    if change.after is not None:
        try:
            content = change.after.encode()
        except UnicodeEncodeError as error:
            message = "the text holds half a character (a lone surrogate); nothing was written"
            raise BadInputError(message, where=change.path) from error
        temporary = _temporary(path, content, mode=mode, durable=durable)
    return _Step(change=change, path=path, mode=mode, temporary=temporary)


def _mode(path: Path) -> int | None:
    return path.stat().st_mode & 0o777 if path.exists() else None


def _temporary(path: Path, content: bytes, *, mode: int | None, durable: bool) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target: replacing is atomic only within one file system. The leading dot keeps a
    # left-over of a killed process out of every listing.
    temporary = path.parent / f".{path.name[:100]}.{os.urandom(4).hex()}.tmp"
    try:
        with temporary.open("xb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        if mode is not None:
            temporary.chmod(mode)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _sync(folders: set[Path]) -> None:
    """Wait until the new names are on disk too; Windows has no such call."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    for folder in folders:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
