"""An application that is a Python function, called in worker processes.

A worker serves one query after another; one that hangs or dies is replaced, and nothing the
function does to its process reaches ours.
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from casefiles.documents import config
from casefiles.errors import BadInputError
from casefiles.targets import worker
from casefiles.targets.answer import RubbishError, parse_answer
from casefiles.targets.processes import expanded, start, stop
from casefiles.targets.protocol import Outcome, OutcomeStatus, Request

_START_S = 60.0
_TAIL = 4000


class PythonTarget:
    """Calls ``module:function`` in one worker process per query that is under way."""

    def __init__(self, target: config.Target, root: Path, *, timeout_s: float) -> None:
        """Start the first worker. Raises BadInputError if the function cannot be imported."""
        self._target = target
        self._cwd = (root / target.cwd).resolve()
        self._timeout_s = timeout_s
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._lock = threading.Lock()
        if not self._cwd.is_dir():
            message = f"[targets.{target.name}] cwd {target.cwd!r} is no folder"
            raise BadInputError(message, remedy="mend it")
        self._idle.append(self._new())

    def ask(self, request: Request) -> Outcome:
        """Call the function with the query and wait for what it returns."""
        with self._lock:
            helper = self._idle.pop() if self._idle else None
        helper = helper or self._new()
        outcome, alive = helper.call(request, self._timeout_s)
        if alive:
            with self._lock:
                self._idle.append(helper)
        else:
            helper.stop()
            with self._lock:
                self._all.discard(helper)
        return outcome

    def close(self) -> None:
        """Stop every worker at once."""
        with self._lock:
            workers, self._all = list(self._all), set()
            self._idle.clear()
        for helper in workers:
            helper.stop()

    def _new(self) -> _Worker:
        command = [sys.executable, worker.__file__, self._target.python, str(self._cwd)]
        helper = _Worker(start(command, cwd=self._cwd, env=expanded(self._target.env)))
        first = helper.reply(_START_S)
        if first is None or "ready" not in first:
            helper.stop()
            said = (first or {}).get("fatal") or helper.tail() or "it did not start"
            message = f"[targets.{self._target.name}] {self._target.python} cannot be imported"
            raise BadInputError(f"{message} ({said})", remedy="mend the target")
        with self._lock:
            self._all.add(helper)
        return helper


class _Worker:
    """One worker process and the threads that listen to it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._replies: queue.Queue[bytes] = queue.Queue()
        self._tail = b""
        for listen in (self._listen, self._drain):
            threading.Thread(target=listen, daemon=True).start()

    def call(self, request: Request, timeout_s: float) -> tuple[Outcome, bool]:
        """Send a request; return what became of it, and whether the worker lives on."""
        self._tail = b""
        assert self._process.stdin
        with contextlib.suppress(OSError):
            self._process.stdin.write(json.dumps(request.document()).encode() + b"\n")
            self._process.stdin.flush()
        reply = self.reply(timeout_s)
        if reply is None and self._process.poll() is None:
            message = f"no answer within {timeout_s:g} s; it was stopped"
            return Outcome(status="timeout", error=message), False
        if reply is None:
            said = f"its process ended with exit code {self._process.returncode}"
            return Outcome(
                status="error", error="\n".join(filter(None, (said, self.tail())))
            ), False
        return _outcome(reply), True

    def reply(self, timeout_s: float) -> dict[str, Any] | None:
        """Wait for one line; None if it does not come or the process ended."""
        try:
            line = self._replies.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if not line:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
            return None
        found: dict[str, Any] = json.loads(line)
        return found

    def tail(self) -> str:
        """Return the end of what was written to standard error."""
        return self._tail.decode("utf-8", "replace").strip()

    def stop(self) -> None:
        """End the process and everything it started."""
        stop(self._process, gently=False)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _listen(self) -> None:
        assert self._process.stdout
        with contextlib.suppress(OSError, ValueError):
            for line in self._process.stdout:
                self._replies.put(line)
        self._replies.put(b"")

    def _drain(self) -> None:
        assert self._process.stderr
        with contextlib.suppress(OSError, ValueError):
            for line in self._process.stderr:
                self._tail = (self._tail + line)[-_TAIL:]


def _outcome(reply: dict[str, Any]) -> Outcome:
    if "error" in reply:
        return Outcome(status="error", error=reply["error"])
    try:
        answer = parse_answer(reply["answer"])
    except RubbishError as error:
        return Outcome(status="error", error=str(error))
    status: OutcomeStatus = "error" if answer.error is not None else "ok"
    return Outcome(status=status, answer=answer, error=answer.error)
