"""Conversations side by side in threads of this process."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from casefiles.loop.run_case import Case, Ran
from casefiles.targets.holding import StoppedError


def in_threads(
    work: Callable[[Case], Ran], cases: Iterator[Case], width: int, *, stop: Callable[[], None]
) -> Iterator[Ran]:
    """Hold the conversations, so many at once, and yield each as it is done.

    ``stop`` lets those under way end soon; it is called if anything ends this before its time.
    """
    running: set[Future[Ran]] = set()
    pool = ThreadPoolExecutor(max_workers=width, thread_name_prefix="casefiles")
    try:
        while True:
            while len(running) < width and (case := next(cases, None)) is not None:
                running.add(pool.submit(work, case))
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                with contextlib.suppress(StoppedError):
                    yield future.result()
    except BaseException:  # also GeneratorExit: Ctrl-C while a trace is written
        stop()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
