"""A terminal as a person sees it: a program on one side, what its screen shows on the other."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pyte

from reading import CASEFILES

PATIENCE_S = 30
"""Seconds after which what is waited for will not come."""


class Screen:
    """A program in a terminal of 40 lines of 100 columns."""

    def __init__(self, child: pexpect.spawn, *, lines: int = 40, columns: int = 100) -> None:
        """Look at what a program shows."""
        self.child = child
        self.shown = pyte.HistoryScreen(columns, lines, history=100_000)
        self.stream = pyte.ByteStream(self.shown)
        self.received = b""

    @property
    def text(self) -> str:
        """What stands on the screen now, blanks at line ends left out."""
        return "\n".join(line.rstrip() for line in self.shown.display)

    @property
    def title(self) -> str:
        """The title of the window: a trace must not set it."""
        return str(self.shown.title)

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Wait until the screen shows a pattern; fail with the screen if it never does."""
        end = time.monotonic() + PATIENCE_S
        while not (found := re.search(pattern, self.text)):
            if not self._read() or time.monotonic() > end:
                found = re.search(pattern, self.text)
                assert found, f"no {pattern!r} on the screen:\n{self.text}"
                break
        return found

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so, taking in what the program shows meanwhile."""
        end = time.monotonic() + PATIENCE_S
        while not is_so():
            assert self._read(), f"it ended:\n{self.text}"
            assert time.monotonic() < end, f"it does not come to be:\n{self.text}"

    def wait_for_end(self) -> int:
        """Wait until the program ends; return its exit code, negative for a signal."""
        end = time.monotonic() + PATIENCE_S
        while self._read():
            assert time.monotonic() < end, f"it goes on:\n{self.text}"
        self.child.wait()
        if self.child.signalstatus is not None:
            return -int(self.child.signalstatus)
        return int(self.child.exitstatus)

    def send(self, text: str) -> None:
        """Type."""
        self.child.send(text)

    def kill(self) -> None:
        """End the program at once, with all that it started, as a crash of the machine would."""
        os.killpg(os.getpgid(self.child.pid), signal.SIGKILL)
        self.child.wait()

    def _read(self) -> bool:
        """Take in what the program wrote; False: it has ended."""
        try:
            new = self.child.read_nonblocking(65_536, timeout=0.05)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.received += new
        self.stream.feed(new)
        return True


@contextmanager
def screen(root: Path, *words: str, who: str = "ana", **variables: str) -> Iterator[Screen]:
    """Start casefiles in a terminal; whatever still runs at the end is ended."""
    child = pexpect.spawn(
        CASEFILES,
        [*words, "--as", who],
        cwd=str(root),
        env={**os.environ, "TERM": "xterm", **variables},
        dimensions=(40, 100),
    )
    child.delaybeforesend = None
    try:
        yield Screen(child)
    finally:
        child.close(force=True)
