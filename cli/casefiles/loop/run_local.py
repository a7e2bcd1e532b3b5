"""Conversations held by this process: in threads, each answer written down as it comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from casefiles.documents import targets as settings
from casefiles.loop.application import open_application
from casefiles.loop.journal import Journal
from casefiles.loop.monitor import Monitor
from casefiles.loop.run_case import Case, Ran, is_over, run_case
from casefiles.loop.run_threads import in_threads
from casefiles.loop.simulation import chat_with
from casefiles.targets.budget import Budget
from casefiles.targets.protocol import Target
from casefiles.targets.simulated import Chat


class Local:
    """The application opened here, and what is not in a trace yet."""

    def __init__(
        self,
        target: settings.Target,
        root: Path,
        *,
        budget: Budget,
        journal: Journal,
        secrets: Mapping[str, str],
        model: str,
        monitor: Monitor | None = None,
    ) -> None:
        """Open the application; ``model`` plays users, empty if none has to.

        ``monitor`` receives what the application sends of its work. Raises BadInputError if the
        application cannot work.
        """
        self._recorder = monitor
        self._journal = journal
        self._budget = budget
        self._secrets = secrets
        self._chat: Chat | None = chat_with(model, budget.spend) if model else None
        self._target: Target = open_application(target, root)

    def results(self, cases: Iterator[Case], width: int) -> Iterator[Ran]:
        """Hold the conversations, so many at once; yield each as it is done."""
        return in_threads(self._hold, cases, width, stop=self.close)

    def close(self) -> None:
        """Stop what is still under way."""
        self._budget.stop()
        self._target.close()
        if self._recorder:
            self._recorder.close()

    def _hold(self, case: Case) -> Ran:
        """Hold one conversation, from where a killed run left it if it can go on from there."""
        left = self._journal.read(case.reference, case.key)
        turns = tuple(kept.turn for kept in left)
        if not is_over(case, turns) and not all(kept.is_whole for kept in left):
            turns = ()
        if not turns:
            self._journal.forget(case.reference)
        return run_case(
            case,
            self._target,
            budget=self._budget,
            secrets=self._secrets,
            chat=self._chat if case.is_played else None,
            monitor=self._recorder,
            before=turns,
            keep=partial(self._journal.add, case.reference, case.key),
        )
