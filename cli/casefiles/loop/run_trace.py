"""What became of one query, as a trace: redacted first, then everything made of what is left."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casefiles.documents.attachments import detach
from casefiles.documents.trace import Trace, TraceHead, seal
from casefiles.documents.turns import Part, Turn
from casefiles.spans.chat import turns_of_messages
from casefiles.targets.protocol import Answer, Outcome, Request
from casefiles.text.names import shorten
from casefiles.text.redact import Redactor

TITLE = 80
_HEAD, _TAIL = 1000, 4000
"""Characters of a long error that stay: its beginning and its end."""
_LEVELS = 8
"""Levels of metadata that front matter shows; what is deeper stands there as JSON."""
_LEADING = ("system", "developer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One query that went through the application."""

    reference: str
    """Reference of the trace to be."""
    request: Request
    """What was sent."""
    outcome: Outcome
    """What became of it."""
    started: str
    """When, ISO 8601, UTC."""
    ms: int
    """How long it took, in milliseconds."""
    target: str
    """Name of the target."""
    app_version: str | None
    """The application's version as the workspace says."""
    repetition: int | None
    """2 for the first repetition, None for the first run."""


def trace_of(ran: Ran, patterns: Mapping[str, str]) -> tuple[Trace, dict[str, str]]:
    """Make the trace of a query, and the files that belong beside it (path to text)."""
    redactor = Redactor(patterns)
    query = redactor.text(ran.request.query)
    answer = ran.outcome.answer or Answer()
    status, error = ran.outcome.status, ran.outcome.error
    messages = redactor.json(list(answer.messages))
    output = None if answer.output is None else redactor.text(answer.output)
    try:
        turns = conversation(query, messages, output)
    except ValueError as wrong:
        turns = conversation(query, [], output)
        status, error = "error", f"the application's messages cannot be read: {wrong}"
    asked = {} if answer.needs_human is None else {"needs_human": answer.needs_human}
    metadata = redactor.json({**answer.metadata, **asked})
    version = metadata.pop("app_version", None)
    head = TraceHead(
        title=shorten(query, TITLE),
        query=ran.request.conversation.query_id,
        dimensions=dict(ran.request.conversation.variables),
        source={"kind": "synthetic"},
        session=_session(answer, ran.request, redactor),
        repetition=ran.repetition,
        target=ran.target,
        app_version=str(version) if version is not None else ran.app_version,
        status=status,
        started=ran.started,
        ms=ran.ms,
        usage=dict(answer.usage),
        error=None if error is None else _cut(redactor.text(error)),
        extra={"metadata": _plain(metadata)} if metadata else {},
    )
    return detach(seal(head, turns), ran.reference)


def conversation(
    query: str, messages: Sequence[Mapping[str, Any]], output: str | None
) -> tuple[Turn, ...]:
    """Put a query, the new messages and the final output together into turns.

    Instructions that the application sends along go first. Messages that repeat the query do not
    make a second turn of it, nor does an output that the last message says already. Raises
    ValueError for what is no message.
    """
    given = list(turns_of_messages(messages))
    lead = 0
    while lead < len(given) and given[lead].role in _LEADING:
        lead += 1
    rest = given[lead:]
    if not (rest and rest[0].role == "user" and _text(rest[0]) == query.strip()):
        rest.insert(0, Turn(role="user", parts=(Part(text=query),)))
    spoken = [turn for turn in rest if turn.role == "assistant"]
    if output is not None and not (spoken and _text(spoken[-1]) == output.strip()):
        rest.append(Turn(role="assistant", parts=(Part(text=output),)))
    return (*given[:lead], *rest)


def _cut(error: str) -> str:
    """Shorten what is redacted already: half a secret would not be recognised as one."""
    left = len(error) - _HEAD - _TAIL
    if left <= 0:
        return error
    return f"{error[:_HEAD]}\n[… {left:,} characters …]\n{error[-_TAIL:]}"


def _text(turn: Turn) -> str:
    return "\n".join(p.text for p in turn.parts if p.type == "text" and p.text).strip()


def _session(answer: Answer, request: Request, redactor: Redactor) -> str | None:
    """The application's own session; ours, handed back, says nothing."""
    if answer.session_id is None or answer.session_id == request.session_id:
        return None
    return redactor.text(answer.session_id)


def _plain(value: Any, levels: int = _LEVELS) -> Any:
    """JSON as front matter holds it: strings, lists and mappings, nested a few levels deep."""
    if isinstance(value, Mapping | list) and not levels:
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return {str(key): _plain(item, levels - 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, levels - 1) for item in value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
