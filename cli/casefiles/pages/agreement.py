"""The page on agreement: what annotators judged alike, what they dispute, how criteria drift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from casefiles.insight import Interval
from casefiles.insight.agreement import ENOUGH
from casefiles.insight.labelled_twice import Agreement, Disagreement, ModeAgreement
from casefiles.pages import words
from casefiles.pages.charts.rows import Dot, dots
from casefiles.pages.figure import Column, Draw, Figure, Key, Numbers
from casefiles.pages.page import Page
from casefiles.pages.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A trace on which annotators contradict each other about a mode, and nobody settled it."""

    trace: str
    """Its reference."""
    by: tuple[tuple[str, str], ...]
    """(annotator, answer)."""


def agreement(report: Report, draw: Draw) -> Page:
    """Make the agreement page."""
    found = report.agreement
    compared = _compared(found) if found else ()
    figure = _figure(report, compared, draw)
    return Page(
        path="agreement.md",
        template="agreement.md.jinja",
        values={
            "report": report,
            "found": found,
            "compared": compared,
            "enough": ENOUGH,
            "figure": figure,
            "disputes": disputes(report),
            "settled": _settled(found) if found else (),
            "criteria": report.criteria,
        },
        figures=(figure,) if figure else (),
    )


def disputes(report: Report) -> Mapping[str, tuple[Dispute, ...]]:
    """Return the open disputes of each active mode, those modes first that have most."""
    found: dict[str, list[Dispute]] = {}
    for trace, said in sorted(report.judgements.by_trace.items()):
        for mode, settled in said.items():
            if settled.disputed:
                by = tuple((who, s.value) for who, s in settled.by.items() if s.value)
                found.setdefault(mode, []).append(Dispute(trace=trace, by=by))
    order = sorted(found, key=lambda mode: (-len(found[mode]), mode))
    return {mode: tuple(found[mode]) for mode in order}


def _compared(found: Agreement) -> tuple[ModeAgreement, ...]:
    """The modes that two judged, those first in which most was seen."""
    judged = [one for one in found.modes if one.traces]
    return tuple(sorted(judged, key=lambda one: (-one.positives, one.mode)))


def _settled(found: Agreement) -> tuple[Disagreement, ...]:
    return tuple(one for one in found.disagreements if one.settled)


def _figure(report: Report, compared: Sequence[ModeAgreement], draw: Draw) -> Figure | None:
    rows = tuple(_rows(report, compared))
    if not rows:
        return None
    title = "Positive agreement of the annotators"
    return Figure(
        name="agreement",
        title=title,
        description="; ".join(f"{row.name}: {row.said}" for row in rows),
        says="Of all times one of two annotators says yes, the share in which the other one does "
        "too, with its 95 % interval. A mode below a half is seen by one and not by the other "
        "more often than by both: its definition wants another look.",
        how="positive-agreement",
        keys=(Key(mark="dot", words="positive agreement, with its 95 % interval"),),
        numbers=_numbers(report, compared),
        drawn=draw(dots(rows, axis="positive agreement"), title),
    )


def _rows(report: Report, compared: Sequence[ModeAgreement]) -> Iterator[Dot]:
    for one in compared:
        if one.positive is not None and one.spread is not None:
            yield Dot(
                name=report.mode(one.mode).name,
                said=f"{words.percent(one.positive)} of {one.positives}",
                now=Interval(rate=one.positive, low=one.spread.low, high=one.spread.high),
            )


def _numbers(report: Report, compared: Sequence[ModeAgreement]) -> Numbers:
    columns = (
        Column(name="Failure mode", kind="text"),
        Column(name="Judged by two"),
        Column(name="Both yes"),
        Column(name="One yes"),
        Column(name="Both no"),
        Column(name="Positive agreement", kind="share"),
        Column(name="95 % low", kind="share"),
        Column(name="95 % high", kind="share"),
        Column(name="Alpha", kind="coefficient"),
        Column(name="AC1", kind="coefficient"),
    )
    rows = []
    for one in compared:
        table, spread = one.table, one.spread
        limits = (spread.low, spread.high) if spread else (None, None)
        counts = (one.traces, table.both, table.one, table.neither)
        name = report.mode(one.mode).name
        rows.append((name, *counts, one.positive, *limits, one.alpha, one.ac1))
    return Numbers(columns=columns, rows=tuple(rows))
