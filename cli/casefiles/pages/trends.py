"""How the failure modes went over the rounds: a figure of all, and the rows of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from casefiles.insight import Interval
from casefiles.pages import words
from casefiles.pages.charts import trends
from casefiles.pages.figure import Column, Draw, Figure, Key, Numbers, interval_columns
from casefiles.pages.report import Report

MOST = 30
"""Modes the figure shows, the commonest; its numbers have them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundShare:
    """One mode in one round."""

    round: str
    """The round."""
    said: str
    """How often it was seen, in words."""
    share: Interval | None
    """Its share; None until everything read in the round is judged."""


def by_round(report: Report, mode: str) -> tuple[RoundShare, ...]:
    """Return a mode's shares in the rounds that were read, in order."""
    return tuple(_shares(report, mode))


def _shares(report: Report, mode: str) -> Iterator[RoundShare]:
    for name, figures in report.alone.items():
        found = next((one for one in figures.prevalence if one.mode == mode), None)
        if found is not None and figures.frame.counted:
            yield RoundShare(round=name, said=words.short_share(found), share=found.interval)


def figure(report: Report, draw: Draw) -> Figure | None:
    """Draw all modes over the rounds; None before two rounds were read and judged."""
    modes = [found.mode for found in report.figures.prevalence]
    shares = {mode: by_round(report, mode) for mode in modes}
    known = {
        mode: [(one.round, one.share) for one in found if one.share is not None]
        for mode, found in shares.items()
    }
    if max((len(found) for found in known.values()), default=0) < 2:
        return None
    given = [
        trends.Trend(name=report.mode(mode).name, shares=known[mode])
        for mode in modes[:MOST]
        if known[mode]
    ]
    title = "Share of the conversations read, round by round"
    return Figure(
        name="trends",
        title=title,
        description="; ".join(f"{trend.name}: {_described(trend)}" for trend in given),
        says="Each dot is a round, its line the 95 % interval. Where the lines of two rounds "
        "overlap, the difference may be chance alone.",
        how="share",
        keys=(Key(mark="dot", words="share in a round, with its 95 % interval"),),
        numbers=Numbers(
            columns=(
                Column(name="Failure mode", kind="text"),
                Column(name="Round", kind="text"),
                Column(name="Seen in", kind="text"),
                *interval_columns("Share"),
            ),
            rows=tuple(
                (report.mode(mode).name, one.round, one.said, *_limits(one.share))
                for mode in modes
                for one in shares[mode]
            ),
        ),
        drawn=draw(trends.trends(given, list(report.alone)), title),
    )


def _described(trend: trends.Trend) -> str:
    return ", ".join(f"{words.percent(share.rate)} in {name}" for name, share in trend.shares)


def _limits(interval: Interval | None) -> tuple[float | None, ...]:
    return (interval.rate, interval.low, interval.high) if interval else (None, None, None)
