"""`casefiles assign`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common
from casefiles.documents.config import Order

if TYPE_CHECKING:
    from casefiles.loop.assign import Assignment


@click.command("assign", epilog="Example: casefiles assign ana ben --overlap 20")
@click.argument("annotators", metavar="[NAME…]", nargs=-1)
@click.option("--overlap", type=click.IntRange(min=0), help="How many traces all of them read.")
@click.option("--seed", type=int, help="Draws another order, and with it other shares.")
@click.option(
    "--order", type=click.Choice(["random", "path", "newest"]), help="Which trace comes next."
)
@click.option("--list", "listed", is_flag=True, help="Name every trace and who reads it.")
@common(writes=True)
def command(
    options: Options,
    annotators: tuple[str, ...],
    *,
    overlap: int | None,
    seed: int | None,
    order: Order | None,
    listed: bool,
) -> None:
    """Share the traces out to several annotators.

    The first OVERLAP traces of the random order are read by everyone, so that agreement can be
    measured; each of the others by one. Only [review] of the configuration is written: who reads
    what follows from the names, the seed and the traces, on every machine alike, and a trace or a
    person that is added moves no more of the others than it must. `note` gives each their own.

    Without names and options it shows how the traces are shared out now.
    """
    from casefiles.loop import assign

    found = assign.assign(
        options.workspace,
        annotators,
        overlap=overlap,
        seed=seed,
        order=order,
        dry_run=options.dry_run,
    )
    if options.json:
        output.document(_document(found))
        return
    if options.dry_run:
        output.diff(found.plan)
        return
    _print(found, listed=listed)
    for change in found.plan.real:
        output.story(f"{change.path} written", quiet=options.quiet)
    if len(found.review.annotators) < 2:
        why = "agreement needs a second annotator"
        output.next_step("casefiles assign NAME NAME --overlap 20", why, quiet=options.quiet)
    else:
        output.next_step("casefiles note", "everybody reads their share", quiet=options.quiet)


def _print(found: Assignment, *, listed: bool) -> None:
    rows = [
        (share.annotator, str(share.traces), str(share.shared), str(share.noted))
        for share in found.shares
    ]
    columns = ("annotator", "to read", "with others", "read")
    output.table([(columns[0], "left"), *((name, "right") for name in columns[1:])], rows)
    for trace, names in found.readers.items() if listed else ():
        output.result(f"{trace}  {', '.join(names)}")


def _document(found: Assignment) -> dict[str, object]:
    review = found.review
    return {
        "annotators": list(review.annotators),
        "overlap": review.overlap,
        "order": review.order,
        "seed": review.seed,
        "shares": [
            {
                "annotator": share.annotator,
                "traces": share.traces,
                "shared": share.shared,
                "noted": share.noted,
            }
            for share in found.shares
        ],
        "readers": {trace: list(names) for trace, names in found.readers.items()},
        "written": [change.path for change in found.plan.real],
    }
