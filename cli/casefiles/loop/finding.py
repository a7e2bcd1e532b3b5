"""One thing that `doctor` looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "missing", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    code: str
    """What: ``answer``, ``turns``, ``telemetry``, ``tools``, ``instructions``, ``usage``…"""
    level: Level
    """ok; missing: a trace will lack it; error: nothing can be run like this."""
    text: str
    """What was found."""
    remedy: str | None = None
    """What to do about it."""
