"""The assistant over HTTP."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from casefiles.demo import APP_VERSION
from casefiles.demo.app import answer
from casefiles.demo.request import LONGEST
from casefiles.demo.server import Server, server
from casefiles.errors import BadInputError


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    """A server in a thread of this process."""
    with server(0) as it:
        threading.Thread(target=it.serve_forever, args=(0.01,), daemon=True).start()
        yield it
        it.shutdown()


def ask(
    running: Server, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, Any]]:
    """Status and JSON of one request."""
    connection = http.client.HTTPConnection("127.0.0.1", running.server_address[1], timeout=10)
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    told = json.loads(response.read())
    assert response.getheader("Content-Type") == "application/json"
    connection.close()
    return response.status, told


def test_a_message_is_answered_as_by_the_command(running: Server) -> None:
    """The same object in, the same object out."""
    body = json.dumps({"query": "hello", "session_id": "s1", "messages": []}).encode()
    assert ask(running, "POST", "/chat", body) == (200, answer("hello", [], "s1"))


def test_the_server_says_that_it_is_alive(running: Server) -> None:
    """With the version of its behaviour."""
    assert ask(running, "GET", "/health") == (200, {"status": "ok", "app_version": APP_VERSION})


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/chat", b"{", 400),
        ("POST", "/chat", b'{"query": 3}', 400),
        ("POST", "/chat", b"\xff\xfe", 400),
        ("POST", "/other", b"{}", 404),
        ("GET", "/chat", None, 404),
        ("PUT", "/chat", b"{}", 501),
    ],
)
def test_what_it_cannot_answer_is_refused_in_json(
    running: Server, method: str, path: str, body: bytes | None, status: int
) -> None:
    """Never a page of HTML, never a traceback."""
    found, told = ask(running, method, path, body)
    assert found == status
    assert told.keys() == {"error"}
    assert "Traceback" not in told["error"]


def test_too_much_and_unknown_lengths_are_refused_unread(running: Server) -> None:
    """A body over 4 MiB gets 413 before it is sent, one without a length 411."""
    assert ask(running, "POST", "/chat", None, **{"Content-Length": str(LONGEST + 1)})[0] == 413
    assert ask(running, "POST", "/chat", None, **{"Content-Length": "many"})[0] == 411


def test_many_customers_at_a_time_get_their_own_answers(running: Server) -> None:
    """Conversations do not mix."""

    def status_of(number: int) -> str:
        body = json.dumps({"query": f"where is LF-{number}"}).encode()
        return str(ask(running, "POST", "/chat", body)[1]["output"])

    numbers = [10207, 10258, 10271, 10264] * 4
    with ThreadPoolExecutor(max_workers=8) as pool:
        outputs = list(pool.map(status_of, numbers))
    for number, output in zip(numbers, outputs, strict=True):
        assert f"LF-{number}" in output


def test_a_taken_port_is_said(running: Server) -> None:
    """The message names the port."""
    with pytest.raises(BadInputError, match=str(running.server_address[1])):
        server(running.server_address[1])
