"""A workspace with three dimensions and a constraint."""

from __future__ import annotations

from pathlib import Path

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


def dimensioned(folder: Path) -> Path:
    """Write it."""
    return workspace(folder, {"traces/dataset/dimensions.yaml": DIMENSIONS})
