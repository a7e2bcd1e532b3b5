"""A person who reads traces: a workspace to read in, editors that type, and what came of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from textwrap import dedent
from typing import Any

import pexpect

from casefiles.loop import note
from casefiles.loop.own_note import Saved
from casefiles.loop.pile import Next, Pile
from casefiles.loop.sitting import Sitting
from casefiles.workspace.find import find
from workspaces import trace_text, workspace

CASEFILES = str(Path(sys.executable).with_name("casefiles"))
ONE = "traces/round-1/q001.md"
TYPE = "text = text.replace('your note.\\n', 'your note.\\n{}\\n', 1)"
"""The program of a scripted editor that types below the help."""


def three(folder: Path, **files: str) -> Path:
    """Write a workspace of three traces."""
    traces = {f"traces/round-1/q00{n}.md": trace_text(f"question {n}") for n in (1, 2, 3)}
    return workspace(folder, {**traces, **files})


def note_text(root: Path, name: str = "q001", *, by: str = "ana") -> str:
    """Return somebody's note."""
    return (root / f"notes/{by}/round-1/{name}.md").read_text("utf-8")


def notes_of(root: Path) -> list[str]:
    """Name the notes there are."""
    return sorted(path.relative_to(root).as_posix() for path in root.glob("notes/*/*/*.md"))


def drafts_of(root: Path) -> list[str]:
    """Name ana's drafts."""
    return sorted(path.name for path in root.glob(".casefiles/drafts/ana/**/*.md"))


def typed(text: str) -> Callable[[Path], None]:
    """Make an editor in which a person types below the help, then saves and closes."""

    def edit(path: Path) -> None:
        before = path.read_text("utf-8")
        path.write_text(before.replace("your note.\n", f"your note.\n{text}\n", 1), "utf-8")

    return edit


def one_after_another(*texts: str) -> Callable[[Path], None]:
    """Make an editor in which a person types another text each time, then nothing more."""
    left = iter(texts)

    def edit(path: Path) -> None:
        typed(next(left, ""))(path)

    return edit


def sitting(root: Path, edit: Callable[[Path], None], **settings: Any) -> Sitting:
    """Sit down as ana, at a fixed time."""
    now = datetime(2026, 11, 24, 3, 20, tzinfo=timezone(timedelta(hours=2)))
    given = {"now": lambda: now, "clock": lambda: 0.0, **settings}
    return Sitting(workspace=find(root), me="ana", edit=edit, **given)


def opened(root: Path, edit: Callable[[Path], None], **settings: Any) -> Saved | None:
    """Open the note on q001, picked by hand; None if nothing was saved."""
    outcome = note.open_note(sitting(root, edit, **settings), Next(reference="round-1/q001"))
    return outcome if isinstance(outcome, Saved) else None


def sat(root: Path, edit: Callable[[Path], None], **settings: Any) -> list[Saved]:
    """Read one trace after another as ana; return the notes written."""
    order = settings.pop("order", None)
    pile = Pile(find(root), "ana", order=order)
    events = note.sit(sitting(root, edit, **settings), pile)
    return [event for event in events if isinstance(event, Saved)]


def names(saved: list[Saved]) -> list[str]:
    """Name the traces of notes, without their round."""
    return [one.reference.partition("/")[2] for one in saved]


def script(folder: Path, body: str) -> str:
    """Write an editor as a Python program: `text` is the buffer, what it leaves is saved."""
    path = folder / "editor.py"
    head = "import sys, pathlib\npath = pathlib.Path(sys.argv[1])\ntext = path.read_text('utf-8')\n"
    path.write_text(f"{head}{dedent(body)}\npath.write_text(text, 'utf-8')\n", "utf-8")
    return f"'{sys.executable}' '{path}'"


def terminal(root: Path, *words: str, **variables: str) -> pexpect.spawn:
    """Start casefiles as ana in a terminal of its own."""
    return pexpect.spawn(
        CASEFILES,
        [*words, "--as", "ana"],
        cwd=str(root),
        env={**os.environ, "TERM": "xterm", **variables},
        encoding="utf-8",
        codec_errors="replace",  # under LC_ALL=C vim asks the terminal in single bytes
        timeout=20,
        dimensions=(40, 100),
    )
