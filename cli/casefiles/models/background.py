"""An event loop on a thread of its own, so that callers need not be asynchronous."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")
_LOCK = threading.Lock()


def submit(work: Coroutine[Any, Any, T]) -> Future[T]:
    """Start a coroutine; cancelling the future cancels it at its next await."""
    with _LOCK:  # a cache alone lets two threads that come first make two loops
        running = loop()
    return asyncio.run_coroutine_threadsafe(work, running)


@cache
def loop() -> asyncio.AbstractEventLoop:
    """The one loop: connections that litellm keeps open belong to it.

    The thread is a daemon: a call still in flight never holds up the end of the program.
    """
    made = asyncio.new_event_loop()
    threading.Thread(target=made.run_forever, name="models", daemon=True).start()
    return made
