"""`import` of spans, by the command line."""

from __future__ import annotations

import json
from pathlib import Path

from casefiles.documents.trace import parse
from cli import run_cli
from spans_made import chat, document, text
from workspaces import workspace


def test_spans_become_traces_and_again_nothing(tmp_path: Path) -> None:
    """A trace of spans is a trace of ours; what is missing is said; a dimension is an attribute."""
    folder = workspace(tmp_path)
    asked, said = text("user", "refund?"), text("assistant", "84 EUR")
    first = chat(1, 2, [asked], said, trace="aa" * 16, user__tier="gold")
    second = chat(3, 4, [asked], None, trace="bb" * 16)
    (folder / "spans.jsonl").write_text(
        json.dumps(document(second)) + "\n" + json.dumps(document(first)) + "\n"
    )
    command = ("import", "spans.jsonl", "--round", "r", "--dimension", "tier=attributes.user.tier")

    assert run_cli(*command, cwd=folder).code == 0

    path = f"traces/r/{'aa' * 16}.md"
    found, problems = parse((folder / path).read_text(), path)
    assert problems == ()
    assert found
    assert found.head.dimensions == {"tier": "gold"}
    assert (found.head.status, found.head.usage) == ("ok", {"in": 10, "out": 5})
    assert [turn.role for turn in found.turns] == ["user", "assistant"]
    other = (folder / f"traces/r/{'bb' * 16}.md").read_text()
    assert "status: partial" in other
    assert "came without what the model answered" in other
    again = run_cli(*command, "--json", cwd=folder)
    assert json.loads(again.out)["imported"] == 0
