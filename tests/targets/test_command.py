"""An application that is started once for every query: real programs, real processes."""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from casefiles.documents.targets import Command
from casefiles.errors import BadInputError
from casefiles.targets.command import CommandTarget
from casefiles.targets.processes import Limits
from casefiles.targets.protocol import Conversation, Outcome, Request
from processes import all_gone, eventually

QUICK = Limits(output_bytes=200_000, interrupt_s=0.1, terminate_s=0.1, drain_s=0.1)
PIDS = "import os, pathlib; pathlib.Path('pids').mkdir(exist_ok=True)\n"
MARK = "pathlib.Path(f'pids/{os.getpid()}').touch()\n"


def target(folder: Path, script: str, **given: Any) -> CommandTarget:
    """Make a target of a Python script."""
    (folder / "app.py").write_text(script)
    command = (sys.executable, "-S", "-E", str(folder / "app.py"), *given.pop("arguments", ()))
    settings = Command(name="app", command=command, **given)
    return CommandTarget(settings, folder, limits=QUICK)


def send(opened: CommandTarget, query: str, *, timeout_s: float = 10, **given: Any) -> Outcome:
    """Begin a conversation and ask its first question."""
    begun = Conversation(query_id="q1", session_id="r/q1", variables={"a": "b"}, **given)
    return opened.open(begun).ask(Request(conversation=begun, query=query, timeout_s=timeout_s))


def ask(
    folder: Path, script: str, query: str = "where is it?", timeout_s: float = 10, **given: Any
) -> Outcome:
    """Ask one question of a script."""
    return send(target(folder, script, **given), query, timeout_s=timeout_s)


def answered(outcome: Outcome) -> str | None:
    """Return the final text of an outcome that is fine."""
    assert (outcome.status, outcome.error) == ("ok", None)
    assert outcome.answer
    return outcome.answer.output


def test_the_request_is_json_on_stdin_and_logs_do_not_count(tmp_path: Path) -> None:
    """The answer is the last line that is JSON."""
    script = (
        "import json, sys\nprint('loading')\nasked = json.load(sys.stdin)\n"
        "print(json.dumps({'output': json.dumps(asked)}))\n"
    )

    assert json.loads(answered(ask(tmp_path, script)) or "") == {
        "query_id": "q1",
        "session_id": "r/q1",
        "turn": 1,
        "query": "where is it?",
        "messages": [{"role": "user", "content": "where is it?"}],
        "vars": {"a": "b"},
    }


@pytest.mark.parametrize(("stdin", "read"), [("text", "hä\n?"), ("none", "")])
def test_stdin_can_be_the_bare_query_or_empty(tmp_path: Path, stdin: str, read: str) -> None:
    """For programs that know no JSON."""
    script = "import sys; print(ascii(sys.stdin.buffer.read().decode()))"

    assert answered(ask(tmp_path, script, "hä\n?", stdin=stdin, output="text")) == ascii(read)


def test_the_query_can_be_an_argument(tmp_path: Path) -> None:
    """No shell sees it, so nothing in it is special."""
    script = "import sys; print(ascii(sys.argv[1:]))"
    query = "$(touch x); `id` 'é' {query}"

    found = ask(tmp_path, script, query, output="text", arguments=("--ask={query}", "-v"))

    assert answered(found) == ascii([f"--ask={query}", "-v"])


def test_a_nul_cannot_be_an_argument_but_goes_through_stdin(tmp_path: Path) -> None:
    """The system's limit is an error of this query; JSON has no such limit."""
    script = "import json, sys; print(json.dumps(json.load(sys.stdin)['query']))"

    assert answered(ask(tmp_path, script, "a\0b\ud800")) == "a\0b\ud800"
    found = ask(tmp_path, script, "a\0b", arguments=("{query}",))
    assert found.status == "error"
    assert "cannot be started" in (found.error or "")


