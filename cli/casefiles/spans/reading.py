"""Spans out of documents: OTLP, and the forms in which tools write spans to files.

Every form says the same under other names, so a span is read by a table of paths (`_FIELDS`).
Known to fit: OTLP's JSON; spans as the SDKs for Python and TypeScript print them; Phoenix;
Jaeger; MLflow. Sources: https://opentelemetry.io/docs/specs/otlp/,
https://arize.com/docs/phoenix, https://www.jaegertracing.io/docs/latest/apis/,
https://mlflow.org/docs/latest/genai/tracing/.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from casefiles.spans.foreign_json import opened
from casefiles.spans.ids import id_of
from casefiles.spans.otlp import any_value, plain
from casefiles.spans.span import Event, Span, Telemetry
from casefiles.spans.times import nanoseconds

Object = Mapping[str, Any]

_LISTS = ("resourceSpans", "resource_spans", "resourceLogs", "resource_logs", "scopeSpans",
          "scope_spans", "instrumentationLibrarySpans", "scopeLogs", "scope_logs", "spans",
          "data", "traces")  # fmt: skip
"""Keys under which documents keep their spans and logs, or lists of them."""
_LOGS = ("logRecords", "log_records")
"""Keys of lists of log records."""
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "trace_id": ("traceId", "trace_id", "traceID", "context.trace_id", "spanContext.traceId",
                 "context.traceId"),
    "span_id": ("spanId", "span_id", "spanID", "context.span_id", "spanContext.spanId",
                "context.spanId"),
    "parent_id": ("parentSpanId", "parent_span_id", "parent_id", "parentId", "parent.span_id",
                  "parentSpanContext.spanId"),
    "name": ("name", "operationName", "span_name"),
    "start": ("startTimeUnixNano", "start_time_unix_nano", "start_time", "startTime",
              "start_timestamp", "start_time_ns"),
    "end": ("endTimeUnixNano", "end_time_unix_nano", "end_time", "endTime", "end_timestamp",
            "end_time_ns"),
    "status": ("status.code", "status.status_code", "status_code", "status"),
    "message": ("status.message", "status.description", "status_message", "statusMessage"),
    "attributes": ("attributes", "tags"),
    "events": ("events", "logs"),
    "at": ("timeUnixNano", "time_unix_nano", "observedTimeUnixNano", "timestamp", "time"),
    "event": ("eventName", "event_name", "name"),
    "dropped": ("droppedAttributesCount", "dropped_attributes_count"),
    "dropped_events": ("droppedEventsCount", "dropped_events_count"),
}  # fmt: skip
"""What is wanted of a span or an event, and where it may stand."""
_FAILED = ("2", "status_code_error", "error")
NESTED = ("llm", "input", "output", "tool", "retrieval", "openinference", "session", "user",
           "gen_ai", "embedding", "agent", "exception")  # fmt: skip
"""First words of names that some exports write as nested objects instead of with dots."""
_DEEPEST = 64


def telemetry(documents: Iterable[Any]) -> Telemetry:
    """Read documents (parsed JSON). What is neither span nor log is passed over."""
    spans: dict[tuple[str, str], Span] = {}
    logs: list[Event] = []
    for document in documents:
        for found in _found(plain(document), "", {}, _DEEPEST):
            if isinstance(found, Event):
                logs.append(found)
            else:  # sent again: the fuller one counts
                key = (found.trace_id, found.span_id)
                spans[key] = max(found, spans.get(key, found), key=_fullness)
    ordered = sorted(spans.values(), key=lambda span: (span.start or 0, span.end or 0))
    return Telemetry(
        spans=tuple(ordered), logs=tuple(sorted(logs, key=lambda event: event.at or 0))
    )


def is_span(value: Any) -> bool:
    """Tell whether an object is a single span."""
    if not isinstance(value, Mapping):
        return False
    has_ids = all(_field(value, name) not in (None, "") for name in ("span_id", "trace_id"))
    return has_ids and any(_field(value, name) is not None for name in ("start", "attributes"))


def _fullness(span: Span) -> tuple[int, int]:
    return len(span.attributes), span.end or 0


def _found(value: Any, key: str, around: Object, levels: int) -> Iterator[Span | Event]:
    """Every span and log in what stands under a key; ``around`` was said about all of them."""
    if isinstance(value, list):
        for item in value:
            yield from _found(item, key, around, levels)
    elif not isinstance(value, Mapping) or not levels:
        return
    elif key in _LOGS:
        yield _log(value)
    elif is_span(value):
        yield _span(value, around)
    else:
        inner = {**around, **{k: value[k] for k in ("resource", "scope") if k in value}}
        for name in (*_LISTS, *_LOGS):
            if isinstance(value.get(name), list | Mapping):
                yield from _found(value[name], name, inner, levels - 1)


def _span(value: Object, around: Object) -> Span:
    attributes = named(_field(value, "attributes"))
    start = nanoseconds(_field(value, "start"))
    code, kind = _field(value, "status"), value.get("span_kind")
    if isinstance(kind, str) and "openinference.span.kind" not in attributes:
        attributes["openinference.span.kind"] = kind  # Phoenix keeps it beside
    events = _field(value, "events")
    return Span(
        trace_id=id_of(_field(value, "trace_id")),
        span_id=id_of(_field(value, "span_id")),
        parent_id=_parent(value),
        name=str(_field(value, "name") or ""),
        scope=str(_at(around, "scope.name") or _at(value, "instrumentationScope.name") or ""),
        start=start,
        end=_end(value, start),
        attributes=attributes,
        events=tuple(map(_event, events)) if isinstance(events, list) else (),
        failed=str(code).lower().rpartition(".")[2] in _FAILED or attributes.get("error") is True,
        message=str(_field(value, "message") or attributes.get("otel.status_description") or ""),
        dropped=_count(value, "dropped") + _count(value, "dropped_events"),
        resource=named(_at(value, "resource.attributes") or _at(around, "resource.attributes")),
    )


def _log(value: Object) -> Event:
    attributes = named(_field(value, "attributes"))
    name = _field(value, "event") or attributes.get("event.name")
    return Event(
        name=str(name or ""),
        at=nanoseconds(_field(value, "at")),
        attributes=attributes,
        body=any_value(value.get("body")),
        trace_id=id_of(_field(value, "trace_id")),
        span_id=id_of(_field(value, "span_id")),
    )


def _event(value: Any) -> Event:
    if not isinstance(value, Mapping):
        return Event(name="")
    attributes = named(_field(value, "attributes") or value.get("fields"))
    name = _field(value, "event") or attributes.get("event") or attributes.get("event.name")
    return Event(name=str(name or ""), at=nanoseconds(_field(value, "at")), attributes=attributes)


def _end(value: Object, start: int | None) -> int | None:
    lasted = value.get("duration")  # Jaeger's, in microseconds
    if _field(value, "end") is None and start is not None and isinstance(lasted, int):
        return start + lasted * 1000
    return nanoseconds(_field(value, "end"))


def _parent(value: Object) -> str:
    for reference in value.get("references") or ():
        if isinstance(reference, Mapping) and reference.get("refType", "CHILD_OF") == "CHILD_OF":
            return id_of(reference.get("spanID"))
    return id_of(_field(value, "parent_id"))


def _field(value: Object, name: str) -> Any:
    found = (_at(value, path) for path in _FIELDS[name])
    return next((item for item in found if item is not None), None)


def _at(value: Any, path: str) -> Any:
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _count(value: Object, name: str) -> int:
    said = _field(value, name)
    return said if isinstance(said, int) and not isinstance(said, bool) and said > 0 else 0


def named(attributes: Any) -> dict[str, Any]:
    """Return attributes as an object with dotted names, from a list of pairs or nested objects."""
    if isinstance(attributes, list):
        pairs = [pair for pair in attributes if isinstance(pair, Mapping)]
        return {str(pair.get("key", "")): any_value(pair.get("value")) for pair in pairs}
    if isinstance(attributes, str):
        attributes = opened(attributes)
    return dict(_flat(attributes)) if isinstance(attributes, Mapping) else {}


def _flat(attributes: Object) -> Iterator[tuple[str, Any]]:
    for key, value in attributes.items():
        if isinstance(value, Mapping) and key in NESTED:
            yield from _dotted(key, value, _DEEPEST)
        else:
            yield key, value


def _dotted(key: str, value: Any, levels: int) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value and levels:
        for name, inner in value.items():
            yield from _dotted(f"{key}.{name}", inner, levels - 1)
    else:
        yield key, value
