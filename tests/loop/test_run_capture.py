"""`run` with telemetry: real instrumented processes and servers, by the command line."""

from __future__ import annotations

import gzip
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

import traced_app
from casefiles.capture.watching import Capture, server_variables
from casefiles.documents.dataset import Query
from casefiles.documents.targets import Command
from casefiles.documents.trace import Trace, parse
from casefiles.documents.turns import Turn, digest
from casefiles.loop.run_case import Case
from casefiles.loop.run_dask import hold_remotely
from cli import run_cli
from processes import eventually
from workspaces import workspace

APP = str(Path(traced_app.__file__))
COMMAND = f"[targets.app]\ncommand = {json.dumps([sys.executable, APP])}\n"
PYTHON = '[targets.app]\npython = "traced_app:answer"\n'
CASEFILES = (sys.executable, "-c", "from casefiles.commands.main import main; main()")


def folder_with(tmp_path: Path, target: str, *queries: str, run: str = "", more: str = "") -> Path:
    """Write a workspace whose queries are these words."""
    rows = "".join(f"- {{id: {q}, text: {q}, origin: {{by: human}}}}\n" for q in queries)
    settings = f'[run]\ncapture = "otlp"\nconcurrency = 2\ntimeout_s = 20\n{run}\n'
    return workspace(
        tmp_path,
        {
            "casefiles.toml": f"{settings}\n{target}{more}",
            "traces/dataset/queries.yaml": f"queries:\n{rows}",
        },
    )


def read(folder: Path, query: str) -> Trace:
    """Read the trace of a query, which must be sound."""
    path = f"traces/round-1/{query}.md"
    found, problems = parse((folder / path).read_text("utf-8"), path)
    assert problems == ()
    assert found is not None
    assert found.head.sha256 == digest(found.turns)
    return found


def lines(turns: Sequence[Turn]) -> list[str]:
    """Turns in a line each."""
    return [
        f"{turn.role}: "
        + ", ".join(
            (part.text or "") if part.type == "text" else f"{part.type} {part.data.get('name')}"
            for part in turn.parts
        )
        for turn in turns
    ]


def whole(query: str) -> list[str]:
    """What a complete trace of a query says."""
    return [
        "system: You are RailBot.",
        f"user: {query}",
        "assistant: tool_call find",
        "tool: tool_result find",
        f"assistant: Found {query}.",
    ]


def raw(folder: Path, trace: Trace) -> list[Any]:
    """What was kept of the telemetry of a trace."""
    assert trace.head.raw is not None
    content = gzip.decompress((folder / trace.head.raw).read_bytes())
    return [json.loads(line) for line in content.split(b"\n") if line]


# ---------------------------------------------------------------- processes


@pytest.mark.parametrize("target", [COMMAND, PYTHON], ids=["command", "python"])
def test_an_instrumented_application_is_seen_through(tmp_path: Path, target: str) -> None:
    """Prompt, call, result, answer, times and tokens, from an application that only answers."""
    more = f'cwd = "{Path(APP).parent}"\n' if target is PYTHON else ""
    folder = folder_with(tmp_path, target, "one", "two", more=more)

    result = run_cli("run", cwd=folder)

    assert result.code == 0, result.err
    for query in ("one", "two"):
        trace = read(folder, query)
        assert lines(trace.turns) == whole(query)
        assert (trace.head.status, trace.head.error) == ("ok", None)
        assert trace.head.usage == {"in": 20, "out": 10}
        assert trace.turns[4].data["agent"] == "rail"
        assert "ms" in trace.turns[3].data
        assert trace.head.raw == f".casefiles/raw/round-1/{query}.otlp.jsonl.gz"
        assert query in json.dumps(raw(folder, trace))
    assert not list((folder / ".casefiles").rglob("*.tmp"))
    kept = folder / ".casefiles/raw/round-1/one.otlp.jsonl.gz"
    assert run_cli("import", kept, "--round", "again", cwd=folder).code == 0
    (path,) = folder.glob("traces/again/*.md")
    again, _ = parse(path.read_text(), "traces/again/one.md")
    assert again is not None
    assert again.turns == read(folder, "one").turns


