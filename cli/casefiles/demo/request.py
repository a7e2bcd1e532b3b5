"""The request that the command and the server share: one JSON object with a customer's message."""

from __future__ import annotations

import json
from dataclasses import dataclass

from casefiles.demo.records import Json
from casefiles.errors import BadInputError

LONGEST = 4 * 1024 * 1024
"""Most bytes a request may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A customer's message with its conversation."""

    query: str
    """The message."""
    messages: tuple[Json, ...]
    """The conversation in OpenAI style; may be empty."""
    session_id: str
    """Name of the conversation; given back as it came."""
    traceparent: str | None
    """W3C trace context that spans shall join."""


def parse_request(raw: bytes) -> Request:
    """The request in a body, such as `{"query": "hi", "messages": [], "session_id": "s1"}`.

    Only `query` has to be there; keys not listed in `Request` are ignored. Raises BadInputError.
    """
    body = _object(raw)
    _check(body, "query", str, "a text")
    _check(body, "messages", list, "a list of objects")
    _check(body, "session_id", str, "a text")
    _check(body, "traceparent", str, "a text")
    messages = body.get("messages") or []
    if not all(isinstance(message, dict) for message in messages):
        raise BadInputError("“messages” must be a list of objects")
    if body.get("query") is None:
        raise BadInputError("“query” is missing", remedy="send the customer's message in it")
    return Request(
        query=body["query"],
        messages=tuple(messages),
        session_id=body.get("session_id") or "",
        traceparent=body.get("traceparent"),
    )


def _object(raw: bytes) -> Json:
    if len(raw) > LONGEST:
        raise BadInputError(f"the request is longer than {LONGEST} bytes")
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadInputError("the request is not JSON", remedy="send one JSON object") from error
    if not isinstance(body, dict):
        raise BadInputError("the request is not a JSON object", remedy="send one JSON object")
    return body


def _check(body: Json, key: str, kind: type, said: str) -> None:
    """Refuse a value of another kind; null and absent are left to the reader."""
    if not isinstance(body.get(key), (kind, type(None))):
        raise BadInputError(f"“{key}” must be {said}")
