"""When all of a conversation is there."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from casefiles.capture.inbox import FullError, Inbox
from casefiles.spans.otlp import plain
from spans_made import document, span

A, B = "aa" * 16, "bb" * 16


def one(id_: str, parent: str = "", trace: str = A) -> dict[str, Any]:
    """A document with one span."""
    found: dict[str, Any] = plain(
        document(span(id_, 0, 1, id=id_ * 8, parent=parent * 8, trace=trace))
    )
    return found


def wait(inbox: Inbox, trace: str = A, **given: Any) -> tuple[bool, float]:
    """Settle; say whether it is whole, and after how long."""
    patience = {"quiet_s": 0.1, "timeout_s": 5.0, **given}
    began = time.monotonic()
    return inbox.settle(lambda found: found == trace, **patience), time.monotonic() - began


def test_a_whole_trace_is_waited_for_only_a_moment() -> None:
    """Every parent is there, and nothing more came for a while."""
    inbox = Inbox()
    inbox.put(one("01"), 1)
    inbox.put(one("02", "01"), 1)

    is_whole, seconds = wait(inbox)

    assert is_whole
    assert seconds < 4


def test_a_missing_parent_is_waited_for() -> None:
    """It ends after its children, so it is sent after them."""
    inbox = Inbox()
    inbox.put(one("02", "01"), 1)
    threading.Timer(0.3, lambda: inbox.put(one("01"), 1)).start()

    is_whole, seconds = wait(inbox)

    assert is_whole
    assert 0.3 <= seconds < 5


def test_a_parent_that_never_comes_is_given_up() -> None:
    """After the time limit; or at once if those who send are gone."""
    inbox = Inbox()
    inbox.put(one("02", "01"), 1)

    assert not wait(inbox, timeout_s=0.2)[0]
    is_whole, seconds = wait(inbox, is_over=True)
    assert not is_whole
    assert seconds < 4


def test_our_own_span_is_not_waited_for() -> None:
    """It is known and never comes."""
    inbox = Inbox()
    inbox.put(one("02", "01"), 1)

    assert wait(inbox, known={"01" * 8})[0]


def test_nothing_at_all_is_waited_for_to_the_end() -> None:
    """A server may send its first batch late."""
    inbox = Inbox()
    threading.Timer(0.3, lambda: inbox.put(one("01"), 1)).start()

    assert wait(inbox)[0]


def test_a_request_under_way_is_waited_for_though_its_sender_is_gone() -> None:
    """Its bytes are here, they only are not read yet."""
    inbox = Inbox()
    inbox.begin()

    def finish() -> None:
        inbox.put(one("01"), 1)
        inbox.end()

    threading.Timer(0.3, finish).start()

    assert wait(inbox, is_over=True)[0]


def test_traces_are_taken_apart() -> None:
    """Each once; the others stay."""
    inbox = Inbox()
    both = document(span("a", 0, 1, trace=A), span("b", 0, 1, trace=B))
    inbox.put(plain(both), 10)

    assert set(inbox.peek(lambda _: True)) == {A, B}
    assert len(inbox.take(lambda trace: trace == A)[A]) == 1
    assert inbox.take(lambda trace: trace == A) == {}
    assert set(inbox.peek(lambda _: True)) == {B}


def test_over_the_cap_nothing_more_comes_in() -> None:
    """What is taken makes room again."""
    inbox = Inbox(cap=10)
    inbox.put(one("01"), 10)
    with pytest.raises(FullError):
        inbox.put(one("02"), 1)

    inbox.take(lambda _: True)
    inbox.put(one("02"), 10)


def test_the_endpoint_of_a_server_forgets_the_oldest_trace() -> None:
    """What a server sends besides must not keep out what is asked for."""
    inbox = Inbox(cap=10, forgets=True)
    inbox.put(one("01", trace=A), 6)
    inbox.put(one("02", trace=B), 6)

    assert set(inbox.peek(lambda _: True)) == {B}


def test_nobody_waits_for_an_inbox_that_was_abandoned() -> None:
    """A run that is stopped ends at once."""
    inbox = Inbox()
    threading.Timer(0.1, inbox.abandon).start()

    assert wait(inbox)[1] < 4
