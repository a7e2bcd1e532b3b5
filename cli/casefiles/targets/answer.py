"""What an application printed or returned, understood or refused."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Literal

from casefiles.spans.json_text import is_deeper
from casefiles.targets.processes import TAIL
from casefiles.targets.protocol import Answer

DEEPEST = 100
"""Levels of nesting that an answer may have."""
_SAYING = ("output", "messages", "error", "needs_human")
"""Keys of which an answer has at least one."""
_USAGE = {
    "in": ("in", "input_tokens", "prompt_tokens"),
    "out": ("out", "output_tokens", "completion_tokens"),
    "cost_usd": ("cost_usd",),
}


class RubbishError(ValueError):
    """What came back is no answer; the message says why, with an excerpt."""


def parse_output(text: str, form: Literal["json", "text"]) -> Answer:
    """Read what a command printed.

    As text, all of it is the answer. As JSON, the whole output or its last line that is JSON
    counts, so that an application may log before it answers. Raises RubbishError.
    """
    if form == "text":
        if not text.strip():
            raise RubbishError("it printed nothing")
        return Answer(output=text.strip("\n"))
    if not text.strip():
        raise RubbishError("it printed nothing where JSON is expected")
    return parse_answer(_json(text))


def parse_answer(value: Any) -> Answer:
    """Read an answer: a text, a list of messages, or an object. Raises RubbishError."""
    if isinstance(value, str):
        return Answer(output=value)
    if is_deeper(value, DEEPEST):
        raise RubbishError(f"the answer is nested more than {DEEPEST} levels deep")
    if isinstance(value, list):
        return Answer(messages=_messages(value))
    if not isinstance(value, Mapping):
        raise RubbishError(f"an answer is a text or an object, not {_excerpt(value)}")
    if not any(value.get(key) is not None for key in _SAYING):
        raise RubbishError(f"the answer has neither output nor messages: {_excerpt(value)}")
    output, error = value.get("output"), value.get("error")
    return Answer(
        output=_said(output),
        messages=_messages(value.get("messages") or []),
        session_id=_id(value.get("session_id")),
        usage=_usage(value),
        error=_said(error),
        done=value.get("done") is True,
        needs_human=_said(value.get("needs_human") or None),
        metadata=_metadata(value),
    )


def _json(text: str) -> Any:
    for candidate in (text, *(line for line in reversed(text.split("\n")) if line.strip())):
        try:
            value = json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, str | list | Mapping):
            return value
    message = f"it printed no JSON: {_excerpt(text)}"
    raise RubbishError(f'{message} (an application that answers in text needs output = "text")')


def _messages(value: Any) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(value, list) or not all(
        isinstance(item, Mapping) and isinstance(item.get("role"), str) for item in value
    ):
        raise RubbishError(f"messages must be a list of objects with a role: {_excerpt(value)}")
    return tuple(value)


def _usage(value: Mapping[str, Any]) -> dict[str, float]:
    said = value.get("usage")
    given = {**(said if isinstance(said, Mapping) else {})}
    given.setdefault("cost_usd", value.get("cost_usd"))
    found = {}
    for name, keys in _USAGE.items():
        number = next((given[key] for key in keys if _is_number(given.get(key))), None)
        if number is not None:
            found[name] = number
    return found


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return value >= 0 and (isinstance(value, int) or math.isfinite(value))


def _metadata(value: Mapping[str, Any]) -> dict[str, Any]:
    said = value.get("metadata")
    return dict(said) if isinstance(said, Mapping) else {}


def _id(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None


def _said(value: Any) -> str | None:
    """A text as it is, other JSON written out."""
    return (
        value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    )


def _excerpt(value: Any) -> str:
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))[:TAIL]