def test_whatever_happens_to_a_process_what_it_sent_is_there(tmp_path: Path) -> None:
    """An error, a crash, a kill, a time limit: each its status, and what is missing is said."""
    folder = folder_with(tmp_path, COMMAND, "fail", "crash", "die", "hang", run="")
    toml = (folder / "casefiles.toml").read_text()
    (folder / "casefiles.toml").write_text(toml.replace("timeout_s = 20", "timeout_s = 4"))

    run_cli("run", "--concurrency", "4", cwd=folder)

    assert {q: read(folder, q).head.status for q in ("fail", "crash", "die", "hang")} == {
        "fail": "error",
        "crash": "error",
        "die": "error",
        "hang": "timeout",
    }
    for query in ("crash", "die"):
        trace = read(folder, query)
        assert lines(trace.turns) == whole(query)[:3]
        assert "1 span that others are part of never came" in (trace.head.error or "")
    assert "exit code 7" in (read(folder, "crash").head.error or "")
    assert "about to crash" in (read(folder, "crash").head.error or "")
    assert "exit code -9" in (read(folder, "die").head.error or "")
    failed = read(folder, "fail")
    assert lines(failed.turns)[:3] == whole("fail")[:3]
    assert failed.turns[3].parts[-1].data["error"] == "KeyError: 'no such booking'"
    assert (failed.head.error or "").startswith("KeyError: 'no such booking'")
    hung = read(folder, "hang")
    assert lines(hung.turns)[:3] == whole("hang")[:3]
    assert (hung.head.error or "").count("no answer within 4 s") == 1


def test_an_application_that_sends_nothing_makes_a_partial_trace(tmp_path: Path) -> None:
    """What it answered is there, and that this is all."""
    script = "import json\nprint(json.dumps('hi'))\n"
    target = f"[targets.app]\ncommand = {json.dumps([sys.executable, '-S', '-E', '-c', script])}\n"
    folder = folder_with(tmp_path, target, "one")

    run_cli("run", cwd=folder)

    trace = read(folder, "one")
    assert lines(trace.turns) == ["user: one", "assistant: hi"]
    assert (trace.head.status, trace.head.error, trace.head.raw) == (
        "partial",
        "lost: no telemetry came from the application",
        None,
    )


def test_nothing_is_changed_for_who_does_not_want_it(tmp_path: Path) -> None:
    """Without consent no variable is set, and a trace is what the application answers."""
    script = "import json, os\nprint(json.dumps(str([n for n in os.environ if 'OTEL' in n])))\n"
    target = f"[targets.app]\ncommand = {json.dumps([sys.executable, '-S', '-E', '-c', script])}\n"
    folder = folder_with(tmp_path, target, "one")
    toml = (folder / "casefiles.toml").read_text().replace('capture = "otlp"\n', "")
    (folder / "casefiles.toml").write_text(toml)

    run_cli("run", cwd=folder)

    trace = read(folder, "one")
    assert lines(trace.turns) == ["user: one", "assistant: []"]
    assert trace.head.status == "ok"


def test_no_secret_reaches_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not of a message, a header, the environment or standard error; not into the raw record."""
    monkeypatch.setenv("SHOP_TOKEN", "hunter2-horse-staple")
    folder = folder_with(tmp_path, COMMAND, "leak", more='env = { SHOP_TOKEN = "$SHOP_TOKEN" }\n')

    run_cli("run", cwd=folder)

    trace = read(folder, "leak")
    assert lines(trace.turns) == whole("leak")
    assert (trace.turns[3].parts[0].text or "").startswith("QX4 [")
    kept = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    kept += [gzip.decompress(content) for content in kept if content[:2] == b"\x1f\x8b"]
    assert any(b"QX4" in content for content in kept)
    for secret in (traced_app.SECRET, "hunter2-horse-staple", "tok_0123456789abcdef"):
        assert not any(secret.encode() in content for content in kept)


def test_a_conversation_of_several_turns_is_one(tmp_path: Path) -> None:
    """Two processes, one conversation: who approved is told, what happened is captured."""
    folder = folder_with(tmp_path, COMMAND, "pay", run='approver = "go on"\n')

    run_cli("run", cwd=folder)

    trace = read(folder, "pay")
    assert lines(trace.turns) == [
        *whole("pay"),
        "user: go on",
        "assistant: tool_call find",
        "tool: tool_result find",
        "assistant: Found go on.",
    ]
    assert trace.turns[5].data["actor"] == "approver"
    assert trace.turns[4].data["needs_human"] == "Shall I?"
    assert (trace.head.status, trace.head.usage) == ("ok", {"in": 40, "out": 20})


def test_what_came_before_a_kill_is_not_lost(tmp_path: Path) -> None:
    """The turn that was answered is not asked again, and its telemetry is still there."""
    folder = folder_with(
        tmp_path, COMMAND, "pay", run='approver = "hang"\nconversation_timeout_s = 30\n'
    )
    process = subprocess.Popen([*CASEFILES, "run"], cwd=folder, stderr=subprocess.DEVNULL)
    journal = folder / ".casefiles/unfinished/round-1/pay.jsonl"
    try:
        assert eventually(
            lambda: journal.exists() and len(journal.read_text().split("\n")) == 3, seconds=30
        )
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not (folder / "traces/round-1/pay.md").exists()
    toml = (folder / "casefiles.toml").read_text().replace("timeout_s = 20", "timeout_s = 3")
    (folder / "casefiles.toml").write_text(toml)

    run_cli("run", cwd=folder)

    trace = read(folder, "pay")
    assert lines(trace.turns)[:7] == [*whole("pay"), "user: hang", "assistant: tool_call find"]
    assert trace.head.status == "timeout"
    assert "the run was killed in between" in (trace.head.error or "")


# ---------------------------------------------------------------- a server


def free_port() -> int:
    """Find a port that nobody has."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def server(port: int, token: str) -> Iterator[str]:
    """Run the application as a server that sends to the workspace's endpoint."""
    with closing(Capture(port=port, token=token)) as capture:  # only to ask what to start it with
        assert capture.server
        variables = server_variables(capture.server.address)
    process = subprocess.Popen(
        [sys.executable, APP, "serve"],
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": "/usr/bin:/bin", **variables},
    )
    assert process.stdout
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/"
    finally:
        process.kill()
        process.communicate()


