"""Make a workspace, empty or with the worked example."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from casefiles.documents.plan import Change, Plan
from casefiles.errors import BadInputError
from casefiles.loop import ci
from casefiles.loop.ci import Host
from casefiles.pages import settings
from casefiles.workspace import example
from casefiles.workspace.find import CONFIG
from casefiles.workspace.load import decode
from casefiles.workspace.write import write

# Files of a new workspace: path to file below scaffold/.
_FILES = {
    CONFIG: "casefiles.toml",
    "traces/dataset/dimensions.yaml": "dimensions.yaml",
    ".editorconfig": "editorconfig",
    "AGENTS.md": "AGENTS.md",
    ".pre-commit-config.yaml": "pre-commit-config.yaml",
}
# Files that a repository may have already, and that casefiles needs lines in.
_LINES = {".gitignore": "gitignore", ".gitattributes": "gitattributes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What `init` did."""

    root: Path
    """The folder of the workspace."""
    plan: Plan
    """The files written in it."""
    top: Path
    """The top of its repository, where pipelines belong; the folder itself outside one."""
    pipelines: Plan
    """The files written there."""
    kept: tuple[str, ...]
    """Files that were there and are left as they are."""


def init(folder: Path, *, demo: bool = False, host: Host = "auto", dry_run: bool = False) -> Made:
    """Write the files of a workspace that are missing; none that exists is overwritten.

    With ``demo`` the worked example on the embedded demo application is copied as well. ``host``
    says for which code hosts pipelines are written (`casefiles.loop.ci`). Raises
    BadInputError if ``folder`` is a file, or if a demo is wanted in a folder that has traces.
    """
    root = folder.resolve()
    if root.exists() and not root.is_dir():
        raise BadInputError("there is a file of this name", where=str(folder))
    contents = {path: _scaffold(name) for path, name in _FILES.items()}
    app = "My application"
    if demo:
        if (root / "traces").exists():
            raise BadInputError("there are traces already", where=str(folder / "traces"))
        contents |= example.files()
        app = example.APP
    contents[settings.PATH] = settings.mkdocs_yml(app)
    kept = tuple(path for path in contents if (root / path).exists())
    changes = [
        Change(path=path, before=None, after=text)
        for path, text in contents.items()
        if path not in kept
    ]
    changes += [
        change for path, name in _LINES.items() if (change := _with_lines(root, path, name))
    ]
    plan = Plan(changes=tuple(changes))
    top, contents = ci.pipelines(root, host)
    new, there = ci.changes(top, contents)
    pipelines = Plan(changes=tuple(new))
    if not dry_run:
        root.mkdir(parents=True, exist_ok=True)
        write(plan, root, durable=False)
        ci.write_all(top, new)
    return Made(root=root, plan=plan, top=top, pipelines=pipelines, kept=(*kept, *there))


def _scaffold(name: str) -> str:
    return resources.files("casefiles.loop").joinpath("scaffold", name).read_text("utf-8")


def _with_lines(root: Path, path: str, name: str) -> Change | None:
    """Append the lines that are missing; the file's own stay."""
    lines = _scaffold(name)
    file = root / path
    if not file.exists():
        return Change(path=path, before=None, after=lines)
    before, problems = decode(file.read_bytes(), path)
    if before is None:
        raise BadInputError("\n".join(map(str, problems)))
    have = set(before.splitlines())
    missing = [line for line in lines.splitlines() if line not in have]
    if not any(line and not line.startswith("#") for line in missing):
        return None
    gap = "" if not before or before.endswith("\n") else "\n"
    added = "\n".join(missing)
    return Change(path=path, before=before, after=f"{before}{gap}\n{added}\n")
