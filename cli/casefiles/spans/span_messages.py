"""The messages that a span was given and answered, in whatever shape it holds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from casefiles.documents.turns import Part, Turn
from casefiles.spans import attributes
from casefiles.spans.aliases import Meaning
from casefiles.spans.chat import turns_of_messages
from casefiles.spans.foreign_json import opened
from casefiles.spans.genai import block, blocks_of_parts
from casefiles.spans.json_text import is_deeper, pretty
from casefiles.spans.messages import messages_of
from casefiles.spans.span import Span

DEEPEST = 90
"""Levels of nesting of a message; a little less than what a trace can hold."""

_WRAPPERS = ("message", "message_content", "tool_call", "document")
"""Keys that OpenInference puts around each item of a list."""
_SPOKEN = frozenset({"content", "parts", "tool_calls", "function_call", "contents"})
_OPENINGS = ("[{", '{"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What a span holds for one side of a call."""

    turns: tuple[Turn, ...] = ()
    """The messages, in order."""
    finish: str | None = None
    """Why the last one ended, where it says so itself."""
    is_cut: bool = False
    """Whether some messages are there but cut, so that they are kept as bare text."""


def spoken(span: Span, meaning: Meaning, role: str) -> Spoken:
    """Read the messages a span has for a meaning; ``role`` is who said what does not say so.

    Of several places the first that says something counts. Never raises: what is no message as
    it stands is kept as text, for a person to read.
    """
    found: list[Spoken] = []
    for name, value in attributes.values(span, meaning):
        is_cut = isinstance(value, str) and value[:2] in _OPENINGS and opened(value) is value
        turns = _as_text(value, role) if is_cut else _turns(name, value, role)
        found.append(_spoken(turns, is_cut=is_cut))
        if not is_cut and any(turn.parts for turn in turns):
            return found[-1]
    # Nothing says a message as it should: what is cut, then what only says who spoke.
    return next((f for f in found if f.is_cut), next((f for f in found if f.turns), Spoken()))


def _spoken(turns: tuple[Turn, ...], *, is_cut: bool) -> Spoken:
    finishes = [turn.data["finish"] for turn in turns if "finish" in turn.data]
    bare = (
        replace(turn, data={key: value for key, value in turn.data.items() if key != "finish"})
        for turn in turns
    )
    return Spoken(turns=tuple(bare), finish=finishes[-1] if finishes else None, is_cut=is_cut)


def _turns(name: str, value: Any, role: str) -> tuple[Turn, ...]:
    value = opened(value) if isinstance(value, str) else value
    shape = _SHAPES.get(name)
    if is_deeper(value, DEEPEST):
        return _as_text(value, role)
    try:
        messages = shape(value) if shape else _listed(value, role)
        turns = turns_of_messages([_sound(message, role) for message in messages])
    except (ValueError, TypeError, AttributeError, KeyError):
        return _as_text(value, role)
    return turns if turns or not value else _as_text(value, role)


def _as_text(value: Any, role: str) -> tuple[Turn, ...]:
    """What is no message as it stands, such as an answer with a schema of its own."""
    said = (value, {}) if isinstance(value, str) else (pretty(value), {"lang": "json"})
    return (Turn(role=role, parts=(Part(text=said[0], data=said[1]),)),)


def _listed(value: Any, role: str) -> Sequence[Any]:
    """Messages out of whatever stands for them: a list, a request, a response, a text."""
    if isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
        items = [unwrapped(item) for item in value]
        if all("role" in item or _SPOKEN & item.keys() for item in items):
            return items
        value = items
    return messages_of(value, role)


def unwrapped(item: Any) -> Any:
    """Return an item without the keys that OpenInference puts around it, at every level."""
    if isinstance(item, list):
        return [unwrapped(inner) for inner in item]
    if not isinstance(item, Mapping):
        return item
    for wrapper in _WRAPPERS:
        if item.keys() == {wrapper} and isinstance(item[wrapper], Mapping):
            return unwrapped(item[wrapper])
    if "tool.name" in item:  # any-agent
        call = {"name": item["tool.name"], "arguments": item.get("tool.args")}
        return {"role": "assistant", "tool_calls": [call]}
    return {key: unwrapped(value) for key, value in item.items()}


