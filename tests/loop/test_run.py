"""Queries through an application, by the command line: real programs, real kills."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import yaml

from cli import Result, run_cli
from processes import all_gone, eventually
from traces import read_trace
from workspaces import workspace

DIMENSIONS = """\
dimensions:
- name: feature
  values: [order, return]
- name: persona
  values: [expert, novice]
"""
TUPLES = """\
tuples:
- {id: t01, values: {feature: order, persona: expert}}
- {id: t02, values: {feature: return, persona: novice}}
"""
QUERIES = """\
queries:
- {id: q001, tuple: t01, text: where is LF-1?, origin: {by: human}}
- {id: q002, tuple: t02, text: take it back, origin: {by: human}}
- {id: q003, tuple: t02, text: "hello", origin: {by: human}, keep: no}
- {id: q004, tuple: t02, text: "beep", origin: {by: human}, doubt: no person says so}
- {id: q005, tuple: t01, text: status, origin: {by: human}}
"""
USED = ("q001", "q002", "q005")
ECHO = """\
import json, os, sys
asked = json.load(sys.stdin)
with open("log", "a") as log:
    log.write(asked["session_id"] + "\\n")
query = asked["query"]
"""
PLAIN = ECHO + 'print(json.dumps({"output": "You said " + query}))\n'
CASEFILES = (sys.executable, "-c", "from casefiles.commands.main import main; main()")


def config(*, version: str = "1.0", name: str = "app", more: str = "") -> str:
    """Write a configuration with one target, the script app.py."""
    command = json.dumps([sys.executable, "-S", "-E", "app.py"])
    return (
        f'[app]\nname = "Shop"\nversion = "{version}"\n\n'
        f"[run]\nconcurrency = 2\ntimeout_s = 20\n{more}\n"
        f"[targets.{name}]\ncommand = {command}\n"
    )


def folder_with(tmp_path: Path, script: str = PLAIN, **given: str) -> Path:
    """Write a workspace with an application."""
    return workspace(
        tmp_path,
        {
            "casefiles.toml": given.pop("toml", config()),
            "traces/dataset/dimensions.yaml": DIMENSIONS,
            "traces/dataset/tuples.yaml": TUPLES,
            "traces/dataset/queries.yaml": given.pop("queries", QUERIES),
            "app.py": script,
            **given,
        },
    )


def fine(result: Result) -> Result:
    """Insist on exit code 0."""
    assert result.code == 0, result.err
    return result


def references(folder: Path) -> list[str]:
    """Return the traces that are there."""
    return sorted(f"{path.parent.name}/{path.stem}" for path in folder.glob("traces/*/*.md"))


def log(folder: Path) -> list[str]:
    """Return the conversations that the application saw, in order."""
    path = folder / "log"
    return path.read_text().split() if path.exists() else []


def test_each_query_becomes_a_trace(tmp_path: Path) -> None:
    """With everything that is known about it; dropped and doubted queries are not sent."""
    folder = folder_with(tmp_path)

    fine(run_cli("run", cwd=folder))

    assert references(folder) == [f"round-1/{name}" for name in USED]
    trace = read_trace(folder, "round-1/q001")
    head = trace.head
    assert (head.title, head.query, head.target) == ("where is LF-1?", "q001", "app")
    assert head.dimensions == {"feature": "order", "persona": "expert"}
    assert (head.app_version, head.status, head.source) == ("1.0", "ok", {"kind": "synthetic"})
    assert [(turn.role, turn.parts[0].text) for turn in trace.turns] == [
        ("user", "where is LF-1?"),
        ("assistant", "You said where is LF-1?"),
    ]
    assert yaml.safe_load((folder / "traces/round-1/round.yaml").read_text()) == {
        "source": "queries",
        "drawn": "synthetic",
        "target": "app",
        "app_version": "1.0",
    }
    found = fine(run_cli("check", cwd=folder))
    assert "traces/round-1" not in found.out + found.err


def test_messages_and_output_are_put_together_without_repeating(tmp_path: Path) -> None:
    """The query that comes back and the final text that is said twice count once."""
    script = ECHO + (
        "call = {'id': 'c1', 'type': 'function', 'function': {'name': 'find', 'arguments': '{}'}}\n"
        "messages = [{'role': 'system', 'content': 'be kind'}, {'role': 'user', 'content': query},"
        " {'role': 'assistant', 'content': None, 'tool_calls': [call]},"
        " {'role': 'tool', 'tool_call_id': 'c1', 'content': 'found'},"
        " {'role': 'assistant', 'content': 'Here.'}]\n"
        "print(json.dumps({'messages': messages, 'output': 'Here.'}))\n"
    )
    folder = folder_with(tmp_path, script)

    fine(run_cli("run", "--only", "q001", cwd=folder))

    turns = read_trace(folder, "round-1/q001").turns
    assert [turn.role for turn in turns] == ["system", "user", "assistant", "tool", "assistant"]
    assert turns[2].parts[0].type == "tool_call"
    assert turns[3].parts[0].data["name"] == "find"


def test_no_secret_reaches_a_file(tmp_path: Path) -> None:
    """Neither from the query nor from the answer, a tool or standard error, cut or whole."""
    secret = "ghp_" + "a1B2c3" * 6
    script = ECHO + (
        f"secret = {secret!r}\n"
        "if query.startswith('fail'):\n"
        "    sys.exit('x' * 3900 + ' ' + secret + ' ' + 'y ' * 1985)\n"
        "if query.startswith('rubbish'):\n    print('z ' * 145 + secret); sys.exit()\n"
        "print(json.dumps({'output': 'use ' + secret, 'session_id': secret,\n"
        "    'metadata': {secret: [secret]}, 'error': secret, 'messages': [\n"
        "    {'role': 'tool', 'content': 'a ' * 40000 + secret + ' b' * 40000}]}))\n"
    )
    queries = "queries:\n" + "".join(
        f"- {{id: q00{n}, text: '{word} {secret}', origin: {{by: human}}}}\n"
        for n, word in enumerate(("fail", "rubbish", "answer"))
    )
    folder = folder_with(tmp_path, script, queries=queries)

    fine(run_cli("run", cwd=folder))

    own = {folder / "app.py", folder / "traces/dataset/queries.yaml"}
    made = [path for path in folder.rglob("*") if path.is_file() and path not in own]
    assert folder / "traces/round-1/q002/2-1.txt" in made
    for path in made:
        text = path.read_bytes()
        assert secret[4:16].encode() not in text, path
        assert secret[-12:].encode() not in text, path


def test_long_tool_results_stand_beside_the_trace(tmp_path: Path) -> None:
    """And go when the trace is made again without them."""
    long = ECHO + (
        "print(json.dumps({'error': 'late', 'messages': ["
        "{'role': 'tool', 'content': 'x' * 70000}]}))"
    )
    folder = folder_with(tmp_path, long)
    fine(run_cli("run", "--only", "q001", cwd=folder))
    beside = folder / "traces/round-1/q001/2-1.txt"
    part = read_trace(folder, "round-1/q001").turns[1].parts[0]
    assert part.data["file"] == "q001/2-1.txt"
    assert part.data["sha256"] == hashlib.sha256(beside.read_bytes()).hexdigest()
    assert beside.read_text() == "x" * 70000

    (folder / "app.py").write_text(PLAIN)
    fine(run_cli("run", "--only", "q001", "--retry-errors", cwd=folder))

    assert read_trace(folder, "round-1/q001").head.status == "ok"
    assert not beside.exists()


def test_a_second_run_does_only_what_is_missing(tmp_path: Path) -> None:
    """Parts of a round come together, nothing twice."""
    folder = folder_with(tmp_path)
    keys = ("round", "target", "done", "skipped", "left", "statuses", "calls", "cost_usd")
    first = json.loads(fine(run_cli("run", "--limit", "1", "--json", cwd=folder)).out)
    assert first == dict(zip(keys, ("round-1", "app", 1, 0, 0, {"ok": 1}, 1, 0), strict=True))
    fine(run_cli("run", "--only", "q005", cwd=folder))
    rest = json.loads(fine(run_cli("run", "--json", cwd=folder)).out)
    assert rest == dict(zip(keys, ("round-1", "app", 1, 2, 0, {"ok": 1}, 1, 0), strict=True))
    again = json.loads(fine(run_cli("run", "--json", cwd=folder)).out)
    assert again == dict(zip(keys, ("round-1", "app", 0, 3, 0, {}, 0, 0), strict=True))

    assert log(folder) == ["round-1/q001", "round-1/q005", "round-1/q002"]


def test_repetitions_have_traces_of_their_own(tmp_path: Path) -> None:
    """All queries once before any twice."""
    folder = folder_with(tmp_path)

    fine(run_cli("run", "--repeat", "2", "--concurrency", "1", cwd=folder))

    names = [f"round-1/{name}{suffix}" for suffix in ("", ".2") for name in USED]
    assert log(folder) == names
    assert read_trace(folder, "round-1/q001").head.repetition is None
    assert read_trace(folder, "round-1/q001.2").head.repetition == 2
    assert read_trace(folder, "round-1/q001.2").head.query == "q001"


def test_shards_are_parts_of_one_round(tmp_path: Path) -> None:
    """Together they are all of it, and both write the same round.yaml."""
    queries = "queries:\n" + "".join(
        f"- {{id: q{n}, text: 'say {n}', origin: {{by: human}}}}\n" for n in range(8)
    )
    one, two = (folder_with(tmp_path / name, queries=queries) for name in "ab")

    fine(run_cli("run", "--shard", "1/2", cwd=one))
    fine(run_cli("run", "--shard", "2/2", cwd=two))

    parts = [set(references(folder)) for folder in (one, two)]
    assert parts[0]
    assert parts[1]
    assert not parts[0] & parts[1]
    assert parts[0] | parts[1] == {f"round-1/q{n}" for n in range(8)}
    record = "traces/round-1/round.yaml"
    assert (one / record).read_bytes() == (two / record).read_bytes()
    fine(run_cli("run", "--shard", "2/2", cwd=one))
    assert len(references(one)) == 8


def test_shards_may_start_at_the_same_moment(tmp_path: Path) -> None:
    """In one workspace; neither stumbles over the other's round.yaml."""
    folder = folder_with(tmp_path)
    started = [
        subprocess.Popen([*CASEFILES, "run", "--shard", f"{n}/2"], cwd=folder) for n in (1, 2)
    ]

    assert [process.wait(30) for process in started] == [0, 0]
    assert references(folder) == [f"round-1/{name}" for name in USED]


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1", "a/b", "²/3", "-1/2"])
def test_a_shard_that_is_none_is_refused(tmp_path: Path, shard: str) -> None:
    """With an example."""
    result = run_cli("run", f"--shard={shard}", cwd=folder_with(tmp_path))

    assert (result.code, "2/8" in result.err) == (2, True)


