"""One query through the target: what came back, what is missing, and what to do about it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from casefiles.documents import targets as settings
from casefiles.documents.corpus import Corpus
from casefiles.documents.dataset import Query
from casefiles.documents.trace import Trace
from casefiles.documents.turns import Part
from casefiles.errors import BadInputError
from casefiles.loop import desk
from casefiles.loop.application import open_application
from casefiles.loop.doctor_telemetry import telemetry_findings
from casefiles.loop.finding import Finding
from casefiles.loop.known_secrets import secret_patterns
from casefiles.loop.monitor import open_monitor
from casefiles.loop.run_case import Case, Ran, run_case
from casefiles.loop.run_plan import app_version, target_of
from casefiles.loop.run_trace import About, trace_of
from casefiles.targets.budget import Budget
from casefiles.targets.patience import Patience
from casefiles.text.names import nearest, shorten
from casefiles.workspace.find import Workspace

_HELLO = "Hello, what can you do for me?"
_EXCERPT = 200
_LITTLE = 2  # turns: the query and the answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What one query showed."""

    target: str
    """Name of the target."""
    kind: str
    """Its kind: command, http, python, model or plugin."""
    query: str
    """What was sent."""
    trace: Trace
    """The trace it would become; it is not written."""
    environment: Mapping[str, str]
    """What a server has to be started with for its telemetry to come here; empty for others."""
    findings: tuple[Finding, ...]
    """What was found, the most important first."""

    @property
    def is_healthy(self) -> bool:
        """Whether a run can begin."""
        return all(finding.level != "error" for finding in self.findings)


def doctor(
    workspace: Workspace,
    *,
    target: str | None = None,
    query: str | None = None,
    text: str | None = None,
) -> Diagnosis:
    """Send one query (the first used one, a given one, or a text) and look at what comes back.

    Nothing is written. Raises BadInputError if the target cannot be opened, or for an unknown
    query.
    """
    corpus = desk.open_corpus(workspace)
    chosen = target_of(workspace.config, target)
    asked = _query(corpus, query, text)
    case = Case(
        reference=f"doctor/{asked.id}",
        query=asked,
        repetition=None,
        variables=dict(corpus.dataset.values_of(asked)),
        target=chosen.name,
        app_version=app_version(workspace.config),
        patience=Patience(timeout_s=workspace.config.run.timeout_s, retries=0),
        patterns=workspace.config.redact,
    )
    secrets = secret_patterns(chosen, os.environ)
    run = workspace.config.run
    monitor = open_monitor(run, chosen, workspace.root, writes=False)
    environment = monitor.server_environment if monitor else {}
    opened = open_application(chosen, workspace.root)
    try:
        ran = run_case(case, opened, budget=Budget(), secrets=secrets, chat=None, monitor=monitor)
    finally:
        opened.close()
        if monitor:
            monitor.close()
    trace, _ = trace_of(_about(case), ran.held, ran.captured)
    return Diagnosis(
        target=chosen.name,
        kind=settings.kind_of(chosen),
        query=asked.text,
        trace=trace,
        environment=environment,
        findings=tuple(findings(ran, trace, chosen, environment)),
    )


def document(found: Diagnosis) -> dict[str, Any]:
    """Return the diagnosis as the JSON document of ``doctor --json``."""
    head = found.trace.head
    return {
        "target": found.target,
        "kind": found.kind,
        "query": found.query,
        "status": head.status,
        "ms": head.ms,
        "turns": len(found.trace.turns),
        "tool_calls": len(_parts(found.trace, "tool_call")),
        "usage": dict(head.usage),
        "session": head.session,
        "environment": dict(found.environment),
        "findings": [
            {"code": f.code, "level": f.level, "text": f.text, "remedy": f.remedy}
            for f in found.findings
        ],
    }


def _query(corpus: Corpus, name: str | None, text: str | None) -> Query:
    if text is not None:
        return Query(id="text", text=text)
    used = {query.id: query for query in corpus.dataset.queries if query.used}
    if name is not None and name not in used:
        near = nearest(name, tuple(used))
        remedy = f"did you mean {near!r}?" if near else "see `casefiles queries`"
        raise BadInputError(f"there is no used query {name!r}", remedy=remedy)
    if name is not None:
        return used[name]
    return next(iter(used.values()), Query(id="hello", text=_HELLO))


def _about(case: Case) -> About:
    return About(
        reference=case.reference,
        query=case.query.id,
        target=case.target,
        dimensions=case.variables,
        app_version=case.app_version,
    )


def findings(
    ran: Ran, trace: Trace, target: settings.Target, environment: Mapping[str, str]
) -> Iterator[Finding]:
    """Look at what came back of one query; ``environment`` is what a server has to have."""
    head = trace.head
    if head.status not in ("ok", "partial"):
        yield _failed(ran, trace, target)
        if not ran.held.reached:
            return
    else:
        yield _answered(trace)
    yield _turns(trace)
    is_sender = isinstance(target, settings.Command | settings.Python | settings.Http)
    if is_sender and (ran.captured or len(trace.turns) <= _LITTLE):
        yield from telemetry_findings(ran.captured, environment)
    yield from _tools(trace)
    yield _instructions(trace)
    yield _usage(trace)
    yield _cost(trace)
    yield _session(trace)
    yield _version(trace)


