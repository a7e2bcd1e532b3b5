"""What became of one conversation, as a trace: made of what is redacted already."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from casefiles.documents.attachments import detach
from casefiles.documents.trace import Status, Trace, TraceHead, seal
from casefiles.documents.turns import Turn
from casefiles.loop.monitor import Captured, raw_path
from casefiles.spans.chat import turns_of_messages
from casefiles.spans.merging import merged
from casefiles.targets.conversation import Exchange, app_session
from casefiles.targets.holding import Held
from casefiles.targets.transcript import turns_of, without_messages
from casefiles.text.names import shorten

TITLE = 80
_HEAD, _TAIL = 1000, 4000
"""Characters of a long error that stay: its beginning and its end."""
_LEVELS = 8
"""Levels of metadata that front matter shows; what is deeper stands there as JSON."""
_STATUS: dict[str, Status] = {"limit": "limit", "no_user": "cancelled"}
"""Status of a conversation that ended so, all its turns being fine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of a conversation beside what was said."""

    reference: str
    """Reference of the trace to be."""
    query: str | None
    """Id of the query."""
    target: str
    """Name of the target."""
    source: Mapping[str, str] = field(default_factory=lambda: {"kind": "synthetic"})
    """Where it comes from."""
    dimensions: Mapping[str, str] = field(default_factory=dict)
    """Dimension to value."""
    app_version: str | None = None
    """The application's version as the workspace says."""
    repetition: int | None = None
    """2 for the first repetition, None for the first run."""


def trace_of(
    about: About, held: Held, captured: Captured | None = None
) -> tuple[Trace, dict[str, str]]:
    """Make the trace of a conversation, and the files that belong beside it (path to text).

    What was ``captured`` of the application's work counts where it has what the application told.
    """
    turns = held.turns
    status, error = _ending(held)
    try:
        said = turns_of(held.history, turns)
    except ValueError:
        said, wrong = _readable(held)
        status, error = "error", f"the application's messages cannot be read: {wrong}"
    if captured is not None:
        said = merged(captured.conversation.turns, said)
        status, error = _with_losses(status, error, captured)
    version, metadata = _metadata(turns)
    several = len(turns) > 1 or held.ended.reason not in ("answered", "app_done", "error")
    head = TraceHead(
        title=shorten(turns[0].said.text, TITLE),
        query=about.query,
        dimensions=dict(about.dimensions),
        source=dict(about.source),
        session=_session(about, turns),
        repetition=about.repetition,
        target=about.target,
        app_version=version or about.app_version,
        status=status,
        end=held.ended.reason if several else None,
        started=turns[0].started or None,
        ms=sum(turn.ms for turn in turns),
        usage=_usage(turns, captured),
        error=None if error is None else _cut(error),
        raw=raw_path(about.reference) if captured and captured.documents else None,
        extra=_extra(status, metadata, captured),
    )
    return detach(seal(head, said), about.reference)


def _ending(held: Held) -> tuple[Status, str | None]:
    last = held.turns[-1].outcome
    if last.status != "ok":
        return last.status, last.error
    return _STATUS.get(held.ended.reason, "ok"), held.ended.error


def _with_losses(
    status: Status, error: str | None, captured: Captured
) -> tuple[Status, str | None]:
    """Say what went wrong inside, and what is missing; a trace that lacks something is partial."""
    inner = () if status == "ok" else captured.conversation.errors
    lost = [f"lost: {'; '.join(captured.lost)}"] if captured.lost else []
    said = "\n".join(filter(None, (*inner, error, *lost)))
    return "partial" if status == "ok" and lost else status, said or None


def _extra(status: Status, metadata: dict[str, Any], captured: Captured | None) -> dict[str, Any]:
    """What else stands in the head: what the application says, and errors that it got over."""
    extra: dict[str, Any] = {"metadata": _plain(metadata)} if metadata else {}
    is_well = captured is not None and status in ("ok", "partial")
    errors = captured.conversation.errors if captured and is_well else ()
    return extra | ({"errors_inside": [_cut(error) for error in errors]} if errors else {})


def _readable(held: Held) -> tuple[tuple[Turn, ...], str]:
    """The turns, of those whose messages cannot be read the final text; and what is wrong."""
    turns, wrong = [], ""
    for turn in held.turns:
        try:
            turns_of_messages(turn.outcome.answer.messages if turn.outcome.answer else ())
            turns.append(turn)
        except ValueError as error:
            turns.append(without_messages(turn))
            wrong = wrong or str(error)
    return turns_of(held.history, turns), wrong


def _metadata(turns: tuple[Exchange, ...]) -> tuple[str | None, dict[str, Any]]:
    """The application's version, as it says, and what else stands in the head of a single turn."""
    answers = [turn.outcome.answer for turn in turns if turn.outcome.answer]
    versions = [answer.metadata.get("app_version") for answer in answers]
    version = next((str(said) for said in versions if said is not None), None)
    if len(turns) > 1 or not answers:
        return version, {}
    asked = answers[0].needs_human
    metadata = {**answers[0].metadata, **({} if asked is None else {"needs_human": asked})}
    metadata.pop("app_version", None)
    return version, metadata


def _session(about: About, turns: Iterable[Exchange]) -> str | None:
    """The application's own session; ours, handed back, says nothing."""
    session = app_session(tuple(turns))
    return None if session == about.reference else session


def _usage(turns: Iterable[Exchange], captured: Captured | None) -> dict[str, float]:
    """Tokens and cost: as the telemetry says if it tells all of them, else as the answers do."""
    told = _told_usage(turns)
    if captured is None:
        return told
    seen = dict(captured.conversation.usage)
    return {**told, **seen} if captured.conversation.tells_all_tokens else {**seen, **told}


def _told_usage(turns: Iterable[Exchange]) -> dict[str, float]:
    total: dict[str, float] = {}
    for turn in turns:
        for key, number in (turn.outcome.answer.usage if turn.outcome.answer else {}).items():
            total[key] = total.get(key, 0) + number
    return total


def _cut(error: str) -> str:
    """Shorten what is redacted already: half a secret would not be recognised as one."""
    left = len(error) - _HEAD - _TAIL
    if left <= 0:
        return error
    return f"{error[:_HEAD]}\n[… {left:,} characters …]\n{error[-_TAIL:]}"


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
