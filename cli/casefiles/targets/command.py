"""An application that is started once for every query."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from casefiles.documents.targets import Command
from casefiles.errors import BadInputError
from casefiles.targets.answer import RubbishError, parse_output
from casefiles.targets.processes import (
    LIMITS,
    TAIL,
    Limits,
    Reader,
    expanded,
    start,
    stop,
    stop_all,
)
from casefiles.targets.protocol import (
    Conversation,
    Exchanges,
    Outcome,
    OutcomeStatus,
    Request,
)


class CommandTarget:
    """Runs an argument list, no shell; the query goes in on stdin or as ``{query}``."""

    def __init__(self, target: Command, root: Path, *, limits: Limits = LIMITS) -> None:
        """Prepare. Raises BadInputError if the program or its folder is not there."""
        self._target = target
        self._cwd = (root / target.cwd).resolve()
        self._limits = limits
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._closed = False
        where = f"[targets.{target.name}]"
        if not self._cwd.is_dir():
            raise BadInputError(f"{where} cwd {target.cwd!r} is no folder", remedy="mend it")
        program = target.command[0]
        # As the system will look for it: a path from the folder it runs in, a name on its PATH.
        sought = str(self._cwd / program) if os.path.dirname(program) else program  # noqa: PTH120
        if shutil.which(sought, path=expanded(target.env).get("PATH")) is None:
            remedy = "install it, or mend the command in the configuration"
            raise BadInputError(f"{where} the program {program!r} was not found", remedy=remedy)

    def open(self, conversation: Conversation) -> Exchanges:  # noqa: ARG002  it is in every request
        """Begin a conversation: the command is started anew for every turn."""
        return Exchanges(send=self._ask)

    def _ask(self, request: Request) -> Outcome:
        """Start the command, hand it the query, and wait for its answer."""
        command = [part.replace("{query}", request.query) for part in self._target.command]
        env = {**expanded(self._target.env), **request.conversation.environment}
        try:
            process = start(command, cwd=self._cwd, env=env)
        except (OSError, ValueError) as error:  # ValueError: a NUL in the query
            return Outcome(status="error", error=f"the command cannot be started: {error}")
        with self._tracked(process):
            return self._talk(process, request)

    def close(self) -> None:
        """Stop every child, gently as long as it listens."""
        with self._lock:
            self._closed = True
            running = list(self._running)
        stop_all(running, gently=self._limits)

    @contextlib.contextmanager
    def _tracked(self, process: subprocess.Popen[bytes]) -> Iterator[None]:
        with self._lock:
            self._running.add(process)
            closed = self._closed
        try:
            if closed:
                stop(process)
            yield
        finally:
            with self._lock:
                self._running.discard(process)
            for stream in (process.stdout, process.stderr):  # the writer closes stdin
                if stream is not None:
                    stream.close()

    def _talk(self, process: subprocess.Popen[bytes], request: Request) -> Outcome:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        cap, drain_s = self._limits.output_bytes, self._limits.drain_s
        out, err = Reader(process.stdout, cap), Reader(process.stderr, cap)
        writer = threading.Thread(target=self._write, args=(process, request), daemon=True)
        writer.start()
        late = not _wait(process, out, err, request.timeout_s)
        if late or out.exceeded.is_set() or err.exceeded.is_set():
            stop(process, gently=self._limits)
        _drain((out, err), drain_s)
        stop(process)
        _drain((out, err), drain_s)  # a grandchild that kept the pipe open is gone now
        if out.exceeded.is_set() or err.exceeded.is_set():
            message = f"it printed more than {cap:,} bytes and was stopped"
            return Outcome(status="error", error=message)
        if late:
            message = f"no answer within {request.timeout_s:g} s; it was stopped"
            return Outcome(status="timeout", error=_with_tail(message, err.text()))
        return self._outcome(process.returncode, out.text(), err.text())

    def _write(self, process: subprocess.Popen[bytes], request: Request) -> None:
        form = self._target.stdin
        text = {"json": json.dumps(request.document()) + "\n", "text": request.query, "none": ""}
        assert process.stdin
        with contextlib.suppress(OSError):  # it need not read what it is given
            process.stdin.write(text[form].encode("utf-8", "replace"))
            process.stdin.flush()
        with contextlib.suppress(OSError):
            process.stdin.close()

    def _outcome(self, code: int, out: str, err: str) -> Outcome:
        try:
            answer = parse_output(out, self._target.output)
        except RubbishError as error:
            said = f"exit code {code}: {error}" if code else str(error)
            return Outcome(status="error", error=_with_tail(said, err))
        if code:
            return Outcome(
                status="error", answer=answer, error=_with_tail(f"exit code {code}", err)
            )
        status: OutcomeStatus = "error" if answer.error is not None else "ok"
        return Outcome(status=status, answer=answer, error=answer.error)


def _drain(readers: tuple[Reader, ...], seconds: float) -> None:
    """Let readers read on, so many seconds in all: what keeps a pipe open may never close it."""
    end = time.monotonic() + seconds
    for reader in readers:
        reader.join(max(0.0, end - time.monotonic()))


def _wait(process: subprocess.Popen[bytes], out: Reader, err: Reader, timeout_s: float) -> bool:
    """Wait for the end of a process, or of our patience with what it prints; False: it is late."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if out.exceeded.is_set() or err.exceeded.is_set():
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(min(0.5, max(0.0, end - time.monotonic())))
            return True
    return False


def _with_tail(message: str, err: str) -> str:
    tail = err.strip()[-TAIL:]
    return f"{message}\n{tail}" if tail else message
