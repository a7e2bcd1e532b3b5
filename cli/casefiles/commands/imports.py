"""`casefiles import`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common
from casefiles.errors import BadInputError, ProblemsFoundError

if TYPE_CHECKING:
    from casefiles.loop.imports import ImportReport

SHOWN = 20
"""Failed records that are listed; all of them are in the JSON."""


@click.command("import", epilog="Example: casefiles import logs.jsonl --round production-1")
@click.argument(
    "files",
    metavar="FILE…",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@click.option("--round", "round_name", metavar="R", help="Round the traces go into.")
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help="Draw N conversations at random; records of one session stay together.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Seed of --sample: the same file and seed give the same sample.",
)
@click.option(
    "--drawn",
    type=click.Choice(["random", "stratified", "targeted", "synthetic"]),
    help="How the file itself was drawn; not said, its figures do not speak for production.",
)
@click.option(
    "--limit", type=click.IntRange(min=1), metavar="N", help="Import at most N records now."
)
@click.option(
    "--prefix", default="", metavar="P", help="Put P before ids that are unique in this file only."
)
@click.option(
    "--dimension",
    "dimensions",
    multiple=True,
    metavar="NAME=PATH",
    help="Take a dimension from the record, such as plan=metadata.plan; may be repeated.",
)
@common(writes=True)
def command(  # noqa: PLR0913, PLR0917  one a choice of the user's
    options: Options,
    files: tuple[Path, ...],
    round_name: str | None,
    sample: int | None,
    seed: int,
    drawn: Any,
    limit: int | None,
    prefix: str,
    dimensions: tuple[str, ...],
) -> None:
    """Bring production logs in as traces.

    Reads JSON and JSON lines (also .gz) with OpenAI-style messages, wherever a record keeps
    them, and OpenTelemetry spans: OTLP (protobuf, too) and dumps of Phoenix, Jaeger and the SDKs,
    each trace of them a trace here. Secrets and personal data are hidden before anything is
    written. What is a trace already, in any round, is skipped.
    """
    if round_name is None:
        raise BadInputError(
            "it is not said which round the traces go into",
            remedy="name one, for example --round production-1",
        )
    from casefiles.loop.imports import How, import_files

    how = How(
        drawn=drawn,
        sample=sample,
        seed=seed,
        limit=limit,
        prefix=prefix,
        dimensions=dict(_pair(text) for text in dimensions),
        dry_run=options.dry_run,
    )
    with _bar(options) as progress:
        report = import_files(options.workspace, files, round_name, how, progress=progress)
    if options.json:
        output.document(_document(report, dry_run=options.dry_run))
    else:
        _print(report, options)
    _stop_on_failures(report, options)


def _pair(text: str) -> tuple[str, str]:
    name, _, path = text.partition("=")
    if not (name and path):
        raise BadInputError(
            f"--dimension {text!r} is not NAME=PATH", remedy="for example plan=metadata.plan"
        )
    return name, path


@contextmanager
def _bar(options: Options) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on a terminal; None where nobody watches."""
    console = output.console(stderr=True)
    if options.quiet or options.json or not console.is_terminal:
        yield None
        return
    from rich.progress import Progress

    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("importing", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _document(report: ImportReport, *, dry_run: bool) -> dict[str, Any]:
    return {
        "round": report.round,
        "dry_run": dry_run,
        "imported": len(report.imported),
        "skipped": report.skipped,
        "changed": report.states.get("changed", 0),
        "repeated": report.states.get("repeated", 0),
        "failed": [
            {"file": failed.file, "line": failed.line, "why": failed.why}
            for failed in report.failed
        ],
        "redacted": dict(sorted(report.redacted.items())),
        "population": report.population,
        "drawn": report.described.drawn,
        "traces": list(report.imported),
    }


def _print(report: ImportReport, options: Options) -> None:
    verb = "would be imported" if options.dry_run else "imported"
    output.result(f"{output.plural(len(report.imported), 'trace')} {verb} into {report.round}")
    for line in _details(report):
        output.story(line, quiet=options.quiet)
    if options.dry_run:
        output.diff(report.plan)
    elif report.imported:
        output.next_step("casefiles note", "read the first one", quiet=options.quiet)


def _details(report: ImportReport) -> Iterator[str]:
    if report.titles:
        yield f'first: {report.imported[0]} "{report.titles[0]}"'
    if report.skipped:
        yield f"{output.plural(report.skipped, 'record')} skipped: traces already, or twice here"
    if changed := report.states.get("changed", 0):
        yield (
            f"{changed:,} of them have an id that is there with other content; if the ids are "
            "unique in this file only, import it with --prefix NAME"
        )
    if report.redacted:
        kinds = (f"{count:,} {kind}" for kind, count in sorted(report.redacted.items()))
        yield f"hidden: {', '.join(kinds)}"
    if report.imported and report.described.drawn is None:
        yield (
            "round.yaml does not say how the traces were drawn, so figures will not speak for "
            "production; --sample draws at random, --drawn says how the file was drawn"
        )
    if report.imported and not report.plan.real:
        yield f"traces/{report.round}/round.yaml was there and stays as it is"


def _stop_on_failures(report: ImportReport, options: Options) -> None:
    """Exit 1 if some records failed, 2 if there was nothing else."""
    if not report.failed and not (report.imported or report.states):
        raise BadInputError(
            "no records in the file", remedy="give JSON or JSON lines with messages"
        )
    if not report.failed:
        return
    for failed in report.failed[:SHOWN]:
        output.story(str(failed))
    if len(report.failed) > SHOWN:
        output.story(f"… and {len(report.failed) - SHOWN:,} more (all: --json)")
    count = output.plural(len(report.failed), "record")
    verb = "could not be read" if options.dry_run else "could not be imported"
    if not (report.imported or report.skipped):
        raise BadInputError(
            f"no record could be imported: {count} failed, nothing was written",
            remedy="give JSON or JSON lines whose records hold messages, or spans",
        )
    raise ProblemsFoundError(f"{count} {verb}; the others are in")
