"""From written pages to a finished site: run the builder, then finish what it built."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from casefiles.errors import BadInputError
from casefiles.pages import finish, settings
from casefiles.pages.finish import Finished
from casefiles.pages.memory import Memory
from casefiles.pages.writing import DOCS

PUBLIC = "site/public"
"""Where the built site goes, relative to the workspace."""
Builder = Literal["mkdocs", "zensical"]
BUILDERS: tuple[Builder, ...] = ("mkdocs", "zensical")

_DERIVED = "site/.casefiles-build.yml"
_TRACES = "traces/*/*.html"
_TOLD = re.compile(r"(?:WARNING|ERROR|CRITICAL)\s+-\s+(.*)|(?:Error|Config value|Aborted)\b.*")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to build."""

    builder: Builder = "mkdocs"
    """The program."""
    base_url: str = ""
    """Where the site will be read; empty: anywhere, all addresses are relative."""


def build(root: Path, memory: Memory, plan: Plan) -> Finished:
    """Build the site of a workspace whose pages are written; return what that changed in it.

    The old site stays as it is until everything of the new one is known to be sound. Raises
    BadInputError with the builder's own words if it fails (a broken link in a page, a wrong
    setting), and for links that lead nowhere.
    """
    memory.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="built-", dir=memory.folder) as folder:
        building = Path(folder) / "site"
        _run(root, building, plan)
        return finish.finish(building, root / DOCS, root / PUBLIC, memory)


def _run(root: Path, building: Path, plan: Plan) -> None:
    derived = root / _DERIVED
    text = (root / settings.PATH).read_text("utf-8")
    derived.write_text(_settings(text, building, plan), "utf-8")
    cache = root / "site" / ".cache"  # Zensical leaves one beside its settings
    had_cache = cache.exists()
    try:
        done = subprocess.run(
            [sys.executable, "-m", plan.builder, "build", "--strict", *_where(plan)],
            cwd=root,
            # The theme's notice about another version of the builder concerns no user of ours.
            env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    finally:
        derived.unlink(missing_ok=True)
        if not had_cache:
            shutil.rmtree(cache, ignore_errors=True)
    if done.returncode != 0 or not building.is_dir():
        message = "\n".join(["the site was not built", *_relevant(done.stderr + done.stdout)])
        raise BadInputError(message, where=settings.PATH)


def _settings(text: str, building: Path, plan: Plan) -> str:
    """The team's settings, but for where the site goes.

    Trace pages are ready: the builder would only copy them, to be read and written once more.
    """
    values = {"site_dir": str(building)}
    if plan.base_url:
        values["site_url"] = plan.base_url
    if plan.builder == "mkdocs" and not re.search(r"^exclude_docs:", text, re.MULTILINE):
        values["exclude_docs"] = _TRACES
    return settings.derived(text, **values)


def _where(plan: Plan) -> list[str]:
    return ["--config-file", _DERIVED, *(["--clean"] if plan.builder == "zensical" else [])]


def _relevant(said: str) -> list[str]:
    """Pick the lines that say what is wrong; the last ones if none is marked as such."""
    lines = _COLOUR.sub("", said).strip().splitlines()
    told = list(_told(lines))
    return [f"  {line}" for line in told or lines[-15:]]


def _told(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if match := _TOLD.match(line):
            yield match[1] or line
