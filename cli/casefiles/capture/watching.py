"""The telemetry of a run: each conversation is watched by itself and collected at its end."""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from casefiles.capture.environment import addresses, environment
from casefiles.capture.inbox import Arrived, Claim, Inbox
from casefiles.capture.receiver import Receiver

SERVER = "server"
"""The label of the endpoint that a long-lived server sends to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """How long to wait for what is still on its way."""

    quiet_s: float = 0.5
    """Seconds without news after which a trace that has all its parents is whole."""
    over_s: float = 0.05
    """The same once the processes that send are gone."""
    timeout_s: float = 10.0
    """Seconds to wait at most: the batches of a server come every five, by default."""


SETTLING = Settling()

NOTHING = "no telemetry came from the application"
"""What is said of a conversation of which nothing came."""
GRPC = f"{NOTHING} (it speaks gRPC: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf)"
"""What is said if something came that is not understood."""

UNJOINED = f"{NOTHING} under the trace it was asked to go on with (traceparent)"
"""What is said if spans came of which nobody can tell whose they are."""

Traces = Mapping[str, tuple[dict[str, Any], ...]]
"""Id of a trace to the documents that hold its spans and logs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What came of one conversation."""

    documents: tuple[dict[str, Any], ...] = ()
    """Requests as plain JSON (`casefiles.spans.otlp`), not redacted."""
    known: frozenset[str] = frozenset()
    """Ids of spans that others may be part of and that never come: ours."""
    remarks: tuple[str, ...] = ()
    """What is known to have been lost on the way, in words."""


class Capture:
    """Receives the telemetry of a run until it is closed."""

    def __init__(
        self, *, port: int = 0, token: str | None = None, settling: Settling = SETTLING
    ) -> None:
        """Listen. With ``token``, a long-lived server may send to one endpoint that stays the same.

        Raises BadInputError if the port is taken.
        """
        self.settling = settling
        self.receiver = Receiver(port=port)
        self.server = _Server(self.receiver, token) if token else None

    def close(self) -> None:
        """Stop; nobody waits for more. Closing again does nothing."""
        self.receiver.close()

    def watch(self, label: str, *, env: Mapping[str, str] | None = None) -> Watch:
        """Watch a conversation whose processes are its own: they get an endpoint nobody knows.

        ``env`` is what the user sets for these processes, over our own environment.
        """
        inbox = Inbox()
        address = self.receiver.open(label, inbox)
        given = dict(env or {})
        inherited = {**os.environ, **given}
        return Watch(
            capture=self,
            inbox=inbox,
            label=label,
            environment=environment(address, label, inherited=inherited, own=given),
        )

    def watch_server(self, label: str, *, is_alone: bool = False) -> Watch:
        """Watch a conversation with a server that serves many: told apart by the trace's id.

        ``is_alone`` says that no other conversation is under way: then what came meanwhile is its.
        """
        assert self.server is not None, "a token is needed"
        found = Watch(capture=self, inbox=self.server.inbox, label=label, is_alone=is_alone)
        self.server.expect(found.trace_id)
        return found


@dataclass(kw_only=True, eq=False)
class Watch:
    """One conversation that is watched."""

    capture: Capture
    """The capture of the run."""
    inbox: Inbox
    """Where its telemetry comes in."""
    label: str
    """Its name: ``round-1/q042``."""
    environment: Mapping[str, str | None] = field(default_factory=dict)
    """Variables for its processes; empty where a server is watched."""
    is_alone: bool = False
    """Whether what comes to a server's endpoint meanwhile is its."""
    trace_id: str = field(default_factory=lambda: secrets.token_hex(16))
    """The id of the trace we begin."""
    span_id: str = field(default_factory=lambda: secrets.token_hex(8))
    """The id of our span, which never comes."""
    began: float = field(default_factory=time.time)
    """When it began, seconds since 1970."""
    handed: Counter[str] = field(default_factory=Counter)
    """How many documents of each trace were handed on so far."""

    @property
    def headers(self) -> dict[str, str]:
        """``traceparent`` and ``baggage``: https://www.w3.org/TR/trace-context/."""
        return {
            "traceparent": f"00-{self.trace_id}-{self.span_id}-01",
            "baggage": f"casefiles.query.id={quote(self.label, safe='')}",
        }

    @property
    def claim(self) -> Claim:
        """Says which traces are its: all that comes to its own endpoint, ours at a server's."""
        return (lambda _: True) if self.environment else (lambda found: found == self.trace_id)

    @property
    def is_silent(self) -> bool:
        """Whether nothing came so far."""
        return not self.handed.total()

    def so_far(self) -> tuple[dict[str, Any], ...]:
        """Return what is there, without waiting, and was not returned before."""
        return self._fresh(self.inbox.peek(self.claim))

    def collect(self, *, is_over: bool, sessions: Collection[str] = ()) -> Collected:
        """Wait for what is on its way, and take it.

        ``is_over`` says that the processes which send are gone. ``sessions`` are ids of the
        conversation that a server may put on its spans instead of joining our trace.
        """
        settling, server = self.capture.settling, self.capture.server
        is_served = server is not None and server.inbox is self.inbox
        self.inbox.settle(
            self.claim,
            known={self.span_id},
            is_over=is_over,
            quiet_s=settling.over_s if is_over else settling.quiet_s,
            timeout_s=server.timeout_s(settling) if server and is_served else settling.timeout_s,
        )
        found = self._fresh(self.inbox.take(self.claim))
        if server is not None and is_served:
            found = (*found, *self._fresh(server.leave(self, sessions)))
        else:
            self.capture.receiver.withdraw(self.inbox)
        return Collected(
            documents=found,
            known=frozenset({self.span_id}),
            remarks=tuple(self._remarks(0 if is_served else self.inbox.refused)),
        )

    def _fresh(self, traces: Traces) -> tuple[dict[str, Any], ...]:
        fresh = {
            trace_id: documents[self.handed[trace_id] :] for trace_id, documents in traces.items()
        }
        for trace_id, documents in fresh.items():
            self.handed[trace_id] += len(documents)
        return tuple(document for documents in fresh.values() for document in documents)

    def _remarks(self, refused: int) -> Iterator[str]:
        if refused:
            yield f"{refused} requests of the exporter could not be taken"
        if self.is_silent:
            server = self.capture.server
            strays = server is not None and server.inbox is self.inbox and server.has_strays()
            yield GRPC if self.capture.receiver.grpc else UNJOINED if strays else NOTHING