def _failed(ran: Ran, trace: Trace, target: settings.Target) -> Finding:
    said = shorten(trace.head.error or "it failed without a word", 2 * _EXCERPT)
    if not ran.held.reached:
        remedy = "start the application, or mend the address or the key"
        return Finding(code="answer", level="error", text=f"not reached: {said}", remedy=remedy)
    remedy = {
        settings.Command: "run the command by hand: it gets one JSON object on stdin",
        settings.Python: "call the function by hand; it gets the arguments it declares",
        settings.Http: "send the request by hand; see headers, body and output of the target",
    }.get(type(target), "see the target's settings")
    return Finding(code="answer", level="error", text=f"{trace.head.status}: {said}", remedy=remedy)


def _answered(trace: Trace) -> Finding:
    spoken = [turn for turn in trace.turns if turn.role == "assistant"]
    texts = [part.text for turn in spoken for part in turn.parts if part.type == "text"]
    words = shorten(next((text for text in reversed(texts) if text), ""), _EXCERPT)
    took = f"after {trace.head.ms or 0:,} ms"
    if not words:
        remedy = "the last message of the assistant should say something to the user"
        return Finding(code="answer", level="error", text=f"no words, {took}", remedy=remedy)
    return Finding(code="answer", level="ok", text=f"{took}: {words}")


def _turns(trace: Trace) -> Finding:
    count = len(trace.turns)
    if count > _LITTLE:
        return Finding(code="turns", level="ok", text=f"{count} turns")
    return Finding(
        code="turns",
        level="missing",
        text="only the query and the final answer: what happens in between cannot be read",
        remedy="answer with `messages`, the new messages in the form of OpenAI chat completions",
    )


def _tools(trace: Trace) -> Iterator[Finding]:
    calls, results = _parts(trace, "tool_call"), _parts(trace, "tool_result")
    if not calls:
        yield Finding(
            code="tools",
            level="missing",
            text="no tool call: fine, if the application has no tools, or needed none here",
            remedy="else put them into `messages`; try a query that needs one: --query ID",
        )
        return
    answered = {part.data.get("id") for part in results}
    lost = [part for part in calls if part.data.get("id") not in answered]
    text = f"{len(calls)} tool calls, {len(results)} results"
    if lost:
        names = ", ".join(sorted({str(part.data.get("name", "?")) for part in lost}))
        remedy = "send a `tool` message with the id of each call"
        yield Finding(
            code="tools", level="missing", text=f"{text}; no result of {names}", remedy=remedy
        )
        return
    yield Finding(code="tools", level="ok", text=text)


def _instructions(trace: Trace) -> Finding:
    if any(turn.role in ("system", "developer") for turn in trace.turns):
        return Finding(code="instructions", level="ok", text="the system prompt is in the trace")
    return Finding(
        code="instructions",
        level="missing",
        text="no system prompt: a reader cannot see what the application was told to do",
        remedy="begin `messages` of the first turn with the system message",
    )


def _usage(trace: Trace) -> Finding:
    usage = trace.head.usage
    if "in" in usage or "out" in usage:
        said = f"{usage.get('in', 0):,.0f} tokens in, {usage.get('out', 0):,.0f} out"
        return Finding(code="usage", level="ok", text=said)
    remedy = 'answer with `usage`: {"in": …, "out": …}'
    return Finding(code="usage", level="missing", text="no number of tokens", remedy=remedy)


def _cost(trace: Trace) -> Finding:
    cost = trace.head.usage.get("cost_usd")
    if cost is not None:
        return Finding(code="cost", level="ok", text=f"{cost:.6f} USD")
    remedy = "answer with `cost_usd`; without it set max_calls, max_cost_usd cannot be held"
    return Finding(code="cost", level="missing", text="no price", remedy=remedy)


def _session(trace: Trace) -> Finding:
    if trace.head.session is not None:
        return Finding(code="session", level="ok", text=f"its own session {trace.head.session}")
    return Finding(
        code="session",
        level="missing",
        text="no session of its own: fine, if it works from `messages` or takes our session_id",
        remedy="answer with `session_id` if the application keeps its conversations itself",
    )


def _version(trace: Trace) -> Finding:
    if trace.head.app_version is not None:
        said = f"version {trace.head.app_version}"
        return Finding(code="version", level="ok", text=said)
    remedy = 'set [app] version = "$GIT_SHA", or answer with metadata.app_version'
    text = "no version: two rounds cannot be told to be of two versions"
    return Finding(code="version", level="missing", text=text, remedy=remedy)


def _parts(trace: Trace, kind: str) -> list[Part]:
    return [part for turn in trace.turns for part in turn.parts if part.type == kind]
