"""Send the queries through the application; every one becomes a trace."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import takewhile

from casefiles.documents import round as round_file
from casefiles.documents import targets as settings_of
from casefiles.documents.corpus import Corpus
from casefiles.documents.paths import (
    DIMENSIONS,
    QUERIES,
    TUPLES,
)
from casefiles.errors import BadInputError, InterruptedByUserError
from casefiles.loop import desk
from casefiles.loop.journal import Journal
from casefiles.loop.known_secrets import secret_patterns
from casefiles.loop.monitor import open_monitor
from casefiles.loop.run_case import Case, Ran
from casefiles.loop.run_local import Local
from casefiles.loop.run_plan import (
    EVERYTHING,
    Job,
    Wanted,
    app_version,
    broken_traces,
    jobs,
    round_name,
    round_record,
    target_of,
)
from casefiles.loop.run_trace import About
from casefiles.loop.run_writing import begin_round, tidy_up, write_trace
from casefiles.loop.simulation import model_of, roles
from casefiles.targets.budget import Budget
from casefiles.targets.patience import Patience
from casefiles.text.names import shorten
from casefiles.workspace.find import Workspace

Hold = Callable[[Iterator[Case]], Iterator[Ran]]
"""Holds conversations, each yielded as it is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """How far a run is."""

    done: int
    """Traces made in this run."""
    total: int
    """Traces this run is to make."""
    failed: int
    """Those among the done that ended in an error or a timeout."""
    cost_usd: float
    """What the answers cost so far, as far as the application says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How a run goes about it; None: as the workspace's settings say."""

    concurrency: int | None = None
    """Conversations at once."""
    max_calls: int | None = None
    """Calls of the application at most."""
    max_cost_usd: float | None = None
    """No conversation begins once so much is spent."""
    scheduler: str = ""
    """Address of a Dask scheduler whose workers hold the conversations; empty: this process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What a run did."""

    round: str
    """The round."""
    target: str
    """The target."""
    done: int
    """Traces made."""
    present: int
    """Traces that were there already."""
    left: int
    """Queries of this run without a trace yet."""
    statuses: Mapping[str, int]
    """Status to number of the traces made."""
    calls: int
    """Calls of the application, those that were sent again included."""
    cost_usd: float
    """What the answers cost, as far as the application says; simulated users included."""
    unpriced: int
    """Traces whose cost is not known, if there is a limit of it; 0 without one."""
    limited: bool
    """Whether a limit that the user set ended it."""
    jobs: tuple[str, ...]
    """References that were to be made."""


def run(
    workspace: Workspace,
    name: str | None = None,
    *,
    target: str | None = None,
    wanted: Wanted = EVERYTHING,
    how: How = How(),
    dry_run: bool = False,
    progress: Callable[[Tick], None] = lambda _: None,
) -> RunReport:
    """Make the traces that a round lacks.

    Each is written as soon as it is there, so that a run killed at any moment is finished by the
    next one. Raises BadInputError for bad input (nothing is run), and InterruptedByUserError,
    after stopping the children, on Ctrl-C.
    """
    corpus = desk.open_corpus(workspace)
    desk.insist(corpus, lambda path: path in (DIMENSIONS, TUPLES, QUERIES))
    desk.insist(corpus, lambda path: path.endswith("/round.yaml"))
    chosen = target_of(workspace.config, target)
    version = app_version(workspace.config)
    name = round_name(corpus, name, chosen.name, version)
    todo, present = jobs(corpus, name, wanted)
    broken = broken_traces(corpus, (job.reference for job in todo))
    desk.insist(corpus, lambda path: path in broken)
    limits = workspace.config.run
    budget = Budget(
        max_calls=limits.max_calls if how.max_calls is None else how.max_calls,
        max_cost_usd=limits.max_cost_usd if how.max_cost_usd is None else how.max_cost_usd,
    )
    made: Counter[str] = Counter()
    unpriced = 0
    if todo and not dry_run and budget.allows_more():
        cases = _cases(workspace, corpus, todo, chosen, version)
        work = _Work(workspace, chosen, how, budget)
        record = round_file.render(round_record(corpus, name, chosen.name, version, wanted))

        def begin() -> None:
            if name not in corpus.rounds:
                begin_round(workspace, name, record)
            tidy_up(workspace, [case.reference for case in cases])

        try:
            for ran in work.results(cases, begin):
                head = write_trace(workspace, _about(ran), ran.held, ran.captured)
                made[head.status] += 1
                unpriced += "cost_usd" not in head.usage
                work.journal.forget(ran.case.reference)
                progress(_tick(made, len(todo), budget))
        except KeyboardInterrupt:
            left = len(todo) - made.total()
            message = f"stopped; traces made: {made.total()}, left: {left}"
            remedy = "run the same command again to go on"
            raise InterruptedByUserError(message, remedy=remedy) from None
    return RunReport(
        round=name,
        target=chosen.name,
        done=made.total(),
        present=present,
        left=len(todo) - made.total(),
        statuses=dict(sorted(made.items())),
        calls=budget.calls,
        cost_usd=budget.cost_usd,
        unpriced=unpriced if budget.limits_cost else 0,
        limited=not dry_run and (budget.refused or made.total() < len(todo)),
        jobs=tuple(job.reference for job in todo),
    )


