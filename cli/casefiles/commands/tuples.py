"""`casefiles tuples`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common

if TYPE_CHECKING:
    from casefiles.dataset.feasible import Pair
    from casefiles.loop.tuples import Covered, Uncovered

_MOST_LOST = 10


@click.command("tuples", epilog="Example: casefiles tuples --count 50")
@click.option(
    "--count",
    default=50,
    show_default=True,
    type=click.IntRange(min=1),
    help="Tuples to have in all; more if covering every pair takes more.",
)
@click.option("--seed", default=0, show_default=True, help="Seed of the draw by weight.")
@click.option("--review", is_flag=True, help="Keep or drop the undecided ones in the editor.")
@common(writes=True)
def command(options: Options, count: int, seed: int, *, review: bool) -> None:
    """Combine the dimensions' values into tuples, covering every feasible pair.

    Tuples already in traces/dataset/tuples.yaml stay. Drop a senseless one there with
    `keep: no` and `why: …`, or many with --review: the next run says which pairs that left
    uncovered and adds others that cover them; a dropped tuple never comes back.
    """
    from casefiles.loop import tuples

    if review:
        _review(options)
        return

    found = tuples.add_tuples(options.workspace, count=count, seed=seed, dry_run=options.dry_run)
    if options.json:
        output.document(_document(found))
        return
    if options.dry_run:
        output.diff(found.plan)
    for left in found.uncovered:
        _print_uncovered(left)
    ruled_out = f", {found.infeasible} infeasible" if found.infeasible else ""
    output.result(
        f"{output.plural(len(found.new), 'tuple')} added, {output.plural(found.total, 'tuple')} "
        f"in all; {found.covered} of {found.feasible} feasible pairs covered{ruled_out}"
    )
    if found.lost:
        _print_lost(found.lost)
    if found.total > count and found.new:
        output.result(f"covering every pair takes more than the {count} asked for; all are written")
    output.next_step(
        "casefiles tuples --review",
        "drop the senseless ones, then write queries",
        quiet=options.quiet,
    )


def _review(options: Options) -> None:
    from casefiles.commands.deciding import agree, print_decided
    from casefiles.loop.buffers import edited
    from casefiles.loop.decide import decide_tuples

    workspace = options.workspace
    with edited(workspace, "tuples-review.txt", tell=output.story) as edit:
        found = decide_tuples(workspace, edit, agree=agree(options), dry_run=options.dry_run)
    print_decided(found, options, step=("casefiles tuples", "cover what the drops left open"))


def _document(found: Covered) -> dict[str, object]:
    return {
        "new": [{"id": item.id, "values": dict(item.values)} for item in found.new],
        "tuples": found.total,
        "pairs": {
            "covered": found.covered,
            "feasible": found.feasible,
            "infeasible": found.infeasible,
            "lost": [dict(pair) for pair in found.lost],
        },
        "uncovered": [
            {
                "tuple": left.dropped.id,
                "why": left.dropped.why,
                "pairs": [{"values": dict(p), "replaced_by": by} for p, by in left.pairs.items()],
            }
            for left in found.uncovered
        ],
    }


def _print_uncovered(left: Uncovered) -> None:
    why = f" ({left.dropped.why})" if left.dropped.why else ""
    pairs = output.plural(len(left.pairs), "pair")
    output.result(f"{left.dropped.id} is dropped{why}, which left {pairs} uncovered:")
    for pair, by in left.pairs.items():
        output.result(f"  {_said(pair)}  → {by or 'in no other tuple'}")


def _print_lost(lost: tuple[Pair, ...]) -> None:
    names = "; ".join(map(_said, lost[:_MOST_LOST])) + ("; …" if len(lost) > _MOST_LOST else "")
    output.result(f"only dropped tuples hold: {names}")
    output.result("if these never occur together, say so once as a constraint in dimensions.yaml")


def _said(pair: Pair) -> str:
    return " × ".join(f"{dimension}: {value}" for dimension, value in pair)
