"""`casefiles check`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import click

from casefiles.commands import check_formats, output
from casefiles.commands.check_formats import said
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
    type=click.Choice(["text", "github", "gitlab"]),
    default="text",
    show_default=True,
    help="Lines for people, annotations of GitHub Actions, or GitLab's code quality report.",
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
    elif style == "text":
        _print(found, _line, quiet=options.quiet)
    else:
        prefix = check_formats.prefix(options.workspace.root)
        if style == "gitlab":
            output.document([check_formats.gitlab(problem, prefix) for problem in found])
        else:
            github = partial(check_formats.github, prefix=prefix)
            _print(found, github, quiet=options.quiet)
    levels = {problem.level for problem in found}
    if "error" in levels or (strict and "warning" in levels):
        raise ProblemsFoundError("")


def _print(found: tuple[Problem, ...], line: Callable[[Problem], str], *, quiet: bool) -> None:
    for problem in found:
        output.result(line(problem))
    counts = Counter(problem.level for problem in found)
    said = ", ".join(
        output.plural(counts[level], level, "advice" if level == "advice" else "")
        for level in ("error", "warning", "advice")
        if counts[level]
    )
    output.story(said or "nothing is wrong", quiet=quiet)


def _line(problem: Problem) -> str:
    return inert_line(f"{problem.path}:{problem.line}: {problem.level}: {said(problem)}")


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
