"""The program of the keeper: waits for the end of its input, then ends what is left.

Started by its path, with only the standard library. Its argument is the mark of the processes it is
responsible for; its input are lines ``+GROUP``, ``-GROUP`` and a farewell.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path

MARK = "CASEFILES_KEEPER"
"""Variable that a marked process has in its environment."""
FAREWELL = "bye"
_STEPS = ((signal.SIGINT, 2.0), (signal.SIGTERM, 1.0), (signal.SIGKILL, 0.5))
"""Signals, and the seconds each is given."""


def main() -> None:
    """Watch; end what is left if nobody said farewell."""
    groups: set[int] = set()
    for line in sys.stdin:
        word = line.strip()
        if word == FAREWELL:
            return
        if word[1:].isdecimal():
            (groups.add if word[0] == "+" else groups.discard)(int(word[1:]))
    mark = f"{MARK}={sys.argv[1]}".encode()
    for number, patience in _STEPS:
        end = time.monotonic() + patience
        _send(number, groups, mark)
        while _left(groups, mark) and time.monotonic() < end:
            time.sleep(0.05)
    # A child may have been on its way when we looked: until it runs it has no environment.
    _send(signal.SIGKILL, groups, mark)


def _send(number: int, groups: set[int], mark: bytes) -> None:
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, number)
    for process in _marked(mark):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process, number)


def _left(groups: set[int], mark: bytes) -> bool:
    return any(map(_is_there, groups)) or bool(_marked(mark))


def _is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _marked(mark: bytes) -> list[int]:
    """Processes that have the mark; none where the system does not tell."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


if __name__ == "__main__":
    main()