def test_errors_are_made_again_only_when_asked(tmp_path: Path) -> None:
    """They are data first."""
    folder = folder_with(tmp_path, ECHO + "sys.exit('down' if query == 'status' else 0)")
    fine(run_cli("run", "--only", "q005", cwd=folder))
    assert read_trace(folder, "round-1/q005").head.error == (
        "exit code 1: it printed nothing where JSON is expected\ndown"
    )
    (folder / "app.py").write_text(PLAIN)

    fine(run_cli("run", cwd=folder))
    assert read_trace(folder, "round-1/q005").head.status == "error"
    fine(run_cli("run", "--retry-errors", cwd=folder))

    assert read_trace(folder, "round-1/q005").head.status == "ok"
    assert Counter(log(folder)) == {"round-1/q001": 1, "round-1/q002": 1, "round-1/q005": 2}


def test_a_round_that_repeats_another_supersedes_it(tmp_path: Path) -> None:
    """If it repeats all of its queries; part of them replaces nothing."""
    folder = folder_with(tmp_path)
    for arguments in (("round-1",), ("round-2",), ("round-3", "--only", "q001")):
        fine(run_cli("run", *arguments, cwd=folder))

    def supersedes(name: str) -> object:
        found = yaml.safe_load((folder / f"traces/{name}/round.yaml").read_text())
        return found.get("supersedes")

    assert [supersedes(f"round-{n}") for n in (1, 2, 3)] == [None, ["round-1"], None]
    fine(run_cli("check", cwd=folder))


