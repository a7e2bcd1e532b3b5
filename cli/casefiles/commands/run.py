"""`casefiles run`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common
from casefiles.errors import BadInputError, LimitReachedError

if TYPE_CHECKING:
    from casefiles.loop.run import RunReport, Tick


@click.command("run", epilog="Example: casefiles run round-2 --target app --concurrency 8")
@click.argument("round_name", metavar="[ROUND]", required=False)
@click.option("--target", help="Which [targets.NAME] to use, if there are several.")
@click.option("--only", multiple=True, metavar="QUERY", help="Only this query (may be repeated).")
@click.option("--limit", type=click.IntRange(min=1), help="Make at most so many traces now.")
@click.option("--shard", metavar="I/N", help="Only part I of N, to spread a run over machines.")
@click.option(
    "--repeat", type=click.IntRange(min=1), default=1, help="Send every query so often in all."
)
@click.option("--retry-errors", is_flag=True, help="Also redo errors, timeouts and limits.")
@click.option("--concurrency", type=click.IntRange(min=1), help="Conversations at once.")
@click.option(
    "--max-calls", type=click.IntRange(min=0), help="Stop after so many calls of it (exit 3)."
)
@click.option(
    "--max-cost", type=click.FloatRange(min=0), metavar="USD", help="Stop at this cost (exit 3)."
)
@click.option("--scheduler", default="", metavar="ADDRESS", help="Use a Dask cluster: tcp://….")
@common(writes=True)
def command(  # noqa: PLR0913  one argument an option
    options: Options,
    round_name: str | None,
    target: str | None,
    only: tuple[str, ...],
    limit: int | None,
    shard: str | None,
    *,
    repeat: int,
    retry_errors: bool,
    concurrency: int | None,
    max_calls: int | None,
    max_cost: float | None,
    scheduler: str,
) -> None:
    """Send the queries through the application; keep each full trace.

    Without ROUND, goes on with the newest round of the target, adding queries it lacks. Killed or
    stopped at any moment, the next run finishes the rest. An answer that is wrong, late or
    missing is kept too: it is what you are here for.

    With `[run] capture = "otlp"` what an application instrumented with OpenTelemetry sends while it
    works is received too. For that, OTEL_… variables are set for its processes: where to send, by
    which protocol, all spans, no small limits, contents of messages on.
    """
    from casefiles.loop import run
    from casefiles.loop.run_plan import Wanted

    wanted = Wanted(
        only=only, limit=limit, shard=_shard(shard), repeat=repeat, retry_errors=retry_errors
    )
    with _bar(quiet=options.quiet or options.json) as progress:
        report = run.run(
            options.workspace,
            round_name,
            target=target,
            wanted=wanted,
            how=run.How(
                concurrency=concurrency,
                max_calls=max_calls,
                max_cost_usd=max_cost,
                scheduler=scheduler,
            ),
            dry_run=options.dry_run,
            progress=progress,
        )
    if options.json:
        output.document(_document(report))
    else:
        _print(report, options)
    if report.limited and not options.dry_run:
        left = output.plural(report.left, "query is", "queries are")
        message = f"the limit of calls or cost was reached, {left} left"
        cut = report.statuses.get("limit")
        remedy = "run again to go on" + (" (--retry-errors: those cut off too)" if cut else "")
        raise LimitReachedError(message, remedy=remedy)


def _shard(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    part, slash, parts = text.partition("/")
    if slash and part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts):
        return int(part), int(parts)
    raise BadInputError(f"--shard is {text!r}", remedy="write for example 2/8: the second of eight")


@contextmanager
def _bar(*, quiet: bool) -> Iterator[Callable[[Tick], None]]:
    """Show progress on a terminal; nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]:.1f}/s  {task.fields[failed]} failed{task.fields[cost]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=output.console(stderr=True), transient=True) as bar:
        task = bar.add_task("run", total=None, rate=0.0, failed=0, cost="")

        def show(tick: Tick) -> None:
            speed = bar.tasks[0].speed or 0.0
            cost = f"  {tick.cost_usd:.2f} USD" if tick.cost_usd else ""
            bar.update(
                task,
                total=tick.total,
                completed=tick.done,
                failed=tick.failed,
                rate=speed,
                cost=cost,
            )

        yield show


def _document(report: RunReport) -> dict[str, object]:
    return {
        "round": report.round,
        "target": report.target,
        "done": report.done,
        "skipped": report.present,
        "left": report.left,
        "statuses": dict(report.statuses),
        "calls": report.calls,
        "cost_usd": round(report.cost_usd, 6),
    }


def _print(report: RunReport, options: Options) -> None:
    if options.dry_run:
        for reference in report.jobs:
            output.result(f"traces/{reference}.md would be made")
        return
    failed = {status: n for status, n in report.statuses.items() if status != "ok"}
    said = "".join(f", {count} with status {status}" for status, count in failed.items())
    output.result(
        f"{output.plural(report.done, 'trace')} made in traces/{report.round}/{said}; "
        f"{report.present} were there{_cost(report)}"
    )
    if report.unpriced:
        unknown = output.plural(report.unpriced, "trace has", "traces have")
        output.story(
            f"{unknown} no known cost: a limit of cost cannot hold, one of --max-calls can",
            quiet=options.quiet,
        )
    output.next_step("casefiles note", "read them and write what goes wrong", quiet=options.quiet)


def _cost(report: RunReport) -> str:
    return f"; cost {report.cost_usd:.4f} USD" if report.cost_usd else ""
