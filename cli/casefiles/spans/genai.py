"""Parts of messages as OpenTelemetry's conventions have them, as the blocks of chat messages.

Schema: https://github.com/open-telemetry/semantic-conventions-genai (``gen_ai.input.messages``):
``[{role, parts: [{type, …}], name?, finish_reason?}]``. Parts of the AI SDK for TypeScript
(``tool-call``, ``tool-result``: https://ai-sdk.dev/docs/reference/ai-sdk-core/model-message) are
told by their types, those of Gemini, which have none, by their keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from casefiles.spans.json_text import pretty

Block = Mapping[str, Any]

_MEDIA = ("image", "audio")
_NAMES = {"toolCallId": "id", "toolName": "name"}
_RESULTS = ("response", "result", "output", "server_tool_call_response")
"""Where a part keeps what a tool returned: the schema, its own prose example, others."""


def blocks_of_parts(parts: Any) -> list[Any]:
    """Turn the ``parts`` of a message into blocks; what is not known stays as it is."""
    blocks = [block(part) for part in (parts if isinstance(parts, list) else [parts])]
    said = [found for found in blocks if found != {"type": "text", "text": ""}]
    return said or blocks  # an empty text beside a call only says that there is no text


def block(part: Any) -> Any:
    """Turn one part into a block of a chat message."""
    if not isinstance(part, Mapping):
        return part
    read = _READERS.get(str(part.get("type") or _untyped(part)))
    return read(dict(part)) if read else part


def _untyped(part: Block) -> str:
    """Gemini's parts have one key that says what they are."""
    return next((key for key in ("function_call", "function_response", "text") if key in part), "")


def _prose(kind: str) -> Callable[[dict[str, Any]], Block]:
    def read(part: dict[str, Any]) -> Block:
        said = part.pop("content") if "content" in part else part.pop("text", "")
        text = said if isinstance(said, str) else pretty(said)
        return {**part, "type": kind, "text": text}

    return read


def _call(part: dict[str, Any]) -> Block:
    inner = part.pop("function_call", None)
    if isinstance(inner, Mapping):
        part |= inner
    server = part.pop("server_tool_call", None)
    if isinstance(server, Mapping):
        part |= {"arguments": server, "server": True}
    return {**{_NAMES.get(key, key): value for key, value in part.items()}, "type": "tool_call"}


def _result(part: dict[str, Any]) -> Block:
    inner = part.pop("function_response", None)
    if isinstance(inner, Mapping):
        part |= inner
    left = {_NAMES.get(key, key): value for key, value in part.items() if key != "type"}
    said = next((left.pop(key) for key in _RESULTS if key in left), None)
    call = left.pop("id", None)
    return {**left, "type": "tool_result", "tool_use_id": call, "content": _returned(said)}


def _returned(said: Any) -> Any:
    """What a tool returned: text, blocks, or JSON as text."""
    if isinstance(said, Mapping) and said.keys() == {"type", "value"}:  # the AI SDK's output
        said = said["value"]
    if said is None or isinstance(said, str):
        return said
    is_blocks = isinstance(said, list) and bool(said) and all(map(_is_block, said))
    return blocks_of_parts(said) if is_blocks else pretty(said)


def _is_block(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get("type") in ("text", *_MEDIA, "blob", "uri")


def _medium(part: dict[str, Any]) -> Block:
    modality = part.pop("modality", None)
    names = {"content": "data", "mime_type": "mime", "uri": "url"}
    data = {names.get(key, key): value for key, value in part.items() if key != "type"}
    return {"type": modality if modality in _MEDIA else "file", **data}


_READERS: Mapping[str, Callable[[dict[str, Any]], Block]] = {
    "text": _prose("text"),
    "reasoning": _prose("reasoning"),
    "thinking": _prose("reasoning"),
    "tool_call": _call,
    "server_tool_call": _call,
    "tool-call": _call,
    "function_call": _call,
    "tool_call_response": _result,
    "server_tool_call_response": _result,
    "tool-result": _result,
    "function_response": _result,
    "blob": _medium,
    "file": _medium,
    "uri": _medium,
}
