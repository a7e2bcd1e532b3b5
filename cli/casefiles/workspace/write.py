"""Carry out a plan: all of it or nothing, and never over a file that changed meanwhile."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from casefiles.documents.plan import Change, Plan
from casefiles.errors import BadInputError


def write(plan: Plan, root: Path, *, durable: bool = True) -> None:
    """Write a plan's changes below ``root``.

    New contents go to temporary files first, then replace the old ones one by one; if any step
    fails, what was already replaced is put back. ``durable`` waits for the disk (fsync): for what
    a person wrote, not for each trace of a bulk job. Raises BadInputError if a file is not what
    it was when the plan was made.
    """
    with locked(root):
        for change in plan.real:
            _verify(change, root)
        _replace_all(plan.real, root, durable=durable)


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Hold the workspace's lock: two casefiles processes never write at once."""
    from filelock import FileLock, Timeout

    folder = root / ".casefiles"
    folder.mkdir(exist_ok=True)
    try:
        with FileLock(folder / "lock", timeout=30):
            yield
    except Timeout as error:
        message = "another casefiles process is writing in this workspace"
        raise BadInputError(message, remedy="wait for it to end, then try again") from error


def write_bytes(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Write one file atomically: readers see the old content or the new, never a part."""
    temporary = _prepare(path, content, durable=durable)
    try:
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


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


def _replace_all(changes: tuple[Change, ...], root: Path, *, durable: bool) -> None:
    prepared: list[tuple[Change, Path, Path | None]] = []
    done: list[Change] = []
    try:
        for change in changes:
            path = root / change.path
            content = change.after
            temporary = (
                None if content is None else _prepare(path, content.encode(), durable=durable)
            )
            prepared.append((change, path, temporary))
        for change, path, temporary in prepared:
            done.append(change)
            if temporary is None:
                path.unlink(missing_ok=True)
            else:
                os.replace(temporary, path)
    except OSError as error:
        _put_back(done, root)
        for _, _, temporary in prepared:
            if temporary is not None:
                temporary.unlink(missing_ok=True)
        where = str(Path(error.filename).relative_to(root)) if _below(error, root) else None
        message = f"cannot write: {error.strerror}; nothing was changed"
        raise BadInputError(message, where=where) from error


def _put_back(done: list[Change], root: Path) -> None:
    for change in reversed(done):
        path = root / change.path
        if change.before is None:
            path.unlink(missing_ok=True)
        else:
            write_bytes(path, change.before.encode(), durable=True)


def _below(error: OSError, root: Path) -> bool:
    return isinstance(error.filename, str) and Path(error.filename).is_relative_to(root)


def _prepare(path: Path, content: bytes, *, durable: bool) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target: os.replace is atomic only within one file system. The leading dot keeps
    # a left-over of a killed process out of every listing.
    temporary = path.parent / f".{path.name}.{os.urandom(4).hex()}.tmp"
    mode = path.stat().st_mode & 0o777 if path.exists() else None
    with temporary.open("wb") as file:
        file.write(content)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    if mode is not None:
        temporary.chmod(mode)
    return temporary
