"""What a person sees of the work with a model: what it will take, how far it is, what it took."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from casefiles.commands import output

if TYPE_CHECKING:
    from casefiles.commands.options import Options
    from casefiles.loop.answering import Talk
    from casefiles.models.spending import Estimate, Spent


@contextmanager
def conversation(options: Options) -> Iterator[Talk]:
    """Yield what a job with a model tells and asks a person; bars are gone at the end."""
    from casefiles.loop.answering import Talk

    bars = _Bars(shown=sys.stderr.isatty() and not (options.quiet or options.json))
    try:
        yield Talk(agree=partial(_agree, options), tell=bars.tell, took=partial(_took, options))
    finally:
        bars.stop()


def _agree(options: Options, model: str, expected: Estimate) -> bool:
    """Say what it will take; ask at a terminal, for it costs money and sends notes away."""
    output.story(f"{model}: {_words(expected)}", quiet=options.quiet)
    if options.dry_run:
        output.result("nothing was sent (--dry-run)")
        raise click.exceptions.Exit(0)
    if not expected.calls or options.yes or options.json or not sys.stdin.isatty():
        return True
    return click.confirm("Send it?", default=True, err=True)


def _words(expected: Estimate) -> str:
    """``about 9 calls, 31,000 tokens, 0.04 USD``."""
    tokens = expected.tokens_in + expected.tokens_out
    kept = f"; {output.plural(expected.kept, 'answer')} kept from before" if expected.kept else ""
    calls = output.plural(expected.calls, "call")
    return f"about {calls}, {tokens:,} tokens, {_price(expected.cost_usd)}{kept}"


def _took(options: Options, model: str, spent: Spent) -> None:
    tokens = spent.tokens_in + spent.tokens_out
    cost = _price(None if spent.unpriced else spent.cost_usd)
    kept = f"; {output.plural(spent.kept, 'answer')} kept from before" if spent.kept else ""
    calls = output.plural(spent.calls, "call")
    output.story(f"{model} took {calls}, {tokens:,} tokens, {cost}{kept}", quiet=options.quiet)


def _price(usd: float | None) -> str:
    return "price not known" if usd is None else f"{usd:.2f} USD"


class _Bars:
    """A bar for each stage, from its first step on: before it, questions may be asked."""

    def __init__(self, *, shown: bool) -> None:
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TaskID,
            TextColumn,
            TimeElapsedColumn,
        )

        text = TextColumn("{task.description}", markup=False)
        columns = (text, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        console = output.console(stderr=True)
        self._progress = Progress(*columns, console=console, transient=True, disable=not shown)
        self._tasks: dict[str, TaskID] = {}

    def tell(self, stage: str, done: int, total: int) -> None:
        self._progress.start()
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(stage, total=total)
        self._progress.update(self._tasks[stage], completed=done)

    def stop(self) -> None:
        self._progress.stop()
