"""Requests of the OpenTelemetry protocol, OTLP, as plain JSON.

Protobuf and JSON bodies become the same documents: the JSON mapping of OTLP
(https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: ids are hexadecimal, 64-bit
integers are strings), but with every list of attributes as one object of plain values, so that
names can be looked up and secrets found by name. Reading such a document again changes nothing.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from casefiles.spans.foreign_json import parsed
from casefiles.spans.ids import id_of
from casefiles.spans.json_text import is_deeper

Signal = Literal["traces", "logs", "metrics"]
Form = Literal["protobuf", "json"]

DEEPEST = 64
"""Levels of nesting that the value of an attribute may have; what is deeper becomes text."""

_LEVELS = (
    ("resourceSpans", "scopeSpans", "spans"),
    ("resourceLogs", "scopeLogs", "logRecords"),
)
"""Keys by which a request holds resources, a resource scopes, a scope spans or logs."""
_IDS = ("traceId", "spanId", "parentSpanId")
_HOLDERS = ("attributes", "filteredAttributes")
_VALUE = frozenset(
    {
        "stringValue",
        "boolValue",
        "intValue",
        "doubleValue",
        "bytesValue",
        "arrayValue",
        "kvlistValue",
    }
)
_TEXTS = ("name", "message", "description", "body", "traceState", "eventName", "severityText")
"""What may hold a secret besides attributes; ids, times and counts cannot."""


def request(body: bytes, form: Form, signal: Signal) -> dict[str, Any]:
    """Read the body of a request. Raises ValueError if it is none."""
    try:
        document = _of_protobuf(body, signal) if form == "protobuf" else _of_json(body)
        read: dict[str, Any] = plain(document)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return read


def plain(document: Any) -> Any:
    """Return OTLP's JSON with plain values for attributes and bodies; other JSON is as it was."""
    if isinstance(document, list):
        return [plain(item) for item in document]
    if not isinstance(document, Mapping):
        return document
    return {key: _member(key, value) for key, value in document.items()}


def redacted(document: Any, clean: Callable[[Any], Any]) -> Any:
    """Return a document whose texts and attributes went through ``clean``, its ids as they were.

    A number of nanoseconds or the digits of an id can look like a card number.
    """
    if isinstance(document, list):
        return [redacted(item, clean) for item in document]
    if not isinstance(document, Mapping):
        return document
    return {
        key: clean(value) if key in _HOLDERS or key in _TEXTS else redacted(value, clean)
        for key, value in document.items()
    }


def by_trace(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Split a request into one document for each trace; logs that name none stand under ""."""
    found: dict[str, dict[str, Any]] = {}
    for outer, middle, inner in _LEVELS:
        for resource in _list(document, outer):
            for scope in _list(resource, middle):
                for trace_id, items in _grouped(_list(scope, inner)).items():
                    alone = {**resource, middle: [{**scope, inner: items}]}
                    found.setdefault(trace_id, {}).setdefault(outer, []).append(alone)
    return found


def span_ids(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the id of each span of a request and of what it is part of (empty: of nothing)."""
    outer, middle, inner = _LEVELS[0]
    for resource in _list(document, outer):
        for scope in _list(resource, middle):
            for span in _list(scope, inner):
                if isinstance(span, Mapping):
                    yield id_of(span.get("spanId")), id_of(span.get("parentSpanId"))


def _grouped(items: list[Any]) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for item in items:
        if isinstance(item, Mapping):
            groups.setdefault(id_of(item.get("traceId")), []).append(item)
    return groups


def _of_json(body: bytes) -> dict[str, Any]:
    document = parsed(body.decode("utf-8-sig"))
    if not isinstance(document, dict):
        raise ValueError("an object is wanted")  # noqa: TRY004  wrong data, not a wrong call
    return document


def _of_protobuf(body: bytes, signal: Signal) -> dict[str, Any]:
    from google.protobuf.json_format import MessageToDict
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
    from opentelemetry.proto.metrics.v1.metrics_pb2 import MetricsData
    from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

    # What a request holds; the request's own message has the same fields on the wire.
    messages: dict[Signal, Any] = {"traces": TracesData, "logs": LogsData, "metrics": MetricsData}
    try:
        document = MessageToDict(messages[signal].FromString(body))
    except DecodeError:
        raise ValueError("not protobuf of this signal") from None
    found: dict[str, Any] = _with_hex_ids(document)
    return found


def _with_hex_ids(value: Any) -> Any:
    """Write ids as OTLP does; protobuf's own mapping has them in base64."""
    if isinstance(value, list):
        return [_with_hex_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64decode(child).hex() if key in _IDS else _with_hex_ids(child)
        for key, child in value.items()
    }


def _member(key: str, value: Any) -> Any:
    if key in _HOLDERS:
        return _attributes(value) if isinstance(value, list) else value
    if key == "body":
        return _shallow(value) if value else value
    return plain(value)


def _attributes(pairs: list[Any]) -> dict[str, Any]:
    sound = (pair for pair in pairs if isinstance(pair, Mapping))
    return {str(pair.get("key", "")): _shallow(pair.get("value")) for pair in sound}


def _shallow(value: Any) -> Any:
    found = any_value(value)
    return json.dumps(found, ensure_ascii=False) if is_deeper(found, DEEPEST) else found


def _is_value(value: Any) -> bool:
    return isinstance(value, Mapping) and (not value or bool(_VALUE & value.keys()))


def any_value(value: Any) -> Any:
    """Return the plain JSON of OTLP's AnyValue; what is no such value is returned as it is.

    Bytes stay base64; an empty value is null.
    """
    if not _is_value(value):
        return value
    kind, said = next(iter(value.items()), ("", None))
    if kind == "arrayValue":
        return [any_value(item) for item in _list(said, "values")]
    if kind == "kvlistValue":
        pairs = [pair for pair in _list(said, "values") if isinstance(pair, Mapping)]
        return {str(pair.get("key", "")): any_value(pair.get("value")) for pair in pairs}
    if kind == "intValue":
        return _integer(said)
    return said


def _list(value: Any, key: str) -> list[Any]:
    inside = value.get(key) if isinstance(value, Mapping) else None
    return inside if isinstance(inside, list) else []


def _integer(said: Any) -> Any:
    try:
        return int(said)
    except (ValueError, TypeError):
        return said
