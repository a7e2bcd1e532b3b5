"""Spans as text of a test: the documents an application would send."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

_BEGAN = 1_763_946_011_000_000_000
_numbers = count(1)

Message = Mapping[str, Any]


def text(role: str, said: str) -> dict[str, Any]:
    """A message that says something."""
    return {"role": role, "parts": [{"type": "text", "content": said}]}


def calls(*asked: tuple[str, str, Any]) -> dict[str, Any]:
    """A message that calls tools: id, name and arguments of each."""
    parts = [{"type": "tool_call", "id": i, "name": n, "arguments": a} for i, n, a in asked]
    return {"role": "assistant", "parts": parts}


def returned(call: str, value: Any) -> dict[str, Any]:
    """A message with what a tool returned."""
    return {
        "role": "tool",
        "parts": [{"type": "tool_call_response", "id": call, "response": value}],
    }


def span(
    name: str,
    start: float,
    end: float,
    *,
    parent: str = "",
    id: str = "",  # noqa: A002  it is the span's
    error: str | None = None,
    trace: str = "5b8efff798038103d269b633813fc60c",
    **attributes: Any,
) -> dict[str, Any]:
    """A span from second ``start`` to ``end``; ``__`` in the names of attributes is a dot."""
    found: dict[str, Any] = {
        "traceId": trace,
        "spanId": id or f"{next(_numbers):016x}",
        "parentSpanId": parent,
        "name": name,
        "startTimeUnixNano": str(_BEGAN + int(start * 1e9)),
        "endTimeUnixNano": str(_BEGAN + int(end * 1e9)),
        "attributes": {key.replace("__", "."): value for key, value in attributes.items()},
    }
    if error is not None:
        found["status"] = {"code": "STATUS_CODE_ERROR", "message": error}
    return found


def chat(
    start: float,
    end: float,
    given: Sequence[Message],
    answered: Message | None,
    *,
    tokens: tuple[int, int] | None = (10, 5),
    **more: Any,
) -> dict[str, Any]:
    """A call of a model, after the GenAI conventions."""
    told: dict[str, Any] = {"gen_ai__operation__name": "chat", "gen_ai__response__model": "m-1"}
    if given:
        told["gen_ai__input__messages"] = json.dumps(given)
    if answered is not None:
        told["gen_ai__output__messages"] = json.dumps([answered])
    if tokens is not None:
        told["gen_ai__usage__input_tokens"], told["gen_ai__usage__output_tokens"] = tokens
    return span("chat m-1", start, end, **{**told, **more})


def tool(start: float, end: float, name: str, **more: Any) -> dict[str, Any]:
    """A tool that ran."""
    told = {"gen_ai__operation__name": "execute_tool", "gen_ai__tool__name": name, **more}
    return span(f"execute_tool {name}", start, end, **told)


def agent(start: float, end: float, name: str, **more: Any) -> dict[str, Any]:
    """An agent at work."""
    told = {"gen_ai__operation__name": "invoke_agent", "gen_ai__agent__name": name, **more}
    return span(f"invoke_agent {name}", start, end, **told)


def document(*spans: Mapping[str, Any]) -> dict[str, Any]:
    """The request that sends spans."""
    return {"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}