def _tick(made: Counter[str], total: int, budget: Budget) -> Tick:
    failed = made.total() - made["ok"]
    return Tick(done=made.total(), total=total, failed=failed, cost_usd=budget.cost_usd)


def _cases(
    workspace: Workspace,
    corpus: Corpus,
    todo: tuple[Job, ...],
    target: settings_of.Target,
    version: str | None,
) -> tuple[Case, ...]:
    settings = workspace.config.run
    patience = Patience(
        timeout_s=settings.timeout_s,
        conversation_timeout_s=settings.conversation_timeout_s,
        retries=settings.retries,
    )
    cases = tuple(
        Case(
            reference=job.reference,
            query=job.query,
            repetition=job.repetition,
            variables=dict(corpus.dataset.values_of(job.query)),
            target=target.name,
            app_version=version,
            patience=patience,
            approver=settings.approver,
            patterns=workspace.config.redact,
            capture=settings.capture,
        )
        for job in todo
    )
    if not any(case.is_played for case in cases):
        return cases
    model, played = model_of(workspace), roles(workspace)
    return tuple(replace(case, model=model, roles=played) for case in cases)


class _Work:
    """The conversations of a run, held here or on a cluster."""

    def __init__(
        self, workspace: Workspace, target: settings_of.Target, how: How, budget: Budget
    ) -> None:
        self.journal = Journal(folder=workspace.private / "unfinished")
        self._workspace = workspace
        self._target = target
        self._how = how
        self._budget = budget

    def results(self, cases: tuple[Case, ...], begin: Callable[[], None]) -> Iterator[Ran]:
        """Open the application, ``begin``, then hold what the budget allows; yield what is said.

        Raises BadInputError if the application cannot be opened or reached.
        """
        allowed = takewhile(lambda _: self._budget.allows_more(), cases)
        width = self._how.concurrency or self._workspace.config.run.concurrency
        reach = _Reach(patience=max(10, 2 * width))
        with self._opened(cases, width) as hold:
            begin()
            for ran in hold(allowed):
                if ran.held.turns:  # a limit may come before the first
                    reach.see(ran)
                    yield ran

    @contextmanager
    def _opened(self, cases: tuple[Case, ...], width: int) -> Iterator[Hold]:
        if self._how.scheduler:
            from casefiles.loop.run_dask import cluster

            _insist_on_processes(self._workspace, self._target)

            opened = cluster(self._how.scheduler, self._target, self._workspace.root)
            with opened as hold:
                yield partial(hold, width=self._how.concurrency, budget=self._budget)
            return
        root = self._workspace.root
        local = Local(
            self._target,
            root,
            budget=self._budget,
            journal=self.journal,
            secrets=secret_patterns(self._target, os.environ),
            model=next((case.model for case in cases if case.is_played), ""),
            monitor=open_monitor(self._workspace.config.run, self._target, root, width=width),
        )
        try:
            yield partial(local.results, width=width)
        finally:
            local.close()


def _insist_on_processes(workspace: Workspace, target: settings_of.Target) -> None:
    """A server sends its telemetry to one address, and a cluster has many."""
    if workspace.config.run.capture == "otlp" and isinstance(target, settings_of.Http):
        raise BadInputError(
            "the telemetry of a server cannot be received by the workers of a cluster",
            remedy='run without --scheduler, or set capture = "output" under [run]',
        )


class _Reach:
    """Whether the application is there: one that cannot be reached has nothing to be read."""

    def __init__(self, patience: int) -> None:
        self._patience = patience
        self._in_vain = 0
        self._answered = False

    def see(self, ran: Ran) -> None:
        """Look at a conversation. Raises BadInputError if there is no use in going on."""
        if ran.held.reached:
            self._answered, self._in_vain = True, 0
            return
        self._in_vain += 1
        if self._answered and self._in_vain < self._patience:
            return
        error = shorten(ran.held.turns[-1].outcome.error or "", 300)
        said = "can no longer" if self._answered else "cannot"
        raise BadInputError(
            f"the application {said} be reached ({error})",
            remedy="start it, or mend its target; then run the same command again",
        )


def _about(ran: Ran) -> About:
    case = ran.case
    is_simulated = any(turn.said.actor == "simulated" for turn in ran.held.turns)
    return About(
        reference=case.reference,
        query=case.query.id,
        target=case.target,
        source={"kind": "synthetic", **({"user": case.model} if is_simulated else {})},
        dimensions=case.variables,
        app_version=case.app_version,
        repetition=case.repetition,
    )