def _sound(message: Any, role: str) -> Any:
    """A message with its role, its content under the usual name, and no reason to stop in it."""
    if not isinstance(message, Mapping):
        return message
    left = {key: value for key, value in message.items() if value is not None}
    left.setdefault("role", role)
    if "contents" in left:
        left["content"] = [_open_inference_block(item) for item in left.pop("contents")]
    elif isinstance(left.get("content"), str) and left["content"][:8] == '[{"type"':
        left["content"] = opened(left["content"])  # OpenLLMetry writes lists of blocks as text
    if isinstance(calls := left.get("tool_calls"), Mapping):
        left["tool_calls"] = [calls]
    finish = left.pop("finish_reason", None) or left.pop("finish", None)
    return {**left, "finish": finish} if isinstance(finish, str) and finish else left


def _open_inference_block(item: Any) -> Any:
    """``{type: image, image: {image: {url}}}``: one level less."""
    inner = item.get("image") if isinstance(item, Mapping) else None
    if isinstance(inner, Mapping) and isinstance(inner.get("image"), Mapping):
        return {**item, "image_url": inner["image"], "image": None, "type": "image_url"}
    return item


def _instructions(value: Any) -> Sequence[Any]:
    """System instructions: a text, a list of parts, or of messages without a role."""
    if isinstance(value, str):
        return [{"role": "system", "content": value}]
    items = value if isinstance(value, list) else [value]
    parts = [part for item in items for part in (item.get("parts") or [item])]
    return [{"role": "system", "parts": parts}]


def _ai_sdk(value: Any) -> Sequence[Any]:
    """The answer of the AI SDK, whose pieces stand side by side."""
    calls = opened(value["toolCalls"]) if isinstance(value.get("toolCalls"), str) else []
    said_object = value.get("object")
    blocks = [
        *([{"type": "reasoning", "text": value["reasoning"]}] if value.get("reasoning") else []),
        *([{"type": "text", "text": value["text"]}] if value.get("text") else []),
        *([{"type": "text", "text": said_object}] if isinstance(said_object, str) else []),
        *(block({**call, "type": "tool-call"}) for call in calls),
    ]
    return [{"role": "assistant", "content": blocks, "finish": value.get("finishReason")}]


def _ai_sdk_messages(value: Any) -> Sequence[Any]:
    """Messages of the AI SDK, whose blocks have names of their own."""
    return [
        {**message, "content": blocks_of_parts(message["content"])}
        if isinstance(message.get("content"), list)
        else message
        for message in value
    ]


def _events(value: Any) -> Sequence[Any]:
    """Events that were kept as an attribute: each is a message."""
    return [message for event in value if (message := message_of_event(event["event.name"], event))]


def message_of_event(name: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the message that an event of the older GenAI conventions says; None for others."""
    words = name.split(".")
    if name == "gen_ai.choice":
        message = body.get("message")
        whole = message if isinstance(message, Mapping) else {"content": message}
        return {"role": "assistant", **whole, "finish": body.get("finish_reason")}
    if len(words) != 3 or words[0] != "gen_ai" or words[2] != "message":
        return None
    left = {key: v for key, v in body.items() if not key.startswith(("event.", "gen_ai."))}
    if words[1] == "tool":
        left["tool_call_id"] = left.pop("id", None)
    return {"role": words[1], **left}


_SHAPES: Mapping[str, Callable[[Any], Sequence[Any]]] = {
    "gen_ai.system_instructions": _instructions,
    "ai.response.": _ai_sdk,
    "ai.prompt.messages": _ai_sdk_messages,
    "events": _events,
    "all_messages_events": _events,
}
"""Names under which something else than messages stands."""
