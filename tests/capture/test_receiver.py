"""The receiver over real HTTP: what it takes, and all that it refuses."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import socket
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.capture.inbox import Inbox
from casefiles.capture.receiver import Receiver
from casefiles.errors import BadInputError
from casefiles.spans.reading import telemetry
from casefiles.spans.span import Telemetry
from spans_made import document, span

JSON = {"Content-Type": "application/json"}
PROTOBUF = {"Content-Type": "application/x-protobuf"}
CAP = 100_000


class Endpoint:
    """One endpoint and its inbox."""

    def __init__(self, receiver: Receiver, label: str = "r/q1", inbox: Inbox | None = None) -> None:
        """Open it."""
        self.receiver = receiver
        self.inbox = inbox or Inbox()
        self.path = receiver.open(label, self.inbox).partition(str(receiver.port))[2]

    def post(
        self,
        body: bytes = b"{}",
        headers: Mapping[str, str] = JSON,
        *,
        path: str | None = None,
        method: str = "POST",
    ) -> http.client.HTTPResponse:
        """Send one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.receiver.port, timeout=10)
        where = f"{self.path}/v1/traces" if path is None else path
        connection.request(method, where, body, dict(headers))
        response = connection.getresponse()
        response.read()
        connection.close()
        return response

    def status(self, body: bytes = b"{}", headers: Mapping[str, str] = JSON, **more: str) -> int:
        """The status of one request."""
        return self.post(body, headers, **more).status

    def taken(self) -> Telemetry:
        """What came in."""
        traces = self.inbox.take(lambda _: True)
        return telemetry(found for documents in traces.values() for found in documents)


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """A receiver with a small cap."""
    with contextlib.closing(Receiver(cap=CAP)) as running:
        yield running


@pytest.fixture
def endpoint(receiver: Receiver) -> Endpoint:
    """An endpoint of its own."""
    return Endpoint(receiver)


def body(name: str = "chat", **given: str) -> bytes:
    """A request with one span."""
    return json.dumps(document(span(name, 0, 1, **given))).encode()


def raw(receiver: Receiver, *pieces: bytes) -> bytes:
    """Send bytes; return all that comes back until the connection ends."""
    with socket.create_connection(("127.0.0.1", receiver.port), timeout=10) as connection:
        answer = b""
        with contextlib.suppress(OSError):  # it may have heard enough
            for piece in pieces:
                connection.sendall(piece)
            connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(65536):
                answer += piece
        return answer


# ---------------------------------------------------------------- taken


def test_json_and_protobuf_are_answered_in_their_own_form(endpoint: Endpoint) -> None:
    """With an empty message of the same type."""
    answer = endpoint.post(body())
    assert (answer.status, answer.getheader("Content-Type")) == (200, "application/json")
    answer = endpoint.post(b"", PROTOBUF)
    assert (answer.status, answer.getheader("Content-Type")) == (200, "application/x-protobuf")
    assert [found.name for found in endpoint.taken().spans] == ["chat"]


def test_a_packed_body_with_a_charset_and_a_slash_at_the_end_is_taken(endpoint: Endpoint) -> None:
    """As various exporters send it."""
    headers = {"Content-Type": "application/json; charset=utf-8", "Content-Encoding": "gzip"}
    packed = gzip.compress(body())

    assert endpoint.status(packed, headers, path=f"{endpoint.path}/v1/traces/") == 200
    assert len(endpoint.taken().spans) == 1


def test_a_connection_serves_many_requests(endpoint: Endpoint) -> None:
    """Keep-alive, counted and in chunks."""
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.receiver.port, timeout=10)
    for number in range(3):
        sent = body(f"s{number}")
        where = f"{endpoint.path}/v1/traces"
        if number == 1:
            chunks = iter([sent[:10], sent[10:]])
            headers = {**JSON, "Transfer-Encoding": "chunked"}
            connection.request("POST", where, chunks, headers, encode_chunked=True)
        else:
            connection.request("POST", where, sent, JSON)
        assert connection.getresponse().read() == b"{}"
    connection.close()

    assert [found.name for found in endpoint.taken().spans] == ["s0", "s1", "s2"]


def test_logs_are_taken_and_metrics_are_let_go(endpoint: Endpoint) -> None:
    """An application that sends metrics is not put out by it."""
    record = {
        "resourceLogs": [{"scopeLogs": [{"logRecords": [{"eventName": "e", "traceId": "a"}]}]}]
    }

    assert endpoint.status(json.dumps(record).encode(), path=f"{endpoint.path}/v1/logs") == 200
    assert endpoint.status(b"\xff\xff", PROTOBUF, path=f"{endpoint.path}/v1/metrics") == 200

    taken = endpoint.taken()
    assert ([found.name for found in taken.logs], taken.spans) == (["e"], ())


# ---------------------------------------------------------------- refused


def test_it_listens_on_127_0_0_1_only(receiver: Receiver) -> None:
    """No other address of this machine, not even another loopback one."""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", receiver.port), timeout=5)
    with pytest.raises(OSError, match=r"refused|unreachable|assign|available"):
        socket.create_connection(("::1", receiver.port), timeout=5)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8000"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "127.0.0.1:1"},
        {"Host": "localhost:80@evil.example"},
        {"Host": ""},
    ],
)
def test_what_a_web_page_may_have_sent_is_refused(
    endpoint: Endpoint, headers: dict[str, str]
) -> None:
    """It has an Origin; or a name that was made to point here (DNS rebinding)."""
    assert endpoint.status(body(), {**JSON, **headers}) == 403
    assert endpoint.taken().spans == ()


