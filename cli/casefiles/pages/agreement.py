"""The page on agreement: what annotators judged alike, and what they contradict each other on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casefiles.pages.figure import Draw
from casefiles.pages.page import Page
from casefiles.pages.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A trace on which annotators contradict each other about a mode."""

    trace: str
    """Its reference."""
    by: tuple[tuple[str, str], ...]
    """(annotator, answer)."""


def agreement(report: Report, draw: Draw) -> Page:
    """Make the agreement page."""
    del draw
    return Page(
        path="agreement.md",
        template="agreement.md.jinja",
        values={"report": report, "disputes": disputes(report)},
    )


def disputes(report: Report) -> Mapping[str, tuple[Dispute, ...]]:
    """Return the open disputes of each active mode, those modes first that have most."""
    found: dict[str, list[Dispute]] = {}
    for (trace, mode), settled in sorted(report.judgements.settled.items(), key=lambda i: i[0]):
        if settled.disputed and mode in report.corpus.active_modes:
            said = tuple((who, s.value) for who, s in settled.by.items() if s.value)
            found.setdefault(mode, []).append(Dispute(trace=trace, by=said))
    order = sorted(found, key=lambda mode: (-len(found[mode]), mode))
    return {mode: tuple(found[mode]) for mode in order}
