"""Commands that ask a model: their limits, a question before the first call, a progress bar."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from casefiles.commands import output
from casefiles.commands.options import Options

if TYPE_CHECKING:
    from casefiles.loop.asking import Tick
    from casefiles.models.spending import Estimate, Spent


def limits(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options max_calls, max_cost and concurrency."""
    for option in reversed(_LIMITS):
        function = option(function)
    return function


_LIMITS = (
    click.option(
        "--max-calls", type=click.IntRange(min=0), help="Make at most so many calls (exit 3)."
    ),
    click.option(
        "--max-cost",
        type=click.FloatRange(min=0),
        metavar="USD",
        help="Spend at most so many US dollars (exit 3).",
    ),
    click.option(
        "--concurrency",
        type=click.IntRange(min=1),
        default=10,
        show_default=True,
        help="Calls at once.",
    ),
)


def said(estimate: Estimate, model: str) -> str:
    """Say in one line what a job will take."""
    kept = f" ({estimate.kept} more answers are kept from before)" if estimate.kept else ""
    if estimate.cost_usd is None:
        cost = "at a price that is not known"
    else:
        cost = f"for about {_usd(estimate.cost_usd)}"
    return (
        f"{output.plural(estimate.calls, 'call')} of {model}{kept}: about {estimate.tokens_in:,} "
        f"tokens in and {estimate.tokens_out:,} out, {cost}"
    )


def agreed(estimate: Estimate, model: str, options: Options) -> bool:
    """Say what a job will take and, at a terminal, ask whether to go on."""
    output.story(said(estimate, model), quiet=options.quiet and options.yes)
    if options.yes or not estimate.calls or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return True
    return click.confirm("Go on?", default=True, err=True)


def spent(used: Spent) -> str:
    """Say in one line what a job took."""
    kept = f"; {used.kept} answers were kept from before" if used.kept else ""
    cost = _usd(used.cost_usd) if used.calls > used.unpriced else ""
    if used.unpriced:
        unknown = f"{used.unpriced} at a price that is not known"
        cost = f"{cost}, {unknown}" if cost else "at a price that is not known"
    tokens = f"{used.tokens_in:,} tokens in, {used.tokens_out:,} out"
    return f"{output.plural(used.calls, 'call')} ({tokens}){f', {cost}' if cost else ''}{kept}"


def spent_document(used: Spent) -> dict[str, object]:
    """Return the same for machines."""
    return {
        "calls": used.calls,
        "kept": used.kept,
        "retries": used.retries,
        "tokens_in": used.tokens_in,
        "tokens_out": used.tokens_out,
        "cost_usd": used.cost_usd,
        "unpriced": used.unpriced,
    }


def _usd(cost: float) -> str:
    """Small sums with the digits that tell them apart."""
    return f"{cost:.2f} USD" if cost >= 0.1 or not cost else f"{cost:.2g} USD"


@contextmanager
def bar(what: str, *, quiet: bool) -> Iterator[Callable[[Tick], None]]:
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
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]} failed"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=output.console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None, failed=0)
        yield lambda tick: progress.update(
            task, total=tick.total, completed=tick.done, failed=tick.failed
        )
