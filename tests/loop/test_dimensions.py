"""The dimensions of use, through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli import run_cli
from workspaces import workspace

DIMENSIONS = """\
# ours
dimensions:
- name: feature
  values:
  - {name: order, weight: 3}
  - {name: return}
  - {name: search}
- name: persona
  values: [expert, novice]
- name: scenario
  values: [clear, vague]
constraints:
- {when: {persona: expert}, never: {scenario: vague}, why: experts say what they need}
"""


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    return workspace(tmp_path, {"traces/dataset/dimensions.yaml": DIMENSIONS})


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
