"""What git remembers of a workspace's notes and taxonomy, read without checking anything out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from casefiles.workspace import git
from casefiles.workspace.git import GitError

LARGEST = 2_000_000
"""Bytes of a file above which a version is skipped: no note or mode is that long."""
_FILE_MODES = (b"100644", b"100755")
_MOST_MOVES = 20
_BEGIN = "git remembers from the first commit on: git init, git add, git commit"
_RAW = ("--raw", "-z", "--no-abbrev", "--no-renames", "--no-relative", "--no-ext-diff")


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
    parents: tuple[str, ...]
    """Full hashes; a merge has two or more."""
    author: str
    """Who wrote it."""
    when: str
    """Author's date, ISO 8601 with offset."""
    subject: str
    """First line of the message."""
    changes: tuple[FileChange, ...]
    """What it changed below the folders asked for, compared with its first parent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The commits of a branch, oldest first."""

    commits: tuple[Commit, ...]
    """Those that changed the folders; a merge is one step, with all that it brought."""
    is_shallow: bool
    """Whether the clone holds only the newest commits, so that the beginning is missing."""
    moved_from: tuple[str, ...]
    """Folders that the workspace was moved out of, the latest first, relative to the top."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """The repository that holds a workspace, at one moment."""

    head: str
    """Full hash of the commit checked out."""
    prefix: bytes
    """The workspace's folder in it: empty, or a path that ends in ``/``."""
    shallow: bytes | None
    """Hashes of the commits at which the clone was cut off, one a line; None: it is whole."""


def open_repository(root: Path) -> Repository:
    """Find the repository of a workspace. Raises GitError outside one, or before any commit."""
    asked = ("--show-prefix", "--is-shallow-repository", "--git-path", "shallow", "HEAD")
    try:
        facts = git.output(root, "rev-parse", *asked).split(b"\n")
    except GitError as error:
        if "not a git repository" in error.message:
            raise GitError("this is no git repository", remedy=_BEGIN) from error
        if "ambiguous argument 'HEAD'" in error.message:
            raise GitError("nothing is committed yet", remedy=_BEGIN) from error
        raise
    prefix, is_shallow, shallow, head = facts[-5:-1]  # a folder's name may hold line ends
    prefix = b"\n".join([*facts[:-5], prefix])
    path = root / _path(shallow)
    cut = path.read_bytes() if is_shallow == b"true" else None
    return Repository(head=head.decode(), prefix=prefix, shallow=cut)


def read_history(root: Path, at: Repository, folders: Sequence[str]) -> History:
    """Read the history of some folders of a workspace.

    Follows first parents only: a merge, of however many branches, is the step at which its work
    arrived here. Rewritten (rebased, force-pushed) commits are simply those that are there now. A
    workspace that was moved as a whole is followed to where it was. Raises GitError.
    """
    revision, prefix = at.head, at.prefix
    commits: tuple[Commit, ...] = ()
    moves: list[str] = []
    while True:
        found = tuple(_log(root, revision, prefix, folders, "--first-parent", "-m"))
        commits = _joined(found, commits)
        before = _moved_from(root, found[0], prefix, folders) if found else None
        if before is None or len(moves) == _MOST_MOVES:
            break
        revision, prefix = found[0].parents[0], before
        moves.append(_text(before).rstrip("/") or ".")
    return History(commits=commits, is_shallow=at.shallow is not None, moved_from=tuple(moves))


def written_by(root: Path, folders: Sequence[str]) -> dict[tuple[str, str | None], Commit]:
    """Return who wrote each version of a file: (path, blob) to the newest commit that did.

    Merges left out: on a branch that was merged, it is the person who made the change. Raises
    GitError.
    """
    at = open_repository(root)
    commits = list(_log(root, at.head, at.prefix, folders, "--no-merges", "--full-history"))
    return {(change.path, change.blob): commit for commit in commits for change in commit.changes}


def changed_since(
    root: Path, base: str, head: str | None, folders: Sequence[str]
) -> dict[str, bytes | None]:
    """Return what differs from a base: path to the base's content, None where the base lacks it.

    Both are full hashes; without ``head`` the working tree is compared, untracked files included.
    Raises GitError.
    """
    ends = (base,) if head is None else (base, head)
    prefix = open_repository(root).prefix
    raw = git.output(root, "diff", *_RAW, *ends, "--", *_specs(prefix, folders))
    tokens = iter(raw.split(b"\0"))
    old: dict[str, str | None] = {}
    for token in tokens:
        if token.startswith(b":"):
            meta, path = token[1:].split(b" "), next(tokens, b"")
            old[_path(path[len(prefix) :])] = _blob(meta[0], meta[2])
    if head is None:
        others = git.output(root, "ls-files", "-o", "-z", "--exclude-standard", "--", *folders)
        old |= {_path(path): None for path in others.split(b"\0") if path}
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

    ``largest`` is in bytes; None: no limit. Raises GitError.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return
    asked = "".join(f"{id_}\n" for id_ in wanted).encode()
    with git.stream(root, "cat-file", "--batch", given=asked) as answer:
        for id_ in wanted:
            header = answer.readline().split()
            if not header:
                raise GitError("git cat-file ended early")
            if len(header) != 3:  # "<id> missing"
                yield id_, None
                continue
            size = int(header[2])
            fits = header[1] == b"blob" and (largest is None or size <= largest)
            content = answer.read(size) if fits else None
            _skip(answer, (0 if fits else size) + 1)  # a line end stands behind each content
            yield id_, content


