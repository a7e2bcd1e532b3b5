"""What is known to be missing of a trace, said in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from casefiles.spans import attributes
from casefiles.spans.dialect import ModelCall, tool_run
from casefiles.spans.tree import Tree


def losses(
    tree: Tree, calls: Sequence[ModelCall], *, known: Collection[str] | None, by_logs: int
) -> tuple[str, ...]:
    """Say what is missing, a line for each kind of loss, with its reason where one is likely."""
    return (
        *_messages(calls),
        *_tools(tree),
        *_usage(calls),
        *_dropped(tree, calls),
        *_spans(tree, known, by_logs),
    )


def untold(calls: Sequence[ModelCall]) -> list[ModelCall]:
    """Return the calls that were answered and do not say their tokens."""
    return [call for call in calls if call.output and not {"in", "out"} <= call.usage.keys()]


def _messages(calls: Sequence[ModelCall]) -> Iterator[str]:
    silent = [call for call in calls if not call.input and not call.output]
    unasked = [call for call in calls if not call.input and call.output]
    unanswered = [c for c in calls if c.input and not c.output and not c.span.failed]
    cut = [call for call in calls if call.is_cut]
    if not calls:
        yield "no call of a model was recorded (is the application instrumented?)"
    if silent:
        yield f"{_of(silent, calls)} came without messages (is the capture of content off?)"
    if unasked:
        yield f"{_of(unasked, calls)} came without what the model was given"
    if unanswered:
        yield f"{_of(unanswered, calls)} came without what the model answered"
    if cut:
        yield f"the messages of {_of(cut, calls)} were cut (a limit on the length of attributes?)"


def _tools(tree: Tree) -> Iterator[str]:
    spans = [span for span in tree.spans if attributes.kind_of(span) == "tool"]
    silent = [span for span in spans if tool_run(span).result is None and not span.failed]
    if silent:
        yield f"{len(silent)} of {_count(len(spans), 'tool run')} came without a result"


def _usage(calls: Sequence[ModelCall]) -> Iterator[str]:
    if silent := untold(calls):
        streamed = any(call.streamed for call in silent)
        why = " (a streamed answer tells them only if the application asks for it)" * streamed
        yield f"{_of(silent, calls)} came without tokens{why}"


def _dropped(tree: Tree, calls: Sequence[ModelCall]) -> Iterator[str]:
    used = [span for span in tree.spans if attributes.kind_of(span) != "step"]
    dropped = sum(span.dropped for span in used)
    if dropped:
        said = _count(dropped, "attribute")
        yield f"{said} of spans were dropped over a limit (OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT?)"
    missing = sum(call.missing for call in calls)
    if missing:
        yield f"{_count(missing, 'message')} of calls of models are among what was dropped"


def _spans(tree: Tree, known: Collection[str] | None, by_logs: int) -> Iterator[str]:
    absent = tree.orphaned() - set(known or ())
    if known is None and len(absent) == 1:
        absent = set()  # the outermost operation may be part of one elsewhere
    if absent:
        yield f"{_count(len(absent), 'span')} that others are part of never came"
    if by_logs:
        yield f"{_count(by_logs, 'span')} never came and are known by their logs only"


def _of(some: Sequence[ModelCall], calls: Sequence[ModelCall]) -> str:
    return f"{len(some)} of {_count(len(calls), 'call')} of models"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
