"""A commit on a branch of its own, beside whatever a person is doing in the working tree."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from casefiles.errors import BadInputError
from casefiles.workspace import git

_NOWHERE = "0" * 40
"""What git takes for "this reference does not exist yet"."""


def commit_on_branch(root: Path, branch: str, files: Mapping[str, str], message: str) -> str:
    """Make a branch at HEAD with one commit that adds files; return the commit's short hash.

    ``files`` maps paths relative to ``root`` to texts. Working tree, index and HEAD stay as they
    are. Raises BadInputError outside a repository, before the first commit, if git has no
    identity, or if there is such a branch.
    """
    parent = insist_on_head(root)
    prefix = git.run(root, "rev-parse", "--show-prefix")
    if git.lines(root, "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}"):
        message = f"there is a branch {branch!r} already"
        raise BadInputError(message, remedy="choose another --name, or delete the branch")
    with tempfile.TemporaryDirectory() as folder:
        own = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        git.run(root, "read-tree", parent, env=own)
        for path, text in files.items():
            place = f"{prefix}{path}"
            given = text.encode()
            blob = git.run(root, "hash-object", "-w", "--stdin", f"--path={place}", given=given)
            entry = f"100644,{blob},{place}"
            git.run(root, "update-index", "--add", "--cacheinfo", entry, env=own)
        tree = git.run(root, "write-tree", env=own)
    commit = git.run(root, "commit-tree", tree, "-p", parent, "-m", message)
    git.run(root, "update-ref", "-m", message, f"refs/heads/{branch}", commit, _NOWHERE)
    return commit[:12]


def insist_on_head(root: Path) -> str:
    """Return the commit checked out. Raises BadInputError if there is none."""
    head = git.lines(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if not head:
        raise BadInputError(
            "there is no commit to branch off from",
            remedy="`git init` where needed, and commit the workspace first",
        )
    return head[0]


def uncommitted(root: Path, folders: tuple[str, ...]) -> frozenset[str]:
    """Return the files below some folders that differ from HEAD, relative to ``root``."""
    there = [folder for folder in folders if (root / folder).exists()]
    listed = git.output(
        root, "status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", "--", *there
    )
    prefix = git.run(root, "rev-parse", "--show-prefix")
    entries = listed.decode("utf-8", "surrogateescape").split("\0")
    return frozenset(entry[3:].removeprefix(prefix) for entry in entries if entry)


def branches(root: Path, below: str) -> tuple[str, ...]:
    """Return the local branches whose names start with ``below/``."""
    place = f"refs/heads/{below}/"
    return tuple(git.lines(root, "for-each-ref", "--format=%(refname:short)", place) or ())


def file_on(root: Path, branch: str, path: str) -> str | None:
    """Return the text of a file on a branch; None if there is none or it is no UTF-8."""
    prefix = (git.lines(root, "rev-parse", "--show-prefix") or [""])[0]
    try:
        content = git.output(root, "cat-file", "blob", f"refs/heads/{branch}:{prefix}{path}")
        return content.decode("utf-8")
    except (git.GitError, UnicodeDecodeError):
        return None


def pull_request(root: Path, branch: str) -> tuple[str, ...]:
    """Say how to open a pull request for a branch: commands, and an address where it is known."""
    remotes = git.lines(root, "remote") or []
    if not remotes:
        return (f"git switch {branch}   # there is no remote to push to",)
    remote = "origin" if "origin" in remotes else remotes[0]
    address = (git.lines(root, "remote", "get-url", remote) or [""])[0]
    if "gitlab" in address:
        return (f"git push -u {remote} {branch} -o merge_request.create",)
    steps = (f"git push -u {remote} {branch}", f"gh pr create --head {branch} --fill")
    page = _github_page(address)
    return (*steps, f"or open {page}/compare/{branch}?expand=1") if page else steps


def _github_page(address: str) -> str | None:
    """``git@github.com:o/r.git`` and ``https://github.com/o/r`` → ``https://github.com/o/r``."""
    for start in ("git@github.com:", "ssh://git@github.com/", "https://github.com/"):
        if address.startswith(start):
            return f"https://github.com/{address.removeprefix(start).removesuffix('.git')}"
    return None
