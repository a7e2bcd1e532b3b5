"""Spans that say anything under any name: read without a fault, and fit to be written."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents.trace import TraceHead, parse, render, seal
from casefiles.spans.aliases import ALIASES, KINDS
from casefiles.spans.conversation import conversation
from casefiles.spans.reading import telemetry

NAMES = sorted({name for names in ALIASES.values() for name in names})
WORDS = st.sampled_from(
    ["role", "content", "parts", "type", "text", "tool_calls", "id", "name", "arguments", "message",
     "tool_call", "tool_call_response", "response", "function", "contents", "toolCalls", "data",
     "user", "assistant", "tool", "tool.name", "finish_reason", "event.name", "gen_ai.choice",
     "messages", "choices", "total", "kwargs", "args", "tool_call_id", "blob", "uri", "document"]
)  # fmt: skip
SCALARS = st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats() | WORDS | st.text()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


def deep(levels: int) -> str:
    """JSON nested so deeply."""
    return "[" * levels + "1" + "]" * levels


SAID = VALUES | VALUES.map(json.dumps) | st.sampled_from([deep(95), deep(5000)])
INDEXED = st.tuples(
    st.sampled_from([name for name in NAMES if name.endswith(".")]),
    st.lists(st.sampled_from(["0", "1", "7", "999999999", "message", "role", "content", "x"])),
).map(lambda pair: pair[0] + ".".join(pair[1]))
PART = st.dictionaries(WORDS, VALUES, max_size=3).flatmap(
    lambda more: st.sampled_from(
        ["text", "tool_call", "tool_call_response", "reasoning", "blob", "uri", "tool-call", "x"]
    ).map(lambda kind: {**more, "type": kind})
)
MESSAGE = st.builds(
    lambda role, more, parts: {**more, "role": role, "parts": parts},
    st.sampled_from(["user", "assistant", "tool", "system", ""]) | SCALARS,
    st.dictionaries(WORDS, VALUES, max_size=3),
    st.lists(PART | VALUES, max_size=3) | VALUES,
)
MESSAGES = st.lists(MESSAGE, max_size=4)
SPOKEN = st.dictionaries(
    st.sampled_from([*ALIASES["input"], *ALIASES["output"], *ALIASES["system"]]),
    MESSAGES | MESSAGES.map(json.dumps) | SAID,
    max_size=3,
)
ATTRIBUTES = st.dictionaries(st.sampled_from(NAMES) | INDEXED, SAID, max_size=6)
KIND = st.sampled_from(["chat", "execute_tool", "retrieval", "invoke_agent"]) | st.sampled_from(
    [*sorted(KINDS), "", "other"]
)
MAYBE_TIME = st.none() | st.integers(-1, 3).map(lambda n: str(1_763_946_011_000_000_000 + n))


@st.composite
def spans(draw: st.DrawFn) -> dict[str, Any]:
    """A span with some of the known names, and any value under them."""
    return {
        "traceId": "ab" * 16,
        "spanId": draw(st.sampled_from(["a" * 16, "b" * 16, "c" * 16, "d" * 16])),
        "parentSpanId": draw(st.sampled_from(["", "a" * 16, "b" * 16, "e" * 16])),
        "name": draw(st.text(max_size=5)),
        "startTimeUnixNano": draw(MAYBE_TIME),
        "endTimeUnixNano": draw(MAYBE_TIME),
        "status": draw(st.sampled_from([{}, {"code": 2}, {"code": "STATUS_CODE_ERROR"}, 7])),
        "attributes": {**draw(ATTRIBUTES), **draw(SPOKEN), "gen_ai.operation.name": draw(KIND)},
        "events": draw(
            st.just([])
            | st.lists(
                st.fixed_dictionaries(
                    {
                        "name": st.sampled_from(
                            ["exception", "gen_ai.choice", "gen_ai.user.message"]
                        ),
                        "attributes": st.dictionaries(WORDS, SAID, max_size=3),
                    }
                ),
                max_size=2,
            )
        ),
    }


@given(st.lists(spans(), max_size=4), st.none() | st.text(max_size=5))
def test_no_span_breaks_the_reading_or_the_writing(
    made: list[dict[str, Any]], answer: str | None
) -> None:
    """Parents in a circle, messages that are none, ids that are lists, times that are missing."""
    found = conversation(telemetry([{"spans": made}]), answer=answer)

    trace = seal(TraceHead(usage=found.usage, error="\n".join(found.errors) or None), found.turns)
    read, problems = parse(render(trace), "traces/r/t.md")
    assert problems == ()
    assert read is not None
    assert read.turns == found.turns
