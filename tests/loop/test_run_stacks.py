"""`run` with the small agent under three real instrumentations, by the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

import small_agent
from casefiles.documents.trace import Trace, parse
from cli import run_cli
from model_server import Sent, model_server
from workspaces import workspace

STACKS = ("openinference", "openllmetry", "genai")
VARYING = frozenset({"at", "ms", "span"})


def script(body: dict[str, Any], _: int) -> Sent:
    """Ask for two tools, then answer."""
    if body["messages"][-1]["role"] == "tool":
        return Sent(text="Shall I refund 84 EUR?", usage=(655, 88))
    calls = tuple(
        {
            "id": f"call_{number}",
            "type": "function",
            "function": {"name": "find_booking", "arguments": json.dumps({"user": f"ana{number}"})},
        }
        for number in range(2)
    )
    return Sent(tool_calls=calls, finish="tool_calls", usage=(512, 64))


def traced(folder: Path, stack: str, address: str) -> Trace:
    """Run one query through the agent; return its trace."""
    command = json.dumps([sys.executable, str(Path(small_agent.__file__)), stack])
    env = f'env = {{ OPENAI_BASE_URL = "{address}", OPENAI_API_KEY = "none" }}\n'
    workspace(
        folder,
        {
            "casefiles.toml": f'[run]\ncapture = "otlp"\n[targets.app]\ncommand = {command}\n{env}',
            "traces/dataset/queries.yaml": "queries:\n- {id: q1, text: my refund?}\n",
        },
    )
    assert run_cli("run", cwd=folder).code == 0
    path = "traces/round-1/q1.md"
    found, problems = parse((folder / path).read_text("utf-8"), path)
    assert problems == ()
    assert found is not None
    return found


@pytest.mark.slow
def test_three_instrumentations_make_the_same_trace(tmp_path: Path) -> None:
    """Six turns, two calls and their results, the tokens; nothing is missing."""
    with model_server(script) as served:
        traces = [traced(tmp_path / stack, stack, served.url) for stack in STACKS]

    said = [
        [
            (turn.role, turn.parts, {k: v for k, v in turn.data.items() if k not in VARYING})
            for turn in trace.turns
        ]
        for trace in traces
    ]
    assert [role for role, _, _ in said[0]] == [
        "system", "user", "assistant", "tool", "tool", "assistant",
    ]  # fmt: skip
    assert said[0] == said[1] == said[2]
    for trace in traces:
        assert (trace.head.status, trace.head.error) == ("ok", None)
        assert trace.head.usage == {"in": 1167, "out": 152}
