"""What `history` finds: points of a curve, and what happened to the taxonomy at each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from casefiles.insight.replay import Moment, Recount
from casefiles.taxonomy.difference import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened to the taxonomy, with who did it.

    Of a merge, commit and author are those of the branch that was merged.
    """

    event: Event
    """What happened."""
    commit: str
    """Full hash."""
    author: str
    """Who wrote that commit."""
    when: str
    """Its author's date, ISO 8601 with offset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of the history."""

    commit: str | None
    """Full hash; None for what is not committed, and outside git."""
    author: str
    """Who committed it; empty outside git."""
    when: str
    """ISO 8601: with offset from git, a day outside it; empty for what is not committed."""
    subject: str
    """First line of the commit's message."""
    then: Moment | None
    """As it happened: under the taxonomy of that moment; None outside git."""
    today: Recount
    """The units reviewed by then, recounted by today's judgements under today's taxonomy."""
    events: tuple[Happening, ...] = ()
    """What happened to the taxonomy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPoint:
    """What one round added, under today's taxonomy."""

    round: str
    """Its name."""
    drawn: str | None
    """How its traces were chosen; None: round.yaml does not say."""
    app_version: str | None
    """The application's version, if round.yaml says."""
    first_reviewed: str | None
    """When its first unit was reviewed, ISO 8601; None: no note says."""
    units: int
    """Units of it that were reviewed and had not been seen in an earlier round."""
    new: int
    """Modes that no earlier round showed."""
    total: Recount
    """What the units of this and all earlier rounds show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryReport:
    """What `history` shows."""

    source: Literal["git", "dates"]
    """Whether it comes from git, or, outside a repository, from the dates in the notes."""
    points: tuple[Point, ...]
    """Oldest first; commits that changed no figure and no mode are left out."""
    rounds: tuple[RoundPoint, ...]
    """By round, in the order in which they were first reviewed."""
    remarks: tuple[str, ...]
    """What the history lacks: ``code: text``."""


def document(report: HistoryReport) -> dict[str, Any]:
    """Return the history as the JSON document of ``history --json``."""
    return {
        "source": report.source,
        "points": [_point(point) for point in report.points],
        "rounds": [_round(found) for found in report.rounds],
        "remarks": list(report.remarks),
    }


def event_document(event: Event) -> dict[str, Any]:
    """Return an event as JSON."""
    return {"kind": event.kind, "modes": list(event.modes), "into": list(event.into)}


def _point(point: Point) -> dict[str, Any]:
    return {
        "commit": point.commit,
        "author": point.author,
        "when": point.when,
        "subject": point.subject,
        **_then(point.then),
        "today": _recount(point.today),
        "events": [_happening(happened) for happened in point.events],
    }


def _then(then: Moment | None) -> dict[str, Any]:
    return {
        "traces": None if then is None else then.units,
        "notes": None if then is None else then.notes,
        "labels": None if then is None else then.labels,
        "modes": None if then is None else then.modes,
        "uncoded": None if then is None else then.uncoded,
        "active": None if then is None else then.active,
        "coverage": None if then is None else then.coverage,
        "coverage_low": None if then is None else then.coverage_low,
    }


def _recount(found: Recount) -> dict[str, Any]:
    return {
        "low": found.modes_low,
        "high": found.modes_high,
        "traces": found.units,
        "uncoded": found.uncoded,
        "coverage": found.coverage,
        "coverage_low": found.coverage_low,
    }


def _happening(happened: Happening) -> dict[str, Any]:
    who: Mapping[str, Any] = {
        "commit": happened.commit,
        "author": happened.author,
        "when": happened.when,
    }
    return {**event_document(happened.event), **who}


def _round(found: RoundPoint) -> dict[str, Any]:
    return {
        "round": found.round,
        "drawn": found.drawn,
        "app_version": found.app_version,
        "first_reviewed": found.first_reviewed,
        "traces": found.units,
        "new": found.new,
        "total": _recount(found.total),
    }
