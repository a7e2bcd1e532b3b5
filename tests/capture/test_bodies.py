"""Bodies of requests: lengths, chunks, compression, and their limits."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.capture.bodies import RefusedError, read_body

CAP = 1000


def deflated(body: bytes) -> bytes:
    """Without the header that the standard wants, as some send it."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "identity": bytes,
    "bare": deflated,
}


def chunked(body: bytes, size: int = 7) -> bytes:
    """A body in chunks, with an extension and a trailer."""
    pieces = (body[at : at + size] for at in range(0, len(body), size))
    said = b"".join(f"{len(piece):x};a=b\r\n".encode() + piece + b"\r\n" for piece in pieces)
    return said + b"0\r\nX-Trailer: 1\r\n\r\n"


def status(body: bytes, **headers: str) -> int:
    """The status of a refusal."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with pytest.raises(RefusedError) as refused:
        read_body(io.BytesIO(body), named, cap=CAP)
    return refused.value.status


@given(st.binary(max_size=CAP), st.sampled_from(sorted(PACK)), st.booleans())
def test_a_body_is_read_however_it_is_packed(body: bytes, coding: str, in_chunks: bool) -> None:  # noqa: FBT001  hypothesis draws it
    """Counted or in chunks; plain, gzip or deflate with or without its header."""
    packed = PACK[coding](body)
    headers = {"Content-Encoding": "deflate" if coding == "bare" else coding}
    headers |= (
        {"Transfer-Encoding": "chunked"} if in_chunks else {"Content-Length": str(len(packed))}
    )
    sent = chunked(packed) if in_chunks else packed

    assert read_body(io.BytesIO(sent + b"the next request"), headers, cap=2 * CAP) == body


def test_several_members_of_gzip_are_one_body() -> None:
    """As the format allows."""
    packed = gzip.compress(b"one") + gzip.compress(b"two")
    headers = {"Content-Encoding": "gzip", "Content-Length": str(len(packed))}

    assert read_body(io.BytesIO(packed), headers) == b"onetwo"


def test_the_cap_holds_before_and_after_inflating() -> None:
    """A declared length, chunks without one, and a small body that becomes a large one."""
    bomb = gzip.compress(bytes(CAP + 1))
    nested = gzip.compress(gzip.compress(bytes(10 * CAP)))

    assert len(bomb) < 100
    assert status(b"", Content_Length=str(CAP + 1)) == 413
    assert status(chunked(bytes(CAP + 1)), Transfer_Encoding="chunked") == 413
    assert status(bomb, Content_Length=str(len(bomb)), Content_Encoding="gzip") == 413
    assert read_body(  # what is in the body is never inflated again
        io.BytesIO(nested),
        {"Content-Length": str(len(nested)), "Content-Encoding": "gzip"},
        cap=CAP,
    ).startswith(b"\x1f\x8b")


def test_a_bomb_is_never_held_whole() -> None:
    """64 MB of zeros in 64 kB: refused after the cap, with little memory."""
    import tracemalloc

    packed = gzip.compress(bytes(64 * 1024 * 1024), 1)
    tracemalloc.start()
    assert status(packed, Content_Length=str(len(packed)), Content_Encoding="gzip") == 413
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 8 * 1024 * 1024


@pytest.mark.parametrize(
    ("body", "headers", "wanted"),
    [
        (b"", {}, 411),
        (b"", {"Content_Length": "-1"}, 400),
        (b"", {"Content_Length": "1e3"}, 400),
        (b"", {"Content_Length": "9" * 30}, 400),
        (b"ab", {"Content_Length": "3"}, 400),
        (b"ab", {"Content_Length": "2", "Transfer_Encoding": "chunked"}, 400),
        (b"ab", {"Transfer_Encoding": "gzip"}, 400),
        (b"zz\r\n", {"Transfer_Encoding": "chunked"}, 400),
        (b"-1\r\n", {"Transfer_Encoding": "chunked"}, 400),
        (b"2\r\nab", {"Transfer_Encoding": "chunked"}, 400),
        (b"2\r\nabc\r\n", {"Transfer_Encoding": "chunked"}, 400),
        (b"1" * 400, {"Transfer_Encoding": "chunked"}, 400),
        (b"0\r\n" + b"A: b\r\n" * 100, {"Transfer_Encoding": "chunked"}, 400),
        (b"no gzip", {"Content_Length": "7", "Content_Encoding": "gzip"}, 400),
        (
            gzip.compress(b"x", mtime=0)[:-4],
            {"Content_Length": "17", "Content_Encoding": "gzip"},
            400,
        ),
        (b"ab", {"Content_Length": "2", "Content_Encoding": "br"}, 415),
    ],
)
def test_what_is_wrong_is_refused(body: bytes, headers: dict[str, str], wanted: int) -> None:
    """Never read further than it says, never guessed."""
    assert status(body, **headers) == wanted
