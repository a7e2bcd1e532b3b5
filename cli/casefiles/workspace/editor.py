"""The user's own editor, opened on one file."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from casefiles.errors import BadInputError
from casefiles.workspace import git

_AT_ONCE_S = 0.5


def editor_of(root: Path) -> list[str]:
    """Return the editor as a command: $VISUAL, $EDITOR, git's core.editor, else vi or nano.

    Raises BadInputError if none is set and nobody sits at a terminal, or if it is not installed.
    """
    settings = {
        "$VISUAL": os.environ.get("VISUAL"),
        "$EDITOR": os.environ.get("EDITOR"),
        "git's core.editor": git.config_value(root, "core.editor"),
    }
    source, said = next(((k, v) for k, v in settings.items() if v and v.strip()), ("", ""))
    command = _split(said or "", source) if source else _usual()
    if shutil.which(command[0]) is None:
        message = f"the editor {command[0]!r} ({source}) was not found"
        raise BadInputError(message, remedy="set EDITOR to one that is installed")
    return command


def edit(path: Path, *, command: list[str], tell: Callable[[str], None]) -> None:
    """Open a file in the editor and wait for it. Raises BadInputError if the editor fails."""
    before = path.read_bytes()
    began = time.monotonic()
    with _interrupts_left_to_the_editor():
        # Standard output may be the JSON document of --json; the editor's screen never is.
        screen = None if sys.stdout.isatty() else 2
        code = subprocess.run([*command, str(path)], check=False, stdout=screen).returncode
    if code:
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        raise BadInputError(f"the editor {command[0]!r} {how}", remedy="nothing was written")
    at_once = time.monotonic() - began < _AT_ONCE_S
    if at_once and sys.stdin.isatty() and path.is_file() and path.read_bytes() == before:
        wait = f"{command[0]} --wait"
        tell(f"if the editor opened a window, it must wait for it: for example EDITOR='{wait}'")


def _usual() -> list[str]:
    if not sys.stdin.isatty():
        raise BadInputError(
            "no editor is set and this is no terminal",
            remedy="set EDITOR (a note can be written in one line instead: "
            "casefiles note TRACE fail 5 -m 'what you saw')",
        )
    found = next((name for name in ("vi", "nano") if shutil.which(name)), None)
    if found is None:
        raise BadInputError("no editor was found", remedy="set EDITOR to the one you use")
    return [found]


def _split(said: str, source: str) -> list[str]:
    try:
        return shlex.split(said)
    except ValueError as error:
        message = f"{source} is {said!r}, which is no command ({error})"
        raise BadInputError(message, remedy="mend its quotes") from error


@contextmanager
def _interrupts_left_to_the_editor() -> Iterator[None]:
    """Ctrl-C reaches the whole group of processes; in the editor it is a key like any other."""
    # A handler, unlike SIG_IGN, is not inherited by the editor.
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