def test_variables_are_set_and_passed_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A value `$NAME` is read from the environment; a name that is not set stays unset."""
    monkeypatch.setenv("OUTSIDE", "secret")
    script = "import os; print(*(os.environ.get(name) for name in 'ABC'))"
    env = {"A": "plain", "B": "$OUTSIDE", "C": "$NOWHERE"}

    assert answered(ask(tmp_path, script, output="text", env=env)) == "plain secret None"


def test_it_runs_in_its_own_folder(tmp_path: Path) -> None:
    """Relative to the workspace."""
    (tmp_path / "inner").mkdir()
    script = "import os; print(os.path.basename(os.getcwd()))"

    assert answered(ask(tmp_path, script, output="text", cwd="inner")) == "inner"


def test_an_exit_code_is_an_error_with_what_it_said(tmp_path: Path) -> None:
    """Standard error is where the reason stands; an answer it gave all the same is kept."""
    script = "import sys; print('\"half\"'); print('no such order', file=sys.stderr); sys.exit(3)"

    found = ask(tmp_path, script)

    assert (found.status, found.error) == ("error", "exit code 3\nno such order")
    assert found.answer
    assert found.answer.output == "half"


def test_what_a_failing_program_printed_is_told(tmp_path: Path) -> None:
    """Some write their error to standard output."""
    found = ask(tmp_path, "import sys; print('no such order'); sys.exit(3)")

    assert found.status == "error"
    assert (found.error or "").startswith("exit code 3: it printed no JSON: no such order")


@pytest.mark.parametrize("output", ["json", "text"])
def test_no_output_is_an_error(tmp_path: Path, output: str) -> None:
    """With what it wrote to standard error."""
    found = ask(tmp_path, "import sys; print('hm', file=sys.stderr)", output=output)

    assert (found.status, found.answer) == ("error", None)
    assert (found.error or "").startswith("it printed nothing")
    assert (found.error or "").endswith("\nhm")


def test_an_error_that_the_application_reports_is_an_error(tmp_path: Path) -> None:
    """It knows best."""
    found = ask(tmp_path, """print('{"output": "sorry", "error": "overloaded"}')""")

    assert (found.status, found.error) == ("error", "overloaded")
    assert found.answer


def test_bytes_that_are_no_text_are_replaced(tmp_path: Path) -> None:
    """An application may print anything."""
    script = "import sys; sys.stdout.buffer.write(b'a\\xffb\\x00')"

    assert answered(ask(tmp_path, script, output="text")) == "a\ufffdb\0"


def test_a_hang_is_a_timeout_and_nothing_is_left(tmp_path: Path) -> None:
    """The whole process group ends, a grandchild too; what it said before is kept."""
    script = (
        f"{PIDS}import sys, time\n{MARK}"
        "print('waiting for the model', file=sys.stderr, flush=True)\n"
        f"if os.fork() == 0:\n    {MARK}\n    time.sleep(60)\ntime.sleep(60)\n"
    )

    found = ask(tmp_path, script, timeout_s=0.5)

    assert found.status == "timeout"
    said = "no answer within 0.5 s; it was stopped\nwaiting for the model"
    assert (found.error or "").startswith(said)
    assert len(list((tmp_path / "pids").iterdir())) == 2
    assert all_gone(tmp_path / "pids")


def test_a_child_that_ignores_signals_is_killed(tmp_path: Path) -> None:
    """Asking nicely comes first, and has an end."""
    script = (
        f"{PIDS}import signal, time\n"
        "def heard(number, _): print(number, file=sys.stderr, flush=True)\nimport sys\n"
        "for number in (signal.SIGINT, signal.SIGTERM):\n    signal.signal(number, heard)\n"
        f"{MARK}end = time.monotonic() + 60\n"
        "while time.monotonic() < end:\n    time.sleep(0.01)\n"
    )
    began = time.monotonic()

    found = ask(tmp_path, script, timeout_s=0.5)

    assert (found.status, (found.error or "").split("\n")[1:]) == ("timeout", ["2", "15"])
    assert all_gone(tmp_path / "pids")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("stream", [1, 2])
def test_endless_output_is_stopped(tmp_path: Path, stream: int) -> None:
    """Long before the time is up."""
    script = f"{PIDS}{MARK}while True:\n    os.write({stream}, b'x' * 1000)\n"

    found = ask(tmp_path, script, timeout_s=30)

    assert (found.status, found.error) == (
        "error",
        "it printed more than 200,000 bytes and was stopped",
    )
    assert all_gone(tmp_path / "pids")


def test_a_grandchild_that_keeps_stdout_open_is_not_waited_for(tmp_path: Path) -> None:
    """The answer counts; the grandchild ends with its query."""
    script = (
        f"{PIDS}import time\nif os.fork() == 0:\n    {MARK}\n    time.sleep(60)\n"
        "while not os.listdir('pids'): time.sleep(0.01)\nprint('hi')\n"
    )

    assert answered(ask(tmp_path, script, output="text")) == "hi"
    assert all_gone(tmp_path / "pids")


def test_a_daemon_that_left_the_group_does_not_hold_us_up(tmp_path: Path) -> None:
    """It keeps every pipe open, and more is written to it than a pipe holds."""
    script = (
        f"{PIDS}import time\nif os.fork() == 0:\n    os.setsid()\n    {MARK}\n    time.sleep(3)\n"
        "else:\n    while not os.listdir('pids'): time.sleep(0.01)\n    print('hi', flush=True)\n"
    )
    began = time.monotonic()

    assert answered(ask(tmp_path, script, "x" * 300_000, output="text")) == "hi"
    assert time.monotonic() - began < 2.5


def test_a_large_query_that_is_not_read_does_no_harm(tmp_path: Path) -> None:
    """An application need not look at its input."""
    assert answered(ask(tmp_path, "print('hi')", "x" * 1_000_000, output="text")) == "hi"


def test_close_ends_what_is_under_way(tmp_path: Path) -> None:
    """Ctrl-C must not wait for a slow application."""
    opened = target(tmp_path, f"{PIDS}import time\n{MARK}time.sleep(60)\n")
    found: list[Outcome] = []
    threads = [
        threading.Thread(target=lambda: found.append(send(opened, "x", timeout_s=60))) for _ in "ab"
    ]
    for thread in threads:
        thread.start()
    pids = tmp_path / "pids"
    assert eventually(lambda: pids.is_dir() and len(list(pids.iterdir())) == 2)

    opened.close()

    for thread in threads:
        thread.join(5)
    assert [outcome.status for outcome in found] == ["error", "error"]
    assert all_gone(pids)
    assert send(opened, "x").status == "error"


@pytest.mark.parametrize("program", ["no-such-program", "./no-such-program", "/no/such/program"])
def test_a_program_that_is_not_there_is_bad_input(tmp_path: Path, program: str) -> None:
    """Said before any query is sent."""
    settings = Command(name="app", command=(program,))

    with pytest.raises(BadInputError, match=r"\[targets.app\] the program .* was not found"):
        CommandTarget(settings, tmp_path)


def test_a_relative_program_is_looked_for_where_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in the folder in which casefiles was started."""
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "app.sh").write_text("#!/bin/sh\necho hi\n")
    (inner / "app.sh").chmod(0o755)
    here = Command(name="app", command=("./app.sh",), output="text")
    there = Command(name="app", command=("./app.sh",), cwd="inner", output="text")
    monkeypatch.chdir(inner)

    assert answered(send(CommandTarget(there, tmp_path), "x")) == "hi"
    with pytest.raises(BadInputError, match="not found"):
        CommandTarget(here, tmp_path)


