"""`run` killed at random moments, then run again: all there once, nothing paid twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app_server import Asked, app_server
from cli import run_cli
from processes import eventually
from traces import read_trace
from workspaces import workspace

COUNT = 60
KILLS = 10
WIDTH = 4  # the default concurrency
GRACE_S = 1.0
"""Seconds that an answer may take from the server's socket to our journal on a busy machine."""
CASEFILES = (sys.executable, "-c", "from casefiles.commands.main import main; main()")


@dataclass(kw_only=True)
class Till:
    """Counts what has to be paid."""

    calls: Counter[str] = field(default_factory=Counter)
    answers: int = 0
    answered: dict[str, float] = field(default_factory=dict)
    """Conversation to when it was answered last."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def in_flight(self) -> int:
        """Calls that are not answered yet."""
        with self.lock:
            return self.calls.total() - self.answers

    def charge(self, asked: Asked, _: int) -> Any:
        """Answer after a moment, and note when."""
        session = asked.json["session_id"]
        with self.lock:
            self.calls[session] += 1
        time.sleep(0.04)
        with self.lock:
            self.answers += 1
            self.answered[session] = time.monotonic()
        text = f"You said {asked.json['query']}"
        tool = {"role": "tool", "content": "x" * 70_000}
        return {"messages": [tool, {"role": "assistant", "content": text}]}


def sound(folder: Path) -> dict[str, bytes]:
    """Return the traces that are there; each must be whole."""
    found = {}
    for path in folder.glob("traces/round-1/*.md"):
        read_trace(folder, f"round-1/{path.stem}")
        found[f"round-1/{path.stem}"] = path.read_bytes()
    return found


def journalled(folder: Path) -> set[str]:
    """Return the conversations whose answer is written down, in no trace yet."""
    return {
        f"round-1/{path.stem}"
        for path in folder.glob(".casefiles/unfinished/round-1/*.jsonl")
        if path.read_bytes().endswith(b"}") and b"\n" in path.read_bytes()
    }


def test_ten_kills_cost_nothing_twice(tmp_path: Path) -> None:
    """A call is repeated only if its answer was still on its way when the run was killed."""
    till, chance = Till(), random.Random(4)
    written: dict[str, bytes] = {}
    paid: dict[str, int] = {}  # conversation whose answer we have -> its calls when we got it
    repeated = 0
    with app_server(till.charge) as server:
        folder = workspace(
            tmp_path,
            {
                "casefiles.toml": f'[targets.app]\nhttp = "{server.url}"\n',
                "traces/dataset/queries.yaml": "queries:\n"
                + "".join(f"- {{id: q{n:03}, text: 'say {n}'}}\n" for n in range(COUNT)),
            },
        )
        for _ in range(KILLS):
            before = till.calls.total()
            process = subprocess.Popen([*CASEFILES, "run"], cwd=folder, stderr=subprocess.DEVNULL)
            eventually(lambda before=before: till.calls.total() > before, seconds=30)  # type: ignore[misc]
            time.sleep(chance.uniform(0, 0.15))  # the random moment
            killed = time.monotonic()
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            assert eventually(lambda: till.in_flight == 0)
            here = sound(folder)
            assert all(here[name] == content for name, content in written.items())
            written = here
            for name in here.keys() | journalled(folder):
                assert till.calls[name] == paid.setdefault(name, till.calls[name])
            lost = till.calls.keys() - paid.keys()
            long_ago = {name for name in lost if till.answered[name] < killed - GRACE_S}
            assert long_ago == set(), "an answer arrived long before the kill and is nowhere"
            repeated += len(lost)

        result = run_cli("run", cwd=folder)

    assert result.code == 0, result.err
    assert sound(folder).keys() == {f"round-1/q{n:03}" for n in range(COUNT)}
    assert {name: till.calls[name] for name in paid} == paid
    assert till.calls.total() <= COUNT + repeated
    assert repeated <= KILLS * WIDTH
    assert [*folder.rglob("*.tmp"), *folder.rglob("*.jsonl")] == []
    assert run_cli("check", cwd=folder).code == 0
