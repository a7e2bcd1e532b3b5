"""An application that is a Python function, called in worker processes.

A worker serves one query after another; one that hangs or dies is replaced, and nothing the
function does to its process reaches ours.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from casefiles.documents.targets import Python
from casefiles.errors import BadInputError
from casefiles.targets import worker
from casefiles.targets.answer import RubbishError, parse_answer
from casefiles.targets.processes import LIMITS, TAIL, Limits, expanded, start, stop, stop_all
from casefiles.targets.protocol import Conversation, Outcome, OutcomeStatus, Request

_START_S = 60.0
_POLL_S = 0.5
"""Seconds between two looks at whether a process is still there."""
_END_S = 2.0
"""Seconds that an idle worker may take to end, for what runs at the exit of a program."""


class PythonTarget:
    """Calls ``module:function`` in one worker process per conversation that is under way.

    All turns of a conversation go to one worker, so that the function may keep what it needs of it
    in memory.
    """

    def __init__(self, target: Python, root: Path, *, limits: Limits = LIMITS) -> None:
        """Start the first worker. Raises BadInputError if the function cannot be imported."""
        self._target = target
        self._limits = limits
        self._cwd = (root / target.cwd).resolve()
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._lock = threading.Lock()
        self._closed = False
        if not self._cwd.is_dir():
            message = f"[targets.{target.name}] cwd {target.cwd!r} is no folder"
            raise BadInputError(message, remedy="mend it")
        self.release(self._new({}))

    def open(self, conversation: Conversation) -> _Dialogue:
        """Begin a conversation; it takes a worker with its first turn."""
        return _Dialogue(self, conversation)

    def worker(self, environment: Mapping[str, str | None]) -> _Worker:
        """Take a worker, a new one where the environment is a conversation's own.

        Raises BadInputError if the function can no longer be imported.
        """
        return (None if environment else self._next()) or self._new(environment)

    def release(self, helper: _Worker, *, is_reusable: bool = True) -> None:
        """Take a worker back; one that nobody can use again ends, as a program ends."""
        with self._lock:
            self._busy.discard(helper)
            keep = is_reusable and helper.is_alive() and not self._closed
            if keep:
                self._idle.append(helper)
        if not keep:
            helper.hang_up()
            helper.stop(patience_s=_END_S)

    def close(self) -> None:
        """Stop every worker: busy ones gently, idle ones as a program ends."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            busy = list(self._busy)
        for helper in idle:
            helper.hang_up()
        stop_all([helper.process for helper in busy], gently=self._limits)
        for helper in busy:
            helper.stop()
        for helper in idle:
            helper.stop(patience_s=_END_S)

    def discard(self, helper: _Worker) -> None:
        """Stop a worker that hangs, gently, or is dead."""
        stop(helper.process, gently=self._limits)
        with self._lock:
            self._busy.discard(helper)
        helper.stop()

    def _next(self) -> _Worker | None:
        """Take an idle worker; one that ended by itself meanwhile is of no use."""
        with self._lock:
            while self._idle:
                helper = self._idle.pop()
                self._busy.add(helper)
                if helper.is_alive():
                    return helper
                self._busy.discard(helper)
                helper.stop()
        return None

    def _new(self, environment: Mapping[str, str | None]) -> _Worker:
        command = [sys.executable, worker.__file__, self._target.python, str(self._cwd)]
        env = {**expanded(self._target.env), **environment}
        helper = _Worker(start(command, cwd=self._cwd, env=env))
        with self._lock:
            self._busy.add(helper)
            closed = self._closed
        try:
            first = None if closed else helper.reply(_START_S)
        except BaseException:  # Ctrl-C while the user's code is imported
            self.discard(helper)
            raise
        if first is None or "ready" not in first:
            self.discard(helper)
            said = (first or {}).get("fatal") or helper.tail() or "it did not start"
            message = f"[targets.{self._target.name}] {self._target.python} cannot be imported"
            raise BadInputError(f"{message} ({said})", remedy="mend the target")
        return helper


