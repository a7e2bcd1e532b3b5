"""The assistant over HTTP on 127.0.0.1: `POST /chat` and `GET /health`."""

from __future__ import annotations

import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from casefiles.demo import APP_VERSION, telemetry
from casefiles.demo.app import respond_to
from casefiles.demo.records import Json
from casefiles.demo.request import LONGEST, parse_request
from casefiles.errors import BadInputError

_PATIENCE_S = 30


class Handler(BaseHTTPRequestHandler):
    """Answers one connection; every answer is a JSON object."""

    protocol_version = "HTTP/1.1"
    timeout = _PATIENCE_S

    def do_GET(self) -> None:
        """Say that the server is alive, and its version."""
        if self.path == "/health":
            self._send(HTTPStatus.OK, {"status": "ok", "app_version": APP_VERSION})
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "there is only GET /health and POST /chat")

    def do_POST(self) -> None:
        """Answer a customer's message."""
        length = self.headers.get("Content-Length", "")
        if self.path != "/chat":
            self._refuse(HTTPStatus.NOT_FOUND, "there is only GET /health and POST /chat")
        elif not (length.isascii() and length.isdigit()):
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "send a Content-Length")
        elif int(length) > LONGEST:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"send at most {LONGEST} bytes")
        else:
            self._chat(self.rfile.read(int(length)))

    def _chat(self, body: bytes) -> None:
        try:
            asked = parse_request(body)
        except BadInputError as error:
            self._send(HTTPStatus.BAD_REQUEST, {"error": str(error)})
            return
        parent = self.headers.get("traceparent") or asked.traceparent
        try:
            answer = respond_to(asked.query, asked.messages, asked.session_id, traceparent=parent)
        except Exception as error:  # noqa: BLE001 - a customer gets an answer, whatever went wrong
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": type(error).__name__})
            return
        self._send(HTTPStatus.OK, answer)

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        """Refuse without reading the body, which would be taken for the next request."""
        self.close_connection = True
        self._send(status, {"error": message})

    def _send(self, status: HTTPStatus, body: Json) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is no proper HTTP request, or another method than GET and POST."""
        status = HTTPStatus(code)
        self._refuse(status, message or explain or status.phrase)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base
        """Keep quiet: what customers write does not belong in a log."""


class Server(ThreadingHTTPServer):
    """The server; threads end with the process."""

    daemon_threads = True
    request_queue_size = 64  # at the usual five a sixth caller waits a second for its connection

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet: the customer hung up."""


def server(port: int) -> Server:
    """A server bound to a port of 127.0.0.1; 0 takes a free one. Raises BadInputError."""
    telemetry.start()  # once, before there are threads
    try:
        return Server(("127.0.0.1", port), Handler)
    except (OSError, OverflowError) as error:
        raise BadInputError(f"port {port} cannot be used: {error}") from error