def test_the_names_of_this_machine_are_accepted(endpoint: Endpoint) -> None:
    """With or without the port."""
    port = endpoint.receiver.port
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", "localhost", f"LOCALHOST:{port}"):
        assert endpoint.status(b"{}", {**JSON, "Host": host}) == 200


def test_a_wrong_secret_is_refused(endpoint: Endpoint) -> None:
    """Whatever of the address is wrong."""
    _, k, token, q, name = endpoint.path.split("/")
    other = token[:-1] + ("A" if token[-1] != "A" else "B")
    for path in (
        f"/{k}/{other}/{q}/{name}/v1/traces",
        f"/{k}/{token}/{q}/another/v1/traces",
        f"/{k}//{q}/{name}/v1/traces",
        f"/{k}/{token}/{q}/{name}/v1/profiles",
        f"/{k}/{token}/{q}/{name}/v2/traces",
        f"/{k}/{token}/{q}/{name}",
        f"/{k}/%C3%A9/{q}/{name}/v1/traces",
        "/v1/traces",
        "/",
    ):
        assert endpoint.status(body(), path=path) == 404
    assert endpoint.taken().spans == ()


def test_an_endpoint_that_is_over_takes_nothing(endpoint: Endpoint) -> None:
    """What comes late can be told from what came in time."""
    endpoint.receiver.withdraw(endpoint.inbox)

    assert endpoint.status(body()) == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "PATCH", "HEAD", "BREW"])
def test_only_posts_are_taken(endpoint: Endpoint, method: str) -> None:
    """No preflight of a browser is granted."""
    answer = endpoint.post(b"", method=method)

    assert answer.status == 405
    assert answer.getheader("Access-Control-Allow-Origin") is None


@pytest.mark.parametrize(
    ("sent", "headers", "status"),
    [
        (b"{", JSON, 400),
        (b"[]", JSON, 400),
        (b"\xff\xfe", JSON, 400),
        (b"\xff\xff\xff", PROTOBUF, 400),
        (b"{}", {"Content-Type": "text/plain"}, 415),
        (b"{}", {}, 415),
        (b"{}", {**JSON, "Content-Encoding": "br"}, 415),
        (b"{}", {**JSON, "Content-Encoding": "gzip"}, 400),
        (b"[" * 90_000, JSON, 400),
        (bytes(CAP + 1), JSON, 413),
        (gzip.compress(bytes(CAP + 1)), {**JSON, "Content-Encoding": "gzip"}, 413),
    ],
)
def test_what_cannot_be_read_is_refused_for_good(
    endpoint: Endpoint, sent: bytes, headers: dict[str, str], status: int
) -> None:
    """Never with a status at which an exporter tries again; that it was lost is counted."""
    assert endpoint.status(sent, headers) == status
    assert endpoint.inbox.refused == (
        0 if status == 415 and "Content-Encoding" not in headers else 1
    )
    assert endpoint.status(body()) == 200


def test_one_endpoint_takes_so_much_in_all(receiver: Receiver) -> None:
    """A process that sends without end fills no memory."""
    endpoint = Endpoint(receiver, inbox=Inbox(cap=3 * len(body())))

    assert [endpoint.status(body()) for _ in range(5)] == [200, 200, 200, 413, 413]
    assert len(endpoint.taken().spans) == 3
    assert endpoint.inbox.refused == 2


def test_a_hostile_process_cannot_write_into_anothers_trace(receiver: Receiver) -> None:
    """It knows its own address only; ids it makes up stay within its own."""
    mine, other = Endpoint(receiver, "r/q1"), Endpoint(receiver, "r/q2")
    trace = "ab" * 16
    other.status(body("honest", trace=trace, id="00000000000000a1"))

    stolen = mine.path.replace("r-q1", "r-q2")
    assert stolen != mine.path
    assert mine.status(body("forged", trace=trace), path=f"{stolen}/v1/traces") == 404
    assert mine.status(body("forged", trace=trace, id="00000000000000a1")) == 200

    assert [found.name for found in other.taken().spans] == ["honest"]


@given(st.lists(st.binary(max_size=80), max_size=3), st.booleans())
def test_no_bytes_whatever_get_a_5xx_or_end_it(
    receiver: Receiver,
    pieces: list[bytes],
    is_http: bool,  # noqa: FBT001  hypothesis draws it
) -> None:
    """After any rubbish the next request is served."""
    begin = b"POST /k/x/q/y/v1/traces HTTP/1.1\r\n" if is_http else b""
    answer = raw(receiver, begin, *pieces, b"\r\n\r\n")

    assert not answer.startswith((b"HTTP/1.1 5", b"HTTP/1.0 5"))
    assert Endpoint(receiver).status() == 200


def test_an_exporter_that_speaks_grpc_is_noticed(receiver: Receiver) -> None:
    """Its first bytes are those of HTTP/2; all that can be done is to say so."""
    before = receiver.grpc

    answer = raw(receiver, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 4")
    assert receiver.grpc == before + 1


def test_a_port_that_is_taken_is_said(receiver: Receiver) -> None:
    """By whom is not known; what to do is."""
    with pytest.raises(BadInputError, match=f"cannot listen on port {receiver.port}"):
        Receiver(port=receiver.port)
