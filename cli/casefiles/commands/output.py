"""How results look: tables that fit the terminal, one JSON document, lines for problems.

Results go to stdout, the story of what happens to stderr. Everything printed is made inert
first: trace text must not drive a terminal.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import click

from casefiles.documents.plan import Plan
from casefiles.documents.problem import Problem
from casefiles.text.odd import inert, inert_line

if TYPE_CHECKING:
    from rich.console import Console

Justify = Literal["left", "right", "center"]


def result(text: str) -> None:
    """Print a result on stdout."""
    click.echo(inert(text))


def story(text: str, *, quiet: bool = False) -> None:
    """Tell on stderr what happens; nothing when quiet."""
    if not quiet:
        click.echo(inert(text), err=True)


def document(value: Any) -> None:
    """Print one JSON document on stdout."""
    is_utf8 = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"
    text = json.dumps(value, ensure_ascii=not is_utf8, indent=2, allow_nan=False)
    # JSON may hold lone surrogates as escapes only.
    click.echo(text.encode("utf-8", "backslashreplace").decode("utf-8"))


def problems(found: Iterable[Problem]) -> None:
    """Print problems on stderr, one a line, in file order."""
    for problem in sorted(found, key=lambda problem: problem.order):
        click.echo(inert_line(str(problem)), err=True)


def left_out(found: Sequence[Problem], broken: int, *, quiet: bool = False) -> None:
    """Say in one line on stderr how many broken files a reading command left out."""
    if not broken or quiet:
        return
    errors = sorted((p for p in found if p.level == "error"), key=lambda problem: problem.order)
    files = "1 file was" if broken == 1 else f"{broken} files were"
    first = f", first {inert_line(str(errors[0]))}" if errors else ""
    click.echo(f"{files} left out{first} (all: casefiles check)", err=True)


def next_step(command: str, why: str, *, quiet: bool = False) -> None:
    """Suggest what to do next, to people only (not when piped)."""
    if not quiet and sys.stderr.isatty():
        click.echo(f"\nNext: {command}  ({why})", err=True)


def diff(plan: Plan) -> None:
    """Print what a plan would change."""
    text = plan.diff()
    click.echo(inert(text) if text else "nothing would change", nl=not text)


def console(*, stderr: bool = False) -> Console:
    """Return a rich console that fits the terminal and honours NO_COLOR."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def table(
    columns: Sequence[tuple[str, Justify]], rows: Iterable[Sequence[str]], *, title: str = ""
) -> None:
    """Print a table on stdout; cells are made inert and wrap to the terminal."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    heading = Text(inert_line(title)) if title else None
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, title_justify="left", title=heading)
    for name, justify in columns:
        grid.add_column(Text(inert_line(name)), justify=justify, overflow="fold")
    for row in rows:
        grid.add_row(*(Text(inert_line(cell)) for cell in row))
    console().print(grid)


def percent(rate: float | None) -> str:
    """``0.123`` → ``12 %``; a dash where there is no rate."""
    return "–" if rate is None else f"{rate * 100:.0f} %"


def bound(share: float) -> str:
    """Write a lower bound, which is never rounded up."""
    return f"{int(share * 100)} %"


def duration(seconds: float) -> str:
    """``41 s``, ``38 min``, ``2 h 05 min``."""
    minutes = round(seconds / 60)
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


def plural(count: int, word: str, words: str = "") -> str:
    """``1 trace``, ``2 traces``."""
    return f"{count:,} {word if count == 1 else words or word + 's'}"
