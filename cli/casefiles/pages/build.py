"""From written pages to a finished site: run the builder, then finish what it built."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from casefiles.errors import BadInputError
from casefiles.pages import search, settings
from casefiles.pages.policy import with_policy
from casefiles.pages.search import Entry
from casefiles.pages.shell import Shell, cut
from casefiles.pages.templating import GENERATED

PUBLIC = "site/public"
"""Where the built site goes, relative to the workspace."""
_TOLD = re.compile(r"(?:WARNING|ERROR|CRITICAL)\s+-\s+(.*)|(?:Error|Config value|Aborted)\b.*")


def build(root: Path, entries: list[Entry]) -> Path:
    """Build the site of a workspace whose pages are written; return the folder it is in.

    The old site stays until the new one is whole. Raises BadInputError with the builder's own
    words if it fails (a broken link in a page, a wrong setting).
    """
    private, public = root / ".casefiles", root / PUBLIC
    private.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="site-", dir=private) as folder:
        building = Path(folder) / "site"
        _run(root, building)
        finish(building, entries)
        shutil.rmtree(public, ignore_errors=True)
        building.replace(public)
    return public


def finish(built: Path, entries: list[Entry]) -> None:
    """Give the built pages what the builder does not: trace pages' look, search and policy."""
    around = _shell(built)
    for path in sorted(built.rglob("*.html")):
        page = path.read_text("utf-8", "surrogateescape")
        ours = page.startswith(GENERATED)
        finished = around.around(page) if ours and around else with_policy(page)
        path.write_text(finished, "utf-8", "surrogateescape")
    _extend_search(built, entries)


def _run(root: Path, building: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    command += ["--config-file", settings.PATH, "--site-dir", str(building)]
    # The theme's notice about another version of the builder concerns no user of ours.
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1"}
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        message = "\n".join(["the site was not built", *_relevant(done.stderr + done.stdout)])
        raise BadInputError(message, where=settings.PATH)


def _relevant(said: str) -> list[str]:
    """Pick the lines that say what is wrong; the last ones if none is marked as such."""
    lines = said.strip().splitlines()
    told = [match[1] or line for line in lines if (match := _TOLD.match(line))]
    return [f"  {line}" for line in told or lines[-15:]]


def _shell(built: Path) -> Shell | None:
    index = built / "traces" / "index.html"
    return cut(index.read_text("utf-8")) if index.is_file() else None


def _extend_search(built: Path, entries: list[Entry]) -> None:
    index = built / "search" / "search_index.json"
    if not index.is_file():
        return
    extended = search.with_entries(index.read_text("utf-8"), entries)
    index.write_text(extended, "utf-8")
    script = built / "search" / "search_index.js"
    if script.is_file():  # the same for pages opened from the disk
        script.write_text(f"var __index = {extended}", "utf-8")