class _Server:
    """The endpoint of a long-lived server, and the conversations that are under way with it."""

    def __init__(self, receiver: Receiver, token: str) -> None:
        self.inbox = Inbox(forgets=True)
        self.address = receiver.open(SERVER, self.inbox, token=token)
        self._expected: set[str] = set()
        self._lock = threading.Lock()
        self._joins: bool | None = None

    def expect(self, trace_id: str) -> None:
        with self._lock:
            self._expected.add(trace_id)

    def has_strays(self) -> bool:
        """Tell whether traces are here that belong to no conversation under way."""
        with self._lock:
            others = set(self._expected)
        return bool(self.inbox.choose(lambda trace_id, _: trace_id not in others))

    def timeout_s(self, settling: Settling) -> float:
        """How long to wait: one that never joined anything is not waited for again and again."""
        return settling.quiet_s if self._joins is False else settling.timeout_s

    def leave(self, watch: Watch, sessions: Collection[str]) -> Traces:
        """Take what a conversation that is over has besides its trace: by session, or by time."""
        with self._lock:
            self._joins = not watch.is_silent or bool(self._joins)
            self._expected.discard(watch.trace_id)
            others = set(self._expected)
        wanted = self.inbox.choose(
            lambda trace_id, found: trace_id not in others and _belongs(found, watch, sessions)
        )
        return self.inbox.take(lambda trace_id: trace_id in wanted)


def _belongs(found: Arrived, watch: Watch, sessions: Collection[str]) -> bool:
    if not found.sessions.isdisjoint(sessions):
        return True
    return watch.is_alone and found.began is not None and found.began >= watch.began * 1e9


def server_variables(address: str) -> dict[str, str]:
    """Return the variables to start a long-lived server with, so that it sends here."""
    changed = environment(address, SERVER, inherited={})
    set_here = {name: value for name, value in changed.items() if value is not None}
    set_here.pop("OTEL_RESOURCE_ATTRIBUTES", None)
    return {**set_here, **addresses(address)}
