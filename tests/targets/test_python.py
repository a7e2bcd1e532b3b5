"""An application that is a function: real worker processes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from casefiles.documents.targets import Python
from casefiles.errors import BadInputError
from casefiles.targets.protocol import Conversation, Outcome, Request
from casefiles.targets.python import PythonTarget
from processes import all_gone, eventually

APP = """\
import asyncio, json, os, pathlib, subprocess, sys, time

pathlib.Path("pids").mkdir(exist_ok=True)
pathlib.Path(f"pids/{os.getpid()}").touch()

def plain(query):
    return {"output": query, "usage": {"in": 1}}

async def later(query):
    await asyncio.sleep(0)
    return query

loops = []

async def bound(query):
    loops.append(asyncio.get_running_loop())
    await asyncio.sleep(0)
    return f"{len(set(loops))} of {len(loops)}"

def some(dimensions, session_id):
    return f"{session_id} {dimensions}"

def rare(query, traceparent, approves="nothing"):
    return f"{query} {traceparent} {approves}"

def everything(**given):
    return json.dumps(sorted(given))

def loud(query):
    print('{"answer": "forged"}', flush=True)
    os.write(1, b'{"answer": "forged"}\\n')
    subprocess.run(["echo", '{"answer": "forged"}'])
    sys.stderr.write("x" * 200_000)
    return query

def reader(query):
    return sys.stdin.read() + subprocess.run(["cat"], capture_output=True, text=True).stdout + query

def moody(query):
    if query == "raise":
        raise KeyError("no such order")
    if query == "exit":
        sys.exit("I quit")
    if query == "die":
        print("out of memory", file=sys.stderr)
        sys.stderr.flush()
        os._exit(7)
    if query == "hang":
        subprocess.Popen(["sh", "-c", "touch pids/$$; exec sleep 60"])
        time.sleep(60)
    if query == "set":
        return {1, 2}
    if query == "none":
        return None
    if query == "deep":
        return json.loads("[" * 900 + "]" * 900)
    if query == "daemon":
        subprocess.Popen(["sleep", "3"], start_new_session=True)
    if query == "soon":
        import threading
        threading.Timer(0.05, lambda: os._exit(9)).start()
    return query

def whose(query):
    time.sleep(0.2)
    return f"{query} {os.getpid()}"

seen = {}

def memory(query, session_id):
    seen.setdefault(session_id, []).append(query)
    return f"{seen[session_id]} {os.getpid()} {os.environ.get('MINE')}"

def last(query):
    import atexit
    atexit.register(lambda: pathlib.Path("flushed").touch())
    return query
