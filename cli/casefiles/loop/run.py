"""Send the queries through the application; every one becomes a trace."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from casefiles.documents import round as round_file
from casefiles.documents.corpus import Corpus
from casefiles.documents.paths import (
    DIMENSIONS,
    QUERIES,
    TUPLES,
    round_of,
    round_path,
    trace_path,
)
from casefiles.documents.plan import Change, Plan
from casefiles.documents.trace import render
from casefiles.errors import BadInputError, InterruptedByUserError
from casefiles.loop import clock, desk
from casefiles.loop.run_plan import (
    Job,
    Wanted,
    app_version,
    broken_traces,
    jobs,
    round_name,
    round_record,
    target_of,
)
from casefiles.loop.run_trace import Ran, trace_of
from casefiles.targets.opening import open_target
from casefiles.targets.protocol import Conversation, Request, Target
from casefiles.workspace.find import Workspace
from casefiles.workspace.write import write_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """How far a run is."""

    done: int
    """Traces made in this run."""
    total: int
    """Traces this run is to make."""
    failed: int
    """Those among the done that ended in an error or a timeout."""


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
    limited: bool
    """Whether a limit that the user set ended it."""
    jobs: tuple[str, ...]
    """References that were to be made."""


def run(
    workspace: Workspace,
    name: str | None = None,
    *,
    target: str | None = None,
    wanted: Wanted | None = None,
    concurrency: int | None = None,
    max_calls: int | None = None,
    dry_run: bool = False,
    progress: Callable[[Tick], None] = lambda _: None,
) -> RunReport:
    """Make the traces that a round lacks.

    Each is written as soon as it is there, so that a run killed at any moment is finished by the
    next one. Raises BadInputError for bad input (nothing is run), and InterruptedByUserError,
    after stopping the children, on Ctrl-C.
    """
    wanted = wanted or Wanted()
    corpus = desk.open_corpus(workspace)
    desk.insist(corpus, lambda path: path in (DIMENSIONS, TUPLES, QUERIES))
    desk.insist(corpus, lambda path: path.endswith("/round.yaml"))
    settings = workspace.config
    chosen = target_of(settings, target)
    version = app_version(settings)
    name = round_name(corpus, name, chosen.name, version)
    todo, present = jobs(corpus, name, wanted)
    broken = broken_traces(corpus, (job.reference for job in todo))
    desk.insist(corpus, lambda path: path in broken)
    limit = max_calls if max_calls is not None else settings.run.max_calls
    calls = todo[:limit]
    made: Counter[str] = Counter()
    spending = _Spending(settings.run.max_cost_usd)
    if calls and not dry_run:
        opened = open_target(chosen, workspace.root)
        try:
            record = round_record(corpus, name, chosen.name, version, wanted)
            _begin(workspace, corpus, name, round_file.render(record))
            _clear(workspace, calls)
            width = concurrency or settings.run.concurrency
            questions = (_question(corpus, job, chosen.name, version) for job in calls)
            for ran in _results(opened, spending.allows(questions), width):
                spending.add(ran)
                made[_keep(workspace, ran)] += 1
                failed = made.total() - made["ok"]
                progress(Tick(done=made.total(), total=len(calls), failed=failed))
        except KeyboardInterrupt:
            opened.close()
            left = len(todo) - made.total()
            message = f"stopped; traces made: {made.total()}, left: {left}"
            remedy = "run the same command again to go on"
            raise InterruptedByUserError(message, remedy=remedy) from None
        finally:
            opened.close()
    return RunReport(
        round=name,
        target=chosen.name,
        done=made.total(),
        present=present,
        left=len(todo) - made.total(),
        statuses=dict(sorted(made.items())),
        limited=len(calls) < len(todo) or (not dry_run and made.total() < len(calls)),
        jobs=tuple(job.reference for job in todo),
    )


def _begin(workspace: Workspace, corpus: Corpus, name: str, record: str) -> None:
    """Write round.yaml of a new round; another shard may write the same bytes just now."""
    path = round_path(name)
    if name in corpus.rounds and (workspace.root / path).exists():
        return
    try:
        plan = Plan(changes=(Change(path=path, before=None, after=record),))
        desk.carry_out(workspace, plan, durable=False)
    except BadInputError:
        if desk.read_text(workspace, path) != record:
            raise


def _clear(workspace: Workspace, todo: tuple[Job, ...]) -> None:
    """Remove what a killed run left half-written of the very traces that come now."""
    names = {trace_path(job.reference).rpartition("/")[2] for job in todo}
    folder = workspace.root / "traces" / round_of(todo[0].reference)
    for left_over in folder.glob(".*.tmp"):
        if left_over.name[1:].rsplit(".", 2)[0] in names:
            left_over.unlink(missing_ok=True)


class _Spending:
    """What the answers cost so far, against what the user allows."""

    def __init__(self, limit: float | None) -> None:
        self._limit = limit
        self._cost = 0.0

    def add(self, ran: Ran) -> None:
        answer = ran.outcome.answer
        self._cost += answer.usage.get("cost_usd", 0.0) if answer else 0.0

    def allows(self, questions: Iterator[_Question]) -> Iterator[_Question]:
        """Yield questions as long as the limit is not reached."""
        for question in questions:
            if self._limit is not None and self._cost >= self._limit:
                return
            yield question


def _results(target: Target, questions: Iterator[_Question], concurrency: int) -> Iterator[Ran]:
    """Send the queries, so many at once, and yield each as it is done."""
    running: set[Future[Ran]] = set()
    pool = ThreadPoolExecutor(max_workers=concurrency, thread_name_prefix="casefiles")
    try:
        while True:
            while len(running) < concurrency and (question := next(questions, None)) is not None:
                running.add(pool.submit(_ask, target, question))
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    except BaseException:  # also GeneratorExit: Ctrl-C while a trace is written
        target.close()  # the threads wait for children, which end now
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """One request and what its trace is to say about it."""

    job: Job
    """What is to be made."""
    request: Request
    """What is sent."""
    target: str
    """Name of the target."""
    app_version: str | None
    """The application's version."""


def _question(corpus: Corpus, job: Job, target: str, version: str | None) -> _Question:
    conversation = Conversation(
        query_id=job.query.id,
        session_id=job.reference,
        variables=dict(corpus.dataset.values_of(job.query)),
    )
    timeout_s = corpus.config.run.timeout_s
    request = Request(conversation=conversation, query=job.query.text, timeout_s=timeout_s)
    return _Question(job=job, request=request, target=target, app_version=version)


def _ask(target: Target, question: _Question) -> Ran:
    started, began = clock.now(), time.monotonic()
    dialogue = target.open(question.request.conversation)
    try:
        outcome = dialogue.ask(question.request)
    finally:
        dialogue.close()
    return Ran(
        reference=question.job.reference,
        request=question.request,
        outcome=outcome,
        started=started,
        ms=round((time.monotonic() - began) * 1000),
        target=question.target,
        app_version=question.app_version,
        repetition=question.job.repetition,
    )


def _keep(workspace: Workspace, ran: Ran) -> str:
    """Write a trace, its attachments first; return its status."""
    trace, attachments = trace_of(ran, workspace.config.redact)
    for path, text in attachments.items():
        write_bytes(workspace.root / path, text.encode())
    write_bytes(workspace.root / trace_path(ran.reference), render(trace).encode())
    folder = workspace.root / "traces" / ran.reference
    for old in folder.glob("*") if folder.is_dir() else ():  # of a trace that was made before
        if desk.relative(workspace, old) not in attachments:
            old.unlink()
    return trace.head.status
