"""A web server for a built site, on this machine only; pages reload themselves when told to."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from casefiles.errors import BadInputError

LIVE = "/_casefiles/live"
"""Where pages ask for news."""
Wait = Callable[[int], int]
"""Wait until the site's version is another than this one, or for a while; return it."""
_SCRIPT = f'<script src="{LIVE}.js" defer></script></body>'.encode()
_HOSTS = ("127.0.0.1", "localhost")


def server(folder: Path, *, port: int, wait: Wait | None = None) -> ThreadingHTTPServer:
    """Return a web server for a built site; port 0 takes any free one.

    With ``wait`` its pages ask for news and reload. Raises BadInputError if the port is taken.
    """
    handler = functools.partial(_Handler, directory=str(folder), wait=wait)
    try:
        found = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except (OSError, OverflowError) as error:
        message = f"cannot listen on port {port}: {error}"
        raise BadInputError(message, remedy="choose another with --port") from error
    found.daemon_threads = True  # a page that waits for news keeps nobody from leaving
    return found


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: Any, wait: Wait | None, **named: Any) -> None:
        self.wait = wait
        super().__init__(*args, **named)

    def do_GET(self) -> None:
        """Answer with a file, or with news."""
        parts = urlsplit(self.path)
        if not self._is_local():
            self.send_error(HTTPStatus.FORBIDDEN, "this site is for this machine")
        elif self.wait is None:
            super().do_GET()
        elif parts.path == LIVE:
            known = parse_qs(parts.query).get("version", ["0"])[0]
            version = self.wait(int(known) if known.isdigit() else 0)
            self._answer(json.dumps({"version": version}).encode(), "application/json")
        elif parts.path == f"{LIVE}.js":
            script = resources.files("casefiles.pages") / "assets/live.js"
            self._answer(script.read_bytes(), "text/javascript")
        elif (page := self._page(parts.path)) is not None:
            self._answer(page.replace(b"</body>", _SCRIPT, 1), "text/html; charset=utf-8")
        else:
            super().do_GET()

    def _is_local(self) -> bool:
        """Whether the page was asked for by an address of this machine (no rebound DNS name)."""
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        return host in _HOSTS

    def _page(self, path: str) -> bytes | None:
        file = Path(self.translate_path(path))
        if path.endswith("/"):
            file /= "index.html"
        if file.suffix != ".html" or not file.is_file():
            return None
        return file.read_bytes()

    def _answer(self, content: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  named by the library
        """Requests for pages are no story worth telling."""
