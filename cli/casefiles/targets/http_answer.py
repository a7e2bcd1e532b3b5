"""What a server sent back, understood by the user's JMESPath expressions or as our own object."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from casefiles.documents.targets import Http
from casefiles.targets.answer import RubbishError, parse_answer
from casefiles.targets.processes import TAIL
from casefiles.targets.protocol import Answer, Outcome, OutcomeStatus

_ANSWERED = {
    "output": "output",
    "messages": "messages",
    "session": "session_id",
    "needs_human": "needs_human",
    "done": "done",
    "usage": "usage",
    "cost": "cost_usd",
}
"""Setting that holds an expression -> key of our own answer object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One HTTP response, read to its end."""

    status: int
    """HTTP status."""
    headers: Mapping[str, str]
    """Header, in lower case, to value."""
    text: str
    """The body."""


def outcome_of(settings: Http, received: Received) -> Outcome:
    """Tell what became of a turn."""
    if received.status >= 300:
        return _failed(received)
    try:
        answer = _answer(settings, received.text)
    except RubbishError as error:
        return Outcome(status="error", error=str(error))
    status: OutcomeStatus = "error" if answer.error is not None else "ok"
    return Outcome(status=status, answer=answer, error=answer.error)


def _failed(received: Received) -> Outcome:
    said = f"HTTP {received.status}"
    if received.status < 400:
        place = received.headers.get("location", "elsewhere")
        return Outcome(status="error", error=f"{said}: it redirects to {place}; set that as url")
    excerpt = received.text.strip()[:TAIL]
    busy = received.status == HTTPStatus.TOO_MANY_REQUESTS or received.status >= 500
    return Outcome(
        status="error",
        error=f"{said}: {excerpt}" if excerpt else said,
        temporary=busy,
        wait_s=retry_after(received.headers.get("retry-after"), datetime.now(UTC))
        if busy
        else None,
    )


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a ``Retry-After`` header asks for; None if it says nothing usable.

    A number of seconds or a date: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
    """
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value[:9])
    try:
        then = parsedate_to_datetime(value)
    except ValueError:
        return None
    if then.tzinfo is None:  # "-0000": UTC of unknown origin
        then = then.replace(tzinfo=UTC)
    return max(0.0, (then - now).total_seconds())


def _answer(settings: Http, text: str) -> Answer:
    paths = {key: getattr(settings, setting) for setting, key in _ANSWERED.items()}
    paths = {key: path for key, path in paths.items() if path}
    if not text.strip():
        raise RubbishError("it sent nothing")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        if paths:
            raise RubbishError(f"it sent no JSON: {text[:TAIL]}") from None
        return Answer(output=text.strip("\n"))
    says = [path for key, path in paths.items() if key in ("output", "messages")]
    if not says:
        return _own(value, paths)
    found = _found(paths, value)
    if not any(found.get(key) for key in ("output", "messages", "needs_human")):
        place = " or ".join(map(repr, says))
        raise RubbishError(f"there is nothing at {place} in its answer: {text[:TAIL]}")
    return parse_answer(found)


def _own(value: Any, paths: Mapping[str, str]) -> Answer:
    """Read our own answer object, in which some things may stand elsewhere."""
    if paths and isinstance(value, Mapping):
        value = {**value, **_found(paths, value)}
    try:
        return parse_answer(value)
    except RubbishError as error:
        hint = 'if the reply stands elsewhere, say where: output = "path.to.reply"'
        raise RubbishError(f"{error} ({hint})") from None


def _found(paths: Mapping[str, str], value: Any) -> dict[str, Any]:
    found = {key: _searched(path, value) for key, path in paths.items()}
    return {**found, "done": bool(found["done"])} if "done" in found else found


def _searched(expression: str, value: Any) -> Any:
    import jmespath

    try:
        return jmespath.search(expression, value)
    except (ValueError, TypeError, jmespath.exceptions.JMESPathError) as error:
        raise RubbishError(f"{expression!r} cannot be applied to its answer: {error}") from None
