"""Spans as one conversation: what a person reads.

The way (tried on the conventions of `casefiles.spans.aliases`): every call of a model carries
the history it was given, so the calls in order of time give the conversation, with the calls of
sub-agents, routers and second tries as threads of their own (`casefiles.spans.threads`). Tools
and searches are put beside the turns that speak of them. What is known to be lost is said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from casefiles.documents.turns import Turn
from casefiles.spans import attributes
from casefiles.spans.alignment import gist
from casefiles.spans.dialect import (
    ModelCall,
    answer_of,
    model_call,
    search,
    session_of,
    tool_run,
    usage_of,
)
from casefiles.spans.logs import whole_spans
from casefiles.spans.losses import losses, untold
from casefiles.spans.order import ordered
from casefiles.spans.span import Span, Telemetry
from casefiles.spans.span_messages import spoken
from casefiles.spans.threads import Threads
from casefiles.spans.times import iso_of
from casefiles.spans.tree import Tree, error_of
from casefiles.spans.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What spans tell of one conversation."""

    turns: tuple[Turn, ...] = ()
    """The turns in order; those of other threads than the main one say which (``thread``)."""
    usage: Mapping[str, float] = field(default_factory=dict)
    """Tokens ``in`` and ``out``, ``cost_usd``: summed over the calls of models."""
    tells_all_tokens: bool = False
    """Whether every call of a model said its tokens, so that the sum is one."""
    errors: tuple[str, ...] = ()
    """What went wrong, the deepest first."""
    lost: tuple[str, ...] = ()
    """What is known to be missing, in words."""
    failed: bool = False
    """Whether the outermost operation failed."""
    session: str | None = None
    """The session the application gave."""
    answer: str | None = None
    """What the outermost operation answered, where it says so."""
    started: str | None = None
    """When it began, ISO 8601, UTC."""
    ms: int | None = None
    """How long it took, in milliseconds."""
    spans: int = 0
    """How many spans there were."""


def conversation(
    telemetry: Telemetry, *, known: Collection[str] | None = (), answer: str | None = None
) -> Conversation:
    """Make the conversation of spans that belong together.

    ``known`` are ids of spans that are not there and need not be (ours); None where the outermost
    operation may be part of one elsewhere. ``answer`` is what the application answered, if that
    is known: the thread that says so is the main one.
    """
    spans, by_logs = whole_spans(telemetry)
    tree = Tree(spans)
    calls = _calls(tree)
    outer = (root for root in tree.roots() if attributes.kind_of(root) != "model")
    answers = [said for root in outer if (said := answer_of(root))]
    wanted = answer if answer is not None else next(iter(answers), None)
    threads, leads = _threads(tree, calls)
    work = _worked(tree, threads, leads)
    starts = [span.start for span in spans if span.start is not None]
    ends = [span.end for span in spans if span.end is not None]
    return Conversation(
        turns=ordered(work.entries, threads.threads, wanted),
        usage=_usage(calls, tree),
        tells_all_tokens=bool(calls) and not untold(calls),
        errors=tree.errors(),
        lost=losses(tree, calls, known=known, by_logs=by_logs),
        failed=any(root.failed for root in tree.roots()),
        session=next((found for span in spans if (found := session_of(span))), None),
        answer=next(iter(answers), None),
        started=iso_of(min(starts)) if starts else None,
        ms=round((max(ends) - min(starts)) / 1e6) if starts and ends else None,
        spans=len(spans),
    )


def _threads(tree: Tree, calls: Sequence[ModelCall]) -> tuple[Threads, Mapping[str, int]]:
    """The conversations, and the latest one that the agent of a span led."""
    threads = Threads()
    leads: dict[str, int] = {}
    speaking = any(call.input or call.output for call in calls)
    for call in calls if speaking else (_outermost(tree) or calls):
        error = error_of(call.span) if call.span.failed else None
        agent, depth = tree.agent(call.span), tree.depth(call.span)
        number = threads.add(call, agent=agent, depth=depth, error=error)
        if (leader := tree.agent_span(call.span)) is not None:
            leads[leader] = number
    return threads, leads


