"""`casefiles history`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common
from casefiles.text.odd import inert_line

if TYPE_CHECKING:
    from casefiles.insight.replay import Recount
    from casefiles.loop.history import HistoryReport, Point, RoundPoint

_SHOWN = 15
_SHORT = 9


@click.command("history", epilog="Example: casefiles history --events")
@click.option("--round", "rounds", multiple=True, help="Only this round (may be given again).")
@click.option("--by-round", is_flag=True, help="What each round added, instead of each commit.")
@click.option("--events", "events_only", is_flag=True, help="Only what happened to the taxonomy.")
@click.option("--all", "everything", is_flag=True, help=f"All points, not the last {_SHOWN}.")
@common()
def command(
    options: Options,
    rounds: tuple[str, ...],
    *,
    by_round: bool,
    events_only: bool,
    everything: bool,
) -> None:
    """Tell how the review and the taxonomy grew, commit by commit.

    "as it happened" counts the modes of each moment's own taxonomy; "today" counts the modes of
    today's taxonomy among the traces reviewed by then. A late rise in the first alone is the same
    failures described anew; a late rise in both is something new. Where a split waits for traces
    to be judged again, "today" is a range.

    Outside git the history comes from the dates in the notes.
    """
    from casefiles.loop import history

    report = history.history(options.workspace, rounds=rounds)
    if options.json:
        output.document(history.document(report))
        return
    if by_round:
        _print_rounds(report.rounds)
    else:
        _print_points(report, events_only=events_only, most=None if everything else _SHOWN)
    for remark in report.remarks:
        output.result(f"! {remark.partition(': ')[2]}")


def _print_points(report: HistoryReport, *, events_only: bool, most: int | None) -> None:
    points = [point for point in report.points if point.events or not events_only]
    shown = points[-most:] if most else points
    if not points:
        output.result("no review yet: the history begins with the first note")
    elif report.source == "git":
        _print_commits(shown)
    else:
        _print_days(shown)
    if len(shown) < len(points):
        output.result(f"{output.plural(len(points) - len(shown), 'earlier point')}: --all")


def _print_commits(points: Sequence[Point]) -> None:
    """Plain lines: what happened to the taxonomy stands below its commit, wrapped."""
    output.result("date        commit     reviewed  labels  as it happened  today  coverage from")
    for point in points:
        commit = (point.commit or "")[:_SHORT] or "now"
        then = point.then
        if then is not None:
            output.result(
                f"{point.when[:10]:<10}  {commit:<9}  {then.units:>8,}  {then.labels:>6,}"
                f"  {then.modes:>14}  {_range(point.today):>5}  {_bound(then.coverage_low):>13}"
            )
        for line in _happened(point):
            output.result(_wrapped(inert_line(line)))


def _wrapped(line: str) -> str:
    """Ids are full of hyphens, and are to be copied whole."""
    return textwrap.fill(
        line,
        min(output.console().width, 100),
        initial_indent="    ",
        subsequent_indent="      ",
        break_on_hyphens=False,
        break_long_words=False,
    )


def _happened(point: Point) -> Iterator[str]:
    """One line for each kind of event; those without a target are listed together."""
    plain: dict[tuple[str, str], list[str]] = {}
    for happened in point.events:
        event = happened.event
        by = f"  ({happened.author}, {happened.commit[:_SHORT]})"
        by = by if happened.commit != point.commit else f"  ({happened.author})"
        if event.into:
            yield f"{event}{by}"
        else:
            plain.setdefault((event.kind, by), []).extend(event.modes)
    for (kind, by), modes in plain.items():
        yield f"{kind}: {', '.join(modes)}{by}"


def _print_days(points: Sequence[Point]) -> None:
    output.table(
        [("day", "left"), ("reviewed", "right"), ("modes", "right"), ("coverage from", "right")],
        [(point.when or "undated", *_counts(point.today)) for point in points],
    )


def _print_rounds(rounds: Sequence[RoundPoint]) -> None:
    if not rounds:
        output.result("no review yet")
        return
    output.table(
        [
            ("round", "left"),
            ("drawn", "left"),
            ("new modes", "right"),
            ("reviewed by then", "right"),
            ("modes by then", "right"),
            ("coverage from", "right"),
        ],
        [
            (
                found.round,
                found.drawn or "–",
                f"{found.new} in {found.units:,}",
                *_counts(found.total),
            )
            for found in rounds
        ],
    )


def _counts(found: Recount) -> tuple[str, str, str]:
    return f"{found.units:,}", _range(found), _bound(found.coverage_low)


def _range(found: Recount) -> str:
    low, high = found.modes_low, found.modes_high
    return str(low) if low == high else f"{low}–{high}"


def _bound(share: float | None) -> str:
    return "–" if share is None else output.bound(share)
