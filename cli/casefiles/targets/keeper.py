"""Children that do not outlive a run, even if it is killed in a way that nobody can catch.

A small process of our own watches a pipe that only we hold. When it closes without a farewell, we
are gone, and it ends what we started: the process groups we named, and, where the system tells
(Linux), every process that inherited our mark, a daemon in another group too.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import secrets
import subprocess
import sys
import threading
from functools import cache

from casefiles.targets import keeper_main
from casefiles.targets.keeper_main import FAREWELL, MARK


class Keeper:
    """The watching process and the pipe to it."""

    def __init__(self) -> None:
        """Start watching."""
        self._token = secrets.token_hex(16)
        self._lock = threading.Lock()
        # -E and -S: nothing of the user's environment or packages, and a fast start.
        command = [sys.executable, "-E", "-S", keeper_main.__file__, self._token]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us, not for it
        )
        atexit.register(self.farewell)

    @property
    def environment(self) -> dict[str, str]:
        """What a child's environment must hold to be known by."""
        return {MARK: self._token}

    def guard(self, group: int) -> None:
        """End this process group if we are killed."""
        self._say(f"+{group}")

    def release(self, group: int) -> None:
        """Forget a process group that has ended."""
        self._say(f"-{group}")

    def farewell(self) -> None:
        """Say that nothing is left to be ended, and wait for the keeper to go."""
        self._say(FAREWELL)
        assert self._process.stdin
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)

    def _say(self, line: str) -> None:
        assert self._process.stdin
        with self._lock, contextlib.suppress(OSError, ValueError):  # it may have been killed
            self._process.stdin.write(f"{line}\n".encode())
            self._process.stdin.flush()


@cache
def keeper() -> Keeper | None:
    """Return the keeper of this process, started with the first child; None on Windows."""
    return None if os.name == "nt" else Keeper()
