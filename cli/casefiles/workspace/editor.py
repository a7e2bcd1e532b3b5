"""The user's own editor, opened on one file."""

from __future__ import annotations

import os
import re
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
_WINDOWS = {
    **dict.fromkeys("code code-insiders codium cursor windsurf positron".split(), "--wait"),
    **dict.fromkeys("subl sublime_text zed zeditor atom mate bbedit gedit xed".split(), "--wait"),
    **dict.fromkeys(["gvim", "mvim"], "--nofork"),
    "gnome-text-editor": "--standalone",
    "kate": "--block",
    "notepad++": "-multiInst",
}
"""Editors that open a window and return at once, to the option that makes them wait."""
_ALSO_WAITS = frozenset({"-w", "-f", "-b", "-s"})


def editor_of(root: Path) -> list[str]:
    """Return the editor as a command: $VISUAL, $EDITOR, git's core.editor, else a usual one.

    One that is known to open a window is told to wait for it. Raises BadInputError if none is
    set and nobody sits at a terminal, or if it is not installed.
    """
    source, said = _setting(root)
    command = split(said, source) if source else _usual()
    program = shutil.which(command[0])
    if program is None:
        message = f"the editor {command[0]!r} ({source}) was not found"
        raise BadInputError(message, remedy="set EDITOR to one that is installed")
    # On Windows only the whole path, with its .cmd or .exe, starts a program without a shell.
    return waiting([program if os.name == "nt" else command[0], *command[1:]])


def _setting(root: Path) -> tuple[str, str]:
    """Return where an editor is set, and what is set there; two empty words if nowhere."""
    for name in ("VISUAL", "EDITOR"):
        if said := os.environ.get(name, "").strip():
            return f"${name}", said
    said = (git.config_value(root, "core.editor") or "").strip()
    return ("git's core.editor", said) if said else ("", "")


def waiting(command: list[str]) -> list[str]:
    """Return an editor's command with the option that makes it wait, if it needs one."""
    name = re.split(r"[\\/]", command[0])[-1].lower()
    option = _WINDOWS.get(re.sub(r"\.(exe|cmd|bat)$", "", name))
    given = set(command[1:])
    return command if option is None or given & (_ALSO_WAITS | {option}) else [*command, option]


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
    usual = ("notepad",) if os.name == "nt" else ("vi", "nano")
    found = next((name for name in usual if shutil.which(name)), None)
    if found is None:
        raise BadInputError("no editor was found", remedy="set EDITOR to the one you use")
    return [found]


def split(said: str, source: str, *, windows: bool = os.name == "nt") -> list[str]:
    """Split a setting into program and arguments, as the system's shell would.

    On Windows a backslash is a backslash, and the path of a program may hold blanks without
    quotes around it. Raises BadInputError, naming the ``source``, if the quotes do not match.
    """
    if windows and Path(said).is_file():
        return [said]
    try:
        words = shlex.split(said, posix=not windows)
    except ValueError as error:
        message = f"{source} is {said!r}, which is no command ({error})"
        raise BadInputError(message, remedy="mend its quotes") from error
    return [word.strip("\"'") for word in words] if windows else words


@contextmanager
def _interrupts_left_to_the_editor() -> Iterator[None]:
    """Ctrl-C reaches the whole group of processes; in the editor it is a key like any other."""
    # A handler, unlike SIG_IGN, is not inherited by the editor.
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
