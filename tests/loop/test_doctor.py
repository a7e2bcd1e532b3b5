"""One query through the target: what is there, what is missing, what to do."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from cli import Result, run_cli
from workspaces import workspace

CALL = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": "{}"}}
FULL = {
    "output": "It is on its way.",
    "messages": [
        {"role": "system", "content": "be kind"},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c1", "content": "sent"},
        {"role": "assistant", "content": "It is on its way."},
    ],
    "session_id": "s-1",
    "usage": {"in": 1200, "out": 34},
    "cost_usd": 0.002,
    "metadata": {"app_version": "2.1"},
}
QUERIES = """\
queries:
- {id: q001, text: dropped, origin: {by: human}, keep: no}
- {id: q002, text: where is it?, origin: {by: human}}
- {id: q003, text: and this?, origin: {by: human}}
"""


def folder_with(tmp_path: Path, answer: Any, *, code: int = 0) -> Path:
    """Write a workspace whose application has one answer."""
    script = f"import sys\nprint({json.dumps(answer)!r})\nsys.exit({code})\n"
    command = json.dumps([sys.executable, "-S", "-E", "app.py"])
    return workspace(
        tmp_path,
        {
            "casefiles.toml": f"[targets.app]\ncommand = {command}\n",
            "traces/dataset/queries.yaml": QUERIES,
            "app.py": script,
        },
    )


def diagnosis(result: Result) -> dict[str, dict[str, Any]]:
    """Return the findings by their code."""
    return {finding["code"]: finding for finding in json.loads(result.out)["findings"]}


def test_what_is_there_is_said(tmp_path: Path) -> None:
    """All of it, and nothing is written."""
    folder = folder_with(tmp_path, FULL)
    before = sorted(folder.rglob("*"))

    result = run_cli("doctor", "--json", cwd=folder)

    assert (result.code, result.err) == (0, "")
    found = json.loads(result.out)
    assert {f["level"] for f in found["findings"]} == {"ok"}
    assert {key: found[key] for key in ("target", "kind", "query", "status", "turns")} == {
        "target": "app",
        "kind": "command",
        "query": "where is it?",
        "status": "ok",
        "turns": 5,
    }
    assert (found["tool_calls"], found["session"]) == (1, "s-1")
    assert found["usage"] == {"in": 1200, "out": 34, "cost_usd": 0.002}
    texts = {code: finding["text"] for code, finding in diagnosis(result).items()}
    assert texts["usage"] == "1,200 tokens in, 34 out"
    assert texts["cost"] == "0.002000 USD"
    assert texts["tools"] == "1 tool calls, 1 results"
    assert texts["version"] == "version 2.1"
    assert sorted(folder.rglob("*")) == before


def test_what_is_missing_has_a_remedy(tmp_path: Path) -> None:
    """A bare answer is fine to begin with."""
    result = run_cli("doctor", "--json", cwd=folder_with(tmp_path, "It is on its way."))

    assert result.code == 0
    found = diagnosis(result)
    assert {code for code, finding in found.items() if finding["level"] == "missing"} == {
        "turns",
        "telemetry",
        "tools",
        "instructions",
        "usage",
        "cost",
        "session",
        "version",
    }
    assert all(f["remedy"] for f in found.values() if f["level"] == "missing")
    assert "`messages`" in found["turns"]["remedy"]


def test_a_call_without_its_result_is_named(tmp_path: Path) -> None:
    """A reader could not tell what the application knew."""
    answer = {**FULL, "messages": [m for m in FULL["messages"] if m["role"] != "tool"]}  # type: ignore[attr-defined]
    found = diagnosis(run_cli("doctor", "--json", cwd=folder_with(tmp_path, answer)))

    assert (found["tools"]["level"], found["tools"]["text"]) == (
        "missing",
        "1 tool calls, 0 results; no result of find",
    )


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ({"a": 1}, 0, "error: the answer has neither output nor messages"),
        (FULL, 3, "error: exit code 3"),
        ({"output": " "}, 0, "no words"),
    ],
)
def test_an_application_that_cannot_be_run_exits_with_1(
    tmp_path: Path, answer: Any, code: int, said: str
) -> None:
    """With what went wrong."""
    result = run_cli("doctor", cwd=folder_with(tmp_path, answer, code=code))

    assert (result.code, result.err) == (1, "")
    assert f"! answer  {said}" in result.out.replace("        ", "  ")


def test_a_server_that_is_not_there_is_said_and_nothing_else(tmp_path: Path) -> None:
    """The rest could only be guessed."""
    folder = workspace(tmp_path, {"casefiles.toml": '[targets.a]\nhttp = "http://127.0.0.1:9/"\n'})

    result = run_cli("doctor", "--json", cwd=folder)

    assert result.code == 1
    assert list(diagnosis(result)) == ["answer"]
    assert "start the application" in diagnosis(result)["answer"]["remedy"]
    assert json.loads(result.out)["query"].startswith("Hello")


def test_the_query_can_be_chosen(tmp_path: Path) -> None:
    """By its id, or written right there."""
    folder = folder_with(tmp_path, FULL)

    def asked(*arguments: str) -> str:
        return str(json.loads(run_cli("doctor", "--json", *arguments, cwd=folder).out)["query"])

    assert asked("--query", "q003") == "and this?"
    assert asked("--text", "hi") == "hi"
    for arguments, said in (
        (("--query", "q001"), "there is no used query 'q001'"),
        (("--query", "q002", "--text", "x"), "give one of them"),
    ):
        result = run_cli("doctor", *arguments, cwd=folder)
        assert (result.code, said in result.err) == (2, True)


def test_secrets_are_hidden_here_too(tmp_path: Path) -> None:
    """A screen is shared more often than one thinks."""
    secret = "ghp_" + "a1B2c3" * 6
    result = run_cli("doctor", cwd=folder_with(tmp_path, f"use {secret}"))

    assert secret not in result.out
    assert "use [key-1]" in result.out
