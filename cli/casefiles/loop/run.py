"""Send the queries through the application; every one becomes a trace."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from casefiles.documents import round as round_file
from casefiles.documents.corpus import Corpus
from casefiles.documents.paths import DIMENSIONS, QUERIES, TUPLES, round_path, trace_path
from casefiles.documents.plan import Plan
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
from casefiles.targets.protocol import Request, Target
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
    if calls and not dry_run:
        opened = open_target(chosen, workspace.root, timeout_s=settings.run.timeout_s)
        try:
            record = round_record(corpus, name, chosen.name, version, wanted)
            _begin(workspace, corpus, name, round_file.render(record))
            width = concurrency or settings.run.concurrency
            for ran in _results(opened, corpus, calls, width, chosen.name, version):
                made[_keep(workspace, ran)] += 1
                failed = made.total() - made["ok"]
                progress(Tick(done=made.total(), total=len(calls), failed=failed))
        except KeyboardInterrupt:
            opened.close()
            left = len(todo) - made.total()
            message = f"stopped; {made.total()} traces made, {left} left"
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
        limited=len(calls) < len(todo),
        jobs=tuple(job.reference for job in todo),
    )


def _begin(workspace: Workspace, corpus: Corpus, name: str, record: str) -> None:
    """Write round.yaml of a new round, and clear away what a killed run left half-written."""
    path = round_path(name)
    if not (workspace.root / path).exists():
        plan = Plan(changes=(desk.change(workspace, path, record),))
        desk.carry_out(workspace, plan, durable=False)
    elif corpus.rounds[name].target is None:
        message = "this round was not made by `casefiles run`"
        raise BadInputError(message, where=path, remedy="choose another name")
    for left_over in (workspace.root / "traces" / name).glob(".*.md.*.tmp"):
        if time.time() - left_over.stat().st_mtime > 3600:  # not one that another shard writes now
            left_over.unlink(missing_ok=True)


def _results(
    target: Target,
    corpus: Corpus,
    todo: tuple[Job, ...],
    concurrency: int,
    name: str,
    version: str | None,
) -> Iterator[Ran]:
    """Send the queries, so many at once, and yield each as it is done."""
    waiting = iter(todo)
    running: set[Future[Ran]] = set()
    pool = ThreadPoolExecutor(max_workers=concurrency, thread_name_prefix="casefiles")
    try:
        while True:
            while len(running) < concurrency and (job := next(waiting, None)) is not None:
                request = _request(corpus, job)
                running.add(pool.submit(_ask, target, request, job, name, version))
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    except KeyboardInterrupt:
        target.close()  # the threads wait for children, which end now
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _request(corpus: Corpus, job: Job) -> Request:
    return Request(
        query_id=job.query.id,
        session_id=job.reference,
        query=job.query.text,
        variables=dict(corpus.dataset.values_of(job.query)),
    )


def _ask(target: Target, request: Request, job: Job, name: str, version: str | None) -> Ran:
    started, began = clock.now(), time.monotonic()
    outcome = target.ask(request)
    return Ran(
        reference=job.reference,
        request=request,
        outcome=outcome,
        started=started,
        ms=round((time.monotonic() - began) * 1000),
        target=name,
        app_version=version,
        repetition=job.repetition,
    )


def _keep(workspace: Workspace, ran: Ran) -> str:
    """Write a trace, its attachments first; return its status."""
    trace, attachments = trace_of(ran, workspace.config.redact)
    for path, text in attachments.items():
        write_bytes(workspace.root / path, text.encode())
    write_bytes(Path(workspace.root / trace_path(ran.reference)), render(trace).encode())
    return trace.head.status
