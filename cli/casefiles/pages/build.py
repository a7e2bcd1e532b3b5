"""From written pages to a finished site: run the builder, then finish what it built."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

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
_READY = "traces/*/*.html\n_casefiles/charts/*"
_WAITING = """\
import importlib, sys
program = importlib.import_module(sys.argv[1] + ".__main__")
if sys.argv[1] == "mkdocs":
    for name in ("mkdocs.commands.build", "markdown.htmlparser", "material.plugins.search.plugin"):
        importlib.import_module(name)
sys.stdin.readline()
program.cli(sys.argv[2:], prog_name=sys.argv[1])
"""
_TOLD = re.compile(r"(?:WARNING|ERROR|CRITICAL)\s+-\s+(.*)|(?:Error|Config value|Aborted)\b.*")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to build."""

    builder: Builder = "mkdocs"
    """The program."""
    base_url: str = ""
    """Where the site will be read; empty: anywhere, all addresses are relative."""


class Build:
    """A run of the builder, started before there is anything to render.

    A context: what it leaves behind goes with it.
    """

    def __init__(self, root: Path, memory: Memory, plan: Plan) -> None:
        """Prepare for a workspace; nothing is started yet."""
        self._root = root
        self._memory = memory
        self._plan = plan
        self._derived = root / _DERIVED
        self._cache = root / "site" / ".cache"  # Zensical leaves one beside its settings
        self._had_cache = self._cache.exists()
        self._process: subprocess.Popen[str] | None = None
        # Zensical wants its output beside its settings.
        parent = memory.folder if plan.builder == "mkdocs" else root / "site"
        parent.mkdir(parents=True, exist_ok=True)
        self._folder = tempfile.TemporaryDirectory(prefix=".built-", dir=parent)
        self._building = Path(self._folder.name) / "site"

    def __enter__(self) -> Self:
        """Start the builder's process, which loads its program and waits."""
        self._process = subprocess.Popen(
            [sys.executable, "-c", _WAITING, self._plan.builder, *self._arguments()],
            cwd=self._root,
            # The theme's notice about another version of the builder concerns no user of ours.
            env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1", "NO_COLOR": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process if it still runs, and remove what the run left."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.communicate()
        self._derived.unlink(missing_ok=True)
        if not self._had_cache:
            shutil.rmtree(self._cache, ignore_errors=True)
        self._folder.cleanup()

    def go(self) -> None:
        """Let the builder render what is written by now; it does so while the caller goes on."""
        assert self._process is not None
        assert self._process.stdin is not None
        text = (self._root / settings.PATH).read_text("utf-8")
        self._derived.write_text(_settings(text, self._building, self._plan), "utf-8")
        with contextlib.suppress(BrokenPipeError):  # it ended early; `finish` says why
            self._process.stdin.write("go\n")
            self._process.stdin.flush()

    def finish(self) -> Finished:
        """Wait for the builder, finish what it built, and return what that changed in the site.

        The old site stays as it is until everything of the new one is known to be sound. Raises
        BadInputError with the builder's own words if it fails (a broken link in a page, a wrong
        setting), and for links that lead nowhere.
        """
        assert self._process is not None
        said, _ = self._process.communicate()
        if self._process.returncode != 0 or not self._building.is_dir():
            message = "\n".join(["the site was not built", *_relevant(said)])
            raise BadInputError(message, where=settings.PATH)
        return finish.finish(self._building, self._root / DOCS, self._root / PUBLIC, self._memory)

    def _arguments(self) -> list[str]:
        clean = ["--clean"] if self._plan.builder == "zensical" else []
        return ["build", "--strict", "--config-file", _DERIVED, *clean]


def _settings(text: str, building: Path, plan: Plan) -> str:
    """The team's settings, but for where the site goes.

    Trace pages and charts are ready, and may still be being made: `finish` brings them.
    """
    values = {"site_dir": str(building)}
    if plan.base_url:
        values["site_url"] = plan.base_url
    if plan.builder == "mkdocs" and not re.search(r"^exclude_docs:", text, re.MULTILINE):
        values["exclude_docs"] = _READY
    return settings.derived(text, **values)


def _relevant(said: str) -> list[str]:
    """Pick the lines that say what is wrong; the last ones if none is marked as such.

    Zensical draws where it is, then ends with a traceback of its own.
    """
    before, _, traceback = _COLOUR.sub("", said).partition("Traceback (most recent call last)")
    lines = before.strip().splitlines()
    told = list(_told(lines)) or (lines[1:] if traceback else [])
    return [f"  {line}" for line in told or _COLOUR.sub("", said).splitlines()[-15:]]


def _told(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if match := _TOLD.match(line):
            yield match[1] or line
