"""The workspace's models: their cache on disk, and the prompts a user can replace."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from casefiles.errors import BadInputError
from casefiles.models.service import Service
from casefiles.models.spending import Limits
from casefiles.workspace.find import Workspace
from casefiles.workspace.write import write_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderCache:
    """Finished answers, one file each; deleting the folder costs money, never a figure."""

    folder: Path
    """Where they are."""

    def get(self, key: str) -> str | None:
        """Return what was kept under the key, if anything."""
        try:
            return self._path(key).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def put(self, key: str, value: str) -> None:
        """Keep a value, whole or not at all."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, value.encode("utf-8", "replace"))

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"


def open_service(
    workspace: Workspace, use: str, *, limits: Limits | None = None, concurrency: int = 10
) -> Service:
    """Open the model that ``[models]`` names for a use (``generate``, ``cluster`` or ``embed``).

    Raises BadInputError if none is named.
    """
    model: str = getattr(workspace.config.models, use)
    if not model:
        raise BadInputError(
            f"no model is set for this: [models] {use} is empty",
            where=workspace.config.path,
            remedy=f'set it, e.g. {use} = "openai/gpt-5-mini" (any name litellm knows)',
        )
    cache = FolderCache(folder=workspace.root / ".casefiles" / "answers")
    return Service(model, cache=cache, limits=limits, concurrency=concurrency)


def prompt(workspace: Workspace, name: str) -> str:
    """Return the instructions of a prompt: the user's file below ``[models] prompts``, or ours.

    Raises BadInputError if the user's cannot be read or is empty.
    """
    own = workspace.config.models.prompts
    if own:
        path = workspace.root / own / f"{name}.md"
        if path.exists():
            return _own_prompt(path, f"{own.rstrip('/')}/{name}.md")
    return (files("casefiles") / "prompts" / f"{name}.md").read_text(encoding="utf-8")


def _own_prompt(path: Path, where: str) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"cannot be read: {error}", where=where) from error
    if not text.strip():
        raise BadInputError("an empty prompt", where=where, remedy="write it, or delete the file")
    return text
