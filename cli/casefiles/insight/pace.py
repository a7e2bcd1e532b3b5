"""How long reading takes: time is data, shown to the person who spent it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

ENOUGH = 10
"""Notes from which a trend is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds that notes took."""

    notes: int
    """How many notes have a time."""
    seconds: int
    """All of it."""
    median: float
    """Seconds of the middle note."""
    earlier: float | None = None
    """Median of the first half, in the order of reading; None: too few to tell."""
    later: float | None = None
    """Median of the second half."""


def pace(seconds: Sequence[int]) -> Pace | None:
    """Sum up the seconds of notes in the order of reading; None without any."""
    if not seconds:
        return None
    half = len(seconds) // 2
    tells = len(seconds) >= ENOUGH
    return Pace(
        notes=len(seconds),
        seconds=sum(seconds),
        median=median(seconds),
        earlier=median(seconds[:half]) if tells else None,
        later=median(seconds[half:]) if tells else None,
    )
