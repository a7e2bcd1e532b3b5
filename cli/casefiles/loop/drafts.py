"""Drafts: what a reviewer types lies on disk from the first moment, until it is in the note.

The editor works on ``.casefiles/drafts/<annotator>/<round>/<trace>.md`` itself (``batch.md`` for
several traces in one buffer); beside it a JSON file keeps what the tool knew when it opened the
editor. Whatever crashes, both are still there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from casefiles.review.mode_keys import KeyedMode
from casefiles.review.reading import is_touched
from casefiles.review.shown import BAR
from casefiles.workspace.find import Workspace
from casefiles.workspace.write import write_bytes

BATCH = "batch"
"""Name of the draft of several traces; that of a single one is named by its reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What the tool knew when it opened the editor."""

    buffer: str
    """The buffer as the reviewer got it."""
    notes: Mapping[str, str | None] = field(default_factory=dict)
    """Each trace in it, in order, to my note's file as it was; None: there was none."""
    drawn: tuple[str, ...] = ()
    """Those of them that the queue gave, in random order."""
    modes: tuple[KeyedMode, ...] = ()
    """The failure modes that can be judged in it, with their keys as shown."""
    blind: bool = True
    """Whether colleagues' notes are not shown in it."""
    seconds: float = 0.0
    """Time spent so far, idle time cut off."""


def path_of(workspace: Workspace, me: str, name: str) -> Path:
    """Return the file the editor works on."""
    return workspace.private / "drafts" / me / f"{name}.md"


def kept(workspace: Workspace, me: str) -> list[str]:
    """Return the traces of which something typed is left over, sorted; a batch is none of them."""
    folder = workspace.private / "drafts" / me
    found = sorted(folder.glob("*/*.md"))
    references = [path.relative_to(folder).with_suffix("").as_posix() for path in found]
    return [reference for reference in references if resume(workspace, me, reference) is not None]


def begin(workspace: Workspace, me: str, name: str, opened: Opened, text: str) -> None:
    """Write a draft: what the editor is to show, and what is known about it."""
    path = path_of(workspace, me, name)
    # Before a person typed there is nothing that could be lost, and waiting for the disk is slow.
    write_bytes(path, text.encode(), durable=text != opened.buffer)
    update(workspace, me, name, opened)


def update(workspace: Workspace, me: str, name: str, opened: Opened) -> None:
    """Write what is known about a draft."""
    path = _beside(path_of(workspace, me, name))
    write_bytes(path, json.dumps(asdict(opened)).encode())


def resume(workspace: Workspace, me: str, name: str) -> Opened | None:
    """Return what is known about a draft with something typed in it; None if there is none."""
    path = path_of(workspace, me, name)
    if not path.is_file():
        return None
    written = read(path)
    opened = _known(_beside(path)) or Opened(buffer=_marked(written), notes={name: None})
    return opened if is_touched(written, opened.buffer) else None


def discard(workspace: Workspace, me: str, name: str) -> None:
    """Remove a draft; its text is in the note, or was emptied on purpose."""
    path = path_of(workspace, me, name)
    path.unlink(missing_ok=True)
    _beside(path).unlink(missing_ok=True)


def read(path: Path) -> str:
    """Read what the editor left; a line that is not UTF-8 is read as Latin-1, never refused.

    A file that begins with the byte order mark of UTF-16 is read as such (Notepad's "Unicode").
    """
    content = path.read_bytes() if path.is_file() else b""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    return "\n".join(map(_decoded, content.split(b"\n")))


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _beside(path: Path) -> Path:
    return path.with_suffix(".json")


def _known(path: Path) -> Opened | None:
    try:
        data = json.loads(path.read_bytes())
        modes = tuple(KeyedMode(**mode) for mode in data.pop("modes"))
        return Opened(drawn=tuple(data.pop("drawn")), modes=modes, **data)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _marked(written: str) -> str:
    """The lines of a draft that look like the tool's: all there is to go by if the rest is lost."""
    return "\n".join(line for line in written.split("\n") if line.startswith(BAR))
