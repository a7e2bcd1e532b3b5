"""An application that is a server: one request a turn, many at once on one event loop."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import threading
from collections.abc import Coroutine, Mapping
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, quote_plus, urlencode, urlsplit

from casefiles import __version__
from casefiles.documents.targets import Http
from casefiles.errors import BadInputError
from casefiles.targets.http_answer import Received, outcome_of
from casefiles.targets.processes import LIMITS, Limits
from casefiles.targets.protocol import Conversation, Outcome, Request
from casefiles.targets.template import fill, fill_text, with_environment

if TYPE_CHECKING:
    import aiohttp

T = TypeVar("T")
_CONNECT_S = 30.0
"""Seconds that a connection may take: an application that is not there is no slow one."""


class HttpTarget:
    """Sends each turn as one HTTP request; cookies belong to the conversation they came in."""

    def __init__(self, target: Http, *, limits: Limits = LIMITS) -> None:
        """Prepare; nothing is sent. Raises BadInputError for a variable that is not set."""
        where = f"[targets.{target.name}]"
        self.settings = target
        self.limits = limits
        self.url = with_environment(target.url, f"{where} url")
        self.headers = with_environment(target.headers, f"{where} headers")
        self.body = with_environment(target.body, f"{where} body")
        if urlsplit(self.url).scheme not in ("http", "https"):
            raise BadInputError(f"{where} url is no address", remedy="begin it with http://")
        self.is_local = _is_loopback(urlsplit(self.url).hostname or "")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="http", daemon=True)
        self._thread.start()
        self._lock = threading.Lock()
        self._closed = False
        self._connector = self.run(_connector())

    def open(self, conversation: Conversation) -> _Dialogue:  # noqa: ARG002  it is in every request
        """Begin a conversation."""
        return _Dialogue(self)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for a coroutine on the event loop. Raises CancelledError once the target is closed.

        (A request under way ends so, too.)
        """
        with self._lock:
            if self._closed:
                work.close()
                raise CancelledError
            future = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result()

    def session(self) -> aiohttp.ClientSession:
        """Make a session with cookies of its own over the shared connections, on the loop."""
        import aiohttp

        return aiohttp.ClientSession(
            connector=self._connector,
            connector_owner=False,
            cookie_jar=aiohttp.CookieJar(unsafe=True),  # of an IP address too
            headers={"User-Agent": f"casefiles/{__version__}"},
            trust_env=not self.is_local,  # a proxy has nothing to do with this machine
        )

    def close(self) -> None:
        """End requests under way; let go of all connections."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        asyncio.run_coroutine_threadsafe(_end(self._connector), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class _Dialogue:
    """One conversation: a session with its own cookies."""

    def __init__(self, target: HttpTarget) -> None:
        self._target = target
        self._session: aiohttp.ClientSession | None = None

    @property
    def continues(self) -> bool:
        """Whether the server gave no cookie, by which it may know the conversation."""
        return self._session is None or not len(self._session.cookie_jar)

    def ask(self, request: Request) -> Outcome:
        """Send one request and wait for its answer."""
        try:
            return self._target.run(self._ask(request))
        except CancelledError:
            return Outcome(status="error", error="it was stopped")

    def close(self) -> None:
        """Forget the cookies; the connections are shared."""
        if self._session is not None:
            self._session.detach()

    async def _ask(self, request: Request) -> Outcome:
        import aiohttp

        self._session = self._session or self._target.session()
        try:
            received = await self._send(self._session, request)
        except aiohttp.ConnectionTimeoutError as error:
            return _unreached(error)
        except TimeoutError:
            message = f"no answer within {request.timeout_s:g} s"
            return Outcome(status="timeout", error=message)
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, OSError) as error:
            return _unreached(error)
        except aiohttp.ClientError as error:
            return Outcome(status="error", error=_said(error))
        except ValueError as error:
            return Outcome(status="error", error=str(error))
        return outcome_of(self._target.settings, received)

    async def _send(self, session: aiohttp.ClientSession, request: Request) -> Received:
        import aiohttp

        target = self._target
        total = request.timeout_s
        limits = aiohttp.ClientTimeout(total=total, sock_connect=min(total, _CONNECT_S))
        headers, body = _headers_and_body(target, request)
        async with session.request(
            target.settings.method,
            fill_text(target.url, request, lambda text: quote(text, safe="")),
            headers=headers,
            data=body,
            timeout=limits,
            allow_redirects=False,  # a POST that is redirected comes as a GET
        ) as response:
            content = bytearray()
            async for chunk in response.content.iter_any():
                content += chunk
                if len(content) > (cap := target.limits.output_bytes):
                    raise ValueError(f"it sent more than {cap:,} bytes and was stopped")
            return Received(
                status=response.status,
                headers={name.lower(): value for name, value in response.headers.items()},
                text=_decoded(bytes(content), response.charset),
            )


def _headers_and_body(target: HttpTarget, request: Request) -> tuple[dict[str, str], bytes | None]:
    headers = {name: _one_line(fill_text(value, request)) for name, value in target.headers.items()}
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    body, usual = _body(target, request, kind.lower())
    if body is not None and not kind:
        headers["Content-Type"] = usual
    ours = request.conversation.headers
    theirs = {name: value for name, value in headers.items() if name.lower() not in ours}
    return {**theirs, **ours}, body


def _body(target: HttpTarget, request: Request, kind: str) -> tuple[bytes | None, str]:
    """Return the body, and its type where the user's headers do not say one."""
    template, is_form = target.body, "x-www-form-urlencoded" in kind
    if template is None and target.settings.method == "GET":
        return None, ""
    if isinstance(template, str):
        text = fill_text(template, request, quote_plus if is_form else _quote_for(kind))
        return text.encode("utf-8", "replace"), "text/plain; charset=utf-8"
    value = request.document() if template is None else fill(template, request)
    if is_form and isinstance(value, Mapping):
        pairs = {key: v if isinstance(v, str) else json.dumps(v) for key, v in value.items()}
        return urlencode(pairs, errors="replace").encode(), ""
    return json.dumps(value).encode(), "application/json"


def _quote_for(kind: str) -> Any:
    return (lambda text: json.dumps(text)[1:-1]) if "json" in kind else str


def _decoded(content: bytes, charset: str | None) -> str:
    try:
        return content.decode(charset or "utf-8-sig", "replace")
    except LookupError:  # a charset that nobody knows
        return content.decode("utf-8-sig", "replace")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _unreached(error: BaseException) -> Outcome:
    """No connection, or one that broke before the whole answer was there."""
    return Outcome(status="error", error=_said(error), temporary=True, reached=False)


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


async def _connector() -> aiohttp.TCPConnector:
    import aiohttp

    return aiohttp.TCPConnector(limit=0)  # how many at once is the caller's


async def _end(connector: aiohttp.TCPConnector) -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await connector.close()
