"""The worked example: this project's own analysis of the embedded demo application.

The wheel carries it as package data; an editable install reads it from the repository.
"""

from __future__ import annotations

from pathlib import Path

from casefiles.errors import BadInputError
from casefiles.workspace.tree import WorkingTree

_CONFIG = """\
# The worked example: error analysis of the demo application that casefiles brings along.

[app]
name = "Shop assistant"
description = "A shop's assistant for orders, returns and product search (rules and templates)."

[targets.demo]
python = "casefiles.demo.app:answer"

[run]
concurrency = 2
timeout_s = 30

[review]
annotators = ["reviewer-a", "reviewer-b"]
order = "random"
seed = 1
"""


def root() -> Path:
    """Return the folder that holds the example's traces/, notes/, taxonomy/ and site/."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "example", package.parents[1]):
        if (folder / "traces" / "dataset").is_dir():
            return folder
    raise BadInputError("this installation does not carry the worked example")


def files() -> dict[str, str]:
    """Return path to text of every file of the example, its configuration included."""
    folder = root()
    tree = WorkingTree(folder)
    paths = [*tree.paths(), *_site_files(folder)]
    return {"casefiles.toml": _CONFIG} | {path: tree.read(path).decode() for path in paths}


def _site_files(folder: Path) -> list[str]:
    """The site's own files; generated pages are left out, they are built anew."""
    found = [folder / "site" / "mkdocs.yml"]
    return [path.relative_to(folder).as_posix() for path in found if path.is_file()]
