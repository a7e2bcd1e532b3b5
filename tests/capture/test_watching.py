"""Conversations watched: many processes at once, and long-lived servers."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import Request, urlopen

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

import sending
from casefiles.capture.watching import (
    UNJOINED,
    Capture,
    Collected,
    Settling,
    Watch,
    server_variables,
)
from casefiles.spans.reading import telemetry
from sending import senders

QUICK = Settling(quiet_s=0.1, over_s=0.02, timeout_s=1.5)


def names(collected: Collected) -> list[str]:
    """The names of the spans that came."""
    return sorted(span.name for span in telemetry(collected.documents).spans)


# ---------------------------------------------------------------- processes of their own


def test_64_processes_16_at_once_lose_no_span_and_mix_none() -> None:
    """Each sends three spans of its own to its own endpoint."""
    found: dict[str, list[str]] = {}
    with closing(Capture()) as capture, senders() as running:
        for batch in range(4):
            watches = [capture.watch(f"r/q{batch}-{number}") for number in range(16)]
            wanted = [
                ((f"{watch.label} a", f"{watch.label} b"), watch.environment) for watch in watches
            ]
            assert running.run(wanted) == [0] * 16
            found |= {watch.label: names(watch.collect(is_over=True)) for watch in watches}

    assert len(found) == 64
    for label, spans in found.items():
        assert spans == [f"{label} a", f"{label} b", "root"]


@pytest.mark.slow
def test_64_programs_16_at_once_lose_no_span_and_mix_none() -> None:
    """The same with programs that are started one by one and end as programs do."""

    def child(number: int) -> list[str]:
        watch = capture.watch(f"r/q{number}")
        variables = {**os.environ, **watch.environment}
        command = [sys.executable, sending.__file__, f"{number}-a", f"{number}-b"]
        known = {name: value for name, value in variables.items() if value is not None}
        subprocess.run(command, env=known, check=True)
        return names(watch.collect(is_over=True))

    with closing(Capture()) as capture, ThreadPoolExecutor(16) as pool:
        found = list(pool.map(child, range(64)))

    assert found == [[f"{number}-a", f"{number}-b", "root"] for number in range(64)]


def test_what_comes_after_the_end_is_not_taken() -> None:
    """The endpoint is gone with the conversation."""
    with closing(Capture(settling=QUICK)) as capture:
        watch = capture.watch("r/q1")
        address = watch.environment["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]
        assert watch.collect(is_over=True).remarks == ("no telemetry came from the application",)

        request = Request(f"{address}", b"{}", {"Content-Type": "application/json"})
        with pytest.raises(OSError, match="404"):
            urlopen(request, timeout=5)


def test_what_came_in_the_middle_is_not_handed_on_twice() -> None:
    """A conversation of several turns is written down turn by turn."""
    with closing(Capture(settling=QUICK)) as capture, senders() as running:
        watch = capture.watch("r/q1")
        found = []
        for turn in ("one", "two"):
            assert running.run([((turn,), watch.environment)]) == [0]
            found.append(sorted(s.name for s in telemetry(watch.so_far()).spans))

        assert found == [["one", "root"], ["root", "two"]]
        assert watch.collect(is_over=True) == Collected(known=frozenset({watch.span_id}))


# ---------------------------------------------------------------- long-lived servers


@contextmanager
def server(address: str, *, joins: bool = True, session: bool = False) -> Iterator[str]:
    """An instrumented server that may or may not go on with the trace of its caller."""
    provider = TracerProvider()
    exporter = OTLPSpanExporter(endpoint=f"{address}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=50))
    tracer = provider.get_tracer("server")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = self.headers["X-Query"]
            headers = {name.lower(): value for name, value in self.headers.items()}
            context = TraceContextTextMapPropagator().extract(headers) if joins else None
            known = {"session.id": said} if session else {}
            with tracer.start_as_current_span("POST /chat", context=context, attributes=known):
                time.sleep(0.01)
                tracer.start_span(said).end()
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_port}/chat"
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
        provider.shutdown()


def ask(url: str, watch: Watch) -> None:
    """Send one query, with the headers of its watch."""
    request = Request(url, b"", {"X-Query": watch.label, **watch.headers})
    with urlopen(request, timeout=10) as answer:
        answer.read()


@contextmanager
def served(**how: bool) -> Iterator[tuple[Capture, str]]:
    """A capture and a server that sends to it."""
    with closing(Capture(token="secret", settling=QUICK)) as capture:
        assert capture.server
        with server(capture.server.address, **how) as url:
            yield capture, url


def test_a_server_is_joined_by_traceparent_several_conversations_at_once() -> None:
    """16 conversations, 4 at a time: each gets its own two spans."""
    with served() as (capture, url):

        def converse(number: int) -> list[str]:
            watch = capture.watch_server(f"r/q{number}")
            ask(url, watch)
            return names(watch.collect(is_over=False))

        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(converse, range(16)))

    assert found == [["POST /chat", f"r/q{number}"] for number in range(16)]


def test_a_server_that_does_not_join_is_known_by_its_session() -> None:
    """It puts the conversation's id on its spans."""
    with served(joins=False, session=True) as (capture, url):
        first, second = capture.watch_server("r/q1"), capture.watch_server("r/q2")
        ask(url, first)
        ask(url, second)

        found = first.collect(is_over=False, sessions=["r/q1"])
        assert names(found) == ["POST /chat", "r/q1"]
        assert names(second.collect(is_over=False, sessions=["r/q2"])) == ["POST /chat", "r/q2"]


def test_one_conversation_at_a_time_gets_what_came_meanwhile() -> None:
    """Nothing else can have sent it."""
    with served(joins=False) as (capture, url):
        for query in ("r/q1", "r/q2"):
            watch = capture.watch_server(query, is_alone=True)
            ask(url, watch)
            assert names(watch.collect(is_over=False)) == ["POST /chat", query]


def test_a_server_that_never_joins_is_waited_for_once() -> None:
    """And what came is given to nobody whose it may not be."""
    with served(joins=False) as (capture, url):
        seconds = []
        for query in ("r/q1", "r/q2", "r/q3"):
            watch = capture.watch_server(query)
            ask(url, watch)
            began = time.monotonic()
            assert watch.collect(is_over=False).remarks == (UNJOINED,)
            seconds.append(time.monotonic() - began)

    assert seconds[0] >= QUICK.timeout_s
    assert max(seconds[1:]) < QUICK.timeout_s / 2


def test_the_variables_of_a_server_say_where_to_send_and_no_secret_of_others() -> None:
    """What `doctor` shows to start it with."""
    with closing(Capture(token="secret")) as capture:
        assert capture.server
        found = server_variables(capture.server.address)

    assert found["OTEL_EXPORTER_OTLP_ENDPOINT"].endswith("/k/secret/q/server")
    assert found["OTEL_EXPORTER_OTLP_PROTOCOL"] == "http/protobuf"
    assert "OTEL_EXPORTER_OTLP_HEADERS" not in found
