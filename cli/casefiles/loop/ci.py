"""Pipelines of a code host: check and comment on what is proposed, publish what is merged."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Literal

from casefiles import __version__
from casefiles.documents.plan import Change
from casefiles.errors import BadInputError
from casefiles.text.odd import is_odd
from casefiles.workspace import git
from casefiles.workspace.tree import is_linked
from casefiles.workspace.write import write_bytes

Host = Literal["auto", "github", "gitlab", "both", "none"]
_FILES = {
    "github": {
        ".github/workflows/casefiles.yml": "github.yml",
        ".github/workflows/casefiles-comment.yml": "github-comment.yml",
    },
    "gitlab": {".gitlab/casefiles.yml": "gitlab.yml"},
}


def pipelines(root: Path, host: Host) -> tuple[Path, dict[str, str]]:
    """Return where the pipelines of a workspace belong, and path to content of each.

    That is the top of its repository, where alone hosts look; a workspace that is in none yet is
    its own top. ``auto`` asks the remote, and writes for both hosts where that does not say.
    """
    top = git.top(root) or root
    folder = root.relative_to(top).as_posix()
    files = {path: name for chosen in _hosts(root, host) for path, name in _FILES[chosen].items()}
    if files and (is_odd(folder) or any(mark in folder for mark in '"\\\n${')):
        message = f"the folder {folder!r} cannot stand in a pipeline"
        raise BadInputError(message, remedy="rename it, or leave pipelines out with --ci none")
    return top, {path: _filled(name, folder) for path, name in files.items()}


def changes(top: Path, contents: dict[str, str]) -> tuple[list[Change], list[str]]:
    """Return what is to be written, and which files were there already."""
    kept = [path for path in contents if (top / path).exists()]
    new = [
        Change(path=path, before=None, after=text)
        for path, text in contents.items()
        if path not in kept
    ]
    return new, kept


def write_all(top: Path, new: list[Change]) -> None:
    """Write pipelines; the top of a repository need not be a workspace, so it gets no lock.

    Raises BadInputError where a link is in the way.
    """
    for change in new:
        if is_linked(top, change.path):
            raise BadInputError("links are not followed", where=change.path)
        path = top / change.path
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, (change.after or "").encode())


def _hosts(root: Path, host: Host) -> tuple[str, ...]:
    if host == "auto":
        remote = (git.config_value(root, "remote.origin.url") or "") if root.is_dir() else ""
        known = tuple(name for name in _FILES if name in remote)
        return known or tuple(_FILES)
    return {"both": tuple(_FILES), "none": ()}.get(host, (host,))


def _filled(name: str, folder: str) -> str:
    text = resources.files("casefiles.loop").joinpath("scaffold", name).read_text("utf-8")
    return text.replace("@FOLDER@", folder).replace("@VERSION@", __version__)
