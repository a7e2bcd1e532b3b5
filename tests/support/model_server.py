"""An OpenAI-compatible server on 127.0.0.1 whose answers the test writes."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What the server sends back for one call."""

    text: str | None = ""
    """Content of the assistant's message."""
    status: int = 200
    """HTTP status; anything but 200 sends an error object with ``text`` as its message."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """More headers, e.g. ``Retry-After``."""
    cut_after: int | None = None
    """Bytes of the body after which the connection is closed."""
    wait: threading.Event | None = None
    """Answer only after this is set."""
    finish: str = "stop"
    """Why the model stopped."""
    refusal: str | None = None
    """The message's refusal."""
    tool_calls: tuple[Mapping[str, Any], ...] = ()
    """The message's tool calls."""
    usage: tuple[int, int] = (11, 7)
    """Tokens of prompt and reply."""


Script = Callable[[dict[str, Any], int], Sent | str]
"""(request body, number of the call from 1) -> what to send."""


@dataclass(kw_only=True)
class ModelServer:
    """The running server: its address and every request it was sent, those for vectors apart."""

    script: Script
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    embedded: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def questions(self) -> list[dict[str, Any]]:
        """The JSON document of data in each request that `Question` made, in order of arrival."""
        return [json.loads(request["messages"][1]["content"]) for request in self.requests]


@contextmanager
def model_server(script: Script, patch: pytest.MonkeyPatch | None = None) -> Iterator[ModelServer]:
    """Run a server; with ``patch``, the environment points litellm's openai/ models at it."""
    served = ModelServer(script=script)
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(served))
    http.daemon_threads = True
    served.url = f"http://127.0.0.1:{http.server_port}/v1"
    if patch is not None:
        for name in ("OPENAI_API_BASE", "OPENAI_BASE_URL"):
            patch.setenv(name, served.url)
        patch.setenv("OPENAI_API_KEY", "test")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield served
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


def _handler(served: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path.endswith("/embeddings"):
                served.embedded.append(body)
                self._send(Sent(), json.dumps(_embeddings(body)).encode())
                return
            with served.lock:
                served.requests.append(body)
                number = len(served.requests)
            sent = served.script(body, number)
            sent = Sent(text=sent) if isinstance(sent, str) else sent
            if sent.wait is not None:
                sent.wait.wait(30)
            if body.get("stream") and sent.status == 200:
                self._stream(_chunks(body, sent))
                return
            error = {"error": {"message": sent.text, "type": "test", "code": sent.status}}
            document = _completion(body, sent) if sent.status == 200 else error
            self._send(sent, json.dumps(document).encode())

        def _send(self, sent: Sent, body: bytes) -> None:
            self.send_response(sent.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            for name, value in sent.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: sent.cut_after])
            self.close_connection = sent.cut_after is not None

        def _stream(self, chunks: Iterator[Mapping[str, Any]]) -> None:
            """Send an answer piece by piece, as server-sent events."""
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            for chunk in chunks:
                self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
                self.wfile.flush()
            self.wfile.write(b"data: [DONE]\n\n")
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def _completion(body: Mapping[str, Any], sent: Sent) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": sent.text}
    if sent.refusal is not None:
        message |= {"content": None, "refusal": sent.refusal}
    if sent.tool_calls:
        message |= {"content": None, "tool_calls": list(sent.tool_calls)}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": sent.finish}],
        "usage": _usage(sent),
    }


def _usage(sent: Sent) -> dict[str, int]:
    tokens_in, tokens_out = sent.usage
    return {
        "prompt_tokens": tokens_in,
        "completion_tokens": tokens_out,
        "total_tokens": tokens_in + tokens_out,
    }


def _chunks(body: Mapping[str, Any], sent: Sent) -> Iterator[dict[str, Any]]:
    """The pieces of a streamed answer: a word or half of a tool's arguments each.

    Tokens come last, and only if they are asked for.
    """
    common = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": body["model"],
    }
    for delta in _deltas(sent):
        yield {**common, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    yield {**common, "choices": [{"index": 0, "delta": {}, "finish_reason": sent.finish}]}
    if (body.get("stream_options") or {}).get("include_usage"):
        yield {**common, "choices": [], "usage": _usage(sent)}


def _deltas(sent: Sent) -> Iterator[dict[str, Any]]:
    yield {"role": "assistant", "content": None if sent.tool_calls else ""}
    for word in re.findall(r"\S+\s*", sent.text or "") if not sent.tool_calls else ():
        yield {"content": word}
    for index, call in enumerate(sent.tool_calls):
        arguments = call["function"]["arguments"]
        half = len(arguments) // 2
        first = {**call, "function": {**call["function"], "arguments": arguments[:half]}}
        yield {"tool_calls": [{"index": index, **first}]}
        rest = {"function": {"arguments": arguments[half:]}}
        yield {"tool_calls": [{"index": index, **rest}]}


def _embeddings(body: Mapping[str, Any]) -> dict[str, Any]:
    """Vectors that tell texts apart: length, vowels, a constant."""
    texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
    rows = [
        {
            "object": "embedding",
            "index": index,
            "embedding": [len(text) / 10, sum(map(text.count, "aeiou")) / 10, 1.0],
        }
        for index, text in enumerate(texts)
    ]
    usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
    return {"object": "list", "data": rows, "model": body["model"], "usage": usage}