"""
Open = Callable[..., PythonTarget]


@pytest.fixture(name="open_app")
def _open_app(tmp_path: Path) -> Iterator[Open]:
    opened: list[PythonTarget] = []
    (tmp_path / "app.py").write_text(APP)

    def open_app(name: str, *, module: str = "app") -> PythonTarget:
        settings = Python(name="app", python=f"{module}:{name}")
        opened.append(PythonTarget(settings, tmp_path))
        return opened[-1]

    yield open_app
    for target in opened:
        target.close()


def ask(target: PythonTarget, query: str = "hi", *, timeout_s: float = 10, **given: Any) -> Outcome:
    """Hold a conversation of one question."""
    begun = Conversation(query_id="q1", session_id="r/q1", variables={"a": "b"}, **given)
    dialogue = target.open(begun)
    try:
        return dialogue.ask(Request(conversation=begun, query=query, timeout_s=timeout_s))
    finally:
        dialogue.close()


def answered(outcome: Outcome) -> str | None:
    """Return the final text of an outcome that is fine."""
    assert (outcome.status, outcome.error) == ("ok", None)
    assert outcome.answer
    return outcome.answer.output


@pytest.mark.parametrize(
    ("name", "output"),
    [
        ("plain", "hä\n\0\ud800"),
        ("later", "hä\n\0\ud800"),
        ("some", "r/q1 {'a': 'b'}"),
        (
            "everything",
            '["dimensions", "messages", "query", "query_id", "session_id", "turn", "vars"]',
        ),
        ("rare", "hä\n\0\ud800 None nothing"),
        ("loud", "hä\n\0\ud800"),
        ("reader", "hä\n\0\ud800"),
    ],
)
def test_a_function_is_called_with_what_it_declares(open_app: Open, name: str, output: str) -> None:
    """Sync or async; what it prints or reads meanwhile never reaches the protocol."""
    target = open_app(name)

    assert answered(ask(target, "hä\n\0\ud800")) == output
    assert answered(ask(target, "hä\n\0\ud800")) == output


def test_an_async_function_has_one_loop_for_all_its_calls(open_app: Open) -> None:
    """Clients that it keeps from call to call are bound to the loop they were made in."""
    target = open_app("bound")

    assert [answered(ask(target)) for _ in range(3)] == ["1 of 1", "1 of 2", "1 of 3"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("raise", "KeyError: 'no such order'"),
        ("exit", "SystemExit: I quit"),
        ("set", "Object of type set is not JSON serializable"),
        ("none", "an answer is a text or an object, not null"),
        ("deep", "deep"),
    ],
)
def test_a_failing_call_is_an_error_and_the_worker_lives_on(
    open_app: Open, tmp_path: Path, query: str, said: str
) -> None:
    """The end of the traceback says why."""
    target = open_app("moody")

    found = ask(target, query)

    assert (found.status, found.answer) == ("error", None)
    assert said in (found.error or "")
    assert answered(ask(target)) == "hi"
    assert len(list((tmp_path / "pids").iterdir())) == 1


def test_a_worker_that_dies_is_replaced(open_app: Open) -> None:
    """What it wrote last tells why."""
    target = open_app("moody")

    found = ask(target, "die")

    expected = ("error", "its process ended with exit code 7\nout of memory")
    assert (found.status, found.error) == expected
    assert answered(ask(target)) == "hi"


def test_a_worker_that_died_while_idle_costs_no_query(open_app: Open, tmp_path: Path) -> None:
    """The next query gets another one."""
    target = open_app("moody")
    assert answered(ask(target, "soon")) == "soon"
    assert all_gone(tmp_path / "pids")

    assert answered(ask(target)) == "hi"


def test_a_hang_is_a_timeout_and_the_next_query_works(open_app: Open, tmp_path: Path) -> None:
    """The worker is gone with what it started."""
    target = open_app("moody")

    found = ask(target, "hang", timeout_s=0.5)

    assert (found.status, found.error) == ("timeout", "no answer within 0.5 s; it was stopped")
    assert len(list((tmp_path / "pids").iterdir())) == 2
    assert all_gone(tmp_path / "pids")
    assert answered(ask(target)) == "hi"


@pytest.mark.parametrize(
    ("module", "name", "said"),
    [
        ("nowhere", "answer", "No module named 'nowhere'"),
        ("app", "nothing", "has no attribute 'nothing'"),
        ("app", "sys.path", "app:sys.path is no function"),
        ("broken", "answer", "ZeroDivisionError"),
        ("worker", "main", "No module named 'worker'"),
    ],
)
def test_what_cannot_be_imported_is_bad_input(
    open_app: Open, tmp_path: Path, module: str, name: str, said: str
) -> None:
    """Said before any query is sent; our own modules are no modules of the user."""
    (tmp_path / "broken.py").write_text("1 / 0\n")

    with pytest.raises(BadInputError) as raised:
        open_app(name, module=module)

    assert said in raised.value.message


def test_several_threads_get_a_worker_each(open_app: Open) -> None:
    """No answer reaches another thread's query."""
    target = open_app("whose")
    found: dict[str, list[str]] = {"a": [], "b": []}

    def twice(name: str) -> None:
        found[name] += [answered(ask(target, name)) or "" for _ in range(2)]

    threads = [threading.Thread(target=twice, args=(name,)) for name in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(said.split()[0] == name for name, answers in found.items() for said in answers)
    workers = {said.split()[1] for answers in found.values() for said in answers}
    assert len(workers) == 2
    assert str(os.getpid()) not in workers


def test_close_ends_every_worker(open_app: Open, tmp_path: Path) -> None:
    """The idle ones as a program ends (telemetry is flushed), a busy one at once."""
    target = open_app("last")
    ask(target)
    target.close()
    assert (tmp_path / "flushed").exists()

    busy = open_app("moody")
    found: list[Outcome] = []
    thread = threading.Thread(target=lambda: found.append(ask(busy, "hang", timeout_s=60)))
    before = len(list((tmp_path / "pids").iterdir()))
    thread.start()
    assert eventually(lambda: len(list((tmp_path / "pids").iterdir())) > before)
    busy.close()

    thread.join(5)
    assert [outcome.status for outcome in found] == ["error"]
    assert all_gone(tmp_path / "pids")


def test_a_daemon_that_left_the_group_does_not_hold_us_up(open_app: Open) -> None:
    """It keeps standard error open."""
    target = open_app("moody")
    assert answered(ask(target, "daemon")) == "daemon"
    began = time.monotonic()

    target.close()

    assert time.monotonic() - began < 1.5


def test_all_turns_of_a_conversation_go_to_one_worker(open_app: Open) -> None:
    """So a function may keep it in memory; another conversation meanwhile has another worker."""
    target = open_app("memory")
    begun = [Conversation(query_id=name, session_id=name) for name in "ab"]
    dialogues = [target.open(conversation) for conversation in begun]

    said = [
        [
            answered(dialogue.ask(Request(conversation=conversation, query=str(turn), turn=turn)))
            for dialogue, conversation in zip(dialogues, begun, strict=True)
        ]
        for turn in (1, 2)
    ]

    for dialogue in dialogues:
        dialogue.close()
    workers = [(answer or "").split("] ")[1] for answer in said[1]]
    assert [(answer or "").split("] ")[0] for answer in said[1]] == ["['1', '2'", "['1', '2'"]
    assert len(set(workers)) == 2


def test_a_conversation_with_variables_has_a_worker_of_its_own(
    open_app: Open, tmp_path: Path
) -> None:
    """Which ends with it, as a program ends: what waits for the exit is done."""
    target = open_app("memory")

    assert (answered(ask(target, environment={"MINE": "1"})) or "").endswith(" 1")
    assert (answered(ask(target)) or "").endswith(" None")
    assert len(list((tmp_path / "pids").iterdir())) == 2

    ask(open_app("last"), environment={"MINE": "1"})
    assert (tmp_path / "flushed").exists()
