"""OTLP requests as plain JSON: protobuf and JSON say the same, secrets go, ids stay."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.common.v1.common_pb2 import (
    AnyValue,
    ArrayValue,
    KeyValue,
    KeyValueList,
)
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from casefiles.spans.otlp import by_trace, plain, redacted, request, span_ids
from casefiles.spans.reading import NESTED, telemetry
from casefiles.text.redact import Redactor

# ---------------------------------------------------------------- any request

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
# Objects under these names are taken for names with dots in them.
attributes = st.dictionaries(texts.filter(lambda name: name not in NESTED), values, max_size=4)
ids = st.binary(min_size=8, max_size=8).filter(any)


def any_value(value: Any) -> AnyValue:
    """Write a plain value as the protocol does."""
    if isinstance(value, list):
        return AnyValue(array_value=ArrayValue(values=map(any_value, value)))
    if isinstance(value, dict):
        return AnyValue(kvlist_value=KeyValueList(values=pairs(value)))
    kinds = {bool: "bool_value", int: "int_value", float: "double_value", str: "string_value"}
    return AnyValue() if value is None else AnyValue(**{kinds[type(value)]: value})


def pairs(value: dict[str, Any]) -> list[KeyValue]:
    """Write attributes as the protocol does."""
    return [KeyValue(key=key, value=any_value(item)) for key, item in value.items()]


@st.composite
def traces(draw: st.DrawFn) -> tuple[TracesData, list[dict[str, Any]]]:
    """A request, and what its spans are to be read as."""
    data = TracesData()
    wanted: list[dict[str, Any]] = []
    scope = data.resource_spans.add().scope_spans.add()
    for _ in range(draw(st.integers(0, 3))):
        told: dict[str, Any] = {
            "trace": draw(ids) + draw(ids),
            "span": draw(ids),
            "parent": draw(st.just(b"") | ids),
            "name": draw(texts),
            "start": draw(st.integers(10**18, 2 * 10**18)),
            "attributes": draw(attributes),
        }
        if any(told["span"] == other["span"] for other in wanted):
            continue
        scope.spans.add(
            trace_id=told["trace"],
            span_id=told["span"],
            parent_span_id=told["parent"],
            name=told["name"],
            start_time_unix_nano=told["start"],
            end_time_unix_nano=told["start"] + 5,
            attributes=pairs(told["attributes"]),
        )
        wanted.append(told)
    return data, wanted


def as_json(data: TracesData) -> bytes:
    """The JSON form: that of protobuf, but with ids in hexadecimal digits."""
    document = MessageToDict(data)
    for resource in document.get("resourceSpans", ()):
        for scope in resource.get("scopeSpans", ()):
            for span in scope.get("spans", ()):
                for key in {"traceId", "spanId", "parentSpanId"} & span.keys():
                    span[key] = base64.b64decode(span[key]).hex().upper()
    return json.dumps(document).encode()


@given(traces())
def test_protobuf_and_json_are_read_as_the_same_spans(
    made: tuple[TracesData, list[dict[str, Any]]],
) -> None:
    """Ids, times and values of every kind arrive exactly, in either form."""
    data, wanted = made
    binary = request(data.SerializeToString(), "protobuf", "traces")
    textual = request(as_json(data), "json", "traces")

    spans = telemetry([binary]).spans
    assert spans == telemetry([textual]).spans
    found = [
        (span.trace_id, span.span_id, span.parent_id, span.name, span.start, span.end)
        for span in spans
    ]
    assert sorted(found) == sorted(
        (
            told["trace"].hex(), told["span"].hex(), told["parent"].hex(), told["name"],
            told["start"], told["start"] + 5,
        )
        for told in wanted
    )  # fmt: skip
    by_id = {span.span_id: span.attributes for span in spans}
    for told in wanted:
        assert by_id[told["span"].hex()] == told["attributes"]


@given(traces())
def test_reading_a_document_again_changes_nothing(
    made: tuple[TracesData, list[dict[str, Any]]],
) -> None:
    """What is kept as the raw record can be read as the request was."""
    document = request(made[0].SerializeToString(), "protobuf", "traces")

    assert plain(json.loads(json.dumps(document))) == document


@given(traces())
def test_splitting_by_trace_loses_no_span(made: tuple[TracesData, list[dict[str, Any]]]) -> None:
    """Each part holds one trace; together they hold all."""
    document = request(made[0].SerializeToString(), "protobuf", "traces")

    parts = by_trace(document)

    assert all({s.trace_id for s in telemetry([part]).spans} == {k} for k, part in parts.items())
    assert telemetry(parts.values()).spans == telemetry([document]).spans
    assert sorted(span_ids(document)) == sorted(
        i for part in parts.values() for i in span_ids(part)
    )


@given(st.binary(max_size=60), st.sampled_from(["protobuf", "json"]))
def test_rubbish_is_refused_or_empty_never_worse(body: bytes, form: Any) -> None:
    """Whatever comes, either it is a request or a ValueError."""
    for signal in ("traces", "logs"):
        try:
            document = request(body, form, signal)
        except ValueError:
            continue
        telemetry([document])
        by_trace(document)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["resourceSpans", "scopeSpans", "spans", "attributes", "key", "value", "events",
                 "stringValue", "arrayValue", "values", "traceId", "spanId", "startTimeUnixNano",
                 "status", "code", "resource", "body", "logRecords", "scopeLogs", "resourceLogs"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)  # fmt: skip


@given(json_values)
def test_no_shape_of_json_breaks_the_reading(value: Any) -> None:
    """The right words in the wrong places are passed over."""
    found = telemetry([value])
    assert isinstance(found.spans, tuple)
    if isinstance(value, dict):
        document = request(json.dumps(value).encode(), "json", "traces")
        assert isinstance(by_trace(document), dict)


# ---------------------------------------------------------------- single facts


def test_a_value_nested_too_deeply_becomes_text() -> None:
    """A trace could not hold it; nothing around it is lost."""
    value: Any = {"stringValue": "x"}
    for _ in range(70):
        value = {"arrayValue": {"values": [value]}}
    body = json.dumps(
        {"resourceSpans": [{"resource": {"attributes": [{"key": "deep", "value": value}]}}]}
    ).encode()

    document = request(body, "json", "traces")

    deep = document["resourceSpans"][0]["resource"]["attributes"]["deep"]
    assert deep == "[" * 70 + '"x"' + "]" * 70


def test_a_body_nested_beyond_all_measure_is_refused() -> None:
    """It would exhaust the stack of whoever reads it."""
    body = b'{"resourceSpans":' + b"[" * 100_000 + b"]" * 100_000 + b"}"

    with pytest.raises(ValueError, match=r"nested too deeply"):
        request(body, "json", "traces")


def test_secrets_go_and_ids_and_times_stay() -> None:
    """Digits of a time or an id may look like a card or a phone number; a header is a secret."""
    document = {
        "resourceSpans": [
            {
                "resource": {"attributes": {"service.name": "ana@example.com"}},
                "scopeSpans": [
                    {
                        "spans": [
                            {
                                "traceId": "4111111111111111" * 2,
                                "spanId": "4111111111111111",
                                "startTimeUnixNano": "4111111111111111000",
                                "name": "mail to ana@example.com",
                                "status": {"message": "sk-ant-REDACTED"},
                                "attributes": {
                                    "http.request.header.authorization": "Bearer abcdefgh12345678",
                                    "input.value": "I am ana@example.com",
                                },
                            }
                        ]
                    }
                ],
            }
        ]
    }
    clean = redacted(document, Redactor().json)
    said = json.dumps(clean)

    assert "ana@example.com" not in said
    assert "abcdefgh12345678" not in said
    (span,) = clean["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert span["traceId"] == "4111111111111111" * 2
    assert span["startTimeUnixNano"] == "4111111111111111000"


def test_a_log_record_keeps_its_structured_body() -> None:
    """Events of the older conventions say everything there."""
    data = LogsData()
    record = (
        data.resource_logs.add()
        .scope_logs.add()
        .log_records.add(trace_id=b"\x01" * 16, span_id=b"\x02" * 8, time_unix_nano=10**18)
    )
    record.body.CopyFrom(any_value({"content": "hi", "n": 5}))
    record.attributes.append(KeyValue(key="event.name", value=any_value("gen_ai.user.message")))

    (event,) = telemetry([request(data.SerializeToString(), "protobuf", "logs")]).logs

    assert (event.name, event.body) == ("gen_ai.user.message", {"content": "hi", "n": 5})
    assert (event.trace_id, event.span_id) == ("01" * 16, "02" * 8)
