"""Coverage in the terminal: tables for each two dimensions, and the pairs nobody tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from casefiles.commands import output
from casefiles.insight.use_coverage import WHATS, Cell, Coverage, Crossing, What
from casefiles.text.names import shorten

_MOST_GAPS = 20
"""Lines of gaps that are printed; --json has them all."""
_NAME = 24
"""Characters of a value's name at the head of a row or column."""
_SAID: dict[What, tuple[str, str]] = {
    "queries": ("queries in use", "no query in use"),
    "traces": ("traces", "not run"),
    "reviewed": ("reviewed traces", "not read"),
}


def print_coverage(found: Coverage) -> None:
    """Print the tables, then the gaps of the first stage that has any.

    A later stage that nothing has reached yet is left out: it would be a column of zeros.
    """
    if not found.crossings:
        output.result("coverage needs two dimensions in traces/dataset/dimensions.yaml")
        return
    reached = [what for what in WHATS if what == "queries" or _any(found, what)]
    for crossing in found.crossings:
        _print_crossing(crossing, reached)
    legend = " / ".join(_SAID[what][0] for what in reached)
    output.result(f"{legend}; – cannot occur")
    for what in WHATS:
        gaps = found.gaps(what)
        output.result(f"{_SAID[what][1]}: {len(gaps)} of {found.expected} pairs of values")
        if gaps:
            _print_gaps(found, what)
            break  # what was not asked cannot have been read


def _any(found: Coverage, what: What) -> bool:
    return any(
        getattr(item.tally, what) for dimension in found.dimensions for item in dimension.values
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """A crossing, the dimension with more values downwards: terminals are taller than wide."""

    corner: str
    rows: Sequence[str]
    columns: Sequence[str]
    cells: Sequence[Sequence[str]]


def _print_crossing(crossing: Crossing, reached: Sequence[What]) -> None:
    """Print a crossing in as many tables as it takes to fit the terminal."""
    grid = _grid(crossing, lambda cell: _cell(cell, reached))
    head = max(map(len, (grid.corner, *grid.rows)), default=0) + 3
    for start, stop in _fitting(grid, output.console().width - head):
        columns: list[tuple[str, output.Justify]] = [(grid.corner, "left")]
        columns += [(name, "right") for name in grid.columns[start:stop]]
        rows = zip(grid.rows, grid.cells, strict=True)
        output.table(columns, [(name, *cells[start:stop]) for name, cells in rows])


def _grid(crossing: Crossing, said: Callable[[Cell], str]) -> _Grid:
    down = [shorten(row[0].row, _NAME) for row in crossing.cells if row]
    across = [shorten(cell.column, _NAME) for cell in crossing.cells[0]] if crossing.cells else []
    cells = [[said(cell) for cell in row] for row in crossing.cells]
    corner = (crossing.rows, crossing.columns)
    if len(across) > len(down):
        down, across, corner = across, down, (crossing.columns, crossing.rows)
        cells = [list(column) for column in zip(*cells, strict=True)]
    return _Grid(corner=" \\ ".join(corner), rows=down, columns=across, cells=cells)


def _fitting(grid: _Grid, width: int) -> Iterator[tuple[int, int]]:
    """Ranges of columns that fit side by side, at least one in each."""
    start = used = 0
    for number, name in enumerate(grid.columns):
        wide = max(len(name), *(len(cells[number]) for cells in grid.cells)) + 3
        if number > start and used + wide > width:
            yield start, number
            start, used = number, 0
        used += wide
    if start < len(grid.columns):
        yield start, len(grid.columns)


def _cell(cell: Cell, reached: Sequence[What]) -> str:
    counts = [getattr(cell.tally, what) for what in reached]
    return "/".join(map(str, counts)) if cell.expected or any(counts) else "–"


def _print_gaps(found: Coverage, what: What) -> None:
    """One line for each value, with the values of another dimension that it lacks."""
    lacking: dict[tuple[str, str, str], list[str]] = {}
    for (rows, row), (columns, column) in found.gaps(what):
        lacking.setdefault((rows, row, columns), []).append(column)
    lines = [
        f"  {rows}: {row} × {columns}: {', '.join(values)}"
        for (rows, row, columns), values in lacking.items()
    ]
    for line in lines[:_MOST_GAPS]:
        output.result(line)
    if len(lines) > _MOST_GAPS:
        output.result(f"  … and {len(lines) - _MOST_GAPS} more values (--json lists them all)")
