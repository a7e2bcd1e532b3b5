"""Spans as the steps of an application, whatever convention they follow.

The names stand in `casefiles.spans.aliases`; here are the shapes that stand under them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from casefiles.documents.turns import Turn
from casefiles.spans import attributes
from casefiles.spans.aliases import Meaning
from casefiles.spans.foreign_json import opened
from casefiles.spans.messages import messages_of
from casefiles.spans.span import Span
from casefiles.spans.span_messages import spoken, unwrapped

_USAGE = {
    "in": ("input_tokens", "prompt_tokens", "input", "promptTokens", "inputTokens"),
    "out": ("output_tokens", "completion_tokens", "output", "completionTokens", "outputTokens"),
}
_FINISH = {"tool_call": "tool_calls", "tool-calls": "tool_calls", "function_call": "tool_calls"}
"""Spellings of the same reason to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """One call of a model."""

    span: Span
    """Its span."""
    input: tuple[Turn, ...]
    """The messages it was given."""
    output: tuple[Turn, ...]
    """What it answered."""
    model: str | None = None
    """Which model."""
    usage: Mapping[str, float] = field(default_factory=dict)
    """Tokens ``in`` and ``out``, ``cost_usd``: what is known of them."""
    finish: str | None = None
    """Why it stopped."""
    streamed: bool = False
    """Whether it answered piece by piece."""
    missing: int = 0
    """How many of its messages were left out by its maker."""
    is_cut: bool = False
    """Whether messages are there but cut, so that they are kept as bare text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRun:
    """One tool at work."""

    span: Span
    """Its span."""
    name: str
    """The tool's name."""
    call: str | None
    """Id of the call that asked for it."""
    arguments: Any = None
    """What it was given; None if that is not known."""
    result: Any = None
    """What it returned; None if that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One retrieval."""

    span: Span
    """Its span."""
    query: str | None
    """What was looked for."""
    documents: Any
    """What was found; None if that is not known."""


def model_call(span: Span) -> ModelCall:
    """Read a span as a call of a model. Never raises: what cannot be read is kept as text."""
    given, answered = spoken(span, "input", "user"), spoken(span, "output", "assistant")
    system = spoken(span, "system", "system")
    has_system = bool(given.turns) and given.turns[0].role in {"system", "developer"}
    return ModelCall(
        span=span,
        input=given.turns if has_system else (*system.turns, *given.turns),
        output=answered.turns,
        model=attributes.text(span, "model"),
        usage=usage_of(span),
        finish=_finish(answered.finish or attributes.text(span, "finish")),
        streamed=_is_streamed(span),
        missing=attributes.missing(span, "input") + attributes.missing(span, "output"),
        is_cut=given.is_cut or answered.is_cut or system.is_cut,
    )


def tool_run(span: Span) -> ToolRun:
    """Read a span as a tool at work."""
    name = attributes.text(span, "tool") or span.name.removeprefix("execute_tool ")
    arguments, result = _value(span, "arguments"), _value(span, "result")
    call = attributes.text(span, "call")
    inner = result.get("data") if isinstance(result, Mapping) else None
    if isinstance(inner, Mapping) and "tool_call_id" in inner:  # a LangChain message
        result, call = inner.get("content"), call or inner.get("tool_call_id")
    if isinstance(arguments, Mapping) and arguments.keys() == {"args", "kwargs"}:
        arguments = arguments["kwargs"] if not arguments["args"] else arguments
    return ToolRun(span=span, name=name, call=call, arguments=arguments, result=result)


def search(span: Span) -> Search:
    """Read a span as a retrieval."""
    documents = _value(span, "documents")
    if isinstance(documents, list):
        documents = [unwrapped(document) for document in documents]
    return Search(span=span, query=attributes.text(span, "query"), documents=documents)


def usage_of(span: Span) -> dict[str, float]:
    """Return what a span says of tokens and cost."""
    found = {
        "in": attributes.number(span, "tokens_in"),
        "out": attributes.number(span, "tokens_out"),
        "cost_usd": _cost(span),
    }
    for _, value in attributes.values(span, "usage"):
        told = opened(value) if isinstance(value, str) else value
        for name, keys in _USAGE.items() if isinstance(told, Mapping) else ():
            amounts = (told[key] for key in keys if attributes.is_amount(told.get(key)))
            found[name] = next(amounts, None) if found[name] is None else found[name]
    return {name: amount for name, amount in found.items() if amount is not None}


def session_of(span: Span) -> str | None:
    """Return the session or conversation a span belongs to."""
    for name, value in attributes.values(span, "session"):
        told = opened(value) if name == "metadata" and isinstance(value, str) else value
        if isinstance(told, Mapping):
            keys = ("session_id", "thread_id", "conversation_id")
            told = next((told[key] for key in keys if told.get(key)), None)
        elif name == "metadata":
            continue
        if isinstance(told, str | int) and not isinstance(told, bool) and str(told).strip():
            return str(told)
    return None


def answer_of(span: Span) -> str | None:
    """Return the text that a step of the application answered with, if it is known."""
    for _, value in attributes.values(span, "answer"):
        messages = messages_of(value, "assistant")
        content = messages[-1].get("content") if messages else None
        if isinstance(content, str) and content.strip() and opened(content) is content:
            return content
    return None


def _value(span: Span, meaning: Meaning) -> Any:
    value = next((value for _, value in attributes.values(span, meaning)), None)
    return opened(value) if isinstance(value, str) else value


def _finish(word: Any) -> str | None:
    return _FINISH.get(word, word) if isinstance(word, str) and word else None


def _is_streamed(span: Span) -> bool:
    for _, value in attributes.values(span, "streamed"):
        told = opened(value) if isinstance(value, str) else value
        if told is True or (isinstance(told, Mapping) and told.get("stream") is True):
            return True
    return False


def _cost(span: Span) -> float | int | None:
    for _, value in attributes.values(span, "cost"):
        told = opened(value) if isinstance(value, str) else value
        if isinstance(told, Mapping):
            keys = ("total", "total_cost", "response_cost")
            told = next((told[key] for key in keys if attributes.is_amount(told.get(key))), None)
        if isinstance(told, int | float) and attributes.is_amount(told):
            return told
    parts = [attributes.number(span, "cost_in"), attributes.number(span, "cost_out")]
    known = [part for part in parts if part is not None]
    return sum(known) if known else None