def _skip(answer: IO[bytes], size: int) -> None:
    while size > 0:
        size -= len(answer.read(min(size, 1 << 20))) or size


def _log(
    root: Path, revision: str, prefix: bytes, folders: Sequence[str], *options: str
) -> Iterator[Commit]:
    """Yield the commits that touched some folders of a workspace at ``prefix``, oldest first."""
    # %x02 begins a commit; fields and paths end with NUL, which neither can hold.
    form = "--format=%x02%H%x00%P%x00%an%x00%aI%x00%s%x00"
    arguments = ("--reverse", "--no-show-signature", "--no-color", "--encoding=UTF-8", *_RAW)
    specs = _specs(prefix, folders)
    raw = git.output(root, "log", *options, *arguments, form, revision, "--", *specs)
    tokens = iter(raw.split(b"\0"))
    commit: Commit | None = None
    changes: list[FileChange] = []
    for token in tokens:
        if token.startswith(b"\x02"):
            if commit is not None:
                yield replace(commit, changes=tuple(changes))
            commit, changes = _commit(token[1:], *(next(tokens, b"") for _ in range(4))), []
        elif token.lstrip(b"\n").startswith(b":"):
            meta, path = token.split(b" "), next(tokens, b"")
            blob = _blob(meta[1], meta[3])
            changes.append(FileChange(path=_path(path[len(prefix) :]), blob=blob))
    if commit is not None:
        yield replace(commit, changes=tuple(changes))


def _commit(id_: bytes, parents: bytes, author: bytes, when: bytes, subject: bytes) -> Commit:
    return Commit(
        id=_text(id_),
        parents=tuple(_text(parents).split()),
        author=_text(author),
        when=_text(when),
        subject=_text(subject),
        changes=(),
    )


def _joined(earlier: tuple[Commit, ...], later: tuple[Commit, ...]) -> tuple[Commit, ...]:
    """Put what was before a move in front; what the move left behind is removed by it."""
    if not earlier or not later:
        return earlier + later
    there: set[str] = set()
    for commit in earlier:
        for change in commit.changes:
            (there.discard if change.blob is None else there.add)(change.path)
    move = later[0]
    left = there - {change.path for change in move.changes}
    gone = tuple(FileChange(path=path, blob=None) for path in sorted(left))
    return (*earlier, replace(move, changes=move.changes + gone), *later[1:])


def _moved_from(root: Path, first: Commit, prefix: bytes, folders: Sequence[str]) -> bytes | None:
    """Return where the workspace was before the commit that seems to begin it, if it was moved.

    Most of its files must have come, unchanged, out of one and the same folder.
    """
    if not first.parents:
        return None
    ends = (first.parents[0], first.id)
    options = ("-r", "-M100%", "--diff-filter=R", "--raw", "-z", "--no-abbrev")
    tokens = iter(git.output(root, "diff-tree", *options, *ends).split(b"\0"))
    sources: Counter[bytes] = Counter()
    for token in tokens:
        if token.startswith(b":"):
            old, new = next(tokens, b""), next(tokens, b"")
            inside = new.removeprefix(prefix)
            ours = new.startswith(prefix) and _text(inside.split(b"/")[0]) in folders
            if ours and f"/{_text(old)}".endswith(f"/{_text(inside)}"):
                sources[old.removesuffix(inside)] += 1
    before, files = max(sources.items(), key=lambda item: (item[1], item[0]), default=(prefix, 0))
    return before if before != prefix and 2 * files > len(first.changes) else None


def _specs(prefix: bytes, folders: Sequence[str]) -> list[str]:
    """Name folders of a workspace from the top of the repository, whatever they are called."""
    top = _path(prefix)
    return [f":(top,literal){top}{folder}" for folder in folders]


def _blob(mode: bytes, id_: bytes) -> str | None:
    """Id of a regular file's content; None for links, submodules and what is not there."""
    is_file = mode in _FILE_MODES and id_.strip(b"0") != b""
    return id_.decode() if is_file else None


def _path(raw: bytes) -> str:
    """Decode a path as the file system is read, so that bytes that are no UTF-8 tell apart."""
    return raw.decode("utf-8", "surrogateescape")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
