"""A hundred queries and their filter pass, beside the same calls through bare litellm."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from casefiles.documents.question import Message
from casefiles.loop.queries_model import QueryJob
from casefiles.models.provider import litellm
from casefiles.workspace.find import find
from model_server import model_server
from query_model import MODEL, good, service, shop

CALLS = 200
CONCURRENCY = 10
ROUNDS = 3
MOST = 1.2


@contextmanager
def slow_server(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run the server whose answers take 200 ms, in a process of its own."""
    program = str(Path(__file__).with_name("slow_model.py"))
    with subprocess.Popen(
        [sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        for name in ("OPENAI_API_BASE", "OPENAI_BASE_URL"):
            patch.setenv(name, url)
        try:
            yield
        finally:
            process.communicate()


def wide(folder: Path) -> Path:
    """A workspace with a hundred tuples."""
    rows = "".join(
        f"- {{id: t{n:03d}, values: {{feature: f{n // 10}, persona: p{n % 10}}}}}\n"
        for n in range(CALLS // 2)
    )
    return shop(folder, dimensions="dimensions: []\n", tuples=f"tuples:\n{rows}")


def ours(folder: Path) -> float:
    """Run the whole job; return the seconds after the first answer."""
    first: list[float] = []

    def tell(_: str, done: int, __: int) -> None:
        if done and not first:
            first.append(time.perf_counter())

    asked = service(folder, concurrency=CONCURRENCY, timeout_s=60)
    found = QueryJob(find(wide(folder)), asked, count=CALLS // 2).run(tell)
    seconds = time.perf_counter() - first[0]
    assert (len(found.new), found.checked, found.spent.calls) == (CALLS // 2, CALLS // 2, CALLS)
    return seconds


async def bare(chats: Sequence[Sequence[Message]]) -> float:
    """Ask the same through litellm alone; return the seconds after the first answer."""
    module, gate, first = litellm(), asyncio.Semaphore(CONCURRENCY), list[float]()

    async def ask(chat: Sequence[Message]) -> None:
        async with gate:
            await module.acompletion(model=MODEL, messages=[dict(message) for message in chat])
        first.append(time.perf_counter())

    await asyncio.gather(*map(ask, chats))
    return time.perf_counter() - first[0]


def test_queries_by_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """200 calls, the filter pass counted, take at most 1.2 × bare litellm after the first."""
    with model_server(good, monkeypatch) as server:  # what the job asks, recorded without delay
        ours(tmp_path / "recorded")
    chats = [request["messages"] for request in server.requests]
    with slow_server(monkeypatch):
        pairs = [(ours(tmp_path / f"run-{n}"), asyncio.run(bare(chats))) for n in range(ROUNDS)]
    ratio = statistics.median(mine / plain for mine, plain in pairs)
    with capsys.disabled():
        shown = ", ".join(f"{mine:.2f} s / {plain:.2f} s" for mine, plain in pairs)
        print(f"\n{CALLS} calls at {CONCURRENCY} at once: {ratio:.2f} × bare litellm ({shown})")
    assert ratio <= MOST
