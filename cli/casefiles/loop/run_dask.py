"""Conversations on a Dask cluster: held by its workers, written by us alone.

https://distributed.dask.org/en/stable/client.html
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from casefiles.documents import config
from casefiles.documents import targets as settings
from casefiles.errors import BadInputError
from casefiles.loop.application import open_application
from casefiles.loop.known_secrets import secret_patterns
from casefiles.loop.monitor import Monitor, open_monitor
from casefiles.loop.run_case import Case, Ran, run_case
from casefiles.loop.simulation import chat_with
from casefiles.targets.budget import Budget
from casefiles.targets.conversation import Ended, Exchange, Said
from casefiles.targets.holding import Held
from casefiles.targets.protocol import Outcome, Target
from casefiles.text.redact import Redactor

if TYPE_CHECKING:
    from distributed import Client, Future

_PATIENCE_S = 20
"""Seconds that scheduler and workers may take to answer."""


@contextmanager
def cluster(address: str, target: settings.Target, root: Path) -> Iterator[Cluster]:
    """Connect to a scheduler; what is still under way at the end is given up.

    Raises BadInputError if it cannot be used.
    """
    client = _client(address)
    opened = Cluster(client, target, root)
    try:
        yield opened
    finally:
        client.cancel(list(opened.running))
        client.close()


class Cluster:
    """The workers of a scheduler, with what they are busy with."""

    def __init__(self, client: Client, target: settings.Target, root: Path) -> None:
        """Take a client that is connected."""
        self._client = client
        self._target = target
        self._root = root
        self.running: dict[Future[Any], Case] = {}

    def __call__(
        self, cases: Iterator[Case], *, width: int | None, budget: Budget
    ) -> Iterator[Ran]:
        """Hold the conversations, and yield each as it is done.

        ``width`` is how many are under way at once; None: one for each thread of the workers. A
        conversation whose worker dies is begun anew on another one; after some workers it is an
        error.
        """
        at_once = width or _threads(self._client)
        while True:
            while len(self.running) < at_once and (case := next(cases, None)) is not None:
                if not budget.take():
                    break
                self._begin(case)
            if not self.running:
                return
            for future in _first_done(self.running):
                ran = _result(future, self.running.pop(future))
                budget.calls += max(0, ran.calls - 1)  # one was taken when it began
                budget.spend(ran.cost_usd)
                yield ran

    def _begin(self, case: Case) -> None:
        work = self._client.submit(hold_remotely, case, self._target, self._root, pure=False)
        self.running[work] = case


def _client(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        message = "--scheduler needs Dask, which is not installed"
        raise BadInputError(message, remedy="pip install 'casefiles[dask]'") from error
    try:
        return Client(address, timeout=_PATIENCE_S)
    except (OSError, ValueError) as error:
        message = f"the scheduler {address} does not answer ({str(error) or type(error).__name__})"
        raise BadInputError(message, remedy="start it: dask scheduler") from error


def _threads(client: Client) -> int:
    """Threads of all workers; waits for the first worker."""
    try:
        client.wait_for_workers(1, timeout=_PATIENCE_S)
    except TimeoutError as error:
        message = "the scheduler has no workers"
        raise BadInputError(message, remedy="start some: dask worker ADDRESS") from error
    threads: dict[str, int] = client.nthreads()
    return max(1, sum(threads.values()))


def _first_done(running: Mapping[Future[Any], Case]) -> list[Future[Any]]:
    """Wait for a conversation to be done; return those that are."""
    from distributed import wait

    with _while_there():
        return list(wait(list(running), return_when="FIRST_COMPLETED").done)


def _result(future: Future[Any], case: Case) -> Ran:
    from distributed import KilledWorker

    try:
        with _while_there():
            ran: Ran = future.result()
    except KilledWorker:
        return _lost(case)
    return ran


@contextmanager
def _while_there() -> Iterator[None]:
    """Say in words of ours that the scheduler is gone."""
    from distributed import CancelledError

    try:
        yield
    except CancelledError as error:
        message = "the connection to the scheduler is lost; what was finished is kept"
        raise BadInputError(message, remedy="start it, then run the same command again") from error


def _lost(case: Case) -> Ran:
    text = Redactor(case.patterns).text(case.query.text)
    outcome = Outcome(status="error", error="every worker that began it died")
    turn = Exchange(said=Said(text=text), outcome=outcome, started="", ms=0)
    return Ran(case=case, held=Held(turns=(turn,), ended=Ended(reason="error")))


# ---------------------------------------------------------------- on a worker


def hold_remotely(case: Case, target: settings.Target, root: Path) -> Ran:
    """Hold one conversation in a worker; nothing is written there."""
    budget = Budget()
    opened = _OPENED.get(f"{root} {target}", lambda: open_application(target, root))
    run = config.Run(capture=case.capture)
    monitor = _MONITORS.get(
        f"{run} {target}", lambda: open_monitor(run, target, root, writes=False)
    )
    chat = chat_with(case.model, budget.spend) if case.is_played else None
    secrets = secret_patterns(target, os.environ)  # this machine's: none travels
    ran = run_case(case, opened, budget=budget, secrets=secrets, chat=chat, monitor=monitor)
    return replace(ran, calls=budget.calls, cost_usd=budget.cost_usd)


class _Closable(Protocol):
    def close(self) -> None:
        """Let go of what it holds."""


_T = TypeVar("_T", bound=_Closable | None)


class _Opened(Generic[_T]):
    """What is opened once in this process, and closed with it."""

    def __init__(self) -> None:
        self._found: dict[str, _T] = {}
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], _T]) -> _T:
        with self._lock:
            if key not in self._found:
                made = self._found[key] = make()
                if made is not None:
                    atexit.register(made.close)
            return self._found[key]


_OPENED: _Opened[Target] = _Opened()
_MONITORS: _Opened[Monitor | None] = _Opened()
