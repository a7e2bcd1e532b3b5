"""Times as logs and spans write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

_EPOCHS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3), (1e8, 1.0))
"""From which number on a time since 1970 counts in which part of a second."""
_NUMBER = re.compile(r"\d+(\.\d+)?")


def moment(value: Any) -> datetime | None:
    """Read a time: seconds, milli-, micro- or nanoseconds since 1970, or ISO 8601.

    One that says no zone is taken as UTC. None for what is no time, or a number from before 1973.
    """
    if isinstance(value, str):
        return _written(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e20:
        return None
    part = next((part for least, part in _EPOCHS if value >= least), None)
    try:
        return datetime.fromtimestamp(value / part, UTC) if part else None
    except (ValueError, OverflowError, OSError):
        return None


def _written(text: str) -> datetime | None:
    if len(text) > 40:
        return None
    if _NUMBER.fullmatch(text) and len(text.partition(".")[0]) >= 9:
        return moment(float(text))
    try:
        time = datetime.fromisoformat(text)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def iso(time: datetime) -> str:
    """Write a time in UTC, ISO 8601, to the millisecond where it has a fraction."""
    digits = "milliseconds" if time.microsecond else "seconds"
    return time.replace(tzinfo=None).isoformat(timespec=digits) + "Z"


def nanoseconds(value: Any) -> int | None:
    """Read a time as nanoseconds since 1970, exactly where it is given so; None for no time.

    Beside what `moment` reads, a pair of seconds and nanoseconds.
    """
    if isinstance(value, list) and len(value) == 2 and all(isinstance(n, int) for n in value):
        return int(value[0]) * 10**9 + int(value[1])
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 20:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 10**17 <= value < 10**20:
        return value
    time = moment(value)
    return None if time is None else round(time.timestamp() * 1e6) * 1000


def iso_of(time: int) -> str:
    """Write nanoseconds since 1970 as ISO 8601, UTC, to the millisecond."""
    found = moment(time)
    return iso(found) if found else ""
