"""How fast `run` is beside the same loop in plain aiohttp, against one server in a process."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import aiohttp
import pytest

from casefiles.loop import run
from casefiles.workspace.find import Workspace, find

QUERIES = 1000
SERVER = Path(__file__).with_name("slow_app.py")


@contextmanager
def serving(delay_s: float) -> Iterator[str]:
    """Run the server; give its address."""
    process = subprocess.Popen(
        [sys.executable, str(SERVER), str(delay_s)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


def workspace(folder: Path, url: str, queries: int) -> Workspace:
    """Write a workspace with so many queries."""
    (folder / "traces/dataset").mkdir(parents=True)
    (folder / "casefiles.toml").write_text(f'[targets.app]\nhttp = "{url}"\n')
    rows = (f"- {{id: q{n:05}, text: 'say {n}'}}\n" for n in range(queries))
    (folder / "traces/dataset/queries.yaml").write_text("queries:\n" + "".join(rows))
    return find(folder)


def plain(url: str, width: int) -> float:
    """Send the queries in plain aiohttp, so many at once; return the seconds it took."""

    async def main() -> None:
        todo = iter(range(QUERIES))
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def work() -> None:
                for number in todo:
                    async with session.post(url, json={"query": f"say {number}"}) as response:
                        await response.json()

            await asyncio.gather(*(work() for _ in range(width)))

    began = time.perf_counter()
    asyncio.run(main())
    return time.perf_counter() - began


def ours(folder: Path, url: str, width: int) -> float:
    """Run the queries, traces written; return the seconds it took, imports and dataset excluded."""
    made = workspace(folder, url, QUERIES)
    began = time.perf_counter()
    report = run.run(made, how=run.How(concurrency=width))
    seconds = time.perf_counter() - began
    assert report.statuses == {"ok": QUERIES}
    assert len(list(folder.glob("traces/round-1/*.md"))) == QUERIES
    return seconds


def test_run_beside_plain_aiohttp(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """At most 1.25 × at 50 at once and 200 ms; at 200 at once no slower than at 50."""
    folder = (tmp_path / f"{n}" for n in count())
    with serving(0.2) as url:
        run.run(workspace(next(folder), url, 1))  # what is imported is imported now
        pairs = [(ours(next(folder), url, 50), plain(url, 50)) for _ in range(3)]
        wide = [(ours(next(folder), url, 200), plain(url, 200)) for _ in range(3)]
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    seconds = [statistics.median(mine for mine, _ in found) for found in (pairs, wide)]

    with capsys.disabled():
        print(
            f"\n{QUERIES} queries, 200 ms, 50 at once: {ratio:.2f} × plain aiohttp (at most 1.25)"
        )
        wider = statistics.median(mine / theirs for mine, theirs in wide)
        print(f"200 at once: {wider:.2f} × plain; {seconds[1]:.1f} s, at 50 {seconds[0]:.1f} s")
    assert ratio <= 1.25
    assert seconds[1] <= seconds[0]


def test_memory_does_not_grow_with_the_queries(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the first tenth to the last query at most 4 MB, whatever their number."""
    queries = 4 * QUERIES
    seen: list[float] = []

    def look(tick: run.Tick) -> None:
        if tick.done in (queries // 10, queries):
            status = Path("/proc/self/status").read_text()
            seen.append(int(status.split("VmRSS:")[1].split()[0]) / 1024)

    with serving(0.0) as url:
        run.run(workspace(tmp_path, url, queries), how=run.How(concurrency=50), progress=look)

    with capsys.disabled():
        print(f"\nresident after {queries // 10} and {queries} queries: {seen} MB")
    assert seen[1] - seen[0] <= 4
