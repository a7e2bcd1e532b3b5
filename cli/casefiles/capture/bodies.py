"""Bodies of HTTP requests, read with a limit on what they are and on what they become."""

from __future__ import annotations

import zlib
from http import HTTPStatus
from typing import Protocol

CAP = 64 * 1024 * 1024
"""Bytes a body may have, as it is sent and again when it is inflated."""
_LINE = 256
"""Bytes a line between the chunks of a body may have."""
_TRAILERS = 64
_PIECE = 1 << 20


class Stream(Protocol):
    """Where a body is read from."""

    def read(self, size: int, /) -> bytes:
        """Read so many bytes; fewer at its end."""

    def readline(self, size: int, /) -> bytes:
        """Read to the end of a line, at most so many bytes."""


class Headers(Protocol):
    """The headers of a request, whatever the case of their names."""

    def get(self, name: str, /) -> str | None:
        """Return a header; None if it is not there."""


class RefusedError(Exception):
    """A request that is not accepted: the status to answer, and why."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        """Take the status and the reason."""
        super().__init__(why)
        self.status = status


def read_body(stream: Stream, headers: Headers, *, cap: int = CAP) -> bytes:
    """Read a body and inflate it (RFC 9112, RFC 9110 8.4). Raises RefusedError."""
    coding = (headers.get("Transfer-Encoding") or "").strip().lower()
    length = headers.get("Content-Length")
    if coding and length is not None:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "both a length and chunks")
    if coding == "chunked":
        body = _chunks(stream, cap)
    elif coding:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "an unknown transfer encoding")
    else:
        body = _counted(stream, length, cap)
    return _inflated(body, (headers.get("Content-Encoding") or "identity").strip().lower(), cap)


def _counted(stream: Stream, length: str | None, cap: int) -> bytes:
    if length is None:
        raise RefusedError(HTTPStatus.LENGTH_REQUIRED, "no length")
    if not (length.isascii() and length.isdecimal()) or len(length) > 18:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "no such length")
    if int(length) > cap:
        raise _too_large()
    return _exactly(stream, int(length))


def _exactly(stream: Stream, size: int) -> bytes:
    body = stream.read(size)
    if len(body) < size:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "the body ends early")
    return body


def _chunks(stream: Stream, cap: int) -> bytes:
    body = bytearray()
    while size := _size(_line(stream)):
        if len(body) + size > cap:
            raise _too_large()
        body += _exactly(stream, size)
        if _line(stream):
            raise RefusedError(HTTPStatus.BAD_REQUEST, "a chunk without an end")
    for _ in range(_TRAILERS):
        if not _line(stream):
            return bytes(body)
    raise RefusedError(HTTPStatus.BAD_REQUEST, "too many trailers")


def _line(stream: Stream) -> bytes:
    line = stream.readline(_LINE)
    if not line.endswith(b"\n"):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "a line between chunks is too long or cut")
    return line.rstrip(b"\r\n")


def _size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    if not 0 < len(digits) <= 16 or digits.strip(b"0123456789abcdefABCDEF"):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "no size of a chunk")
    return int(digits, 16)


def _inflated(body: bytes, coding: str, cap: int) -> bytes:
    if coding == "identity":
        return body
    if coding in ("gzip", "x-gzip"):
        return _inflate(body, zlib.MAX_WBITS | 16, cap)
    if coding == "deflate":
        # Some send it without the zlib header that the standard wants.
        bare = len(body) < 2 or body[0] & 15 != 8 or int.from_bytes(body[:2]) % 31
        return _inflate(body, -zlib.MAX_WBITS if bare else zlib.MAX_WBITS, cap)
    raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "an unknown content encoding")


def _inflate(body: bytes, bits: int, cap: int) -> bytes:
    """Inflate all members of a body, never holding more than the cap and a piece."""
    found = bytearray()
    while body:
        member = zlib.decompressobj(bits)
        while body and not member.eof:
            try:
                found += member.decompress(body, _PIECE)
            except zlib.error:
                raise RefusedError(HTTPStatus.BAD_REQUEST, "it cannot be inflated") from None
            if len(found) > cap:
                raise _too_large()
            body = member.unconsumed_tail
        if not member.eof:
            raise RefusedError(HTTPStatus.BAD_REQUEST, "its end is missing")
        body = member.unused_data
    return bytes(found)


def _too_large() -> RefusedError:
    return RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large")
