"""How the review and its taxonomy grew over time: the history's figure and its list of events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from casefiles.pages import words
from casefiles.pages.charts import curves
from casefiles.pages.figure import Column, Draw, Figure, Key, Numbers
from casefiles.pages.report import Moment, Report
from casefiles.taxonomy.difference import Event

ROWS = 40
"""Moments the table beneath the chart lists, at most."""
SAID = {
    "created": "New",
    "renamed": "Renamed",
    "merged": "Merged",
    "split": "Split",
    "redefined": "Redefined",
    "reworded": "Reworded",
    "retired": "Retired",
    "revived": "In use again",
    "removed": "Removed",
}
"""Kind of event to the word for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One line about the taxonomy."""

    word: str
    """What happened."""
    modes: tuple[str, ...]
    """Ids it happened to, as they were then."""
    into: tuple[str, ...] = ()
    """Ids they became."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What happened to the taxonomy at one moment."""

    number: int
    """Its number on the time axis, from 1."""
    moment: Moment
    """When, and by whom."""
    events: tuple[Told, ...]
    """What happened."""


def happenings(report: Report) -> tuple[Happening, ...]:
    """Number the moments at which the taxonomy changed, oldest first."""
    moments = [moment for moment in report.history.moments if moment.events]
    return tuple(
        Happening(
            number=number,
            moment=moment,
            events=told(moment.events),
        )
        for number, moment in enumerate(moments, 1)
    )


def told(events: Sequence[Event]) -> tuple[Told, ...]:
    """Put events into words; those of a kind that lead nowhere else stand together."""
    alone: dict[str, list[str]] = {}
    found = []
    for event in events:
        if event.into:
            found.append(Told(word=SAID[event.kind], modes=event.modes, into=event.into))
        else:
            alone.setdefault(SAID[event.kind], []).extend(event.modes)
    return (*(Told(word=word, modes=tuple(ids)) for word, ids in alone.items()), *found)


def figure(report: Report, draw: Draw) -> Figure | None:
    """Draw the history; None before there are two moments to draw a line between."""
    moments = [moment for moment in report.history.moments if moment.when]
    if len(moments) < 2:
        return None
    numbers = {id(found.moment): found.number for found in happenings(report)}
    title = "Different failure modes seen, over time"
    is_git = report.history.source == "git"
    return Figure(
        name="history",
        title=title,
        description=_described(moments, is_git=is_git),
        says="The taxonomy of the day falls with a merge and rises with a split or a new name; "
        "today’s moves only when something is seen for the first time. A late rise in both is a "
        "discovery, a late rise in the first alone is a new description of what was known."
        if is_git
        else "Each day on which something was read, by the dates in the notes. How the taxonomy "
        "itself changed is known only in a git repository.",
        how="histories",
        keys=(
            *((Key(mark="step", words="under the taxonomy of the day"),) if is_git else ()),
            Key(mark="line", words="under today’s taxonomy"),
            *((Key(mark="event", words="the taxonomy changed; listed below"),) if numbers else ()),
        ),
        numbers=_numbers(moments, numbers),
        drawn=draw(curves.history([_drawn(moment, numbers) for moment in moments]), title),
    )


def _drawn(moment: Moment, numbers: dict[int, int]) -> curves.Moment:
    return curves.Moment(
        when=moment.when,
        happened=moment.modes,
        today_low=moment.today_low,
        today_high=moment.today_high,
        event=numbers.get(id(moment)),
    )


def _described(moments: Sequence[Moment], *, is_git: bool) -> str:
    first, last = moments[0], moments[-1]
    then = f"; under the taxonomy of that day {last.modes}" if is_git else ""
    read = words.count(last.units, "conversation")
    return (
        f"From {first.when[:10]} to {last.when[:10]} {read} were "
        f"read and {words.count(last.today_low, 'failure mode')} of today’s taxonomy seen{then}."
    )


def _numbers(moments: Sequence[Moment], numbers: dict[int, int]) -> Numbers:
    columns = (
        Column(name="When", kind="text"),
        Column(name="Read"),
        Column(name="Modes, taxonomy of the day"),
        Column(name="Modes, today’s taxonomy"),
        Column(name="at most"),
        Column(name="Event"),
    )
    kept = [moments[at] for at in _chosen(moments)]
    rows = [
        (
            m.when[:16].replace("T", " "),
            m.units,
            m.modes,
            m.today_low,
            m.today_high,
            numbers.get(id(m)),
        )
        for m in kept
    ]
    return Numbers(columns=columns, rows=tuple(rows))


def _chosen(moments: Sequence[Moment]) -> list[int]:
    """The moments with events, and others evenly spread between them."""
    every = max(1, len(moments) // ROWS)
    return [
        at
        for at, moment in enumerate(moments)
        if moment.events or at % every == 0 or at == len(moments) - 1
    ]
