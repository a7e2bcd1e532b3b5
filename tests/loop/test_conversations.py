"""Conversations of several turns through all four kinds of targets, the user played by a model."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app_server import Asked, app_server
from casefiles.documents.trace import Trace
from cli import Result, run_cli
from model_server import Sent, model_server
from processes import eventually
from traces import read_trace
from workspaces import workspace

APP = """\
import json, os, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))

def answer(query, messages=(), session_id="", approves=None):
    while approves and os.path.exists(HERE + "/hang"):
        open(HERE + "/hung", "w").close()
        time.sleep(0.01)
    if approves:
        return {"output": f"Refunded, as approved: {query}", "session_id": "s-9"}
    if "QX4" in query:
        return {"output": "One moment.", "needs_human": "refund 84 EUR", "session_id": "s-9"}
    if any("Refunded" in str(message.get("content")) for message in messages):
        return {"output": "Goodbye.", "done": True}
    return {"output": f"Which booking? ({len(messages)} messages)", "session_id": "s-9"}

if __name__ == "__main__":
    asked = json.load(sys.stdin)
    keys = ("query", "messages", "session_id", "approves")
    print(json.dumps(answer(**{key: asked[key] for key in keys if key in asked})))
"""
QUERIES = """\
queries:
- id: q001
  text: my train was cancel
  origin: {by: human}
  plan:
    goal: get the money back
    facts: [the booking is QX4]
    approver: approve everything
    max_turns: 6
