"""A run over a Dask cluster: a real scheduler and two real worker processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app_server import Asked, app_server
from cli import run_cli
from processes import eventually
from traces import read_trace
from workspaces import workspace

COUNT = 40
CASEFILES = (sys.executable, "-c", "from casefiles.commands.main import main; main()")


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Run a scheduler and two workers of two threads; give its address and the workers."""
    place = folder / "scheduler.json"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    shared = ("--scheduler-file", str(place))
    dask = str(Path(sys.executable).with_name("dask"))
    scheduler = [dask, "scheduler", "--host", "127.0.0.1", "--port", "0", *shared]
    worker = [dask, "worker", *shared, "--no-nanny", "--nthreads", "2", "--no-dashboard"]
    processes = [subprocess.Popen([*scheduler, "--no-dashboard", "--no-show"], cwd=folder, **quiet)]
    try:
        assert eventually(place.exists, seconds=30)
        for name in "ab":
            command = [*worker, "--name", name, "--local-directory", str(folder / "dask")]
            processes.append(subprocess.Popen(command, cwd=folder, **quiet))
        yield json.loads(place.read_text())["address"], processes[1:]
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


@pytest.mark.slow
@pytest.mark.timeout(60)
def test_a_run_goes_on_when_a_worker_dies(tmp_path: Path) -> None:
    """Every trace once, whole; conversations of the dead worker are held by the other one."""
    calls: Counter[str] = Counter()
    dying = threading.Event()

    def script(asked: Asked, number: int) -> Any:
        calls[asked.json["session_id"]] += 1
        if number == COUNT // 2:
            dying.set()
        threading.Event().wait(0.1)
        return {"output": f"You said {asked.json['query']}", "cost_usd": 0.01}

    with app_server(script) as server, cluster(tmp_path) as (address, workers):
        folder = workspace(
            tmp_path / "ws",
            {
                "casefiles.toml": f'[targets.app]\nhttp = "{server.url}"\n',
                "traces/dataset/queries.yaml": "queries:\n"
                + "".join(f"- {{id: q{n:03}, text: 'say {n}'}}\n" for n in range(COUNT)),
            },
        )
        run = subprocess.Popen(
            [*CASEFILES, "run", "--scheduler", address, "--json"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert eventually(lambda: dying.is_set() or run.poll() is not None, seconds=40)
        os.kill(workers[0].pid, signal.SIGKILL)
        out, err = run.communicate(timeout=40)

    assert run.returncode == 0, err
    report = json.loads(out)
    assert (report["done"], report["left"], report["statuses"]) == (COUNT, 0, {"ok": COUNT})
    assert report["calls"] == COUNT
    assert report["cost_usd"] == pytest.approx(0.01 * COUNT)
    for number in range(COUNT):
        trace = read_trace(folder, f"round-1/q{number:03}")
        assert trace.turns[1].parts[0].text == f"You said say {number}"
    assert set(calls) == {f"round-1/q{n:03}" for n in range(COUNT)}
    assert calls.total() <= COUNT + 2  # what the dead worker's two threads had begun
    written = {path.relative_to(folder).parts[0] for path in folder.rglob("*") if path.is_file()}
    assert written == {"casefiles.toml", "traces", ".casefiles"}


def test_a_scheduler_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    """Nothing is written."""
    folder = workspace(
        tmp_path,
        {
            "casefiles.toml": '[targets.app]\nhttp = "http://127.0.0.1:9/"\n',
            "traces/dataset/queries.yaml": "queries:\n- {id: q001, text: hi}\n",
        },
    )

    result = run_cli("run", "--scheduler", "nonsense://x", cwd=folder)

    assert (result.code, "the scheduler nonsense://x does not answer" in result.err) == (2, True)
    assert not (folder / "traces/round-1").exists()
