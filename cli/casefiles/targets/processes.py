"""Child processes that are always stopped, with everything they started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from casefiles.targets.keeper import keeper

TAIL = 64 * 1024
"""Characters of an error that are kept for redaction; only then is it cut for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much patience a child is worth."""

    output_bytes: int = 64 * 1024 * 1024
    """What is read of each stream; an application that prints more is stopped."""
    interrupt_s: float = 5.0
    """Seconds to end after SIGINT."""
    terminate_s: float = 2.0
    """Seconds to end after SIGTERM."""
    drain_s: float = 2.0
    """Seconds that a stream may stay open after the child ended."""


LIMITS = Limits()


def start(
    command: Sequence[str], *, cwd: Path, env: Mapping[str, str | None]
) -> subprocess.Popen[bytes]:
    """Start a child in a process group of its own, with pipes for all three streams.

    ``env`` goes over our own environment; None unsets a variable.
    """
    watching = keeper()
    mark = watching.environment if watching else {}
    variables = {**os.environ, **env, **mark}
    process = subprocess.Popen(  # the caller stops it
        list(command),
        cwd=cwd,
        env={name: value for name, value in variables.items() if value is not None},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    if watching:
        watching.guard(process.pid)
    return process


def stop(process: subprocess.Popen[bytes], *, gently: Limits | None = None) -> None:
    """End a child and its group; see `stop_all`."""
    stop_all([process], gently=gently)


def stop_all(processes: Sequence[subprocess.Popen[bytes]], *, gently: Limits | None = None) -> None:
    """End children and their groups, all at once: SIGINT, SIGTERM, SIGKILL.

    Not gently, the last at once; so too if somebody interrupts the wait.
    """
    try:
        for number, patience in _steps(gently):
            left = [process for process in processes if process.poll() is None]
            end = time.monotonic() + patience
            for process in left:
                _signal(process, number)
            for process in left:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, end - time.monotonic()))
    finally:
        for process in processes:
            _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if os.name == "nt":
        process.kill()
    else:  # also after a clean end: a grandchild may still hold the pipes
        _signal(process, signal.SIGKILL)
    process.wait()
    if watching := keeper():
        watching.release(process.pid)


def _steps(limits: Limits | None) -> tuple[tuple[int, float], ...]:
    if limits is None or os.name == "nt":
        return ()
    return (signal.SIGINT, limits.interrupt_s), (signal.SIGTERM, limits.terminate_s)


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
    """Reads a stream to its end, or until it exceeds a number of bytes."""

    def __init__(self, stream: IO[bytes], cap: int) -> None:
        """Start reading."""
        super().__init__(daemon=True)
        self._stream = stream
        self._cap = cap
        self._chunks: list[bytes] = []
        self.exceeded = threading.Event()
        self.start()

    def run(self) -> None:
        """Read; ends with the stream."""
        size = 0
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(self._stream.fileno(), 1 << 16):
                size += len(chunk)
                if size > self._cap:
                    self.exceeded.set()
                    return
                self._chunks.append(chunk)

    def text(self) -> str:
        """Return what was read so far."""
        return b"".join(self._chunks).decode("utf-8", "replace")
