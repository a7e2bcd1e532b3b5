"""Chat messages to turns: OpenAI chat completions, with the content blocks of Anthropic messages.

Formats: https://platform.openai.com/docs/api-reference/chat/object,
https://docs.anthropic.com/en/api/messages, and messages with ``parts`` as OpenTelemetry's
conventions for generative AI have them (`casefiles.spans.genai`). Nothing a message says is lost:
what has no place of its own is kept, under its own name, in the data of the turn or part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from casefiles.documents.turns import Part, Turn
from casefiles.spans.content import content_parts, result_parts
from casefiles.spans.genai import blocks_of_parts
from casefiles.spans.json_text import is_deeper
from casefiles.spans.tools import call_part

DEEPEST = 100
"""Levels of nesting that a message may have."""

_T = TypeVar("_T")
_NOTHING = ("", [{"type": "text", "text": ""}])
_REASONING = ("reasoning_content", "reasoning")
_RESULTS = ("tool", "function")
"""Roles of messages that hold what a tool returned; the second is the older one."""


def turns_of_messages(messages: Sequence[Mapping[str, Any]]) -> tuple[Turn, ...]:
    """Turn chat messages (parsed JSON) into turns, one each, in order.

    A tool's result gets the tool's name from the call with its id. Raises ValueError, with the
    message's number counted from 1, for what is no message.
    """
    turns = []
    names: dict[str, str] = {}  # call id to tool name; an id used again means the later call
    for number, message in enumerate(messages, 1):
        turn = _turn(message, number)
        names |= _calls(turn)
        turns.append(replace(turn, parts=tuple(_named(part, names) for part in turn.parts)))
    return tuple(turns)


def _turn(message: Any, number: int) -> Turn:
    if not isinstance(message, Mapping):
        said = f"message {number} is {_kind(message)}, not an object with a role"
        raise ValueError(said)  # noqa: TRY004  wrong data, not a wrong call
    role = message.get("role")
    if not isinstance(role, str) or not role.strip():
        raise ValueError(f"message {number} has no role")
    if is_deeper(message, DEEPEST):
        raise ValueError(f"message {number} is nested more than {DEEPEST} levels deep")
    # Null and empty lists only spell out that a key is not used.
    left = {key: v for key, v in message.items() if v is not None and v not in ([], {})}
    del left["role"]
    if "parts" in left and "content" not in left:
        left["content"] = blocks_of_parts(left.pop("parts"))
    parts = _result(left) if role in _RESULTS else _speech(left)
    return Turn(role=role, parts=tuple(parts), data=left)


def _speech(left: dict[str, Any]) -> list[Part]:
    """Take what was said out of a message; what stays is the turn's data."""
    thoughts = [text for key in _REASONING if (text := _take(left, key, str))]
    content, refusal = left.pop("content", None), _take(left, "refusal", str)
    audio, calls = left.pop("audio", None), _tool_calls(left)
    if content in _NOTHING and (refusal or audio or calls):
        content = None  # how some say that there are only calls
    return [
        *(Part(type="reasoning", text=text) for text in dict.fromkeys(thoughts)),
        *content_parts(content),
        *([Part(type="refusal", text=refusal)] if refusal else []),
        *(content_parts({"type": "audio", "audio": audio}) if audio else []),
        *calls,
    ]


def _result(left: dict[str, Any]) -> list[Part]:
    """Take what a tool returned out of a message; what stays is the turn's data."""
    about = {"id": left.pop("tool_call_id", None), "name": left.pop("name", None)}
    known = {key: value for key, value in about.items() if value is not None}
    return [*result_parts(left.pop("content", None), known), *_tool_calls(left)]


def _tool_calls(left: dict[str, Any]) -> list[Part]:
    calls = [call_part(call) for call in _take(left, "tool_calls", list) or ()]
    legacy = _take(left, "function_call", dict)
    return [*calls, call_part({"function": legacy})] if legacy else calls


def _take(left: dict[str, Any], key: str, kind: type[_T]) -> _T | None:
    return left.pop(key) if isinstance(left.get(key), kind) else None


def _named(part: Part, names: Mapping[str, str]) -> Part:
    call = part.data.get("id")
    if part.type != "tool_result" or "name" in part.data or not isinstance(call, str):
        return part
    return replace(part, data={**part.data, "name": names[call]}) if call in names else part


def _calls(turn: Turn) -> dict[str, str]:
    calls = (part.data for part in turn.parts if part.type == "tool_call")
    return {
        call["id"]: call["name"]
        for call in calls
        if isinstance(call.get("id"), str) and isinstance(call.get("name"), str)
    }


def _kind(value: object) -> str:
    words = {str: "text", list: "a list", bool: "true or false", type(None): "null"}
    return words.get(type(value), "a number")
