"""Rounds side by side: query by query, and failure mode by failure mode."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from casefiles.insight import Interval, compare
from casefiles.insight.compare import Comparison, Pair
from casefiles.insight.figures import Figures
from casefiles.insight.rounds import changes
from casefiles.pages import words
from casefiles.pages.charts.rows import Dot, dots
from casefiles.pages.figure import Column, Draw, Figure, Key, Numbers, interval_columns
from casefiles.pages.report import Report
from casefiles.text.names import slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Queries with which the same happened."""

    name: str
    """What happened."""
    remark: str
    """What that means."""
    rows: tuple[Row, ...]
    """The queries."""
    is_open: bool
    """Whether a reader wants to see them first."""

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One query in two rounds."""

    query: str
    """Its id."""
    title: str
    """Its text, shortened."""
    before: Side
    """In the earlier round."""
    now: Side
    """In the later one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One query in one round."""

    traces: tuple[str, ...]
    """Its traces."""
    modes: tuple[str, ...]
    """Ids of the modes they show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """Two rounds beside each other."""

    before: str
    """The earlier one."""
    now: str
    """The later one."""
    outcomes: tuple[Outcome, ...]
    """What happened with the queries that are in both."""
    alone: int
    """Queries in one of them only."""
    figure: Figure | None
    """Failure modes in both; None where either was not read."""

    @property
    def queries(self) -> int:
        """Queries in both rounds."""
        return sum(outcome.count for outcome in self.outcomes)


_OUTCOMES: Mapping[compare.Change, tuple[str, str]] = {
    "fixed": ("Fixed", "failed before, and no longer"),
    "still_failing": ("Still failing", "failed before and now"),
    "newly_failing": ("Newly failing", "did not fail before, and does now"),
    "fine": ("Fine", "never failed"),
    "not_comparable": ("Not comparable", "not read in both, or asked in other words"),
}


def compared(report: Report, draw: Draw) -> tuple[Rounds, ...]:
    """Show each comparison of the report that has anything to compare."""
    found = (_rounds(report, one, draw) for one in report.comparisons)
    return tuple(rounds for rounds in found if rounds.queries or rounds.figure)


def _rounds(report: Report, found: Comparison, draw: Draw) -> Rounds:
    rows: dict[compare.Change, list[Row]] = {change: [] for change in _OUTCOMES}
    for pair in found.pairs:
        rows[pair.verdict].append(_row(report, pair))
    return Rounds(
        before=found.before,
        now=found.after,
        outcomes=tuple(
            Outcome(
                name=name,
                remark=remark,
                rows=tuple(rows[change]),
                is_open=change == "newly_failing",
            )
            for change, (name, remark) in _OUTCOMES.items()
        ),
        alone=len(found.only_before) + len(found.only_after),
        figure=_figure(report, found, draw),
    )


def _row(report: Report, pair: Pair) -> Row:
    return Row(
        query=pair.query,
        title=report.title_of(pair.after[0]),
        before=_side(report, pair.before),
        now=_side(report, pair.after),
    )


def _side(report: Report, traces: tuple[str, ...]) -> Side:
    said = report.judgements.unit(traces)
    return Side(
        traces=traces,
        modes=tuple(sorted(mode for mode, settled in said.items() if settled.value == "yes")),
    )


def _figure(report: Report, found: Comparison, draw: Draw) -> Figure | None:
    before, now = found.before, found.after
    rows = tuple(_rows(report, report.alone[before], report.alone[now]))
    if not rows:
        return None
    title = f"Failure modes: {now} against {before}"
    return Figure(
        name=f"compared-{slug(before)}-{slug(now)}",
        title=title,
        description="; ".join(f"{row.name}: {row.said}" for row in rows),
        says="Share of the conversations read in each round that show the mode. Where the two "
        "lines overlap, the difference may be chance alone.",
        how="compared",
        keys=(Key(mark="before", words=before), Key(mark="dot", words=now)),
        numbers=Numbers(
            columns=(
                Column(name="Failure mode", kind="text"),
                *interval_columns(before),
                *interval_columns(now),
            ),
            rows=tuple((row.name, *_limits(row.before), *_limits(row.now)) for row in rows),
        ),
        drawn=draw(dots(rows, axis="share of the conversations read"), title),
    )


def _rows(report: Report, old: Figures, new: Figures) -> Iterator[Dot]:
    if not old.frame.counted or not new.frame.counted:
        return
    for change in changes(old, new):
        if change.now.yes or change.before.yes:
            yield Dot(
                name=report.mode(change.mode).name,
                said=f"{words.short_share(change.before)} → {words.short_share(change.now)}",
                now=change.now.interval,
                before=change.before.interval,
            )


def _limits(interval: Interval | None) -> tuple[float | None, ...]:
    return (interval.rate, interval.low, interval.high) if interval else (None, None, None)
