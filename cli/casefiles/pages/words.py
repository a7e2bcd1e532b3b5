"""How pages say numbers and states, in words that need no statistics to read."""

from __future__ import annotations

from casefiles.insight.figures import Prevalence
from casefiles.insight.prevalence import Interval
from casefiles.insight.saturation import State

STATES: dict[State, tuple[str, str]] = {
    "learning": (
        "Still learning",
        "Reading more conversations is expected to show failures of a new kind.",
    ),
    "slowing": (
        "Slowing down",
        "New kinds of failure have become rare, but it is too early to stop.",
    ),
    "saturated-90": (
        "Nearly complete",
        "With 95 % confidence, nine of ten failures or more are of a kind already described.",
    ),
    "saturated-95": (
        "Complete for now",
        "With 95 % confidence, 19 of 20 failures or more are of a kind already described.",
    ),
}
"""State of a review to its headline and its meaning."""

_CAVEATS = {
    "not-random": "The conversations were not drawn at random, so these figures describe the ones "
    "that were read. They do not say how common a failure is in production.",
    "synthetic": "The questions were written for this analysis, not asked by real users.",
    "order-unknown": "Some notes do not say when they were made, so the order of reading is "
    "partly a guess.",
}


_UNIT = "\u00a0%"  # a number never parts from its unit


def caveat(said: str) -> str:
    """Turn a caveat of the figures (``code: text``) into a sentence for any reader."""
    code, _, words = said.partition(": ")
    return _CAVEATS.get(code, words[:1].upper() + words[1:] + ".")


def count(number: int, word: str, words: str = "") -> str:
    """``1 conversation``, ``2,000 conversations``."""
    return f"{number:,} {word if number == 1 else words or word + 's'}"


def percent(rate: float, digits: int = 0) -> str:
    """``0.123`` → ``12 %``; a share that is not 0 or 1 never poses as such."""
    if 0 < rate < 0.005 and not digits:
        return f"< 1{_UNIT}"
    if 0.995 <= rate < 1 and not digits:
        return f"> 99{_UNIT}"
    return f"{rate * 100:.{digits}f}{_UNIT}"


def estimate(coverage: float) -> str:
    """An estimate of coverage never reads as certainty, though with few rare modes it reaches 1."""
    return f"> 99{_UNIT}" if coverage >= 0.995 else percent(coverage)


def bound(share: float) -> str:
    """A lower bound is never rounded up."""
    return f"{int(share * 100)}{_UNIT}"


def limits(interval: Interval) -> str:
    """``4–15 %``."""
    return f"{interval.low * 100:.0f}–{interval.high * 100:.0f}{_UNIT}"


def decimal(number: float) -> str:
    """One decimal below 10, none from there on."""
    return f"{number:.1f}" if number < 9.95 else f"{number:,.0f}"


def share(found: Prevalence) -> str:
    """Say how common a mode is, or why that is not known: with n and interval, always."""
    counted = found.judged + found.disputed + found.unjudged
    if not counted:
        return "nothing read yet"
    if found.interval is not None:
        seen = f"seen in {found.yes:,} of {found.judged:,} judged"
        return f"{seen}: {percent(found.interval.rate)}, 95 % interval {limits(found.interval)}"
    missing = f"; {found.unjudged:,} not judged" if found.unjudged else ""
    return f"seen in {found.yes:,} of {counted:,} read{missing}"


def short_share(found: Prevalence) -> str:
    """``3 of 20``, or ``seen in 3`` until everything read is judged."""
    if found.interval is None:
        return f"seen in {found.yes:,}"
    return f"{found.yes:,} of {found.judged:,}"


def remarks(found: Prevalence) -> tuple[str, ...]:
    """Name what a count does not settle: annotators who disagree, judgements out of date."""
    said = []
    if found.disputed:
        said.append(f"{found.disputed:,} disputed")
    if found.stale:
        said.append(f"{found.stale:,} judged under an older definition")
    return tuple(said)


def duration(ms: float) -> str:
    """``908`` → ``0.9 s``, ``75000`` → ``1 min 15 s``."""
    if ms < 1000:
        return f"{ms:.0f} ms"
    seconds = ms / 1000
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    return f"{round(seconds) // 60} min {round(seconds) % 60} s"


def size(characters: int, lines: int) -> str:
    """``1,204 characters, 31 lines``."""
    return f"{count(characters, 'character')}, {count(lines, 'line')}"
