"""A run against a server: what is tried again, what stops it, what never reaches a file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pytest

from app_server import Asked, Said, app_server
from casefiles.documents.trace import Trace
from cli import Result, run_cli
from repositories import Repository, repository
from traces import read_trace
from workspaces import workspace

CASEFILES = (sys.executable, "-c", "from casefiles.commands.main import main; main()")
SECRET = "quiet horse seven"


def folder_with(tmp_path: Path, url: str, *, count: int = 3, more: str = "") -> Path:
    """Write a workspace whose application is a server."""
    rows = "".join(f"- {{id: q{n:03}, text: 'say {n}'}}\n" for n in range(count))
    return workspace(
        tmp_path,
        {
            "casefiles.toml": f'[targets.app]\nhttp = "{url}"\n{more}',
            "traces/dataset/queries.yaml": f"queries:\n{rows}",
        },
    )


def report(result: Result) -> dict[str, Any]:
    """Return what a run says of itself."""
    found: dict[str, Any] = json.loads(result.out)
    return found


def read(folder: Path, name: str) -> Trace:
    """Read a trace of round 1."""
    return read_trace(folder, f"round-1/{name}")


def traces(folder: Path) -> list[str]:
    """Return the names of the traces of round 1."""
    return sorted(path.stem for path in folder.glob("traces/round-1/*.md"))


def test_a_busy_server_is_asked_again(tmp_path: Path) -> None:
    """After the wait it asks for; the trace says how often it took."""

    def script(_: Asked, number: int) -> Any:
        return "fine" if number == 3 else Said(status=503, headers={"Retry-After": "0"})

    with app_server(script) as server:
        folder = folder_with(tmp_path, server.url, count=1)
        result = run_cli("run", "--json", cwd=folder)

    assert (result.code, report(result)["calls"], report(result)["statuses"]) == (0, 3, {"ok": 1})
    assert read(folder, "q000").turns[0].data == {"tries": 3}


def test_a_server_that_stays_broken_is_an_error_trace(tmp_path: Path) -> None:
    """It answered, if badly: that is data; so is a request it refuses, which is sent once."""
    with app_server(lambda *_: Said(status=500, headers={"Retry-After": "0"}, body="db")) as server:
        folder = folder_with(tmp_path / "a", server.url, count=1)
        assert run_cli("run", cwd=folder).code == 0
        assert len(server.asked) == 3
    with app_server(lambda *_: Said(status=422, body="no message")) as server:
        other = folder_with(tmp_path / "b", server.url, count=1)
        assert run_cli("run", cwd=other).code == 0
        assert len(server.asked) == 1

    assert read(folder, "q000").head.error == "HTTP 500: db"
    assert read(other, "q000").head.error == "HTTP 422: no message"


def test_an_application_that_is_not_there_stops_the_run(tmp_path: Path) -> None:
    """A hundred traces that say so would be of no use to anybody."""
    folder = folder_with(tmp_path, "http://127.0.0.1:9/", more="[run]\nretries = 0\n")

    result = run_cli("run", cwd=folder)

    assert (result.code, traces(folder)) == (2, [])
    assert "the application cannot be reached" in result.err
    assert "start it" in result.err


def test_an_application_that_goes_away_stops_the_run_too(tmp_path: Path) -> None:
    """Soon, and what it answered is kept; the next run goes on."""
    gone = threading.Event()

    def script(_: Asked, number: int) -> Any:
        return "fine" if number <= 5 or not gone.is_set() else Said(body="half", claimed=99)

    gone.set()
    with app_server(script) as server:
        folder = folder_with(tmp_path, server.url, count=60, more="[run]\nretries = 0\n")
        result = run_cli("run", "--concurrency", "1", cwd=folder)
        assert (result.code, "can no longer be reached" in result.err) == (2, True)
        assert len(traces(folder)) < 20
        gone.clear()
        assert run_cli("run", "--retry-errors", cwd=folder).code == 0

    assert len(traces(folder)) == 60
    assert {read(folder, name).head.status for name in traces(folder)} == {"ok"}


def leaks(asked: Asked, number: int) -> Any:
    """Tell everything it was told, in every place an answer has."""
    header = asked.headers["x-shop-token"]
    if number == 1:
        return Said(status=400, body=f"bad token {header}")
    call = {"id": "1", "function": {"name": header, "arguments": json.dumps({"t": header})}}
    return {
        "output": f"I use {header}",
        "session_id": header,
        "metadata": {header: [header]},
        "messages": [
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "1", "content": "x " * 40_000 + header},
        ],
    }


def test_no_secret_of_headers_or_environment_reaches_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the application prints it, and though it looks like no key at all."""
    monkeypatch.setenv("SHOP_ACCESS", SECRET)
    more = 'headers = { "X-Shop-Token" = "$SHOP_ACCESS" }\nbody = { q = "{query}" }\n'
    with app_server(leaks) as server:
        folder = folder_with(tmp_path / "a", server.url, more=more)
        assert run_cli("run", cwd=folder).code == 0
        assert server.asked[0].headers["x-shop-token"] == SECRET
    script = (
        "import os\nprint(os.environ['SHOP_TOKEN'])\nraise SystemExit(os.environ['SHOP_TOKEN'])"
    )
    command = json.dumps([sys.executable, "-S", "-E", "app.py"])
    toml = f'[targets.app]\ncommand = {command}\nenv = {{ SHOP_TOKEN = "$SHOP_ACCESS" }}\n'
    other = folder_with(tmp_path / "b", "")
    workspace(other, {"casefiles.toml": toml, "app.py": script})
    assert run_cli("run", cwd=other).code == 0

    for place in (folder, other):
        files = [path for path in place.rglob("*") if path.is_file()]
        assert len(files) > 5
        for path in files:
            assert SECRET.encode() not in path.read_bytes(), path
    said = {read(folder, name).turns[-1].parts[0].text for name in traces(folder)}
    assert "I use [env-SHOP_ACCESS-1]" in said
    assert "[env-SHOP_ACCESS-1]" in (read(other, "q000").head.error or "")