def test_another_version_needs_another_round(tmp_path: Path) -> None:
    """Two versions in one round could not be told apart."""
    folder = folder_with(tmp_path)
    fine(run_cli("run", cwd=folder))
    (folder / "casefiles.toml").write_text(config(version="2.0"))

    result = run_cli("run", cwd=folder)

    assert result.code == 2
    assert "casefiles run round-2" in result.err
    fine(run_cli("run", "round-2", cwd=folder))
    assert read_trace(folder, "round-2/q001").head.app_version == "2.0"


BAD = {
    "no targets": ({"toml": '[app]\nname = "x"\n'}, (), "no target says"),
    "two targets": ({"toml": config() + '[targets.b]\npython = "a:b"\n'}, (), "--target (app, b)"),
    "unknown target": ({}, ("--target", "ap"), "did you mean 'app'?"),
    "no address": ({"toml": '[targets.a]\nhttp = "$GONE"\n'}, (), "variable GONE, which is not"),
    "no prompt": (
        {"toml": '[targets.a]\nmodel = "a/b"\nsystem = "gone.md"\n'},
        (),
        "system: gone.md cannot be read",
    ),
    "no plugin": ({"toml": '[targets.a]\nplugin = "gone"\n'}, (), "there is no plugin 'gone'"),
    "no program": ({"toml": '[targets.a]\ncommand = ["./gone"]\n'}, (), "'./gone' was not found"),
    "no function": ({"toml": '[targets.a]\npython = "gone:f"\n'}, (), "cannot be imported"),
    "no queries": ({"queries": "queries: []\n"}, (), "casefiles queries --write"),
    "broken queries": ({"queries": "queries: [\n"}, (), "traces/dataset/queries.yaml:"),
    "unknown query": ({}, ("--only", "q003"), "there is no used query 'q003'"),
    "bad name": ({}, ("Round 1",), "cannot name a round"),
    "reserved name": ({}, ("dataset",), "cannot name a round"),
    "broken trace": ({"traces/round-1/q002.md": "mine\n"}, ("round-1",), "round-1"),
    "broken round": ({"traces/round-1/round.yaml": "target: [\n"}, (), "round.yaml:"),
    "imported round": ({"traces/logs/round.yaml": "source: a.json\n"}, ("logs",), "of no target"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_stops_before_anything_is_written(tmp_path: Path, name: str) -> None:
    """The message says what to do; no query is sent, no file made or changed."""
    files, arguments, said = BAD[name]
    folder = folder_with(tmp_path, **files)

    def content() -> dict[Path, bytes]:
        found = (path for path in folder.rglob("*") if "__pycache__" not in path.parts)
        return {path: path.read_bytes() for path in found if path.is_file()}

    before = content()
    result = run_cli("run", *arguments, cwd=folder)

    assert (result.code, said in result.err) == (2, True), result.err
    assert content() == before


def test_a_broken_trace_in_the_way_is_not_overwritten(tmp_path: Path) -> None:
    """It may be somebody's work: a conflict, an edit gone wrong."""
    folder = folder_with(tmp_path)
    fine(run_cli("run", cwd=folder))
    path = folder / "traces/round-1/q002.md"
    path.write_text("mine\n")

    result = run_cli("run", cwd=folder)

    assert result.code == 2
    assert "traces/round-1/q002.md" in result.err
    assert path.read_text() == "mine\n"
    assert len(log(folder)) == 3


def test_a_limit_of_calls_ends_a_run_with_3(tmp_path: Path) -> None:
    """What was finished is kept; the next run goes on."""
    folder = folder_with(tmp_path, toml=config(more="max_calls = 2"))

    result = run_cli("run", "--json", cwd=folder)

    assert (result.code, "1 query is left" in result.err) == (3, True)
    found = json.loads(result.out)
    assert (found["done"], found["left"]) == (2, 1)
    assert len(references(folder)) == 2
    fine(run_cli("run", cwd=folder))
    assert len(references(folder)) == 3


def test_a_limit_of_cost_ends_a_run_with_3(tmp_path: Path) -> None:
    """No query starts once the answers cost as much as allowed; those under way are kept."""
    costly = ECHO + 'print(json.dumps({"output": query, "cost_usd": 0.5}))\n'
    folder = folder_with(tmp_path, costly, toml=config(more="max_cost_usd = 0.5"))

    result = run_cli("run", "--concurrency", "1", cwd=folder)

    assert result.code == 3
    assert "the limit of calls or cost was reached, 2 queries are left" in result.err
    assert len(references(folder)) == 1


def test_a_limit_of_cost_says_where_it_cannot_hold(tmp_path: Path) -> None:
    """An application that names no price can spend what it likes."""
    folder = folder_with(tmp_path)

    assert "no known cost" not in fine(run_cli("run", "--only", "q001", cwd=folder)).err
    result = fine(run_cli("run", "--max-cost", "0.01", cwd=folder))

    assert "2 traces have no known cost" in result.err
    assert "--max-calls" in result.err


def test_a_dry_run_sends_nothing(tmp_path: Path) -> None:
    """It names the traces that would come."""
    folder = folder_with(tmp_path)

    result = fine(run_cli("run", "--dry-run", cwd=folder))

    assert result.out.split("\n")[0] == "traces/round-1/q001.md would be made"
    assert (references(folder), log(folder)) == ([], [])
    assert not (folder / "traces/round-1").exists()


def test_rubbish_and_hangs_are_recorded(tmp_path: Path) -> None:
    """An answer that is wrong or missing is what one is here for: exit code 0."""
    script = ECHO + (
        "import time\n"
        "if query == 'status':\n    time.sleep(60)\n"
        "print('rubbish' if query == 'take it back' else json.dumps("
        "{'output': 'x', 'messages': [{'role': 'a', 'content': " + "[" * 90 + "]" * 90 + "}]}))\n"
    )
    toml = config().replace("timeout_s = 20", "timeout_s = 0.5")
    folder = folder_with(tmp_path, script, toml=toml)

    result = fine(run_cli("run", "--json", cwd=folder))

    statuses = {name: read_trace(folder, f"round-1/{name}").head.status for name in USED}
    assert (statuses["q002"], statuses["q005"]) == ("error", "timeout")
    assert json.loads(result.out)["statuses"] == dict(sorted(Counter(statuses.values()).items()))
    assert "it printed no JSON: rubbish" in (read_trace(folder, "round-1/q002").head.error or "")
    fine(run_cli("check", cwd=folder))


def test_a_function_is_run_too(tmp_path: Path) -> None:
    """In worker processes that are gone afterwards."""
    script = (
        "import os, pathlib\npathlib.Path('pids').mkdir(exist_ok=True)\n"
        "pathlib.Path(f'pids/{os.getpid()}').touch()\n"
        "def answer(query, vars):\n    return f'{query} {vars}'\n"
    )
    folder = folder_with(tmp_path, script, toml='[targets.app]\npython = "app:answer"\n')

    fine(run_cli("run", cwd=folder))

    said = read_trace(folder, "round-1/q005").turns[-1].parts[0].text
    assert said == "status {'feature': 'order', 'persona': 'expert'}"
    assert all_gone(folder / "pids")


def test_ctrl_c_keeps_what_is_finished(tmp_path: Path) -> None:
    """The children end, the message says how many are left, and the next run makes those."""
    script = ECHO + (
        "import pathlib, time\n"
        "if query != 'where is LF-1?' and not os.path.exists('go'):\n"
        "    os.makedirs('pids', exist_ok=True)\n"
        "    pathlib.Path(f'pids/{os.getpid()}').touch()\n    time.sleep(60)\n"
        "print(json.dumps({'output': 'hi'}))\n"
    )
    folder = folder_with(tmp_path, script)
    process = subprocess.Popen([*CASEFILES, "run"], cwd=folder, stderr=subprocess.PIPE, text=True)
    pids = folder / "pids"
    assert eventually(
        lambda: len(references(folder)) == 1 and pids.is_dir() and len(list(pids.iterdir())) == 2,
        seconds=20,
    )

    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=10)

    assert process.returncode == 130
    assert said == "stopped; traces made: 1, left: 2; run the same command again to go on\n"
    assert all_gone(pids)
    assert references(folder) == ["round-1/q001"]
    (folder / "go").touch()
    fine(run_cli("run", cwd=folder))
    assert references(folder) == [f"round-1/{name}" for name in USED]


LINGERING = """\
import atexit, json, os, pathlib, sys, time
pathlib.Path("pids").mkdir(exist_ok=True)

def answer(query):
    atexit.register(pathlib.Path("farewell").touch)
    if os.fork() == 0 and os.path.exists("daemon"):
        os.setsid()
    pathlib.Path(f"pids/{os.getpid()}").touch()
    time.sleep(60)

if __name__ == "__main__":
    answer(json.load(sys.stdin)["query"])
"""


@pytest.mark.parametrize("kind", ["command", "python"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_children_do_not_outlive_a_run(tmp_path: Path, kind: str, number: signal.Signals) -> None:
    """However it ends; killed, not even a daemon in a session of its own. All may say farewell."""
    toml = config() if kind == "command" else '[targets.app]\npython = "app:answer"\n'
    folder = folder_with(tmp_path, LINGERING, toml=toml)
    if number == signal.SIGKILL:
        (folder / "daemon").touch()
    process = subprocess.Popen([*CASEFILES, "run"], cwd=folder, stderr=subprocess.DEVNULL)
    pids = folder / "pids"
    wanted = 6 if kind == "python" else 4  # a child and a daemon for each query under way
    assert eventually(lambda: pids.is_dir() and len(list(pids.iterdir())) == wanted, seconds=20)

    process.send_signal(number)

    process.wait(20)
    assert all_gone(pids)
    assert eventually((folder / "farewell").exists)


def test_a_run_killed_at_any_moment_is_finished_by_the_next(tmp_path: Path) -> None:
    """Every trace once, whole, with a right hash; none that was finished is made again."""
    count = 24
    queries = "queries:\n" + "".join(
        f"- {{id: q{n:03}, text: 'say {n}', origin: {{by: human}}}}\n" for n in range(count)
    )
    script = ECHO + (
        "import time\ntime.sleep(0.03)\n"
        "print(json.dumps({'messages': [{'role': 'tool', 'content': query * 20000},"
        " {'role': 'assistant', 'content': 'done'}]}))\n"
    )
    folder = folder_with(tmp_path, script, queries=queries)
    chance = random.Random(11)
    finished: dict[str, bytes] = {}
    for _ in range(5):
        process = subprocess.Popen([*CASEFILES, "run"], cwd=folder, stderr=subprocess.DEVNULL)
        before = len(log(folder))
        assert eventually(lambda before=before: len(log(folder)) > before, seconds=20)  # type: ignore[misc]
        time.sleep(chance.uniform(0, 0.2))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        for reference in references(folder):
            content = (folder / f"traces/{reference}.md").read_bytes()
            assert finished.setdefault(reference, content) == content
            read_trace(folder, reference)
    assert 0 < len(finished) < count
    # What a kill in the middle of writing leaves behind, as young as can be.
    missing = next(f"q{n:03}" for n in range(count) if f"round-1/q{n:03}" not in finished)
    (folder / f"traces/round-1/.{missing}.md.0123abcd.tmp").write_text("half")
    (folder / f"traces/round-1/{missing}").mkdir(exist_ok=True)
    (folder / f"traces/round-1/{missing}/.2-1.txt.0123abcd.tmp").write_text("half")
    calls = Counter(log(folder))

    fine(run_cli("run", cwd=folder))

    assert references(folder) == [f"round-1/q{n:03}" for n in range(count)]
    for reference in references(folder):
        read_trace(folder, reference)
    for reference, content in finished.items():
        assert (folder / f"traces/{reference}.md").read_bytes() == content
        assert Counter(log(folder))[reference] == calls[reference]
    assert list(folder.rglob("*.tmp")) == []
    fine(run_cli("check", cwd=folder))
