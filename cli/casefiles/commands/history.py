"""`casefiles history`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common

if TYPE_CHECKING:
    from casefiles.loop.history import Point

_SHOWN = 15
_FILL: Any = {  # ids are full of hyphens, and are to be copied whole
    "initial_indent": "    ",
    "subsequent_indent": "      ",
    "break_on_hyphens": False,
    "break_long_words": False,
}


@click.command("history", epilog="Example: casefiles history --events")
@click.option("--round", "rounds", multiple=True, help="Only this round (may be given again).")
@click.option("--events", "events_only", is_flag=True, help="Only what happened to the taxonomy.")
@click.option("--all", "everything", is_flag=True, help=f"All points, not the last {_SHOWN}.")
@common()
def command(
    options: Options, rounds: tuple[str, ...], *, events_only: bool, everything: bool
) -> None:
    """Tell how the review and the taxonomy grew, commit by commit.

    "as it happened" counts the modes of each moment's own taxonomy; "today" counts the modes of
    today's taxonomy among the traces reviewed by then. A late rise in the first alone is the same
    failures described anew; a late rise in both is something new.
    """
    from casefiles.loop import history

    report = history.history(options.workspace, rounds=rounds)
    if options.json:
        output.document(history.document(report))
        return
    points = [point for point in report.points if point.events or not events_only]
    shown = points if everything else points[-_SHOWN:]
    if not points:
        output.result("no review yet: the history begins with the first note")
    elif report.source == "git":
        _print_commits(shown)
    else:
        _print_days(shown)
    if len(shown) < len(points):
        output.story(f"{len(points) - len(shown)} earlier points: --all", quiet=options.quiet)
    for remark in report.remarks:
        output.result(f"! {remark}")


def _print_commits(points: list[Point]) -> None:
    """Plain lines: what happened to the taxonomy stands below its commit, wrapped."""
    output.result("date        commit     reviewed  as it happened  today  coverage from")
    for point in points:
        commit = (point.commit or "")[:9] or "now"
        output.result(
            f"{point.when[:10]:<10}  {commit:<9}  {point.units:>8,}  {point.modes or 0:>14}"
            f"  {_range(point):>5}  {output.percent(point.coverage_low):>13}"
        )
        for line in _happened(point):
            text = click.wrap_text(
                line, _width(), initial_indent="    ", subsequent_indent="      "
            )
            output.result(text)


def _happened(point: Point) -> Iterator[str]:
    """One line for each kind of event; those without a target are listed together."""
    plain: dict[str, list[str]] = {}
    for event in point.events:
        if event.into:
            yield str(event)
        else:
            plain.setdefault(event.kind, []).extend(event.modes)
    for kind, modes in plain.items():
        yield f"{kind}: {', '.join(modes)}"


def _width() -> int:
    return min(output.console().width, 100)


def _print_days(points: list[Point]) -> None:
    output.table(
        [("day", "left"), ("reviewed", "right"), ("modes of today", "right")],
        [(point.when or "undated", f"{point.units:,}", _range(point)) for point in points],
    )


def _range(point: Point) -> str:
    low, high = point.today_low, point.today_high
    return str(low) if low == high else f"{low}–{high}"
