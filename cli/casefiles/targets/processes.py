"""Child processes that are always stopped, with everything they started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

CAP = 64 * 1024 * 1024
"""Bytes of output that are read; an application that prints more is stopped."""
_GRACE_S = ((signal.SIGINT, 5.0), (signal.SIGTERM, 2.0))


def start(command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a child in a process group of its own, with pipes for all three streams."""
    return subprocess.Popen(  # the caller stops it
        list(command),
        cwd=cwd,
        env={**os.environ, **env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def stop(process: subprocess.Popen[bytes], *, gently: bool = True) -> None:
    """End a child and its group: SIGINT, 5 s, SIGTERM, 2 s, SIGKILL; at once if not gently."""
    if os.name == "nt":
        process.kill()
    else:
        for number, patience in _GRACE_S if gently else ():
            _signal(process, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(patience)
                break
        # Also after a clean end: a grandchild may still hold the pipes.
        _signal(process, signal.SIGKILL)
    process.wait()


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def expanded(env: Mapping[str, str]) -> dict[str, str]:
    """Resolve ``$NAME`` values from our own environment; unset ones are left out."""
    found = {}
    for name, value in env.items():
        text = os.environ.get(value[1:]) if value.startswith("$") else value
        if text is not None:
            found[name] = text
    return found


class Reader(threading.Thread):
    """Reads a stream to its end, or until it exceeds the cap."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Start reading."""
        super().__init__(daemon=True)
        self._stream = stream
        self._chunks: list[bytes] = []
        self.exceeded = threading.Event()
        self.start()

    def run(self) -> None:
        """Read; ends with the stream."""
        size = 0
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(self._stream.fileno(), 1 << 16):
                size += len(chunk)
                if size > CAP:
                    self.exceeded.set()
                    return
                self._chunks.append(chunk)

    def text(self) -> str:
        """Return what was read so far."""
        return b"".join(self._chunks).decode("utf-8", "replace")
