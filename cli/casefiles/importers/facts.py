"""What a record says about its conversation: id, session, time, usage, error and the rest."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casefiles.spans.times import iso, moment
from casefiles.text.names import shorten
from casefiles.text.odd import without_surrogates

IDS = ("id", "trace_id", "traceId", "request_id", "requestId", "record_id", "log_id",
       "generation_id", "call_id", "_id")  # fmt: skip
"""Keys that name a record, the first that is there counts."""
INNER_IDS = ("trace_id", "traceId", "request_id", "requestId")
"""Those that name it also where it speaks about itself: another `id` there is a user's, say."""
ATTEMPTS = (("task_id", "trial"), ("id", "epoch"), ("sample_id", "epoch"))
"""Pairs of keys that name a record together: what was tried, and which time."""
UNIQUE = ("uuid",)
"""Keys that name a record better than any other."""
TITLES = ("title", "question")
"""Keys of what it is about, in a line."""
SESSIONS = ("session_id", "sessionId", "session.id", "conversation_id", "conversationId",
            "gen_ai.conversation.id", "thread_id", "threadId", "chat_id")  # fmt: skip
"""Keys that name the conversation or user session a record belongs to."""
STARTED = ("started_at", "start_time", "startTime", "started", "created_at", "createdAt",
           "created", "timestamp", "time", "date", "ts")  # fmt: skip
"""Keys of the time at which it began."""
ENDED = ("ended_at", "end_time", "endTime", "completed_at", "completedAt")
"""Keys of the time at which it ended."""
TOOK = ("latency_ms", "duration_ms", "elapsed_ms")
"""Keys of how many milliseconds it took."""
ERRORS = ("error", "error_message", "exception")
"""Keys of what went wrong."""
USAGE = {
    "in": ("prompt_tokens", "input_tokens"),
    "out": ("completion_tokens", "output_tokens"),
    "cost_usd": ("cost_usd", "total_cost", "cost"),
}
"""Keys of tokens and cost."""

_INNER = ("metadata", "meta", "extra", "attributes", "response")
"""Objects in which an owner keeps more about itself."""
_LONGEST = 200
"""Characters of a text that is kept as a fact; longer ones stay in the raw record."""
_LONGEST_ERROR = 2000
_MOST = 60

Owner = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known about a conversation besides what was said."""

    title: str | None = None
    """What the record says it is about."""
    started: str | None = None
    """Start time, ISO 8601, UTC."""
    ms: int | None = None
    """Duration in milliseconds."""
    usage: Mapping[str, float] = field(default_factory=dict)
    """Tokens ``in`` and ``out``, ``cost_usd``."""
    error: str | None = None
    """What went wrong."""
    lost: tuple[str, ...] = ()
    """What is known to be missing, in words."""
    rest: Mapping[str, str] = field(default_factory=dict)
    """Short values besides, by key (``metadata.plan``)."""


def source_id(owners: Sequence[Owner]) -> str | None:
    """The id a record was given where it comes from; None if it has none.

    ``owners`` are the objects around its messages, the record first.
    """
    responses = [owner["response"] for owner in owners if isinstance(owner.get("response"), dict)]
    return (
        _first_word(owners, UNIQUE)
        or _attempt(owners)
        or _first_word(owners, IDS)
        or _first_word(_scopes(owners), INNER_IDS)
        or _first_word(responses, ("id",))
    )


def _attempt(owners: Sequence[Owner]) -> str | None:
    pairs = (
        (_word(owner.get(what)), _word(owner.get(which)))
        for owner in owners
        for what, which in ATTEMPTS
    )
    return next((f"{what}-{which}" for what, which in pairs if what and which), None)


def session(owners: Sequence[Owner]) -> str | None:
    """The session a record belongs to."""
    return _first_word(_scopes(owners), SESSIONS)


def facts(owners: Sequence[Owner]) -> Facts:
    """Read everything else that is known."""
    scopes = _scopes(owners)
    started, ended = _first_time(scopes, STARTED), _first_time(scopes, ENDED)
    return Facts(
        title=_first_word(owners, TITLES),
        started=iso(started) if started else None,
        ms=_milliseconds(scopes, started, ended),
        usage=_usage(scopes),
        error=_error(scopes),
        rest=_rest(owners),
    )


def _scopes(owners: Sequence[Owner]) -> list[Owner]:
    """The objects that speak about the record: its owners, then what they hold about themselves."""
    inner = [owner[key] for owner in owners for key in _INNER if isinstance(owner.get(key), dict)]
    return [*owners, *inner, *(i["metadata"] for i in inner if isinstance(i.get("metadata"), dict))]


def _first_word(scopes: Sequence[Owner], keys: tuple[str, ...]) -> str | None:
    words = (_word(scope.get(key)) for scope in scopes for key in keys)
    return next((word for word in words if word is not None), None)


def _word(value: Any) -> str | None:
    """An id as text; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None


# ---------------------------------------------------------------- time


def _first_time(scopes: Sequence[Owner], keys: tuple[str, ...]) -> datetime | None:
    times = (moment(scope.get(key)) for scope in scopes for key in keys)
    return next((time for time in times if time), None)


def _milliseconds(
    scopes: Sequence[Owner], started: datetime | None, ended: datetime | None
) -> int | None:
    said = _first_number(scopes, TOOK)
    if said is not None:
        return round(said)
    if started is None or ended is None or ended < started:
        return None
    return round((ended - started).total_seconds() * 1000)


# ---------------------------------------------------------------- usage, error, the rest


def _first_number(scopes: Sequence[Owner], keys: tuple[str, ...]) -> float | int | None:
    values = (scope.get(key) for scope in scopes for key in keys)
    return next((value for value in values if _is_amount(value)), None)


def _is_amount(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value < 1e15 and math.isfinite(value)


def _usage(scopes: Sequence[Owner]) -> dict[str, float]:
    holders = [scope["usage"] for scope in scopes if isinstance(scope.get("usage"), dict)]
    found = {name: _first_number([*holders, *scopes], keys) for name, keys in USAGE.items()}
    return {name: amount for name, amount in found.items() if amount is not None}


def _error(scopes: Sequence[Owner]) -> str | None:
    errors = (scope.get(key) for scope in scopes for key in ERRORS)
    error = next((error for error in errors if error), None)
    if isinstance(error, dict):
        error = next((error[k] for k in ("message", "type", "code") if error.get(k)), "an error")
    said = shorten(without_surrogates(str(error)), _LONGEST_ERROR) if error else ""
    return said or None


def _rest(owners: Sequence[Owner]) -> dict[str, str]:
    found: dict[str, str] = {}
    inner = [id(owner.get(key)) for owner in owners for key in _INNER]  # their owner has them
    for owner in owners:
        pairs = _short(owner) if id(owner) not in inner else ()
        for key, value in pairs:
            if len(found) < _MOST:
                found.setdefault(without_surrogates(key), without_surrogates(value))
    return found


def _short(owner: Owner) -> Iterator[tuple[str, str]]:
    for key, value in owner.items():
        if isinstance(value, dict) and key in _INNER:
            yield from ((f"{key}.{inner}", text) for inner, text in _short(value))
        elif (text := _text(value)) is not None and len(key) <= _LONGEST:
            yield key, text


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str | int | float) or value == "":
        return None
    text = str(value)
    return text if len(text) <= _LONGEST else None