"""
MODELS = '\n[models]\nsimulate = "openai/user"\n'
CASEFILES = (sys.executable, "-c", "from casefiles.commands.main import main; main()")


def played(body: dict[str, Any]) -> str:
    """Play the user, and whoever approves."""
    system, last = body["messages"][0]["content"], body["messages"][-1]["content"]
    if "colleague who approves" in system:
        assert json.loads(last)["asked"] == "refund 84 EUR"
        return "Yes, do it."
    return "it is QX4" if "Which booking" in last else "thanks"


def as_model(body: dict[str, Any]) -> str:
    """Be the application, where it is a prompt and a model."""
    messages = body["messages"]
    assert messages[0] == {"role": "system", "content": "You sell tickets."}
    return "Which booking?" if len(messages) == 2 else "Goodbye."


def script(body: dict[str, Any], _: int) -> str | Sent:
    """Answer as the model that is asked."""
    return played(body) if body["model"] == "user" else as_model(body)


@contextmanager
def target(kind: str, folder: Path) -> Iterator[str]:
    """Give the settings of a target on the same application."""
    (folder / "app.py").write_text(APP)
    sys.path.insert(0, str(folder))
    scope: dict[str, Any] = {"__name__": "app", "__file__": str(folder / "app.py")}
    exec(compile(APP, "app.py", "exec"), scope)  # noqa: S102  the application of this very test

    def serve(asked: Asked, _: int) -> Any:
        keys = ("query", "messages", "session_id", "approves")
        return scope["answer"](**{key: asked.json[key] for key in keys if key in asked.json})

    (folder / "system.md").write_text("You sell tickets.\n")
    with app_server(serve) as server:
        yield {
            "command": f"command = {json.dumps([sys.executable, '-S', '-E', 'app.py'])}",
            "python": 'python = "app:answer"',
            "http": f'http = "{server.url}"',
            "model": 'model = "openai/app"\nsystem = "system.md"',
        }[kind]
    sys.path.remove(str(folder))


def folder_with(tmp_path: Path, settings: str, queries: str = QUERIES, more: str = MODELS) -> Path:
    """Write a workspace."""
    return workspace(
        tmp_path,
        {
            "casefiles.toml": f"[targets.app]\n{settings}\n{more}",
            "traces/dataset/queries.yaml": queries,
        },
    )


def fine(result: Result) -> Result:
    """Insist on exit code 0."""
    assert result.code == 0, result.err
    return result


def read(folder: Path) -> Trace:
    """Read the one trace."""
    return read_trace(folder, "round-1/q001")


def spoken(trace: Trace) -> list[tuple[str, str | None, object]]:
    """Return role, text and actor of each turn."""
    return [(turn.role, turn.parts[0].text, turn.data.get("actor")) for turn in trace.turns]


@pytest.mark.parametrize("kind", ["command", "python", "http"])
def test_a_plan_is_played_to_its_end(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """User and approver are played, everything played is marked, and the end has its reason."""
    with model_server(script, monkeypatch) as models, target(kind, tmp_path) as settings:
        folder = folder_with(tmp_path, settings)
        report = json.loads(fine(run_cli("run", "--json", cwd=folder)).out)

    trace = read(folder)
    assert spoken(trace) == [
        ("user", "my train was cancel", None),
        ("assistant", "Which booking? (1 messages)", None),
        ("user", "it is QX4", "simulated"),
        ("assistant", "One moment.", None),
        ("user", "Yes, do it.", "approver"),
        ("assistant", "Refunded, as approved: Yes, do it.", None),
        ("user", "thanks", "simulated"),
        ("assistant", "Goodbye.", None),
    ]
    head = trace.head
    assert (head.status, head.end, head.session) == ("ok", "app_done", "s-9")
    assert head.source == {"kind": "synthetic", "user": "openai/user"}
    assert trace.turns[3].data["needs_human"] == "refund 84 EUR"
    assert trace.turns[4].data["approves"] == "refund 84 EUR"
    assert report["calls"] == 4
    assert len(models.requests) == 3
    fine(run_cli("check", cwd=folder))


def test_a_prompt_and_a_model_are_an_application(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its instructions stand in the trace once; tokens are counted."""

    def stops(body: dict[str, Any], number: int) -> str | Sent:
        is_end = body["model"] == "user" and "Goodbye" in body["messages"][-1]["content"]
        return "###STOP###" if is_end else script(body, number)

    with model_server(stops, monkeypatch) as models, target("model", tmp_path) as settings:
        folder = folder_with(tmp_path, settings)
        fine(run_cli("run", cwd=folder))

    trace = read(folder)
    assert spoken(trace) == [
        ("system", "You sell tickets.", None),
        ("user", "my train was cancel", None),
        ("assistant", "Which booking?", None),
        ("user", "it is QX4", "simulated"),
        ("assistant", "Goodbye.", None),
    ]
    assert (trace.head.end, trace.head.usage["in"], trace.head.usage["out"]) == ("goal", 22, 14)
    assert trace.turns[2].data["model"] == "openai/app"
    second = [request for request in models.requests if request["model"] == "app"][1]
    assert [m["role"] for m in second["messages"]] == ["system", "user", "assistant", "user"]


