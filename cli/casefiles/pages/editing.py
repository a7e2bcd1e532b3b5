"""Links that open the right file for a note: in VS Code, or in the repository's web editor."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from casefiles.documents.paths import note_path

ANYBODY = "YOUR-NAME"
"""Stands in the path where nobody says who will write."""
MOST = 6
"""Annotators who get a link of their own."""
BLANK = "---\nverdict: \n---\n"
"""What a new note starts with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where notes are written."""

    folder: str = ""
    """The workspace on this machine, absolute with ``/``; empty in a site that others read."""
    annotator: str = ""
    """Who sits at this machine; empty if nobody knows."""
    repository: str = ""
    """Address of the repository; empty if it has none."""
    branch: str = "main"
    """Its branch."""
    prefix: str = ""
    """The workspace's folder in it, ending in ``/``; empty at its top."""
    annotators: tuple[str, ...] = ()
    """Who reviews."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One way to write a note."""

    words: str
    """What it does."""
    address: str
    """Where it leads."""


def links(desk: Desk, trace: str, *, written: Collection[str]) -> Iterator[Link]:
    """Yield the ways to write a note on a trace; ``written`` are those who have one."""
    if desk.folder and desk.annotator:
        does = "Open your note" if desk.annotator in written else "Write a note"
        path = quote(f"{desk.folder.lstrip('/')}/{note_path(desk.annotator, trace)}")
        yield Link(words=f"{does} in VS Code", address=f"vscode://file/{path}")
    forge = _forge(desk.repository)
    if forge is None:
        return
    known = (*desk.annotators, *sorted(set(written) - set(desk.annotators)))
    for who in known[:MOST] or (ANYBODY,):
        path = f"{desk.prefix}{note_path(who, trace)}"
        does = f"Edit {who}’s note" if who in written else f"Write a note as {who}"
        form = forge.edit if who in written else forge.new
        address = form.format(
            repository=desk.repository.rstrip("/"),
            branch=quote(desk.branch),
            path=quote(path),
            folder=quote(path.rpartition("/")[0]),
            named=quote(path, safe=""),
            blank=quote(BLANK, safe=""),
        )
        yield Link(words=f"{does} on {forge.name}", address=address)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Forge:
    name: str
    host: re.Pattern[str]
    edit: str
    new: str


_FORGES = (
    _Forge(
        name="GitHub",
        host=re.compile(r"(.*\.)?github(\.[\w-]+)+"),
        edit="{repository}/edit/{branch}/{path}",
        new="{repository}/new/{branch}?filename={named}&value={blank}",
    ),
    _Forge(
        name="GitLab",
        host=re.compile(r"(.*\.)?gitlab(\.[\w-]+)+"),
        edit="{repository}/-/edit/{branch}/{path}",
        new="{repository}/-/new/{branch}?file_name={named}",
    ),
    _Forge(
        name="Forgejo",
        host=re.compile(r"(.*\.)?(codeberg|forgejo|gitea)(\.[\w-]+)+"),
        edit="{repository}/_edit/{branch}/{path}",
        new="{repository}/_new/{branch}/{folder}",
    ),
)


def _forge(repository: str) -> _Forge | None:
    parts = urlsplit(repository)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return next((forge for forge in _FORGES if forge.host.fullmatch(parts.hostname)), None)