def test_the_shards_of_a_run_merge_without_conflict(tmp_path: Path) -> None:
    """Each on a branch of its own, as CI jobs would."""
    origin = repository(tmp_path / "origin")
    with app_server(lambda asked, _: f"You said {asked.json['query']}") as server:
        folder_with(origin.root, server.url, count=12)
        origin.write({".gitignore": ".casefiles/\n"})
        origin.commit({}, "dataset")
        for part in (1, 2, 3):
            origin.git("clone", "--quiet", str(origin.root), str(tmp_path / f"shard-{part}"))
            clone = Repository(root=tmp_path / f"shard-{part}")
            result = run_cli("run", "--shard", f"{part}/3", cwd=clone.root)
            assert result.code == 0, result.err
            clone.git("switch", "--quiet", "--create", f"shard-{part}")
            clone.commit({}, f"shard {part}")
            origin.git("fetch", "--quiet", str(clone.root), f"shard-{part}:shard-{part}")
        for part in (1, 2, 3):
            origin.git("merge", "--quiet", "--no-edit", f"shard-{part}")
        assert traces(origin.root) == [f"q{n:03}" for n in range(12)]
        assert origin.git("status", "--porcelain") == ""
        again = report(run_cli("run", "--json", cwd=origin.root))

    assert (again["done"], again["skipped"]) == (0, 12)


def answering(release: threading.Event) -> Callable[[Asked, int], Any]:
    """Answer the first query, the others once they may."""

    def script(_: Asked, number: int) -> Any:
        if number > 1:
            release.wait(20)
        return {"output": "fine", "cost_usd": 0.25}

    return script


def test_a_terminal_shows_how_far_it_is(tmp_path: Path) -> None:
    """With rate, failures and cost; a pipe shows nothing of it."""
    release = threading.Event()
    with app_server(answering(release)) as server:
        folder = folder_with(tmp_path, server.url)
        child = pexpect.spawn(
            CASEFILES[0],
            [*CASEFILES[1:], "run"],
            cwd=str(folder),
            encoding="utf-8",
            timeout=20,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        )
        child.expect("1/3")
        child.expect("0 failed")
        child.expect("0.25 USD")
        release.set()
        child.expect("3 traces made")
        child.expect("cost 0.7500 USD")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0

        piped = subprocess.run(
            [*CASEFILES, "run", "round-2"], cwd=folder, capture_output=True, text=True, check=True
        )
    assert piped.stderr == ""
    assert "3 traces made in traces/round-2/" in piped.stdout
