"""Find the workspace a command was started in, and its configuration."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from casefiles.documents import config_reader
from casefiles.documents.config import Config
from casefiles.errors import BadInputError

CONFIG = "casefiles.toml"
PYPROJECT = "pyproject.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A folder of casefiles."""

    root: Path
    """The folder that holds the configuration."""
    config: Config
    """The configuration."""

    @property
    def private(self) -> Path:
        """The git-ignored folder of drafts, raw captures and caches."""
        return self.root / ".casefiles"


def find(start: Path) -> Workspace:
    """Return the nearest workspace at or above a folder.

    Raises BadInputError if there is none, or if its configuration cannot be relied on.
    """
    start = start.resolve()
    if not start.is_dir():
        raise BadInputError("no such folder", where=str(start))
    for folder in (start, *start.parents):
        for name in (CONFIG, PYPROJECT):
            if is_workspace_file(folder / name):
                return Workspace(root=folder, config=read_config(folder, name))
    raise BadInputError(
        f"no workspace here: neither {start} nor a folder above it holds {CONFIG}",
        remedy="make one with `casefiles init`",
    )


def is_workspace_file(path: Path) -> bool:
    """Tell whether a file makes its folder a workspace."""
    if path.name == CONFIG:
        return path.is_file()
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return False
    if "casefiles" not in text:  # spares parsing every pyproject.toml on the way up
        return False
    try:
        tool = tomllib.loads(text).get("tool")
    except (ValueError, RecursionError):
        return "[tool.casefiles" in text  # read_config says what is wrong with it
    return isinstance(tool, dict) and "casefiles" in tool


def read_config(root: Path, name: str) -> Config:
    """Read the configuration; BadInputError with every problem if anything is wrong in it."""
    try:
        text = (root / name).read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInputError("not UTF-8", where=name, remedy="save the file as UTF-8") from error
    config, problems = config_reader.parse(text, name)
    if config is None:
        raise BadInputError("\n".join(map(str, problems)))
    return config