def test_what_the_plan_does_not_say_is_not_invented(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The conversation ends there, and the word for it never reaches the application."""
    with (
        model_server(lambda *_: "###OUT-OF-SCOPE### I do not know", monkeypatch),
        target("command", tmp_path) as settings,
    ):
        folder = folder_with(tmp_path, settings)
        fine(run_cli("run", cwd=folder))

    trace = read(folder)
    assert (len(trace.turns), trace.head.end, trace.head.status) == (2, "out_of_scope", "ok")


def test_a_real_history_is_replayed_without_a_model(tmp_path: Path) -> None:
    """N-1 real turns, then one live answer."""
    queries = QUERIES.replace(
        "approver: approve everything", "history: [{role: user, content: hi}]"
    )
    queries = queries.replace("max_turns: 6", "max_turns: 1")
    with target("command", tmp_path) as settings:
        folder = folder_with(tmp_path, settings, queries, more="")
        fine(run_cli("run", cwd=folder))

    assert spoken(read(folder)) == [
        ("user", "hi", "replayed"),
        ("user", "my train was cancel", None),
        ("assistant", "Which booking? (2 messages)", None),
    ]


def test_a_fixed_answer_serves_where_no_persona_approves(tmp_path: Path) -> None:
    """For single queries too."""
    queries = 'queries:\n- {id: q001, text: "QX4, money back", origin: {by: human}}\n'
    more = '[run]\napprover = "Approved."\n'
    with target("python", tmp_path) as settings:
        folder = folder_with(tmp_path, settings, queries, more=more)
        fine(run_cli("run", cwd=folder))

    trace = read(folder)
    assert spoken(trace)[2:] == [
        ("user", "Approved.", "approver"),
        ("assistant", "Refunded, as approved: Approved.", None),
    ]


def test_without_a_model_nobody_can_play(tmp_path: Path) -> None:
    """Said before anything is sent."""
    with target("command", tmp_path) as settings:
        folder = folder_with(tmp_path, settings, more="")
        result = run_cli("run", cwd=folder)

    assert (result.code, "[models] simulate" in result.err) == (2, True)
    assert "casefiles record" in result.err
    assert not (folder / "traces/round-1").exists()


def test_the_users_own_prompt_plays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of the same name replaces ours."""
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts/simulated-user.md").write_text("Be rude.\n")
    more = MODELS + 'prompts = "prompts"\n'
    with model_server(script, monkeypatch) as models, target("command", tmp_path) as settings:
        fine(run_cli("run", cwd=folder_with(tmp_path, settings, more=more)))

    systems = {request["messages"][0]["content"].partition("\n")[0] for request in models.requests}
    assert "Be rude." in systems


def _refuses(body: dict[str, Any], number: int) -> str | Sent:
    return Sent(refusal="I will not play this") if body["model"] == "user" else script(body, number)


def test_a_model_that_will_not_play_is_no_fault_of_the_application(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trace says so, and can be made again."""
    with (
        model_server(_refuses, monkeypatch) as models,
        target("command", tmp_path) as settings,
    ):
        folder = folder_with(tmp_path, settings)
        fine(run_cli("run", cwd=folder))
        head = read(folder).head
        assert (head.status, head.end) == ("cancelled", "no_user")
        assert "I will not play this" in (head.error or "")
        models.script = script
        fine(run_cli("run", "--retry-errors", cwd=folder))

    assert read(folder).head.end == "app_done"


def test_a_limit_of_calls_ends_a_conversation_in_the_middle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was paid for is kept, with the status that says why it is short."""
    with model_server(script, monkeypatch), target("command", tmp_path) as settings:
        folder = folder_with(tmp_path, settings)
        result = run_cli("run", "--max-calls", "2", cwd=folder)

        head = read(folder).head
        assert (result.code, head.status, head.end) == (3, "limit", "limit")
        fine(run_cli("run", "--retry-errors", cwd=folder))

    assert read(folder).head.end == "app_done"


@pytest.mark.parametrize("kind", ["command", "http", "python"])
def test_a_run_that_was_killed_goes_on_in_the_middle(kind: str, tmp_path: Path) -> None:
    """Turns that were answered are not paid for again, but where memory went with the process."""
    queries = 'queries:\n- {id: q001, text: "QX4, money back", origin: {by: human}}\n'
    with target(kind, tmp_path) as settings:
        folder = folder_with(tmp_path, settings, queries, '[run]\napprover = "Yes."\n')
        (folder / "hang").touch()
        process = subprocess.Popen([*CASEFILES, "run"], cwd=folder, stderr=subprocess.DEVNULL)
        assert eventually((folder / "hung").exists, seconds=30)
        process.kill()
        process.wait()
        (folder / "hang").unlink()
        assert not list(folder.glob("traces/round-1/*.md"))
        report = json.loads(fine(run_cli("run", "--json", cwd=folder)).out)

    assert report["calls"] == (2 if kind == "python" else 1)
    assert [turn.role for turn in read(folder).turns] == ["user", "assistant"] * 2
    assert list((folder / ".casefiles").rglob("*.jsonl")) == []
