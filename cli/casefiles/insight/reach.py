"""How much of what goes wrong a few failure modes cover: the sum behind a Pareto chart."""

from __future__ import annotations

from collections.abc import Sequence

from casefiles.insight.incidence import Rows


def reached(rows: Rows, order: Sequence[str]) -> tuple[int, ...]:
    """Count, for each mode of ``order``, the rows that show it or one before it."""
    found, covered = [], set[int]()
    for mode in order:
        covered |= {at for at, row in enumerate(rows) if mode in row}
        found.append(len(covered))
    return tuple(found)
