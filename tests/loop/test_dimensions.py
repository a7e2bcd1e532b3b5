"""The dimensions of use, through the command line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cli import run_cli
from dimensioned import DIMENSIONS, dimensioned
from model_server import Sent, model_server
from query_model import CONFIG, MODEL, asked
from workspaces import trace_text, workspace


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    return dimensioned(tmp_path)


def test_dimensions_shows_values_with_their_use(folder: Path) -> None:
    """Nothing is used before there are tuples."""
    found = json.loads(run_cli("dimensions", "--json", cwd=folder).out)

    assert [d["name"] for d in found["dimensions"]] == ["feature", "persona", "scenario"]
    assert found["dimensions"][0]["values"][0] == {
        "name": "order",
        "weight": 3,
        "tuples": 0,
        "queries": 0,
        "traces": 0,
    }
    assert "persona" in run_cli("dimensions", cwd=folder).out


# ---------------------------------------------------------------- suggestions


def suggestion(*names: str) -> str:
    """A reply with dimensions of these names."""
    return json.dumps(
        {
            "dimensions": [
                {
                    "name": name,
                    "description": f"how {name} it is",
                    "values": [
                        {"name": value, "description": f"{value} {name}"}
                        for value in ("high", "low")
                    ],
                }
                for name in names
            ]
        }
    )


@pytest.fixture(name="modelled")
def _modelled(folder: Path) -> Path:
    (folder / "casefiles.toml").write_text(CONFIG)
    return folder


def test_suggestions_are_appended_and_used_nowhere(
    modelled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the constraints, in the style of the file, with where they came from."""
    workspace(
        modelled,
        {
            "casefiles.toml": CONFIG,
            "traces/import-1/a.md": trace_text("hi it leaks", source_id="a"),
        },
    )
    reply = suggestion("urgency", "channel", "mood")
    with model_server(lambda *_: reply, monkeypatch) as server:
        result = run_cli("dimensions", "--suggest", cwd=modelled)

    text = (modelled / "traces/dataset/dimensions.yaml").read_text()
    head, tail = DIMENSIONS.split("constraints:\n")
    assert text.startswith(head)
    assert text.endswith(f"constraints:\n{tail}")
    assert text.count("  suggested: yes\n  origin:\n    by: model\n") == 3
    assert f"    model: {MODEL}\n" in text
    assert "- {name: high, description: high urgency}" in text
    assert "mood (high, low)" in result.out
    assert "3 dimensions suggested" in result.out
    (question,) = server.questions()
    assert question["application"]["name"] == "Shop assistant"
    assert [item["name"] for item in question["dimensions"]] == ["feature", "persona", "scenario"]
    assert question["real_queries"] == ["hi it leaks"]

    shown = json.loads(run_cli("dimensions", "--json", cwd=modelled).out)
    assert [item["name"] for item in shown["dimensions"]] == ["feature", "persona", "scenario"]
    assert [item["name"] for item in shown["suggested"]] == ["urgency", "channel", "mood"]
    assert "not in use until you write `keep: yes`: mood" in run_cli("dimensions", cwd=modelled).out
    (modelled / "traces/dataset/dimensions.yaml").write_text(
        text.replace("suggested: yes", "suggested: yes\n  keep: yes", 1)
    )
    kept = json.loads(run_cli("dimensions", "--json", cwd=modelled).out)
    assert [item["name"] for item in kept["dimensions"]][-1] == "urgency"


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (suggestion("persona", "mood", "urgency"), "the dimension 'persona' is there already"),
        (suggestion("mood"), "1 usable dimensions; at least 3 are needed"),
        ("I suggest persona and mood.", "no complete JSON object"),
    ],
)
def test_a_poor_suggestion_is_asked_for_again(
    modelled: Path, monkeypatch: pytest.MonkeyPatch, first: str, said: str
) -> None:
    """The model is told what was wrong with it."""

    def script(_: Mapping[str, Any], number: int) -> str:
        return first if number == 1 else suggestion("a", "b", "c")

    with model_server(script, monkeypatch) as server:
        result = run_cli("dimensions", "--suggest", "--json", cwd=modelled)

    assert [item["name"] for item in json.loads(result.out)["suggested"]] == ["a", "b", "c"]
    assert said in server.requests[1]["messages"][-1]["content"]


def test_no_suggestion_is_one_error_and_no_change(
    modelled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file stays as it is."""
    with model_server(lambda *_: Sent(refusal="I must not"), monkeypatch):
        result = run_cli("dimensions", "--suggest", cwd=modelled)

    assert result.code == 1
    assert "nothing was suggested: refused: I must not" in result.err
    assert (modelled / "traces/dataset/dimensions.yaml").read_text() == DIMENSIONS


def test_suggestions_come_by_chat_too(modelled: Path) -> None:
    """The prompt in a file, the reply in another; fewer than three will do."""
    run_cli("dimensions", "--suggest", "--method", "prompt", cwd=modelled)
    prompt = (modelled / ".casefiles/questions/suggest-dimensions.md").read_text()
    (modelled / "reply.txt").write_text(f"Sure:\n```json\n{suggestion('mood')}\n```\n")
    dry = run_cli("dimensions", "--answers", "reply.txt", "--dry-run", cwd=modelled)
    assert (modelled / "traces/dataset/dimensions.yaml").read_text() == DIMENSIONS
    result = run_cli("dimensions", "--answers", "reply.txt", cwd=modelled)

    assert '"name": "scenario"' in prompt
    assert "+- name: mood" in dry.out
    assert "1 dimension suggested" in result.out
    assert "model: chat" in (modelled / "traces/dataset/dimensions.yaml").read_text()
    assert run_cli("dimensions", "--answers", "reply.txt", cwd=modelled).code == 2


def test_a_first_file_of_dimensions_can_be_suggested(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From nothing but the application's description; without one it is asked for."""
    folder = workspace(tmp_path, {"casefiles.toml": CONFIG})
    with model_server(lambda *_: suggestion("a", "b", "c"), monkeypatch) as server:
        run_cli("dimensions", "--suggest", cwd=folder)
        assert "real_queries" not in asked(server.requests[0])
    assert run_cli("check", cwd=folder).code == 0


def test_without_a_description_nothing_is_asked(tmp_path: Path) -> None:
    """Neither with none, nor with the one that `init` wrote."""
    run_cli("init", str(tmp_path / "new"))
    settings = (tmp_path / "new/casefiles.toml").read_text()
    for text in ("", settings.replace("# [models]\n# generate", "[models]\ngenerate")):
        model = "" if "[models]\ngen" in text else "[models]\ngenerate = 'x/y'\n"
        folder = workspace(tmp_path / "w", {"casefiles.toml": text + model})
        result = run_cli("dimensions", "--suggest", cwd=folder)
        assert result.code == 2
        assert "[app] description says nothing yet" in result.err
