"""One event loop, whoever asks for it first."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from casefiles.models import background


async def _where() -> int:
    return id(asyncio.get_running_loop())


def test_threads_that_come_at_once_share_one_loop() -> None:
    """Connections belong to a loop; a second one would break them."""
    background.loop.cache_clear()
    gate = threading.Barrier(8)

    def come() -> int:
        gate.wait()
        return background.submit(_where()).result(10)

    with ThreadPoolExecutor(8) as pool:
        loops = {future.result() for future in [pool.submit(come) for _ in range(8)]}

    assert len(loops) == 1
