"""Questions of one job to a model: answers in the order of the questions, a limit remembered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from casefiles.documents.question import Question
from casefiles.errors import LimitReachedError
from casefiles.models.service import Read, Service

T = TypeVar("T")
Tell = Callable[[str, int, int], None]
"""Told how far a stage is: its name, questions done, questions in all."""


class Asking:
    """Asks, tells how far it is, and asks no more once a limit is reached."""

    def __init__(self, service: Service, tell: Tell) -> None:
        """Ask this model."""
        self._service = service
        self._tell = tell
        self._counts: dict[str, list[int]] = {}
        self.faults: list[tuple[Question, str]] = []
        """Questions without a usable answer, and why."""
        self.stopped: LimitReachedError | None = None
        """The limit that ended it, if one did."""

    def ask(self, stage: str, questions: Sequence[Question], read: Read[T]) -> list[T | None]:
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
        self._count(stage, total=len(questions))
        try:
            for answered in self._service.answers(questions, read):
                values[places[id(answered.question)]] = answered.value
                if answered.fault is not None:
                    self.faults.append((answered.question, answered.fault))
                self._count(stage, done=1)
        except LimitReachedError as error:
            self.stopped = error
        return values

    def _count(self, stage: str, *, done: int = 0, total: int = 0) -> None:
        """A stage may be asked in several rounds."""
        counts = self._counts.setdefault(stage, [0, 0])
        counts[0] += done
        counts[1] += total
        self._tell(stage, *counts)
