"""Tool calls and what tools returned, as parts of a turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casefiles.documents.turns import Part
from casefiles.spans.json_text import pretty, readable

_ARGUMENTS = ("arguments", "input", "args", "parameters")
_IDS = ("id", "call_id", "tool_call_id")
_USUAL = ("function", "tool_use", "tool_call")
"""Types of a call that say nothing more than that it is one."""


def call_part(call: Any) -> Part:
    """Turn one tool call of any chat format into a ``tool_call`` part.

    ``data`` has ``id``, ``name`` and what else the call says. Arguments that are JSON are
    indented, with ``lang: json``; arguments that should be JSON and are not stay letter by letter,
    with ``invalid_json: true``, because a reviewer must see that.
    """
    if isinstance(call, str):
        return Part(type="tool_call", text=call)
    if not isinstance(call, Mapping):
        return Part(type="tool_call", text=pretty(call), data={"lang": "json"})
    left = {key: value for key, value in call.items() if value is not None}
    inner = _inner(left)
    of_call = left if inner is None else inner
    arguments = next((of_call.pop(key) for key in _ARGUMENTS if key in of_call), None)
    is_free = left.get("type") == "custom"  # its input is any text, not JSON
    text, said = (arguments, {}) if _is_text(arguments, is_free) else _arguments(arguments)
    data = {"id": _first(left, _IDS), "name": _first(of_call, ("name",)), **said}
    if left.get("type") in _USUAL:
        del left["type"]
    rest = {**left, "function": inner} if inner else left
    known = {key: value for key, value in data.items() if value is not None}
    return Part(type="tool_call", text=text, data={**rest, **known})


def result_part(part: Part, about: Mapping[str, Any]) -> Part:
    """Turn a text part that a tool returned into a ``tool_result``, JSON in it indented.

    ``about`` is what is known of the call: ``id``, ``name``, ``error``.
    """
    text, lang = part.text, {}
    if text is not None and text.lstrip()[:1] in {"{", "["}:
        text, is_json = readable(text)
        lang = {"lang": "json"} if is_json else {}
    return Part(type="tool_result", text=text, data={**part.data, **lang, **about})


def _inner(left: dict[str, Any]) -> dict[str, Any] | None:
    """Take the object that names the function out of a call; None if the call names it itself."""
    for key in ("function", "custom"):
        value = left.get(key)
        if isinstance(value, Mapping):
            del left[key]
            return {name: item for name, item in value.items() if item is not None}
        if isinstance(value, str) and "name" not in left:
            left["name"] = left.pop(key)
    return None


def _is_text(arguments: Any, is_free: bool) -> bool:  # noqa: FBT001  one question, two facts
    return arguments is None or (is_free and isinstance(arguments, str))


def _arguments(value: Any) -> tuple[str, dict[str, Any]]:
    if not isinstance(value, str):
        return pretty(value), {"lang": "json"}
    text, is_json = readable(value)
    if is_json is None:
        return text, {}
    return text, {"lang": "json"} if is_json else {"invalid_json": True}


def _first(left: dict[str, Any], keys: tuple[str, ...]) -> Any:
    return next((left.pop(key) for key in keys if key in left), None)