class _Dialogue:
    """One conversation, all of it with one worker."""

    continues = False  # the function may keep it in its memory

    def __init__(self, target: PythonTarget, conversation: Conversation) -> None:
        self._target = target
        self._environment = conversation.environment
        self._worker: _Worker | None = None

    def ask(self, request: Request) -> Outcome:
        """Call the function with the query and wait for what it returns.

        Raises BadInputError if a new worker is needed and the function can no longer be imported.
        """
        helper = self._worker = self._worker or self._target.worker(self._environment)
        outcome, alive = helper.call(request)
        if not alive:
            self._worker = None
            self._target.discard(helper)
        return outcome

    def close(self) -> None:
        """Give the worker back."""
        if self._worker is not None:
            self._target.release(self._worker, is_reusable=not self._environment)
            self._worker = None


class _Worker:
    """One worker process and the threads that listen to it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._replies: queue.Queue[bytes] = queue.Queue()
        self._tail = b""
        threading.Thread(target=self._listen, daemon=True).start()
        self._drainer = threading.Thread(target=self._drain, daemon=True)
        self._drainer.start()

    def call(self, request: Request) -> tuple[Outcome, bool]:
        """Send a request; return what became of it, and whether the worker lives on."""
        timeout_s = request.timeout_s
        self._tail = b""
        assert self.process.stdin
        with contextlib.suppress(OSError, ValueError):  # it ended, or was closed
            self.process.stdin.write(json.dumps(request.document()).encode() + b"\n")
            self.process.stdin.flush()
        reply = self.reply(timeout_s)
        if reply is not None:
            return _outcome(reply), True
        if self.is_alive():
            message = f"no answer within {timeout_s:g} s; it was stopped"
            return Outcome(status="timeout", error=message), False
        self._drainer.join(_POLL_S)  # its last words; a daemon may keep the pipe open
        said = f"its process ended with exit code {self.process.returncode}"
        error = "\n".join(filter(None, (said, self.tail())))
        return Outcome(status="error", error=error), False

    def is_alive(self) -> bool:
        """Tell whether the process still runs."""
        return self.process.poll() is None

    def reply(self, timeout_s: float) -> dict[str, Any] | None:
        """Wait for one line; None if it does not come or the process ended."""
        line = self._line(timeout_s)
        if not line:
            return None
        try:
            found: dict[str, Any] = json.loads(line)
        except (ValueError, RecursionError) as error:
            return {"error": f"its answer cannot be read: {error}"}
        return found

    def _line(self, timeout_s: float) -> bytes:
        """Wait for a line; empty if it does not come in time, or never will."""
        end = time.monotonic() + timeout_s
        while (left := end - time.monotonic()) > 0:
            is_over = not self.is_alive()
            with contextlib.suppress(queue.Empty):
                line = self._replies.get(timeout=min(_POLL_S, left))
                if not line:  # the end: it will be dead in a moment
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        self.process.wait(5)
                return line
            if is_over:  # and a daemon of it keeps the pipe open
                break
        return b""

    def tail(self) -> str:
        """Return the end of what was written to standard error."""
        return self._tail.decode("utf-8", "replace").strip()

    def hang_up(self) -> None:
        """Let a process that waits for a request end by itself."""
        assert self.process.stdin
        with contextlib.suppress(OSError):
            self.process.stdin.close()

    def stop(self, *, patience_s: float = 0) -> None:
        """End the process and everything it started."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(patience_s)
        stop(self.process)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _listen(self) -> None:
        assert self.process.stdout
        line = bytearray()
        for chunk in _chunks(self.process.stdout):
            line += chunk
            if chunk.endswith(b"\n"):  # one reply is one line, and nothing follows unasked
                self._replies.put(bytes(line))
                line.clear()
        self._replies.put(b"")

    def _drain(self) -> None:
        assert self.process.stderr
        for chunk in _chunks(self.process.stderr):
            self._tail = (self._tail + chunk)[-TAIL:]


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """Read until the end; past Python's buffer, whose lock would make closing wait for a read."""
    with contextlib.suppress(OSError, ValueError):
        while chunk := os.read(stream.fileno(), 1 << 20):
            yield chunk


def _outcome(reply: dict[str, Any]) -> Outcome:
    if "error" in reply:
        return Outcome(status="error", error=reply["error"])
    try:
        answer = parse_answer(reply["answer"])
    except RubbishError as error:
        return Outcome(status="error", error=str(error))
    status: OutcomeStatus = "error" if answer.error is not None else "ok"
    return Outcome(status=status, answer=answer, error=answer.error)
