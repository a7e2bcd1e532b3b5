"""`casefiles dimensions`."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

import click

from casefiles.commands import output
from casefiles.commands.asking import Allowed, limits
from casefiles.commands.options import Options, common

if TYPE_CHECKING:
    from casefiles.documents.dataset import Dimension
    from casefiles.loop.dimensions import ValueUse


@click.command("dimensions", epilog="Example: casefiles dimensions --suggest")
@click.option("--suggest", is_flag=True, help="Let a model suggest some, to keep or delete.")
@click.option(
    "--method",
    type=click.Choice(["model", "prompt"]),
    default="model",
    show_default=True,
    help="How to suggest: over the model's API, or with a prompt to paste into any chat.",
)
@click.option(
    "--answers",
    type=click.File("r", encoding="utf-8", errors="replace"),
    metavar="FILE",
    help="What the chat replied to the prompt (- reads it from stdin).",
)
@limits
@common(writes=True)
def command(
    options: Options, method: str, answers: IO[str] | None, allowed: Allowed, *, suggest: bool
) -> None:
    """Show the dimensions of use, and how often each value is used.

    Dimensions stand in traces/dataset/dimensions.yaml, a file to edit by hand: three or more ways
    in which uses of the application differ (feature, persona, scenario), each with its values.
    What a model suggests is appended with `suggested: yes`, and used nowhere until you write
    `keep: yes` below it; `keep: no` keeps it from being suggested again.
    """
    from casefiles.commands import suggesting

    if answers is not None:
        suggesting.take(options, answers.read())
    elif suggest and method == "prompt":
        suggesting.prompt(options)
    elif suggest:
        suggesting.ask(options, allowed)
    else:
        _show(options)


def _show(options: Options) -> None:
    from casefiles.loop.dataset_files import open_dataset
    from casefiles.loop.dimensions import value_uses

    corpus = open_dataset(options.workspace)
    data, uses = corpus.dataset, value_uses(corpus)
    waiting = [dimension for dimension in data.all_dimensions if dimension.waits]
    if options.json:
        output.document(
            {
                "dimensions": _document(data.dimensions, uses),
                "suggested": [suggestion(dimension) for dimension in waiting],
            }
        )
        return
    if uses:
        _table(uses)
    else:
        output.result("no dimensions yet: name three or more in traces/dataset/dimensions.yaml")
    for dimension in waiting:
        output.result(f"suggested, not in use until you write `keep: yes`: {said(dimension)}")
    if uses:
        step, why = "casefiles tuples", "combine the values, covering every pair"
    else:
        step, why = "casefiles dimensions --suggest", "or let a model suggest some"
    output.next_step(step, why, quiet=options.quiet)


def _table(uses: tuple[ValueUse, ...]) -> None:
    columns: list[tuple[str, output.Justify]] = [
        ("dimension", "left"),
        ("value", "left"),
        ("weight", "right"),
        ("tuples", "right"),
        ("queries", "right"),
        ("traces", "right"),
    ]
    rows, last = [], ""
    for use in uses:
        name = "" if use.dimension == last else use.dimension
        last = use.dimension
        counts = (str(use.tuples), str(use.queries), str(use.traces))
        rows.append((name, use.value, f"{use.weight:g}", *counts))
    output.table(columns, rows)


def said(dimension: Dimension) -> str:
    """``mood (calm, cross)``."""
    return f"{dimension.name} ({', '.join(value.name for value in dimension.values)})"


def suggestion(dimension: Dimension) -> dict[str, object]:
    """Return a suggested dimension for machines."""
    return {
        "name": dimension.name,
        "description": dimension.description,
        "values": [{"name": v.name, "description": v.description} for v in dimension.values],
    }


def _document(
    dimensions: tuple[Dimension, ...], uses: tuple[ValueUse, ...]
) -> list[dict[str, object]]:
    return [
        {
            "name": dimension.name,
            "description": dimension.description,
            "values": [
                {
                    "name": use.value,
                    "weight": use.weight,
                    "tuples": use.tuples,
                    "queries": use.queries,
                    "traces": use.traces,
                }
                for use in uses
                if use.dimension == dimension.name
            ],
        }
        for dimension in dimensions
    ]