def test_every_turn_is_told_what_was_said_before(tmp_path: Path) -> None:
    """And by which id the application knows the conversation, once it gave one."""
    opened = target(tmp_path, "import sys; print(sys.stdin.read())", output="text")
    begun = Conversation(query_id="q1", session_id="r/q1", headers={"traceparent": "00-a-b-01"})
    dialogue = opened.open(begun)
    said = ({"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"})

    found = dialogue.ask(
        Request(
            conversation=begun,
            query="and now?",
            turn=2,
            history=said,
            app_session="s-7",
            approves="refund",
        )
    )

    assert json.loads(answered(found) or "") == {
        "query_id": "q1",
        "session_id": "s-7",
        "turn": 2,
        "query": "and now?",
        "messages": [*said, {"role": "user", "content": "and now?"}],
        "vars": {},
        "traceparent": "00-a-b-01",
        "approves": "refund",
    }


def test_a_conversation_has_variables_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the target's; None takes one away that is set outside."""
    monkeypatch.setenv("OUTSIDE", "x")
    script = "import os; print(*(os.environ.get(name) for name in ('A', 'OUTSIDE')))"
    opened = target(tmp_path, script, output="text", env={"A": "target"})

    assert answered(send(opened, "x", environment={"A": "mine", "OUTSIDE": None})) == "mine None"
    assert answered(send(opened, "x")) == "target x"
