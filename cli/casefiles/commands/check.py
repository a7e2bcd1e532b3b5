"""`casefiles check`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common
from casefiles.errors import ProblemsFoundError
from casefiles.text.odd import inert_line

if TYPE_CHECKING:
    from casefiles.documents.problem import Problem


@click.command("check", epilog="Example: casefiles check --strict --secrets")
@click.option("--strict", is_flag=True, help="Exit 1 for warnings too.")
@click.option("--secrets", is_flag=True, help="Search every file for secrets and personal data.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "github"]),
    default="text",
    show_default=True,
    help="Lines for people, or annotations for GitHub Actions.",
)
@common()
def command(options: Options, *, strict: bool, secrets: bool, style: str) -> None:
    """Say everything that is wrong, with file and line.

    Exit 1 if there are errors. Advice (notes that say little, drift, pitfalls) is never an error.
    """
    from casefiles.loop import check

    found = check.check(options.workspace, secrets=secrets)
    if options.json:
        output.document({"problems": [_document(problem) for problem in found]})
    else:
        _print(found, style, quiet=options.quiet)
    levels = {problem.level for problem in found}
    if "error" in levels or (strict and "warning" in levels):
        raise ProblemsFoundError("")


def _print(found: tuple[Problem, ...], style: str, *, quiet: bool) -> None:
    for problem in found:
        output.result(_github(problem) if style == "github" else _line(problem))
    counts = Counter(problem.level for problem in found)
    said = ", ".join(
        output.plural(counts[level], level, "advice" if level == "advice" else "")
        for level in ("error", "warning", "advice")
        if counts[level]
    )
    output.story(said or "nothing is wrong", quiet=quiet)


def _line(problem: Problem) -> str:
    return inert_line(f"{problem.path}:{problem.line}: {problem.level}: {_said(problem)}")


def _said(problem: Problem) -> str:
    remedy = f"; {problem.remedy}" if problem.remedy else ""
    return f"{problem.message}{remedy} [{problem.code}]"


def _github(problem: Problem) -> str:
    """Format as a workflow command of GitHub Actions.

    https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
    """
    level = "notice" if problem.level == "advice" else problem.level
    path = _escape(problem.path).replace(",", "%2C").replace(":", "%3A")
    place = f"file={path},line={problem.line},col={problem.column},title={problem.code}"
    return f"::{level} {place}::{_escape(_said(problem))}"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _document(problem: Problem) -> dict[str, object]:
    return {
        "level": problem.level,
        "code": problem.code,
        "message": problem.message,
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "remedy": problem.remedy,
    }
