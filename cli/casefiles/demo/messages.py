"""Chat messages in OpenAI style, read with care: a history comes from outside."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from casefiles.demo.records import Json


def clean(text: str) -> str:
    """The text without lone surrogates, which neither UTF-8 nor protobuf can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def text_of(message: Mapping[str, Any]) -> str:
    """The text of a message; text parts of a list are joined, all else is empty."""
    content = message.get("content")
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return clean("\n".join(part for part in parts if isinstance(part, str)))
    return clean(content) if isinstance(content, str) else ""


def calls_of(message: Mapping[str, Any]) -> list[tuple[str, str, object]]:
    """Id, tool name and arguments (a JSON text, as a rule) of the tool calls of a message."""
    calls = message.get("tool_calls")
    return [
        (str(call.get("id")), str(call["function"].get("name")), call["function"].get("arguments"))
        for call in (calls if isinstance(calls, list) else ())
        if isinstance(call, dict) and isinstance(call.get("function"), dict)
    ]


def value_of(text: object) -> object:
    """The value of a JSON text; anything else as it is."""
    try:
        return json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        return text


def object_of(text: object) -> Json:
    """The object of a JSON text; empty if it is none."""
    value = value_of(text)
    return value if isinstance(value, dict) else {}


def history_before(query: str, messages: Sequence[Json]) -> list[Json]:
    """The messages before a query: a last user message that is the query itself is dropped."""
    last = messages[-1] if messages else {}
    own = last.get("role") == "user" and text_of(last).strip() == query.strip()
    return list(messages[:-1] if own else messages)


def in_parts(messages: Sequence[Json]) -> list[Json]:
    """The messages in the parts of OpenTelemetry's GenAI conventions, without system messages."""
    return [
        {"role": str(message.get("role")), "parts": _parts(message)}
        for message in messages
        if message.get("role") != "system"
    ]


def _parts(message: Json) -> list[Json]:
    text = text_of(message)
    if message.get("role") == "tool":
        call = str(message.get("tool_call_id"))
        return [{"type": "tool_call_response", "id": call, "response": value_of(text)}]
    said: list[Json] = [{"type": "text", "content": text}] if text else []
    return said + [
        {"type": "tool_call", "id": call, "name": name, "arguments": value_of(arguments)}
        for call, name, arguments in calls_of(message)
    ]
