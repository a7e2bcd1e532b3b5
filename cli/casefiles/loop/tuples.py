"""Tuples that cover every feasible pair of values, and what a dropped one left uncovered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from casefiles.dataset.feasible import Pair
from casefiles.dataset.tuples import Covering, cover
from casefiles.documents.dataset import Tuple
from casefiles.documents.dataset_edit import tuple_row
from casefiles.documents.paths import DIMENSIONS, TUPLES
from casefiles.documents.plan import Plan
from casefiles.errors import BadInputError
from casefiles.loop import desk
from casefiles.loop.dataset_files import changed, free_names, open_dataset
from casefiles.workspace.find import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncovered:
    """What a dropped tuple left open."""

    dropped: Tuple
    """The tuple."""
    pairs: Mapping[Pair, str | None]
    """The feasible pairs that no other tuple showed, to the new tuple that shows it again; None:
    every tuple that could was dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """What `tuples` did."""

    plan: Plan
    """The change of tuples.yaml."""
    new: tuple[Tuple, ...]
    """The tuples added."""
    total: int
    """Tuples in use, old and new."""
    covered: int
    """Feasible pairs of values that some tuple in use holds."""
    feasible: int
    """Pairs of values that the constraints allow."""
    infeasible: int
    """Pairs that they rule out."""
    uncovered: tuple[Uncovered, ...]
    """Per dropped tuple that left pairs open, which ones."""
    lost: tuple[Pair, ...]
    """Feasible pairs that only dropped tuples hold, sorted."""


def add_tuples(
    workspace: Workspace, *, count: int = 50, seed: int = 0, dry_run: bool = False
) -> Covered:
    """Add tuples until every feasible pair is covered, then up to ``count`` by weight.

    Tuples there are stay; dropped ones stay on file, cover nothing and never come back. Raises
    BadInputError without dimensions, or if a dataset file cannot be relied on.
    """
    data = open_dataset(workspace).dataset
    if not data.dimensions:
        raise BadInputError(
            "there are no dimensions yet",
            where=DIMENSIONS,
            remedy="name three or more there, then run `casefiles tuples` again",
        )
    dropped = [item for item in data.tuples if not item.used]
    found = cover(
        data.dimensions,
        data.constraints,
        existing=[item.values for item in data.used_tuples],
        dropped=[item.values for item in dropped],
        count=count,
        seed=seed,
    )
    names = free_names("t", {item.id for item in data.tuples}, len(found.tuples), width=2)
    new = tuple(
        Tuple(id=name, values=values) for name, values in zip(names, found.tuples, strict=True)
    )
    change = changed(workspace, TUPLES, rows=[tuple_row(item) for item in new])
    return Covered(
        plan=desk.carry_out(workspace, Plan(changes=(change,)), dry_run=dry_run),
        new=new,
        total=len(data.used_tuples) + len(new),
        covered=found.covered,
        feasible=found.feasible,
        infeasible=found.infeasible,
        uncovered=_uncovered(dropped, found, new),
        lost=tuple(sorted(found.lost)),
    )


def _uncovered(
    dropped: Sequence[Tuple], found: Covering, new: Sequence[Tuple]
) -> tuple[Uncovered, ...]:
    return tuple(
        Uncovered(dropped=item, pairs={pair: _shown_by(pair, new) for pair in sorted(pairs)})
        for item, pairs in zip(dropped, found.uncovered, strict=True)
        if pairs
    )


def _shown_by(pair: Pair, new: Sequence[Tuple]) -> str | None:
    return next((item.id for item in new if set(pair) <= set(item.values.items())), None)
