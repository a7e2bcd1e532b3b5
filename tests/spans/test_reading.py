"""Spans as other tools write them to files."""

from __future__ import annotations

import json
from typing import Any

import pytest

from casefiles.spans.ids import id_of
from casefiles.spans.reading import telemetry
from casefiles.spans.span import Span

TRACE, SPAN, PARENT = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174", "eee19b7ec3c1b173"
START, END = 1_763_946_011_000_000_000, 1_763_946_012_000_000_000

FORMS: dict[str, Any] = {
    "otlp": {
        "resourceSpans": [
            {
                "scopeSpans": [
                    {
                        "scope": {"name": "lib"},
                        "spans": [
                            {
                                "traceId": TRACE.upper(),
                                "spanId": SPAN.upper(),
                                "parentSpanId": PARENT,
                                "name": "chat",
                                "startTimeUnixNano": str(START),
                                "endTimeUnixNano": str(END),
                                "attributes": [
                                    {"key": "llm.model_name", "value": {"stringValue": "m"}}
                                ],
                                "status": {"code": 2, "message": "no"},
                            }
                        ],
                    }
                ]
            }
        ]
    },
    "python sdk": {
        "name": "chat",
        "context": {"trace_id": f"0x{TRACE}", "span_id": f"0x{SPAN}", "trace_state": "[]"},
        "kind": "SpanKind.INTERNAL",
        "parent_id": f"0x{PARENT}",
        "start_time": "2025-11-24T01:00:11.000000Z",
        "end_time": "2025-11-24T01:00:12.000000Z",
        "status": {"status_code": "ERROR", "description": "no"},
        "attributes": {"llm.model_name": "m"},
        "events": [],
    },
    "typescript sdk": [
        {
            "name": "chat",
            "spanContext": {"traceId": TRACE, "spanId": SPAN},
            "parentSpanContext": {"traceId": TRACE, "spanId": PARENT},
            "attributes": {"llm.model_name": "m"},
            "status": {"code": 2, "message": "no"},
            "startTime": [1763946011, 0],
            "endTime": [1763946012, 0],
        }
    ],
    "phoenix": {
        "traceId": TRACE,
        "spans": [
            {
                "name": "chat",
                "context": {"trace_id": TRACE, "span_id": SPAN},
                "parent_id": PARENT,
                "span_kind": "LLM",
                "start_time": "2025-11-24T01:00:11+00:00",
                "end_time": "2025-11-24T01:00:12+00:00",
                "status_code": "ERROR",
                "status_message": "no",
                "attributes": {"llm": {"model_name": "m"}},
            }
        ],
    },
    "jaeger": {
        "data": [
            {
                "traceID": TRACE,
                "spans": [
                    {
                        "traceID": TRACE,
                        "spanID": SPAN,
                        "operationName": "chat",
                        "references": [{"refType": "CHILD_OF", "spanID": PARENT}],
                        "startTime": START // 1000,
                        "duration": 1_000_000,
                        "tags": [
                            {"key": "llm.model_name", "type": "string", "value": "m"},
                            {"key": "error", "type": "bool", "value": True},
                            {"key": "otel.status_description", "type": "string", "value": "no"},
                        ],
                        "logs": [],
                    }
                ],
            }
        ]
    },
    "ids as numbers": {
        "spans": [
            {
                "name": "chat",
                "context": {"trace_id": int(TRACE, 16), "span_id": int(SPAN, 16)},
                "parent": {"trace_id": int(TRACE, 16), "span_id": int(PARENT, 16)},
                "start_time": START,
                "end_time": END,
                "status": {"status_code": "error", "description": "no"},
                "attributes": {"llm.model_name": "m"},
            }
        ]
    },
    "mlflow": {
        "info": {"trace_id": "tr-1"},
        "data": {
            "spans": [
                {
                    "trace_id": "W47/95gDgQPSabYzgT/GDA==",
                    "span_id": "7uGbfsPBsXQ=",
                    "parent_span_id": "7uGbfsPBsXM=",
                    "name": "chat",
                    "start_time_unix_nano": START,
                    "end_time_unix_nano": END,
                    "status": {"code": "STATUS_CODE_ERROR", "message": "no"},
                    "attributes": {"llm.model_name": "m"},
                }
            ]
        },
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_the_same(form: str) -> None:
    """Ids, times, parent, status and attributes, whatever they are called."""
    (span,) = telemetry([FORMS[form]]).spans

    assert (span.trace_id, span.span_id, span.parent_id) == (TRACE, SPAN, PARENT)
    assert (span.start, span.end, span.ms) == (START, END, 1000)
    assert (span.name, span.failed, span.message) == ("chat", True, "no")
    assert span.attributes["llm.model_name"] == "m"


def test_a_span_that_is_sent_twice_counts_once() -> None:
    """An exporter tries again when it got no answer in time."""
    assert len(telemetry([FORMS["otlp"], FORMS["otlp"]]).spans) == 1


def test_nested_attributes_get_dotted_names_and_lists_stay() -> None:
    """Messages that an export keeps as lists are read as such."""
    messages = [{"message": {"role": "user", "content": "hi"}}]
    span = {
        **FORMS["python sdk"],
        "attributes": {"llm": {"input_messages": messages, "token_count": {"prompt": 3}}},
    }

    (found,) = telemetry([span]).spans

    assert found.attributes == {"llm.input_messages": messages, "llm.token_count.prompt": 3}


def test_attributes_may_be_json_in_a_text() -> None:
    """As columns of a table hold them."""
    span = {**FORMS["python sdk"], "attributes": json.dumps({"a.b": 1})}

    assert telemetry([span]).spans[0].attributes == {"a.b": 1}


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("0000000000000000", ""), ("", ""), (None, ""), (0, ""), (True, ""), ("fullspec123",) * 2],
)
def test_an_id_of_zeros_is_none(value: Any, wanted: str) -> None:
    """That is how a root says that it has no parent; an id of another kind is kept."""
    assert id_of(value) == wanted


def test_a_span_of_two_clocks_has_no_duration() -> None:
    """One that ends before it begins."""
    assert Span(trace_id="a", span_id="b", start=2, end=1).ms is None
