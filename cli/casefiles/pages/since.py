"""What changed with the last round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from casefiles.insight import Interval, wilson
from casefiles.insight.figures import Figures
from casefiles.insight.rounds import Change, changes, new_in
from casefiles.pages import words
from casefiles.pages.report import Report

MOVED = 4
"""Modes that are named, those that moved most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What the last round changed."""

    before: str
    """The round before it."""
    now: str
    """The last round in which something was read."""
    failing: tuple[str, str]
    """Share of the conversations that went wrong, before and now, in words."""
    new: tuple[str, ...]
    """Ids of the modes it showed for the first time."""
    moves: tuple[Move, ...]
    """How the shares of modes moved, those that moved most first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """How the share of one mode moved."""

    mode: str
    """Its id."""
    before: str
    """Its share before, in words."""
    now: str
    """Its share now."""
    rises: bool
    """Whether it became more common."""
    is_clear: bool
    """Whether the two intervals lie apart: a careful test, which misses some true differences."""


def since(report: Report) -> Since | None:
    """Say what the last round changed; None before two rounds were read."""
    read = {name: found for name, found in report.alone.items() if found.frame.counted}
    if len(read) < 2:
        return None
    (before, old), (now, new) = list(read.items())[-2:]
    return Since(
        before=before,
        now=now,
        failing=(_failing(old), _failing(new)),
        new=tuple(sorted(mode for mode in new_in(read, now) if mode in report.corpus.modes)),
        moves=tuple(_moves(old, new))[:MOVED],
    )


def _failing(figures: Figures) -> str:
    counted = figures.frame.counted
    share = wilson(sum(unit.fails for unit in counted), len(counted))
    return words.percent(share.rate) if share else "–"


def _moves(old: Figures, new: Figures) -> Iterator[Move]:
    found = [(change, change.before.interval, change.now.interval) for change in changes(old, new)]
    moved: list[tuple[float, Change, Interval, Interval]] = [
        (now.rate - before.rate, change, before, now)
        for change, before, now in found
        if before is not None and now is not None and before.rate != now.rate
    ]
    for difference, change, before, now in sorted(moved, key=lambda m: (-abs(m[0]), m[1].mode)):
        yield Move(
            mode=change.mode,
            before=words.percent(before.rate),
            now=words.percent(now.rate),
            rises=difference > 0,
            is_clear=now.high < before.low or before.high < now.low,
        )
