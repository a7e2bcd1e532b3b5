"""`casefiles dimensions`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common

if TYPE_CHECKING:
    from casefiles.documents.dataset import Dimension
    from casefiles.loop.dimensions import ValueUse


@click.command("dimensions", epilog="Example: casefiles dimensions --json")
@common()
def command(options: Options) -> None:
    """Show the dimensions of use, and how often each value is used.

    Dimensions stand in traces/dataset/dimensions.yaml, a file to edit by hand: three or more ways
    in which uses of the application differ (feature, persona, scenario), each with its values.
    """
    from casefiles.loop.dataset_files import open_dataset
    from casefiles.loop.dimensions import value_uses

    corpus = open_dataset(options.workspace)
    uses = value_uses(corpus)
    if options.json:
        output.document({"dimensions": _document(corpus.dataset.dimensions, uses)})
        return
    if not uses:
        output.result("no dimensions yet: name three or more in traces/dataset/dimensions.yaml")
        return
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
    output.next_step(
        "casefiles tuples", "combine the values, covering every pair", quiet=options.quiet
    )


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
