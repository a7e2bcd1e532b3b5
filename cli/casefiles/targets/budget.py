"""What a run may still do: calls, money, and whether somebody stopped it. Shared by its threads."""

from __future__ import annotations

import threading


class Budget:
    """Counts calls and costs against what the user allows."""

    def __init__(self, *, max_calls: int | None = None, max_cost_usd: float | None = None) -> None:
        """Begin with nothing spent; None: no limit.

        ``refused`` becomes true once a call was not allowed.
        """
        self._max_calls = max_calls
        self._max_cost_usd = max_cost_usd
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self.calls = 0
        self.cost_usd = 0.0
        self.refused = False

    @property
    def limits_cost(self) -> bool:
        """Whether there is a limit of cost."""
        return self._max_cost_usd is not None

    @property
    def stopped(self) -> bool:
        """Whether somebody stopped the run."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Let nobody begin or wait for anything any more."""
        self._stopped.set()

    def allows_more(self) -> bool:
        """Tell whether another conversation may begin."""
        with self._lock:
            has_calls = self._max_calls is None or self.calls < self._max_calls
            has_money = self._max_cost_usd is None or self.cost_usd < self._max_cost_usd
        return has_calls and has_money and not self.stopped

    def take(self, calls: int = 1) -> bool:
        """Take calls of the application; False, and none is taken, if the limit does not allow."""
        with self._lock:
            if self._max_calls is not None and self.calls + calls > self._max_calls:
                self.refused = True
                return False
            self.calls += calls
            return True

    def spend(self, cost_usd: float) -> None:
        """Count what something cost, in US dollars."""
        with self._lock:
            self.cost_usd += cost_usd

    def pause(self, seconds: float) -> bool:
        """Wait; tell whether to go on, which is not so once somebody stopped the run."""
        return not self._stopped.wait(seconds)
