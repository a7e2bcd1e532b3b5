"""An application that is instrumented by hand, after the GenAI conventions: OpenTelemetry's SDK
alone, no model behind it. What it does is said by the query, so that a test can make it misbehave.

As a program it reads a request on standard input, as ``traced_app:answer`` it is a function, and
`serve` runs it as a server.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagate import extract
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, Status, StatusCode

PROMPT = "You are RailBot."
SECRET = "sk-ant-api03-" + "abcdefghij" * 5

Message = dict[str, Any]


@cache
def provider() -> TracerProvider:
    """Set up as an application sets itself up: all comes from the environment."""
    found = TracerProvider()
    found.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return found


def said(role: str, text: str) -> Message:
    """A message of words."""
    return {"role": role, "parts": [{"type": "text", "content": text}]}


@contextmanager
def chat(given: list[Message], answered: Message | None) -> Iterator[Span]:
    """A call of a model that never was."""
    with provider().get_tracer("app").start_as_current_span("chat m-1") as span:
        span.set_attribute("gen_ai.operation.name", "chat")
        span.set_attribute("gen_ai.request.model", "m-1")
        span.set_attribute("gen_ai.input.messages", json.dumps(given))
        yield span
        if answered is not None:
            span.set_attribute("gen_ai.output.messages", json.dumps([answered]))
            span.set_attribute("gen_ai.usage.input_tokens", 10)
            span.set_attribute("gen_ai.usage.output_tokens", 5)


def converse(history: list[Mapping[str, str]]) -> str:
    """Call the model, a tool, and the model again."""
    query = history[-1]["content"]
    given = [said("system", PROMPT), *(said(m["role"], m["content"]) for m in history)]
    call = {
        "type": "tool_call",
        "id": f"c{len(history)}",
        "name": "find",
        "arguments": {"q": query},
    }
    asked = {"role": "assistant", "parts": [call]}
    with chat(given, asked):
        pass
    result = run_tool(query)
    returned = {"type": "tool_call_response", "id": call["id"], "response": result}
    text = f"Found {query}."
    with chat([*given, asked, {"role": "tool", "parts": [returned]}], said("assistant", text)):
        pass
    return text


def run_tool(query: str) -> str:
    """Look something up, or go wrong."""
    with provider().get_tracer("app").start_as_current_span("execute_tool find") as span:
        span.set_attribute("gen_ai.operation.name", "execute_tool")
        span.set_attribute("gen_ai.tool.name", "find")
        span.set_attribute("http.request.header.authorization", "Bearer tok_0123456789abcdef")
        if query == "fail":
            span.set_status(Status(StatusCode.ERROR, "no such booking"))
            raise KeyError("no such booking")
        if query in ("crash", "die", "hang"):
            provider().force_flush()  # what is finished was sent, the root is not
            misbehave(query)
        result = f"QX4 {SECRET} {os.environ.get('SHOP_TOKEN', '')}" if query == "leak" else "QX4"
        span.set_attribute("gen_ai.tool.call.result", result)
        return result


def misbehave(query: str) -> None:
    """End in a way nobody can prepare for, or never."""
    if query == "crash":
        sys.stderr.write("about to crash\n")
        sys.stderr.flush()
        os._exit(7)
    if query == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(600)


def answer(
    query: str,
    messages: list[Mapping[str, str]] | None = None,
    traceparent: str | None = None,
) -> Any:
    """Answer one request."""
    context = extract({"traceparent": traceparent}) if traceparent else None
    tracer = provider().get_tracer("app")
    with tracer.start_as_current_span("invoke_agent rail", context=context) as span:
        span.set_attribute("gen_ai.operation.name", "invoke_agent")
        span.set_attribute("gen_ai.agent.name", "rail")
        text = converse(list(messages or [{"role": "user", "content": query}]))
    needs = {"needs_human": "Shall I?"} if query == "pay" else {}
    return {"output": text, **needs}


class Handler(BaseHTTPRequestHandler):
    """The application as a server that goes on with the trace of its caller."""

    def do_POST(self) -> None:
        """Answer one request."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        found = answer(asked["query"], asked["messages"], self.headers["traceparent"])
        body = json.dumps(found).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def serve() -> None:
    """Serve until killed; say at which port."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{http.server_port}\n")
    sys.stdout.flush()
    http.serve_forever()


def main() -> None:
    """Answer the request on standard input."""
    asked = json.load(sys.stdin)
    found = answer(asked["query"], asked["messages"])
    if asked["query"] == "leak":
        sys.stderr.write(f"token {os.environ.get('SHOP_TOKEN')}\n")
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    else:
        main()
