"""Coverage in the terminal: a table for each two dimensions, and the pairs nobody tried."""

from __future__ import annotations

from casefiles.commands import output
from casefiles.insight.use_coverage import Cell, Coverage, Crossing, Pair, What

_MOST_GAPS = 20
_GAPS: tuple[tuple[What, str], ...] = (
    ("queries", "no query in use"),
    ("traces", "not run"),
    ("reviewed", "not read"),
)


def print_coverage(found: Coverage) -> None:
    """Print the tables, then the gaps of the first stage that has any."""
    if not found.crossings:
        output.result("coverage needs two dimensions in traces/dataset/dimensions.yaml")
        return
    for crossing in found.crossings:
        _print_crossing(crossing)
    output.result("queries in use / traces / reviewed traces; – cannot occur")
    for what, said in _GAPS:
        gaps = found.gaps(what)
        output.result(f"{said}: {len(gaps)} of {found.expected} pairs of values")
        if gaps:
            _print_gaps(gaps)
            break  # what was not asked cannot have been read


def _print_crossing(crossing: Crossing) -> None:
    """Print the dimension with more values downwards: terminals are taller than wide."""
    down, across = crossing.rows, crossing.columns
    rows = [[(cell.row, cell.column, _cell(cell)) for cell in row] for row in crossing.cells]
    if not rows or not rows[0]:
        return
    if len(rows[0]) > len(rows):
        down, across = across, down
        rows = [[(b, a, said) for a, b, said in column] for column in zip(*rows, strict=True)]
    columns: list[tuple[str, output.Justify]] = [(f"{down} \\ {across}", "left")]
    columns += [(name, "right") for _, name, _ in rows[0]]
    output.table(columns, [(row[0][0], *(said for _, _, said in row)) for row in rows])


def _cell(cell: Cell) -> str:
    tally = cell.tally
    counts = (tally.queries, tally.traces, tally.reviewed)
    return "/".join(map(str, counts)) if cell.expected or any(counts) else "–"


def _print_gaps(gaps: tuple[Pair, ...]) -> None:
    for pair in gaps[:_MOST_GAPS]:
        output.result("  " + " × ".join(f"{dimension}: {value}" for dimension, value in pair))
    if len(gaps) > _MOST_GAPS:
        output.result(f"  … and {len(gaps) - _MOST_GAPS} more (--json lists them all)")
