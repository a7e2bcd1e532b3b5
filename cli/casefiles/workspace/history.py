"""What git remembers of a workspace's notes and taxonomy, read without checking anything out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from casefiles.workspace import git
from casefiles.workspace.tree import FOLDERS

LARGEST = 2_000_000
"""Bytes of a file above which a version is skipped: no note or mode is that long."""
_FILE_MODES = (b"100644", b"100755")
_NO_BLOB = b"0" * 40
_FOLDERS = tuple(folder.encode() for folder in FOLDERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One file that a commit wrote or removed."""

    path: str
    """Relative to the workspace, with ``/``."""
    blob: str | None
    """Id of the new content; None: removed, or no regular file any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One step of the branch that is checked out."""

    id: str
    """Full hash."""
    author: str
    """Who wrote it."""
    when: str
    """Author's date, ISO 8601 with offset."""
    subject: str
    """First line of the message."""
    changes: tuple[FileChange, ...]
    """What it changed below the folders asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The commits of a branch, oldest first."""

    commits: tuple[Commit, ...]
    """Those that changed the folders; a merge is one step, with all that it brought."""
    is_shallow: bool
    """Whether the clone holds only the newest commits, so that the beginning is missing."""


def read_history(root: Path, folders: Iterable[str]) -> History | None:
    """Read the history of some folders of a workspace; None outside a repository or before commits.

    Follows first parents only: a merge, of however many branches, is the step at which its work
    arrived here. Rewritten (rebased, force-pushed) commits are simply those that are there now.
    """
    facts = git.lines(root, "rev-parse", "--is-shallow-repository", "--show-prefix", "HEAD")
    if facts is None or len(facts) < 3:
        return None
    prefix = facts[1].encode("utf-8", "surrogateescape")
    # %x02 begins a commit; fields and paths end with NUL, which neither can hold.
    form = "--format=%x02%H%x00%an%x00%aI%x00%s%x00"
    raw = git.output(
        root,
        *("log", "--first-parent", "-m", "--reverse", "--raw", "-z", "--no-abbrev"),
        *("--no-renames", "--no-show-signature", "--encoding=UTF-8", form, "HEAD", "--", *folders),
    )
    commits = tuple(_commits(raw or b"", prefix))
    return History(commits=commits, is_shallow=facts[0] == "true")


class CommitTree:
    """The files of a workspace in a commit; one git process lists them, one reads them all."""

    def __init__(self, root: Path, commit: str) -> None:
        """Read a commit (a full hash) of the repository that holds ``root``."""
        raw = git.output(root, "ls-tree", "-r", "-z", "--full-tree", f"{commit}:./") or b""
        entries = (entry.partition(b"\t") for entry in raw.split(b"\0") if entry)
        self._blobs = {
            _text(path): meta.split(b" ")[2].decode()
            for meta, _, path in entries
            if meta.split(b" ")[0] in _FILE_MODES and path.split(b"/")[0] in _FOLDERS
        }
        self._contents = dict(read_blobs(root, self._blobs.values(), largest=None))

    def paths(self) -> Iterator[str]:
        """Yield the paths below notes/, taxonomy/ and traces/, sorted; hidden ones left out."""
        for path in sorted(self._blobs):
            if not any(part.startswith(".") for part in path.split("/")):
                yield path

    def read(self, path: str) -> bytes:
        """Return the content of a file. Raises FileNotFoundError."""
        content = self._contents.get(self._blobs.get(path, ""))
        if content is None:
            raise FileNotFoundError(path)
        return content


def changed_since(root: Path, base: str, head: str | None) -> dict[str, bytes | None]:
    """Return what differs from a base: path to the base's content, None where the base lacks it.

    Both are full hashes; without ``head`` the working tree is compared, untracked files included.
    """
    arguments = (
        "diff",
        "--raw",
        "-z",
        "--no-abbrev",
        "--no-renames",
        "--relative",
        "--no-ext-diff",
    )
    ends = (base,) if head is None else (base, head)
    raw = git.output(root, *arguments, *ends, "--", *FOLDERS) or b""
    tokens = iter(raw.split(b"\0"))
    old: dict[str, str | None] = {}
    for token in tokens:
        if token.startswith(b":"):
            meta = token[1:].split(b" ")
            was_file = meta[0] in _FILE_MODES and meta[2] != _NO_BLOB
            old[_text(next(tokens, b""))] = meta[2].decode() if was_file else None
    if head is None:
        others = git.output(root, "ls-files", "-o", "-z", "--exclude-standard", "--", *FOLDERS)
        old |= {_text(path): None for path in (others or b"").split(b"\0") if path}
    contents = dict(read_blobs(root, (id_ for id_ in old.values() if id_), largest=None))
    return {path: contents.get(id_) if id_ else None for path, id_ in old.items()}


def resolve(root: Path, revision: str) -> str | None:
    """Return the full hash of a commit that a person named; None if there is none."""
    found = git.lines(
        root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    return found[0] if found else None


def common_ancestor(root: Path, one: str, other: str) -> str | None:
    """Return where two commits parted; None for unrelated histories."""
    found = git.lines(root, "merge-base", one, other)
    return found[0] if found else None


def main_branch(root: Path) -> str | None:
    """Return the branch that work is merged into: the remote's, else main or master."""
    candidates = ("refs/remotes/origin/HEAD", "origin/main", "origin/master", "main", "master")
    return next((name for name in candidates if resolve(root, name) is not None), None)


def read_blobs(
    root: Path, ids: Iterable[str], *, largest: int | None = LARGEST
) -> Iterator[tuple[str, bytes | None]]:
    """Yield (id, content) of blobs with one git process; None for one too long or missing.

    ``largest`` is in bytes; None: no limit.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return
    asked = "".join(f"{id_}\n" for id_ in wanted).encode()
    answer = git.output(root, "cat-file", "--batch", given=asked) or b""
    position = 0
    for id_ in wanted:
        end = answer.find(b"\n", position)
        if end < 0:
            return
        header = answer[position:end].split(b" ")
        position = end + 1
        if len(header) != 3 or header[1] != b"blob":
            yield id_, None
            continue
        size = int(header[2])
        yield (
            id_,
            answer[position : position + size] if largest is None or size <= largest else None,
        )
        position += size + 1


def _commits(raw: bytes, prefix: bytes) -> Iterator[Commit]:
    tokens = iter(raw.split(b"\0"))
    header: list[str] = []
    changes: list[FileChange] = []
    for token in tokens:
        if token.startswith(b"\x02"):
            if header:
                yield _commit(header, changes)
            header = [_text(token[1:]), *(_text(next(tokens, b"")) for _ in range(3))]
            changes = []
        elif token.lstrip(b"\n").startswith(b":"):
            path = next(tokens, b"")
            if path.startswith(prefix):
                changes.append(_change(token.split(b" "), path[len(prefix) :]))
    if header:
        yield _commit(header, changes)


def _commit(header: list[str], changes: list[FileChange]) -> Commit:
    id_, author, when, subject = header
    return Commit(id=id_, author=author, when=when, subject=subject, changes=tuple(changes))


def _change(meta: list[bytes], path: bytes) -> FileChange:
    is_file = meta[1] in _FILE_MODES and meta[3] != _NO_BLOB
    return FileChange(path=_text(path), blob=meta[3].decode() if is_file else None)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
