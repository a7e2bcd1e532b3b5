"""What the content of a chat message may be: text, or a list of blocks of many types."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from casefiles.documents.turns import Part
from casefiles.spans.json_text import pretty
from casefiles.spans.tools import call_part, result_part

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_HOLDERS = ("image_url", "input_audio", "audio", "file", "source")
"""Where blocks keep what describes an image, a sound or a file."""
_RENAMED = {
    "url": "uri",
    "file_url": "uri",
    "file_data": "uri",
    "filename": "name",
    "file_id": "id",
    "media_type": "mime",
    "mime_type": "mime",
}


def content_parts(content: Any) -> list[Part]:
    """Turn the ``content`` of a message (text, a list of blocks, one block, null) into parts."""
    if content is None:
        return []
    blocks = content if isinstance(content, list | tuple) else [content]
    return [part for block in blocks if block is not None for part in _block(block)]


def result_parts(content: Any, about: Mapping[str, Any]) -> list[Part]:
    """Turn what a tool returned into ``tool_result`` parts; images and files stay their own.

    ``about`` is what is known of the call: ``id``, ``name``, ``error``.
    """
    parts = content_parts(content)
    if any(part.type == "tool_result" for part in parts):  # they say themselves whose they are
        return parts
    if not any(part.type == "text" for part in parts):
        return [Part(type="tool_result", data=about), *parts]
    return [result_part(part, about) if part.type == "text" else part for part in parts]


def _block(block: Any) -> list[Part]:
    if isinstance(block, str):
        return [Part(text=block)]
    if not isinstance(block, Mapping):
        text = pretty(block) if isinstance(block, list | tuple) else json.dumps(block)
        return [Part(text=text, data={"lang": "json"})]
    kind, left = block.get("type"), dict(block)
    if not isinstance(kind, str):
        return _text(left) or [Part(text=pretty(left), data={"lang": "json"})]
    read = _tool_result if kind.endswith("tool_result") else _BLOCKS.get(kind)
    if read not in {_call, _tool_result}:
        del left["type"]
    parts = read(left) if read else None
    return _other(kind, dict(block)) if parts is None else parts


def _text(left: dict[str, Any], *, kind: str = "text", key: str = "text") -> list[Part] | None:
    if not isinstance(left.get(key), str):
        return None
    text = left.pop(key)
    return [Part(type=kind, text=text, data=_without_nothing(left))]


def _refusal(left: dict[str, Any]) -> list[Part] | None:
    return _text(left, kind="refusal", key="refusal")


def _reasoning(left: dict[str, Any]) -> list[Part] | None:
    key = "thinking" if "thinking" in left else "text"
    return _text(left, kind="reasoning", key=key) or [Part(type="reasoning", data=left)]


def _call(left: dict[str, Any]) -> list[Part]:
    return [call_part(left)]


def _tool_result(left: dict[str, Any]) -> list[Part]:
    content, call, failed = (left.pop(k, None) for k in ("content", "tool_use_id", "is_error"))
    if left.get("type") == "tool_result":
        del left["type"]
    about = {"id": call, "error": failed or None, **left}
    return result_parts(content, _without_nothing(about))


def _image(left: dict[str, Any]) -> list[Part]:
    return _media("image", left)


def _audio(left: dict[str, Any]) -> list[Part]:
    return _media("audio", left)


def _file(left: dict[str, Any]) -> list[Part]:
    return _media("file", left)


def _media(kind: str, left: dict[str, Any]) -> list[Part]:
    """A part without text; what is said in it (a transcript, a plain text file) beside it."""
    data = _described(left)
    if data.get("type") == "text" and isinstance(data.get("data"), str):
        return [Part(type=kind, text=data.pop("data"), data=_without_nothing(data))]
    _inline(data, kind)
    heard = data.pop("transcript") if isinstance(data.get("transcript"), str) else None
    part = Part(type=kind, data=_without_nothing(data))
    spoken = Part(text=heard, data={"transcript_of": kind})
    return [part] if heard is None else [part, spoken]


def _described(left: dict[str, Any]) -> dict[str, Any]:
    """Put what describes the medium on one level, under names all formats share."""
    holder = next((key for key in _HOLDERS if key in left), None)
    inner = left.get(holder) if holder else None
    if holder and isinstance(inner, str):
        left = {key: value for key, value in left.items() if key != holder}
        inner = {"url": inner}
    if holder and isinstance(inner, Mapping) and not inner.keys() & (left.keys() - {holder}):
        left = {**inner, **{key: value for key, value in left.items() if key != holder}}
    data: dict[str, Any] = {}
    for key, value in left.items():
        name = _RENAMED.get(key, key)
        data[key if name in data or name in left.keys() - {key} else name] = value
    return data


def _inline(data: dict[str, Any], kind: str) -> None:
    """Write bytes that came as base64 as a data URI (RFC 2397), as most formats do already."""
    key = "data" if "uri" not in data else "uri"
    value = data.get(key)
    if not isinstance(value, str) or (key == "uri" and ":" in value):
        return
    guess = f"{kind}/{data['format']}" if "format" in data else "application/octet-stream"
    del data[key]
    data["uri"] = f"data:{data.get('mime') or guess};base64,{value}"
    if data.get("type") == "base64":
        del data["type"]


def _other(kind: str, block: dict[str, Any]) -> list[Part]:
    """A type this version does not know: its text is shown, all else is kept."""
    if _WORD.fullmatch(kind) and kind != "turn":
        del block["type"]
    else:
        kind = "other"
    text = block.pop("text") if isinstance(block.get("text"), str) else None
    return [Part(type=kind, text=text, data=block)]


def _without_nothing(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None}


_BLOCKS: dict[str, Callable[[dict[str, Any]], list[Part] | None]] = {
    "text": _text,
    "input_text": _text,
    "output_text": _text,
    "refusal": _refusal,
    "thinking": _reasoning,
    "redacted_thinking": _reasoning,
    "reasoning": _reasoning,
    "tool_use": _call,
    "server_tool_use": _call,
    "tool_call": _call,
    "image": _image,
    "image_url": _image,
    "input_image": _image,
    "audio": _audio,
    "input_audio": _audio,
    "file": _file,
    "input_file": _file,
    "document": _file,
}
