"""The first page: what goes wrong, how often, and how far these numbers can be trusted."""

from __future__ import annotations

from casefiles.insight import wilson
from casefiles.pages import charts, words
from casefiles.pages.report import Report
from casefiles.pages.templating import markdown_page

MOST = 30
"""Modes the chart shows; the table has them all."""


def overview(report: Report) -> str:
    """Render the overview as a Markdown page."""
    counted = report.figures.frame.counted
    failing = sum(unit.fails for unit in counted)
    return markdown_page(
        "overview.md.jinja",
        report=report,
        figures=report.figures,
        failing=failing,
        failing_share=wilson(failing, len(counted)),
        readers=sum(map(bool, report.figures.annotators.values())),
        caveats=caveats(report),
        chart=_chart(report),
        most=MOST,
    )


def caveats(report: Report) -> tuple[str, ...]:
    """Say in sentences what the figures must not be taken for."""
    frame = report.figures.frame
    said = [words.caveat(text) for text in report.figures.caveats]
    if len(frame.counted) < len(frame.reviewed):
        drawn = words.count(len(frame.counted), "conversation")
        said.insert(0, f"The figures use the {drawn} drawn at random, not those picked by hand.")
    return tuple(said)


def _chart(report: Report) -> str:
    bars = tuple(
        charts.Bar(
            name=report.mode(found.mode).name,
            said=_said(found.yes, found.judged if found.interval else None),
            rate=found.interval.rate if found.interval else found.yes / _counted(report),
            interval=found.interval,
        )
        for found in report.figures.prevalence[:MOST]
        if report.figures.frame.counted
    )
    if not bars:
        return ""
    told = "; ".join(f"{bar.name}: {bar.said}" for bar in bars)
    return charts.prevalence(bars, description=f"{told}. The table below has the same numbers.")


def _said(yes: int, of: int | None) -> str:
    return f"{yes:,} of {of:,}" if of is not None else f"seen in {yes:,}"


def _counted(report: Report) -> int:
    return len(report.figures.frame.counted)
