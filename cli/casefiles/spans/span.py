"""Spans and log events as records: what every dialect is read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened at one moment: an event of a span, or a log record."""

    name: str
    """Its name: ``exception``, ``gen_ai.choice``…"""
    at: int | None = None
    """When, nanoseconds since 1970."""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    """What is known about it, as plain JSON."""
    body: Any = None
    """What a log record says, as plain JSON."""
    trace_id: str = ""
    """The trace a log record belongs to; empty for events of a span."""
    span_id: str = ""
    """The span a log record belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One operation."""

    trace_id: str
    """The trace it belongs to, usually 32 hexadecimal digits."""
    span_id: str
    """Its own id, usually 16 hexadecimal digits."""
    parent_id: str = ""
    """The id of the span it is part of; empty for a root."""
    name: str = ""
    """What it is called."""
    scope: str = ""
    """The library that made it."""
    start: int | None = None
    """When it began, nanoseconds since 1970."""
    end: int | None = None
    """When it ended, nanoseconds since 1970."""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    """What is known about it, as plain JSON, under dotted names."""
    events: tuple[Event, ...] = ()
    """What happened in it."""
    failed: bool = False
    """Whether its status is an error."""
    message: str = ""
    """What its status says."""
    dropped: int = 0
    """How many attributes and events its maker left out, over a limit."""
    resource: Mapping[str, Any] = field(default_factory=dict)
    """What is known about the process that made it."""

    @property
    def ms(self) -> int | None:
        """How long it took, in milliseconds; None if that is not known."""
        if self.start is None or self.end is None or self.end < self.start:
            return None
        return round((self.end - self.start) / 1e6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """What an application sent."""

    spans: tuple[Span, ...] = ()
    """Its spans, each once, by start."""
    logs: tuple[Event, ...] = ()
    """Its log records, by time."""
