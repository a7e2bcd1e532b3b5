"""The first page: where the loop stands, what goes wrong most, and how far to trust it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from casefiles.insight import wilson
from casefiles.insight.reach import reached
from casefiles.pages import statement, words
from casefiles.pages.charts.rows import Bar, pareto
from casefiles.pages.figure import Column, Draw, Figure, Key, Numbers, interval_columns
from casefiles.pages.page import Page
from casefiles.pages.report import Report
from casefiles.pages.since import since

MOST = 24
"""Modes the chart shows; its table has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of the loop and how far it has come."""

    name: str
    """What is done in it."""
    value: str
    """How far, as a number."""
    remark: str
    """What the number counts."""
    link: str
    """The page that says more."""


def overview(report: Report, draw: Draw) -> Page:
    """Make the overview."""
    figure = prevalence(report, draw)
    return Page(
        path="index.md",
        template="overview.md.jinja",
        values={
            "report": report,
            "stages": tuple(stages(report)),
            "figure": figure,
            "top": _top(report),
            "state": words.STATES[report.figures.saturation.state],
            "sentence": statement.saturation(report.figures),
            "rests_on": statement.rests_on(report.figures),
            "caveats": statement.caveats(report),
            "since": since(report),
            "more": max(0, len(report.figures.prevalence) - MOST),
        },
        figures=(figure,) if figure else (),
    )


def stages(report: Report) -> Iterator[Stage]:
    """Tell how far each step of the loop has come."""
    figures, data = report.figures, report.corpus.dataset
    frame = figures.frame
    if data.queries:
        along = words.count(len(data.dimensions), "dimension")
        used = sum(query.used for query in data.queries)
        yield Stage(
            name="Queries",
            value=f"{used:,}",
            remark=f"along {along} of use",
            link="coverage.html",
        )
    rounds = words.count(len(report.corpus.round_names()), "round")
    yield Stage(
        name="Traces",
        value=f"{len(report.corpus.traces):,}",
        remark=f"in {rounds}",
        link="traces/index.html",
    )
    readers = words.count(sum(map(bool, figures.annotators.values())), "person", "people")
    yield Stage(
        name="Read",
        value=f"{len(frame.reviewed):,}",
        remark=f"of {words.count(len(frame.units), 'conversation')}, by {readers}",
        link="traces/index.html",
    )
    failing = sum(unit.fails for unit in frame.counted)
    share = wilson(failing, len(frame.counted))
    yield Stage(
        name="Went wrong",
        value=words.percent(share.rate) if share else "–",
        remark=f"{failing:,} of {len(frame.counted):,} read"
        + (f"; 95 % interval {words.limits(share)}" if share else ""),
        link="traces/index.html?verdict=fail",
    )
    retired = f"; {figures.retired} retired" if figures.retired else ""
    yield Stage(
        name="Failure modes",
        value=f"{figures.active:,}",
        remark=f"in use{retired}",
        link="taxonomy/index.html",
    )
    yield _judged(report)


def _judged(report: Report) -> Stage:
    found = report.figures.prevalence
    wanted = sum(mode.judged + mode.unjudged + mode.disputed for mode in found)
    judged = sum(mode.judged for mode in found)
    disputed = sum(mode.disputed for mode in found)
    return Stage(
        name="Judged",
        value=words.percent(judged / wanted) if wanted else "–",
        remark="of all pairs of conversation and mode"
        + (f"; {disputed:,} disputed" if disputed else ""),
        link="agreement.html",
    )


def prevalence(report: Report, draw: Draw) -> Figure | None:
    """Draw the Pareto of the failure modes; None where there is nothing to draw."""
    found, counted = report.figures.prevalence, len(report.figures.frame.counted)
    if not found or not counted:
        return None
    order = [mode.mode for mode in found]
    covered = reached(report.figures.rows, order)
    failing = sum(unit.fails for unit in report.figures.frame.counted)
    bars = tuple(
        Bar(
            name=report.mode(mode.mode).name,
            said=words.short_share(mode),
            rate=mode.interval.rate if mode.interval else mode.yes / counted,
            interval=mode.interval,
            reached=sofar / counted,
            swamps=failing >= 10 and mode.yes * 2 > failing,
        )
        for mode, sofar in zip(found[:MOST], covered, strict=False)
    )
    title = "How common each failure mode is"
    return Figure(
        name="failure-modes",
        title=title,
        description="; ".join(f"{bar.name}: {bar.said}" for bar in bars),
        says="A bar is the share of the conversations read that show the failure mode, its line "
        "the 95 % interval. The small marks add the modes up: so many conversations would be "
        "touched by mending everything down to that row.",
        how="share",
        keys=(
            Key(mark="bar", words="share, with its 95 % interval"),
            Key(mark="seen", words="seen so far; not everything read is judged yet"),
            Key(mark="reach", words="this mode and all above it"),
        ),
        numbers=_numbers(report, order, covered),
        drawn=draw(pareto(bars), title),
    )


def _numbers(report: Report, order: list[str], covered: tuple[int, ...]) -> Numbers:
    columns = (
        Column(name="Failure mode", kind="text"),
        Column(name="Seen in"),
        Column(name="Judged"),
        Column(name="Disputed"),
        Column(name="Not judged"),
        *interval_columns("Share"),
        Column(name="This and all above"),
    )
    rows = []
    for mode, sofar in zip(order, covered, strict=True):
        found = report.prevalence_of(mode)
        assert found is not None
        limits = found.interval
        share = (limits.rate, limits.low, limits.high) if limits else (None, None, None)
        counts = (found.yes, found.judged, found.disputed, found.unjudged)
        rows.append((report.mode(mode).name, *counts, *share, sofar))
    return Numbers(columns=columns, rows=tuple(rows))


def _top(report: Report) -> str:
    """Say what the commonest failure is, and what the first three would touch."""
    found = report.figures.prevalence
    failing = sum(unit.fails for unit in report.figures.frame.counted)
    if not failing or not found or not found[0].yes:
        return ""
    first, among = found[0], f"of the {words.count(failing, 'conversation')} that went wrong"
    name = report.mode(first.mode).name
    said = f"“{name}” is in {words.percent(first.yes / failing)} {among}"
    if len(found) < 4:
        return f"{said}."
    three = reached(report.figures.rows, [mode.mode for mode in found[:3]])[-1]
    return f"{said}; the first three together reach {words.percent(three / failing)} of them."
