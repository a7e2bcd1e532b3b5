"""The worked example: this project's own analysis of the embedded demo application.

The wheel carries it as package data; an editable install reads it from the repository.
"""

from __future__ import annotations

from pathlib import Path

from casefiles.errors import BadInputError
from casefiles.workspace.tree import WorkingTree

APP = "Shop assistant"
_CONFIG = f"""\
# The worked example: error analysis of the demo application that casefiles brings along.

[app]
name = "{APP}"
description = "A shop's assistant for orders, returns and product search (rules and templates)."

[targets.demo]
python = "casefiles.demo.app:answer"

[run]
concurrency = 2
timeout_s = 30

[review]
annotators = ["reviewer-a", "reviewer-b"]
overlap = 34
order = "random"
seed = 1
"""


def root() -> Path:
    """Return the folder that holds the example's traces/, notes/ and taxonomy/."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "example", package.parents[1]):
        if (folder / "traces" / "dataset").is_dir():
            return folder
    raise BadInputError("this installation does not carry the worked example")


def files() -> dict[str, str]:
    """Return path to text of every file of the example, its configuration included."""
    folder = root()
    tree = WorkingTree(folder)
    return {"casefiles.toml": _CONFIG} | {path: tree.read(path).decode() for path in tree.paths()}