def test_a_server_is_joined_by_the_trace_it_is_asked_to_go_on_with(tmp_path: Path) -> None:
    """Several conversations at once, one endpoint: each trace has its own spans."""
    port, token = free_port(), "a-token-of-the-workspace"
    with server(port, token) as url:
        target = f'[targets.app]\nhttp = {{ url = "{url}", output = "output" }}\n'
        folder = folder_with(
            tmp_path, target, "one", "two", "three", run=f"capture_port = {port}\n"
        )
        (folder / ".casefiles").mkdir()
        (folder / ".casefiles/otlp-token").write_text(token)

        result = run_cli("run", "--concurrency", "3", cwd=folder)

    assert result.code == 0, result.err
    for query in ("one", "two", "three"):
        trace = read(folder, query)
        assert lines(trace.turns) == whole(query)
        assert (trace.head.status, trace.head.error) == ("ok", None)
        assert trace.head.usage == {"in": 20, "out": 10}


def test_a_port_that_is_taken_stops_before_anything_is_sent(tmp_path: Path) -> None:
    """With what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        target = '[targets.app]\nhttp = { url = "http://127.0.0.1:9/" }\n'
        folder = folder_with(tmp_path, target, "one", run=f"capture_port = {port}\n")

        result = run_cli("run", cwd=folder)

    assert result.code == 2
    assert f"cannot listen on port {port}" in result.err
    assert "capture_port" in result.err
    assert not (folder / "traces/round-1").exists()


# ---------------------------------------------------------------- a cluster


def test_a_worker_of_a_cluster_receives_for_itself_and_writes_nothing(tmp_path: Path) -> None:
    """What came travels back with the conversation."""
    target = Command(name="app", command=(sys.executable, APP))
    case = Case(
        reference="round-1/one",
        query=Query(id="one", text="one"),
        repetition=None,
        target="app",
        capture="otlp",
    )

    ran = hold_remotely(case, target, tmp_path)

    assert ran.captured is not None
    assert lines(ran.captured.conversation.turns) == whole("one")
    assert ran.captured.documents
    assert list(tmp_path.iterdir()) == []


def test_a_server_and_a_cluster_cannot_be_had_together(tmp_path: Path) -> None:
    """A server sends to one address, and every worker would need its own."""
    target = '[targets.app]\nhttp = "http://127.0.0.1:9/"\n'
    folder = folder_with(tmp_path, target, "one")

    result = run_cli("run", "--scheduler", "tcp://127.0.0.1:9", cwd=folder)

    assert result.code == 2
    assert "without --scheduler" in result.err


# ---------------------------------------------------------------- doctor


def telemetry(folder: Path) -> list[dict[str, Any]]:
    """What `doctor` says of the telemetry."""
    found = json.loads(run_cli("doctor", "--json", cwd=folder).out)["findings"]
    return [finding for finding in found if finding["code"] == "telemetry"]


def test_doctor_says_what_came_and_writes_nothing(tmp_path: Path) -> None:
    """Spans, and turns made of them."""
    folder = folder_with(tmp_path, COMMAND, "one")
    before = sorted(folder.rglob("*"))

    (found,) = telemetry(folder)

    assert (found["level"], found["text"]) == ("ok", "4 spans, 5 turns of them")
    assert sorted(folder.rglob("*")) == before


def test_doctor_says_how_to_see_more(tmp_path: Path) -> None:
    """Of an application that only answers."""
    script = "import json\nprint(json.dumps('hi'))\n"
    target = f"[targets.app]\ncommand = {json.dumps([sys.executable, '-S', '-E', '-c', script])}\n"
    folder = folder_with(tmp_path, target, "one")
    toml = (folder / "casefiles.toml").read_text().replace('capture = "otlp"\n', "")
    (folder / "casefiles.toml").write_text(toml)

    (found,) = telemetry(folder)

    assert found["level"] == "missing"
    assert '[run] capture = "otlp"' in found["remedy"]
