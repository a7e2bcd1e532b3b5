"""Runs the small agent, many times, each in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import small_agent
from processes import eventually

PROGRAM = str(Path(small_agent.__file__))


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How an agent ended."""

    code: int
    """Its exit code; minus the number of the signal that ended it."""
    output: str
    """What it printed."""
    errors: str
    """What it printed to standard error."""


class Agents:
    """A process that has imported everything and forks an agent for each query."""

    def __init__(self, folder: Path, process: subprocess.Popen[str]) -> None:
        """Take the folder for its files and the running process."""
        self._folder = folder
        self._process = process
        self._line()

    def run(
        self,
        stack: str,
        query: str,
        env: Mapping[str, str | None],
        *,
        interrupt_at: str | None = None,
    ) -> Ended:
        """Run one agent; interrupt it, as Ctrl-C does, once it wrote a text to standard error."""
        files = {name: str(self._folder / name) for name in ("in", "out", "err")}
        for name in files.values():
            Path(name).unlink(missing_ok=True)
        Path(files["in"]).write_text(json.dumps({"query": query}))
        env = {"PATH": os.environ["PATH"], **env}
        variables = {name: value for name, value in env.items() if value is not None}
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"stack": stack, "env": variables, **files}) + "\n")
        self._process.stdin.flush()
        child = int(self._line())
        if interrupt_at is not None:
            errors = Path(files["err"])
            assert eventually(
                lambda: errors.exists() and interrupt_at in errors.read_text(), seconds=30
            )
            os.killpg(child, signal.SIGINT)
        code = int(self._line())
        return Ended(
            code=code, output=Path(files["out"]).read_text(), errors=Path(files["err"]).read_text()
        )

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline()


@contextmanager
def agents(folder: Path) -> Iterator[Agents]:
    """Start the process that agents are forked from."""
    process = subprocess.Popen(
        [sys.executable, PROGRAM, "serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"]},
    )
    try:
        yield Agents(folder, process)
    finally:
        process.kill()
        process.communicate()
