"""What day it is: read here, handed on as text."""

from __future__ import annotations

from datetime import UTC, datetime


def today() -> str:
    """Return the day in UTC, ISO 8601: every machine of a team gives the same name to it."""
    return datetime.now(UTC).date().isoformat()
