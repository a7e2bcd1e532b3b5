"""`casefiles doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common
from casefiles.errors import BadInputError, ProblemsFoundError

if TYPE_CHECKING:
    from casefiles.loop.doctor import Diagnosis
    from casefiles.loop.finding import Finding

_MARKS = {"ok": "+", "missing": "-", "error": "!"}


@click.command("doctor", epilog="Example: casefiles doctor --target app --query q001")
@click.option("--target", help="Which [targets.NAME] to use, if there are several.")
@click.option("--query", metavar="ID", help="Send this query instead of the first one.")
@click.option("--text", help="Send this text instead of a query.")
@common()
def command(options: Options, target: str | None, query: str | None, text: str | None) -> None:
    """Send one query through the application; say what came back and what is missing.

    Nothing is written. What has a + is there, what has a - a trace will lack, a ! means that no run
    can work like this; each with what to do about it.
    """
    from casefiles.loop import doctor

    if query is not None and text is not None:
        raise BadInputError("--query and --text are two queries", remedy="give one of them")
    found = doctor.doctor(options.workspace, target=target, query=query, text=text)
    if options.json:
        output.document(doctor.document(found))
    else:
        _print(found)
    if not found.is_healthy:
        raise ProblemsFoundError("")
    if not options.json:
        output.next_step("casefiles run", "all queries, one trace each", quiet=options.quiet)


def _print(found: Diagnosis) -> None:
    output.result(f"target {found.target} ({found.kind})\n> {found.query}\n")
    width = max(len(finding.code) for finding in found.findings)
    for finding in found.findings:
        _print_one(finding, width)


def _print_one(finding: Finding, width: int) -> None:
    output.result(f"{_MARKS[finding.level]} {finding.code:<{width}}  {finding.text}")
    if finding.remedy:
        output.result(f"  {'':<{width}}  → {finding.remedy}")