def _worked(tree: Tree, threads: Threads, leads: Mapping[str, int]) -> Work:
    work = Work(threads.entries, lambda span: leads.get(tree.agent_span(span) or ""))
    for span in tree.spans:
        kind = attributes.kind_of(span)
        if kind == "tool":
            work.ran(tool_run(span))
        elif kind == "retrieval":
            work.searched(search(span))
    return work


# ---------------------------------------------------------------- calls of models


def _calls(tree: Tree) -> list[ModelCall]:
    """The calls of models in order of time, each once.

    A call may be seen twice, by the framework and by the library it uses: the inner span counts
    if it knows the messages.
    """
    calls = [model_call(span) for span in tree.spans if attributes.kind_of(span) == "model"]
    by_span = {call.span.span_id: call for call in calls}
    double: set[str] = set()
    for inner in calls:
        outer = next(
            (by_span[s.span_id] for s in tree.above(inner.span) if s.span_id in by_span), None
        )
        if outer is not None and _is_same(outer, inner):
            is_silent = not (inner.input or inner.output)
            double.add((inner if is_silent and outer.input else outer).span.span_id)
    return _told_once([call for call in calls if call.span.span_id not in double])


def _told_once(calls: Sequence[ModelCall]) -> list[ModelCall]:
    """Calls that were sent by two exporters under two conventions, as one: same times, same input.

    The fuller one counts, with what only the other knows of tokens and cost.
    """
    found: dict[object, ModelCall] = {}
    for call in calls:
        span = call.span
        times = (span.start, span.end, *_gists(call.input))
        key = times if span.start and call.input else span.span_id
        found[key] = _fuller(call, found[key]) if key in found else call
    return list(found.values())


def _fuller(some: ModelCall, other: ModelCall) -> ModelCall:
    best, rest = sorted((some, other), key=_fullness, reverse=True)
    return replace(best, usage={**rest.usage, **best.usage})


def _fullness(call: ModelCall) -> tuple[int, int]:
    return sum(len(turn.parts) for turn in call.output), len(call.usage)


def _is_same(outer: ModelCall, inner: ModelCall) -> bool:
    """Whether the outer of two spans tells of the same call as the inner."""
    if not (inner.input or inner.output) or not (outer.input or outer.output):
        return True
    sides = ((outer.input, inner.input), (outer.output, inner.output))
    return any(_gists(some) == _gists(others) for some, others in sides)


def _gists(turns: Sequence[Turn]) -> list[object]:
    return [gist(turn) for turn in turns]


def _outermost(tree: Tree) -> list[ModelCall]:
    """What the outermost operations were given and answered, where no call of a model is known."""
    found: dict[str, ModelCall] = {}
    for span in sorted(tree.spans, key=tree.depth):
        top = [span, *tree.above(span)][-1].span_id
        if top not in found and (call := _as_call(span)):
            found[top] = call
    return sorted(found.values(), key=lambda call: call.span.start or 0)


def _as_call(span: Span) -> ModelCall | None:
    whole = spoken(span, "transcript", "user").turns
    given = whole or spoken(span, "input", "user").turns
    answered = () if whole else spoken(span, "output", "assistant").turns
    return ModelCall(span=span, input=given, output=answered) if given or answered else None


def _usage(calls: Sequence[ModelCall], tree: Tree) -> dict[str, float]:
    embeddings = [span for span in tree.spans if attributes.kind_of(span) == "embedding"]
    told = [*(call.usage for call in calls), *map(usage_of, embeddings)]
    total: dict[str, float] = {}
    for usage in told:
        for name, amount in usage.items():
            total[name] = total.get(name, 0) + amount
    return {name: round(amount, 12) for name, amount in total.items()}
