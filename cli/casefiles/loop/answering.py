"""Who answers the steps of the model route: a model, or a person with a chat of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from casefiles.clusters.route.asking import Answer, Examined, Step
from casefiles.documents.question import Question
from casefiles.loop import pasting
from casefiles.loop.pasting import WaitingError, question_id
from casefiles.models.service import Cache, Service
from casefiles.models.spending import Estimate, Spent

T = TypeVar("T")
ATTEMPTS = 3
"""How often a reply with faults is asked for in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What a person is told and asked while a model works."""

    agree: Callable[[str, Estimate], bool]
    """Shown the model and what it will take, before the first call; False: they would not."""
    tell: Callable[[str, int, int], None]
    """Told how far a stage is: its name, questions done, questions in all."""
    took: Callable[[str, Spent], None]
    """Told at the end what it took."""


class ModelAsk:
    """Asks a model; of replies that all have faults, the one with the fewest counts."""

    def __init__(self, service: Service, talk: Talk) -> None:
        """Ask through a service, and tell how far it is."""
        self._service = service
        self._tell = talk.tell

    def __call__(self, stage: str, steps: Sequence[Step[T]], /) -> list[Answer[T]]:
        """Ask all questions of a stage. Raises what the service raises."""
        places = {id(step.question): at for at, step in enumerate(steps)}
        best: dict[int, Examined[T]] = {}

        def read(question: Question, reply: str) -> T:
            at = places[id(question)]
            found = steps[at].examine(reply)
            if at not in best or len(found.faults) < len(best[at].faults):
                best[at] = found
            if found.faults:
                raise ValueError(found.said())
            return found.value

        faults: dict[int, str | None] = {}
        self._tell(stage, 0, len(steps))
        questions = [step.question for step in steps]
        for answered in self._service.answers(questions, read, attempts=ATTEMPTS):
            faults[places[id(answered.question)]] = answered.fault
            self._tell(stage, len(faults), len(steps))
        return [
            Answer(value=best[at].value if at in best else None, fault=faults[at])
            for at in range(len(steps))
        ]


class PersonAsk:
    """Takes answers that a person brought; what is missing is raised as WaitingError.

    As with a model, a reply with faults is asked for again; after ATTEMPTS its usable part counts.
    """

    def __init__(self, cache: Cache, reply: str | None) -> None:
        """Take what the chat replied last, if anything, and answers kept from before."""
        self._cache = cache
        self._reply = reply

    def __call__(self, stage: str, steps: Sequence[Step[T]], /) -> list[Answer[T]]:
        """Read the answers of a stage. Raises WaitingError if one is missing or has faults."""
        given = self._given([question_id(step.question) for step in steps])
        found: list[Answer[T]] = []
        waiting: list[Question] = []
        faults: dict[str, str] = {}
        for step in steps:
            name = question_id(step.question)
            try:
                found.append(self._answer(name, given.get(name), step))
            except ValueError as error:
                waiting.append(step.question)
                faults |= {name: str(error)} if str(error) else {}
        if waiting:
            raise WaitingError(stage, waiting, faults)
        return found

    def _given(self, names: Sequence[str]) -> Mapping[str, str]:
        """Give the reply to the first stage that waits for one."""
        waiting = [name for name in names if self._cache.get(name) is None]
        if not waiting or self._reply is None:
            return {}
        reply, self._reply = self._reply, None
        return pasting.answers(reply, waiting)

    def _answer(self, name: str, given: str | None, step: Step[T]) -> Answer[T]:
        """Raise ValueError with what is wrong, without words if there is no answer."""
        kept = self._cache.get(name)
        reply = kept if given is None else given
        if reply is None:
            raise ValueError
        examined = step.examine(reply)
        if examined.faults and kept is None and self._tries(name) < ATTEMPTS:
            raise ValueError(examined.said())
        self._cache.put(name, reply)
        return Answer(value=examined.value, fault=examined.said() or None)

    def _tries(self, name: str) -> int:
        """Count one more reply with faults."""
        tries = int(self._cache.get(f"{name}-tries") or 0) + 1
        self._cache.put(f"{name}-tries", str(tries))
        return tries
