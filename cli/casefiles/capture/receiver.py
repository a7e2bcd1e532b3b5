"""A receiver of OpenTelemetry's protocol over HTTP, for this machine's own processes only.

OTLP/HTTP: https://opentelemetry.io/docs/specs/otlp/#otlphttp (protobuf and JSON, gzip). Each
endpoint has a path with a secret of its own, so that nothing can be sent into another's. The
address is 127.0.0.1 alone; requests that a web page may have made (they have an Origin, or a
Host that is not ours) are refused. Exporters try again at 429 and 5xx, so neither is answered.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import secrets
import socket
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from casefiles.capture.bodies import CAP, RefusedError, read_body
from casefiles.capture.inbox import FullError, Inbox
from casefiles.errors import BadInputError
from casefiles.spans.otlp import Form, Signal, request
from casefiles.text.names import safe_file_name

HOST = "127.0.0.1"
"""The only address it listens on."""

_SIGNALS: dict[str, Signal] = {"traces": "traces", "logs": "logs", "metrics": "metrics"}
_FORMS: dict[str, Form] = {
    "application/x-protobuf": "protobuf",
    "application/protobuf": "protobuf",
    "application/json": "json",
}
_NAMES = ("127.0.0.1", "localhost", "[::1]")
_MOST_CONNECTIONS = 1024
_IDLE_S = 300
_LINGER_S = 2.0
_PIECE = 1 << 16


class Receiver:
    """The server; it listens until it is closed."""

    def __init__(self, *, port: int = 0, cap: int = CAP) -> None:
        """Listen on any free port, or a given one. Raises BadInputError if that is taken."""
        self.cap = cap
        self.grpc = 0
        """Connections that spoke gRPC, which is not understood here."""
        self._boxes: dict[str, tuple[str, Inbox]] = {}
        self._lock = threading.Lock()
        self._is_closed = False
        try:
            self._server = _Server(self, port)
        except OSError as error:
            message = f"the telemetry receiver cannot listen on port {port}: {error.strerror}"
            remedy = "another program has it; set another `capture_port` under [run]"
            raise BadInputError(message, remedy=remedy) from None
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop; what was taken stays in the inboxes, and nobody waits for more.

        Closing again does nothing.
        """
        with self._lock:
            boxes, self._boxes = self._boxes, {}
            is_closed, self._is_closed = self._is_closed, True
        if not is_closed:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
        for _, inbox in boxes.values():
            inbox.abandon()

    def open(self, label: str, inbox: Inbox, *, token: str | None = None) -> str:
        """Give an inbox an endpoint; return its address, to which exporters add ``/v1/traces``.

        ``label`` is shown in the address, for people; the secret is what counts.
        """
        token = token or secrets.token_urlsafe(24)
        name = safe_file_name(label)
        with self._lock:
            self._boxes[token] = (name, inbox)
        return f"http://{HOST}:{self.port}/k/{token}/q/{name}"

    def withdraw(self, inbox: Inbox) -> None:
        """Take the endpoint of an inbox away: what comes later is refused."""
        with self._lock:
            self._boxes = {key: box for key, box in self._boxes.items() if box[1] is not inbox}

    def inbox(self, path: str) -> tuple[Inbox, Signal]:
        """Return the inbox and the signal that a path names. Raises RefusedError."""
        words = path.partition("?")[0].strip("/").split("/")
        if len(words) == 6 and words[0] == "k" and words[2] == "q" and words[4] == "v1":
            found = self._named(words[1])
            signal = _SIGNALS.get(words[5])
            if found is not None and found[0] == words[3] and signal is not None:
                return found[1], signal
        raise RefusedError(HTTPStatus.NOT_FOUND, "no such endpoint")

    def _named(self, token: str) -> tuple[str, Inbox] | None:
        """Look a secret up in the same time, whatever of it is right."""
        with self._lock:
            boxes = list(self._boxes.items())
        given = token.encode()
        return next((box for key, box in boxes if hmac.compare_digest(key.encode(), given)), None)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, receiver: Receiver, port: int) -> None:
        self.receiver = receiver
        self._free = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        super().__init__((HOST, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is no news; the child that died says it itself."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "casefiles"
    sys_version = ""
    timeout = _IDLE_S
    _answers: ClassVar[dict[Form, tuple[str, bytes]]] = {
        "protobuf": ("application/x-protobuf", b""),
        "json": ("application/json", b"{}"),
    }

    def do_POST(self) -> None:
        """Take a request of an exporter."""
        try:
            form = self._take()
        except RefusedError as error:
            self._refuse(error.status, str(error))
        except FullError:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too much in all")
        except Exception:  # noqa: BLE001  whatever is in the body, an exporter must not try again
            self._refuse(HTTPStatus.BAD_REQUEST, "it cannot be read")
        else:
            kind, body = self._answers[form]
            self._answer(HTTPStatus.OK, kind, body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is no request of ours; never with a status that makes exporters try again."""
        del explain
        if self.requestline.startswith("PRI * HTTP/2"):
            self.server.receiver.grpc += 1
        self.request_version = self.protocol_version  # else the answer would have no head
        status = HTTPStatus.METHOD_NOT_ALLOWED if code == HTTPStatus.NOT_IMPLEMENTED else code
        self._refuse(HTTPStatus(status if status < 500 else 400), message or "no")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name is inherited
        """Say nothing: the address holds a secret."""

    def _take(self) -> Form:
        self._insist_on_local()
        inbox, signal = self.server.receiver.inbox(self.path)
        form = _FORMS.get(self.headers.get_content_type())
        if form is None:
            raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "protobuf or JSON is wanted")
        with _under_way(inbox):
            self._read(inbox, signal, form)
        return form

    def _read(self, inbox: Inbox, signal: Signal, form: Form) -> None:
        try:
            body = read_body(self.rfile, self.headers, cap=self.server.receiver.cap)
            if signal != "metrics":
                inbox.put(request(body, form, signal), len(body))
        except BaseException:
            inbox.refuse()
            raise

    def _insist_on_local(self) -> None:
        if self.headers.get("Origin") is not None:
            raise RefusedError(HTTPStatus.FORBIDDEN, "web pages have nothing to send here")
        host = self.headers.get("Host", "").lower()
        port = f":{self.server.receiver.port}"
        if host.removesuffix(port) not in _NAMES:
            raise RefusedError(HTTPStatus.FORBIDDEN, "another host is meant")

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        # What is left of the request is not read, so nothing can follow on this connection.
        self.close_connection = True
        self._answer(status, "application/json", json.dumps({"message": why}).encode())
        with contextlib.suppress(OSError):
            self._linger()

    def _linger(self) -> None:
        """Let a client that is still sending read the answer: closing at once would reset it."""
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(_LINGER_S)
        for _ in range(2 * self.server.receiver.cap // _PIECE + 1):
            if not self.rfile.read1(_PIECE):
                return

    def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        with contextlib.suppress(OSError):  # it did not wait for an answer
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)


@contextlib.contextmanager
def _under_way(inbox: Inbox) -> Iterator[None]:
    inbox.begin()
    try:
        yield
    finally:
        inbox.end()
