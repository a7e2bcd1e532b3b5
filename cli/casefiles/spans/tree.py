"""How spans belong together: who is part of whom, which agent is at work, what went wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from casefiles.spans import attributes
from casefiles.spans.span import Event, Span

_DEEPEST = 64
"""Levels above a span that are looked at: spans may be wired in a circle."""


class Tree:
    """The spans of one conversation, by id."""

    def __init__(self, spans: Sequence[Span]) -> None:
        """Take the spans, in order of time."""
        self.spans = tuple(spans)
        self._by_id: Mapping[str, Span] = {span.span_id: span for span in spans}

    def above(self, span: Span) -> Iterator[Span]:
        """Yield what a span is part of, the nearest first."""
        for _ in range(_DEEPEST):
            parent = self._by_id.get(span.parent_id)
            if parent is None or parent is span:
                return
            yield parent
            span = parent

    def depth(self, span: Span) -> int:
        """Count the spans above a span."""
        return sum(1 for _ in self.above(span))

    def agent(self, span: Span) -> str | None:
        """Return the name of the agent at work; None if nothing says so."""
        for one in (span, *self.above(span)):
            if (kind := attributes.kind_of(one)) == "agent":
                return attributes.text(one, "agent") or one.name
            own = one.attributes.get("gen_ai.agent.name")
            if kind in ("model", "tool") and isinstance(own, str) and own:
                return own
        return None

    def agent_span(self, span: Span) -> str | None:
        """Return the id of the span of the agent at work; None if there is none."""
        around = (one for one in (span, *self.above(span)) if attributes.kind_of(one) == "agent")
        return next((one.span_id for one in around), None)

    def roots(self) -> tuple[Span, ...]:
        """Return the spans that are part of no other one that is there."""
        return tuple(span for span in self.spans if span.parent_id not in self._by_id)

    def orphaned(self) -> set[str]:
        """Return the ids of spans that others are part of, and that are not there."""
        return {s.parent_id for s in self.spans if s.parent_id and s.parent_id not in self._by_id}

    def errors(self) -> tuple[str, ...]:
        """Return what went wrong, the deepest first; what a span only passes on counts once."""
        failed = [span for span in self.spans if span.failed or _exception(span)]
        failed.sort(key=self.depth, reverse=True)
        said: list[str] = []
        for span in failed:
            message = error_of(span)
            if not any(message in other for other in said):
                said.append(message)
        return tuple(said)


def error_of(span: Span) -> str:
    """Say what went wrong in a span, as ``RateLimitError: …`` where it tells the kind."""
    exception = _exception(span)
    known = exception.attributes if exception else {}
    kind = str(known.get("exception.type") or attributes.text(span, "error_type") or "")
    kind = kind.rpartition(".")[2]
    message = known.get("exception.message") or span.message or attributes.text(span, "error") or ""
    message = str(message).strip()
    if not kind or not message or message.startswith(kind):
        return message or kind or f"{span.name or 'a span'} failed"
    return f"{kind}: {message}"


def _exception(span: Span) -> Event | None:
    return next((event for event in span.events if event.name == "exception"), None)
