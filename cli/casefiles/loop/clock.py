"""What day it is: read here, handed on as text."""

from __future__ import annotations

from datetime import UTC, datetime


def today() -> str:
    """Return the day in UTC, ISO 8601: every machine of a team gives the same name to it."""
    return datetime.now(UTC).date().isoformat()


def now() -> str:
    """Return the moment in UTC, ISO 8601, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
