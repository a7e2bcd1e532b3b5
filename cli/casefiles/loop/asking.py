"""Questions of one job to a model: answers in the order of the questions, a limit remembered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from casefiles.documents.question import Question
from casefiles.errors import LimitReachedError
from casefiles.models.service import Read, Service
from casefiles.models.spending import Estimate

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """How far a job is."""

    done: int
    """Questions answered, for better or worse."""
    total: int
    """Questions known so far."""
    failed: int
    """Those among the done without a usable answer."""


class Asking:
    """Asks, tells how far it is, and asks no more once a limit is reached."""

    def __init__(self, service: Service, tell: Callable[[Tick], None]) -> None:
        """Ask this model."""
        self._service = service
        self._tell = tell
        self._done = self._total = 0
        self.faults: list[tuple[Question, str]] = []
        """Questions without a usable answer, and why."""
        self.stopped: LimitReachedError | None = None
        """The limit that ended it, if one did."""

    def ask(self, questions: Sequence[Question], read: Read[T]) -> list[T | None]:
        """Return what the replies were read as, in the order of the questions.

        None stands where a question failed (it is in ``faults``) or was not asked because of a
        limit. The order does not depend on which reply comes first, so neither does what is made
        of them, and a job that is started again asks the same questions. Raises BadInputError if
        the settings are wrong.
        """
        values: list[T | None] = [None] * len(questions)
        if self.stopped:
            return values
        places = {id(question): number for number, question in enumerate(questions)}
        self._total += len(questions)
        self._say()
        try:
            for answered in self._service.answers(questions, read):
                values[places[id(answered.question)]] = answered.value
                if answered.fault is not None:
                    self.faults.append((answered.question, answered.fault))
                self._done += 1
                self._say()
        except LimitReachedError as error:
            self.stopped = error
        return values

    def _say(self) -> None:
        self._tell(Tick(done=self._done, total=self._total, failed=len(self.faults)))


def total(estimates: Sequence[Estimate]) -> Estimate:
    """Add estimates up; the cost is unknown if one is."""
    costs = [estimate.cost_usd for estimate in estimates]
    known = [cost for cost in costs if cost is not None]
    return Estimate(
        calls=sum(estimate.calls for estimate in estimates),
        kept=sum(estimate.kept for estimate in estimates),
        tokens_in=sum(estimate.tokens_in for estimate in estimates),
        tokens_out=sum(estimate.tokens_out for estimate in estimates),
        cost_usd=sum(known) if len(known) == len(costs) else None,
    )
