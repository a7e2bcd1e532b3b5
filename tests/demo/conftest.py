"""Conversations with the demo application, as its tests hold them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from casefiles.demo.app import answer

Answer = dict[str, Any]
Talk = Callable[..., list[Answer]]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def talk() -> Talk:
    """Hold a conversation, message by message, and give all answers."""

    def hold(*said: str) -> list[Answer]:
        history: list[Answer] = []
        answers = []
        for query in said:
            answers.append(answer(query, history, "s1"))
            history += [{"role": "user", "content": query}, *answers[-1]["messages"]]
        return answers

    return hold


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `python -m casefiles.demo` with arguments, a text on stdin and extra environment."""

    def command(
        *arguments: str, stdin: str = "", env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "casefiles.demo", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            env=os.environ | (env or {}),
            timeout=30,
            check=False,
        )

    return command


class Receiver:
    """An OTLP/HTTP receiver on 127.0.0.1 that keeps the spans it gets."""

    def __init__(self) -> None:
        """Start on a free port."""
        self.spans: list[Answer] = []
        self.paths: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.take(self.path, body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        return Handler

    def take(self, path: str, body: bytes) -> None:
        self.paths.append(path)
        request = ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                self.spans += [_plain(span) for span in scope.spans]


def _plain(span: Any) -> Answer:
    attributes = {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in span.attributes}
    return {
        "name": span.name,
        "trace": span.trace_id.hex(),
        "id": span.span_id.hex(),
        "parent": span.parent_span_id.hex(),
        "failed": span.status.code == 2,
        **attributes,
    }


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A running receiver."""
    running = Receiver()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture
def request_json() -> Callable[..., str]:
    """A request of the target contract as JSON."""

    def build(query: str, **more: object) -> str:
        base: Answer = {"query_id": "q001", "session_id": "s1", "turn": 1, "query": query}
        rest: Answer = {"messages": [], "vars": {"persona": "child"}, "traceparent": None}
        return json.dumps(base | rest | more)

    return build
