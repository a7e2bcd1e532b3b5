"""Problems as code hosts show them beside the lines of a change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from casefiles.text.names import short_hash
from casefiles.text.odd import inert_line
from casefiles.workspace import git

if TYPE_CHECKING:
    from casefiles.documents.problem import Level, Problem

_SEVERITIES: dict[Level, str] = {"error": "major", "warning": "minor", "advice": "info"}


def said(problem: Problem) -> str:
    """What is wrong, what to do, and the code of it."""
    remedy = f"; {problem.remedy}" if problem.remedy else ""
    return f"{problem.message}{remedy} [{problem.code}]"


def prefix(root: Path) -> str:
    """Return the workspace's folder in its repository, where hosts count from, with a slash."""
    top = git.top(root)
    return "" if top in (None, root) else f"{root.relative_to(top).as_posix()}/"


def github(problem: Problem, *, prefix: str) -> str:
    """Write a problem as a workflow command of GitHub Actions.

    https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
    """
    level = "notice" if problem.level == "advice" else problem.level
    path = _escape(f"{prefix}{problem.path}").replace(",", "%2C").replace(":", "%3A")
    place = f"file={path},line={problem.line},col={problem.column},title={problem.code}"
    return f"::{level} {place}::{_escape(said(problem))}"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def gitlab(problem: Problem, prefix: str) -> dict[str, Any]:
    """Write a problem as an entry of GitLab's code quality report.

    https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
    """
    path = f"{prefix}{problem.path}"
    return {
        "description": inert_line(said(problem)),
        "check_name": problem.code,
        # The line is left out: a problem that moved is the same problem.
        "fingerprint": short_hash(f"{path}\0{problem.code}\0{problem.message}", length=32),
        "severity": _SEVERITIES[problem.level],
        "location": {"path": path, "lines": {"begin": problem.line}},
    }
