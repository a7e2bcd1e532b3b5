"""An application behind HTTP on 127.0.0.1 whose answers the test writes."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    """Names in lower case."""
    header_names: tuple[str, ...]
    """All of them, as often as they came."""
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the server sends back."""

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    claimed: int | None = None
    """A Content-Length that is not true: the connection closes before so much came."""


Script = Callable[[Asked, int], Said | Any]
"""(request, its number from 1) -> what to send; anything but a `Said` is sent as JSON."""


@dataclass(kw_only=True)
class AppServer:
    """The running server: its address and every request it was sent."""

    script: Script
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet: the caller hung up."""


@contextmanager
def app_server(script: Script) -> Iterator[AppServer]:
    """Run a server on a free port."""
    served = AppServer(script=script)
    http = _Server(("127.0.0.1", 0), _handler(served))
    served.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield served
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


def _handler(served: AppServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            asked = Asked(
                method=self.command,
                path=self.path,
                headers={name.lower(): value for name, value in self.headers.items()},
                header_names=tuple(name.lower() for name in self.headers),
                body=self.rfile.read(length),
            )
            with served.lock:
                served.asked.append(asked)
                number = len(served.asked)
            said = served.script(asked, number)
            if not isinstance(said, Said):
                said = Said(body=json.dumps(said), headers={"Content-Type": "application/json"})
            self._send(said)

        def do_GET(self) -> None:
            self.do_POST()

        def do_PUT(self) -> None:
            self.do_POST()

        def _send(self, said: Said) -> None:
            body = said.body.encode() if isinstance(said.body, str) else said.body
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(said.claimed or len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = said.claimed is not None

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
