"""The assistant's tools: what one is, how it is called, and what a call leaves behind.

A call takes and gives JSON objects. It leaves an assistant message with the call and a tool
message with the result in the conversation, and a span `execute_tool NAME`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casefiles.demo import telemetry
from casefiles.demo.catalogue import Catalogue, Hit
from casefiles.demo.records import Json


class ToolError(Exception):
    """A tool cannot do what was asked; the result then holds `error` and `message`."""

    def __init__(self, code: str, message: str) -> None:
        """Give the kind of the failure, such as `not_found`, and a sentence about it."""
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What was changed in this conversation; the shop's data itself never changes."""

    cancelled: frozenset[str] = frozenset()
    """Orders cancelled."""
    sent_back: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Article numbers whose return was started, by order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a tool may look at."""

    catalogue: Catalogue
    """The shop's data."""
    changes: Changes
    """What this conversation changed so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One thing the assistant can do."""

    name: str
    """Name in the conversation and in spans."""
    description: str
    """What it does, in one sentence."""
    run: Callable[..., Json]
    """Called with the desk and the arguments by name; raises ToolError."""


class Toolbox:
    """Calls tools and remembers the messages of the calls."""

    def __init__(self, tools: Mapping[str, Tool], *, desk: Desk, calls_before: int) -> None:
        """Number the calls on from those that the conversation already holds."""
        self.desk = desk
        self.messages: list[Json] = []
        self._tools = tools
        self._calls = calls_before

    def call(self, name: str, **arguments: Any) -> Json:
        """Run a tool with its arguments; empty ones are left out.

        A failure is a result with `error` and `message`.
        """
        given = {key: value for key, value in arguments.items() if value not in (None, (), [])}
        self._calls += 1
        result = _traced(self._tools[name], f"call_{self._calls}", given, self.desk)
        self.messages += _messages(f"call_{self._calls}", name, given, result)
        return result


def _traced(tool: Tool, call: str, arguments: Json, desk: Desk) -> Json:
    with telemetry.span(f"execute_tool {tool.name}") as span:
        span.set(
            gen_ai__operation__name="execute_tool",
            gen_ai__tool__name=tool.name,
            gen_ai__tool__type="function",
            gen_ai__tool__description=tool.description,
            gen_ai__tool__call__id=call,
            gen_ai__tool__call__arguments=arguments,
        )
        try:
            result = tool.run(desk, **arguments)
        except ToolError as error:
            span.fail(error.code, error.message)
            result = {"error": error.code, "message": error.message}
        span.set(gen_ai__tool__call__result=result)
        return result


def _messages(call: str, name: str, arguments: Json, result: Json) -> Iterator[Json]:
    function = {"name": name, "arguments": json.dumps(arguments, ensure_ascii=False)}
    yield {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": call, "type": "function", "function": function}],
    }
    content = json.dumps(result, ensure_ascii=False)
    yield {"role": "tool", "tool_call_id": call, "name": name, "content": content}


def retrieved(source: str, words: Sequence[str], find: Callable[[], tuple[Hit, ...]]) -> list[str]:
    """Ids of what a full-text search finds, with a span `retrieval SOURCE` around it."""
    with telemetry.span(f"retrieval {source}") as span:
        hits = find()
        span.set(
            gen_ai__operation__name="retrieval",
            gen_ai__data_source__id=source,
            gen_ai__retrieval__query__text=" ".join(words),
            gen_ai__retrieval__documents=[{"id": hit.id, "score": hit.score} for hit in hits],
        )
    return [hit.id for hit in hits]
