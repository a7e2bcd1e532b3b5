"""`casefiles tuples`."""

from __future__ import annotations

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common


@click.command("tuples", epilog="Example: casefiles tuples --count 50")
@click.option(
    "--count",
    default=50,
    show_default=True,
    type=click.IntRange(min=1),
    help="Tuples to have in all; more if covering every pair takes more.",
)
@click.option("--seed", default=0, show_default=True, help="Seed of the draw by weight.")
@common(writes=True)
def command(options: Options, count: int, seed: int) -> None:
    """Combine the dimensions' values into tuples, covering every feasible pair.

    Tuples already in traces/dataset/tuples.yaml stay. Drop a senseless one there with
    `keep: no` and `why: …`; running the command again covers what that left open.
    """
    from casefiles.loop import dataset

    found = dataset.cover(options.workspace, count=count, seed=seed, dry_run=options.dry_run)
    if options.json:
        output.document(
            {
                "new": [{"id": item.id, "values": dict(item.values)} for item in found.new],
                "tuples": found.total,
                "pairs": {
                    "covered": found.covered,
                    "feasible": found.feasible,
                    "infeasible": found.infeasible,
                },
            }
        )
        return
    if options.dry_run:
        output.diff(found.plan)
    said = f"{found.covered} of {found.feasible} feasible pairs covered"
    ruled_out = f", {found.infeasible} infeasible" if found.infeasible else ""
    total = output.plural(found.total, "tuple")
    output.result(
        f"{output.plural(len(found.new), 'tuple')} added, {total} in all; {said}{ruled_out}"
    )
    if found.total > count and found.new:
        output.result(f"covering every pair takes more than the {count} asked for; all are written")
    output.next_step(
        "casefiles queries --write",
        "drop senseless tuples in tuples.yaml, then write queries",
        quiet=options.quiet,
    )
