"""What came to one endpoint, by trace, and whether all of it is there."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from casefiles.spans.dialect import session_of
from casefiles.spans.otlp import by_trace, span_ids
from casefiles.spans.reading import telemetry

CAP = 256 * 1024 * 1024
"""Bytes that one endpoint takes in all, inflated; what comes after is refused."""

Claim = Callable[[str], bool]
"""Says of the id of a trace whether it is wanted; empty for logs that name none."""


class FullError(Exception):
    """An endpoint took all that it takes."""


@dataclass(slots=True)
class Arrived:
    """What came of one trace."""

    documents: list[dict[str, Any]] = field(default_factory=list)
    spans: set[str] = field(default_factory=set)
    parents: set[str] = field(default_factory=set)
    last: float = 0.0
    size: float = 0.0
    sessions: set[str] = field(default_factory=set)
    """Sessions that its spans name; known at the endpoint of a server only."""
    began: int | None = None
    """When its first span began, nanoseconds since 1970; likewise."""


class Inbox:
    """The documents that were posted to one endpoint."""

    def __init__(self, *, cap: int = CAP, forgets: bool = False) -> None:
        """Start empty. ``forgets``: over the cap the oldest traces go; else no new ones come in."""
        self._cap = cap
        self._forgets = forgets
        self._size = 0.0
        self._traces: dict[str, Arrived] = defaultdict(Arrived)
        self._changed = threading.Condition()
        self._under_way = 0
        self._abandoned = False
        self.posts = 0
        """Requests that were taken."""
        self.refused = 0
        """Requests that were over the cap, or could not be read."""

    # ------------------------------------------------------------ coming in

    def begin(self) -> None:
        """A request to this endpoint begins."""
        with self._changed:
            self._under_way += 1

    def end(self) -> None:
        """A request to this endpoint ended, well or badly."""
        with self._changed:
            self._under_way -= 1
            self._changed.notify_all()

    def abandon(self) -> None:
        """Let nobody wait any longer."""
        with self._changed:
            self._abandoned = True
            self._changed.notify_all()

    def refuse(self) -> None:
        """Count a request that was not taken."""
        with self._changed:
            self.refused += 1

    def put(self, document: dict[str, Any], size: int) -> None:
        """Take a document: a request as plain JSON, and how many bytes it was. Raises FullError."""
        parts = by_trace(document)
        with self._changed:
            if not self._forgets and self._size + size > self._cap:
                raise FullError
            self.posts += 1
            for trace_id, part in parts.items():
                self._add(trace_id, part, size / len(parts))
            while self._size > self._cap and len(self._traces) > 1:
                self._drop(min(self._traces, key=lambda key: self._traces[key].last))
            self._changed.notify_all()

    def _add(self, trace_id: str, part: dict[str, Any], size: float) -> None:
        trace = self._traces[trace_id]
        trace.documents.append(part)
        trace.last = time.monotonic()
        trace.size += size
        self._size += size
        for span_id, parent_id in span_ids(part):
            trace.spans.add(span_id)
            trace.parents |= {parent_id} - {""}
        if self._forgets:
            _describe(trace, part)

    def _drop(self, trace_id: str) -> tuple[dict[str, Any], ...]:
        trace = self._traces.pop(trace_id)
        self._size -= trace.size
        return tuple(trace.documents)

    # ------------------------------------------------------------ going out

    def settle(
        self,
        claim: Claim,
        *,
        known: Collection[str] = (),
        is_over: bool = False,
        quiet_s: float = 0.5,
        timeout_s: float = 10.0,
    ) -> bool:
        """Wait until all of the claimed traces is likely to be there; tell whether it is.

        That is when nothing came for a while and every span that is named as another's parent is
        there, or is ``known``; or when those who send are over and nothing is under way.
        """
        end = time.monotonic() + timeout_s
        quiet_until = time.monotonic() + quiet_s
        with self._changed:
            while True:
                now = time.monotonic()
                last = max((trace.last for trace in self._claimed(claim)), default=0.0)
                quiet_until = max(quiet_until, last + quiet_s)
                is_whole = self._is_whole(claim, known)
                is_quiet = now >= quiet_until and not self._under_way
                is_settled = is_quiet and (is_whole or is_over)
                if is_settled or self._abandoned or now >= end:
                    return is_whole
                awaited = quiet_until if is_whole or is_over else end
                self._changed.wait(max(0.001, min(awaited, end) - now))

    def take(self, claim: Claim) -> dict[str, tuple[dict[str, Any], ...]]:
        """Return the documents of the claimed traces, in order of arrival in each, and let go."""
        with self._changed:
            wanted = [trace_id for trace_id in self._traces if claim(trace_id)]
            return {trace_id: self._drop(trace_id) for trace_id in wanted}

    def peek(self, claim: Claim) -> dict[str, tuple[dict[str, Any], ...]]:
        """Return the documents of the claimed traces, and keep them."""
        with self._changed:
            found = ((key, trace.documents) for key, trace in self._traces.items() if claim(key))
            return {trace_id: tuple(documents) for trace_id, documents in found}

    def choose(self, is_wanted: Callable[[str, Arrived], bool]) -> set[str]:
        """Return the ids of the traces that are wanted, by what is known of them."""
        with self._changed:
            return {key for key, trace in self._traces.items() if is_wanted(key, trace)}

    def _claimed(self, claim: Claim) -> Iterator[Arrived]:
        return (trace for trace_id, trace in self._traces.items() if claim(trace_id))

    def _is_whole(self, claim: Claim, known: Collection[str]) -> bool:
        spans: set[str] = set()
        parents: set[str] = set()
        for trace in self._claimed(claim):
            spans |= trace.spans
            parents |= trace.parents
        return bool(spans) and parents <= spans | set(known)


def _describe(trace: Arrived, part: dict[str, Any]) -> None:
    """Note by what a trace may be known to whom it belongs, if it is no trace of ours."""
    for span in telemetry([part]).spans:
        if session := session_of(span):
            trace.sessions.add(session)
        if span.start is not None:
            trace.began = min(span.start, trace.began or span.start)
