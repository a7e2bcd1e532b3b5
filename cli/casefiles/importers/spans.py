"""Spans of OpenTelemetry: OTLP as collectors and SDKs write it, and the dumps of other tools.

Files hold spans in the order in which they ended, several traces mixed; a conversation is a
trace. So the values of a file are put together by trace first (`regrouped`), each as one OTLP
request in plain JSON (`casefiles.spans.otlp`), and that is the record.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from casefiles.importers.facts import Facts
from casefiles.importers.importer import Conversation, Identity
from casefiles.importers.records import Found, Record
from casefiles.spans import conversation as spans_conversation
from casefiles.spans.attributes import kind_of
from casefiles.spans.dialect import session_of
from casefiles.spans.otlp import request
from casefiles.spans.reading import is_span, named, telemetry
from casefiles.spans.span import Event, Span, Telemetry

_DOCUMENTS = ("resourceSpans", "resource_spans", "resourceLogs", "resource_logs")
_NAMELESS = "nameless"
"""The id of what came without one."""
_LONGEST = 200
"""Characters of an attribute that is kept as a fact."""
_MOST = 60
_SPOKEN = ("gen_ai.", "llm.", "input.", "output.", "ai.", "langfuse.observation.", "mlflow.span")
"""Attributes that say what was said, or how often: they are in the turns."""
_PLUMBING = (
    "telemetry.", "process.", "host.", "os.", "http.", "net.", "network.", "otel.", "asgi.",
    "code.", "server.", "client.", "url.", "thread.", "span.", "user_agent.",
)  # fmt: skip
"""Attributes that say nothing about the conversation."""


class SpansImporter:
    """Reads a trace of spans."""

    name = "spans"

    def reads(self, record: Any) -> bool:
        """Tell whether a record is an OTLP request with spans or logs."""
        return isinstance(record, Mapping) and any(key in record for key in _DOCUMENTS)

    def identity(self, record: Any) -> Identity:
        """Return the id of its trace, and the session its spans name."""
        found = telemetry([record])
        ids = [span.trace_id for span in found.spans if span.trace_id not in ("", _NAMELESS)]
        sessions = (session for span in found.spans if (session := session_of(span)))
        return Identity(id=ids[0] if ids else None, session=next(sessions, None))

    def conversation(self, record: Any) -> Conversation:
        """Read the record. Raises ValueError if no call of a model or tool is among its spans."""
        found = spans_conversation.conversation(telemetry([record]), known=None)
        if not found.turns:
            raise ValueError("its spans hold no message of a model and no tool")
        about = record.get("attributes")
        return Conversation(
            turns=found.turns,
            facts=Facts(
                started=found.started,
                ms=found.ms,
                usage=found.usage,
                error="\n".join(found.errors) if found.failed else None,
                lost=found.lost,
                rest=dict(about) if isinstance(about, Mapping) else {},
            ),
        )


def regrouped(found: Iterable[Found]) -> Iterator[Found]:
    """Put spans together by trace, each a record at the line of its first; pass on all else."""
    lines: dict[str, int] = {}
    documents: list[Any] = []
    for one in found:
        value = one.value if isinstance(one, Record) else None
        if _are_attributes(value):
            yield Record(line=one.line, value=_of_attributes(value))
        elif _holds_traces(value):
            documents.append(value)
            for trace_id in _by_trace(telemetry([value])):
                lines.setdefault(trace_id, one.line)
        else:
            yield one
    traces = _by_trace(telemetry(documents))
    for trace_id, line in lines.items():
        yield Record(line=line, value=_document(traces[trace_id]))


def binary_documents(content: bytes) -> list[Any]:
    """Return the requests of a file of protobuf, one or with their lengths between; else none.

    The collector writes four bytes of length before each.
    """
    if content.startswith(b"\x1f\x8b"):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError):
            return []
    if not content or content.lstrip()[:1] in (b"{", b"["):
        return []
    for bodies in (_counted(content), [content]):
        try:
            found = [_read(body) for body in bodies]
        except ValueError:
            continue
        if found and all(telemetry([document]).spans for document in found):
            return found
    return []


def _read(body: bytes) -> Any:
    return request(body, "protobuf", "traces")


def _counted(content: bytes) -> list[bytes]:
    bodies, at = [], 0
    while at < len(content):
        size = int.from_bytes(content[at : at + 4])
        body = content[at + 4 : at + 4 + size]
        if len(body) < size or not size:
            return []
        bodies.append(body)
        at += 4 + size
    return bodies


# ---------------------------------------------------------------- what holds spans


def _holds_traces(value: Any) -> bool:
    """Whether a value is spans, or a document that holds them."""
    if not isinstance(value, Mapping):
        return False
    if any(key in value for key in _DOCUMENTS) or is_span(value):
        return True
    return any(_holds_spans(value.get(key)) for key in ("spans", "data"))


def _holds_spans(value: Any) -> bool:
    if isinstance(value, Mapping):
        return _holds_spans(value.get("spans"))
    return isinstance(value, list) and bool(value) and all(map(is_span, value))


def _are_attributes(value: Any) -> bool:
    """Whether a value is the attributes of a single span, as some tools copy them."""
    known = ("openinference.span.kind", "gen_ai.operation.name")
    return isinstance(value, Mapping) and any(name in value for name in known)


def _of_attributes(attributes: Any) -> dict[str, Any]:
    """Attributes alone as a trace of one span, which has no id: its content tells it."""
    span = Span(trace_id=_NAMELESS, span_id=_NAMELESS, attributes=named(attributes))
    return _document(Telemetry(spans=(span,)))


# ---------------------------------------------------------------- one form for all


def _by_trace(found: Telemetry) -> dict[str, Telemetry]:
    spans: dict[str, list[Span]] = defaultdict(list)
    logs: dict[str, list[Event]] = defaultdict(list)
    for span in found.spans:
        spans[span.trace_id].append(span)
    for event in found.logs:
        logs[event.trace_id].append(event)
    return {
        trace_id: Telemetry(spans=tuple(spans[trace_id]), logs=tuple(logs[trace_id]))
        for trace_id in (*spans, *(logs.keys() - spans.keys()))
    }


def _document(trace: Telemetry) -> dict[str, Any]:
    document: dict[str, Any] = {
        "resourceSpans": [{"scopeSpans": [{"spans": list(map(_span, trace.spans))}]}]
    }
    if trace.logs:
        records = list(map(_event, trace.logs))
        document["resourceLogs"] = [{"scopeLogs": [{"logRecords": records}]}]
    return {**document, "attributes": _about(trace.spans)}


def _span(span: Span) -> dict[str, Any]:
    told = {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "parentSpanId": span.parent_id,
        "name": span.name,
        "startTimeUnixNano": None if span.start is None else str(span.start),
        "endTimeUnixNano": None if span.end is None else str(span.end),
        "attributes": dict(span.attributes),
        "events": [_event(event) for event in span.events],
        "status": {"code": 2 if span.failed else 0, "message": span.message},
        "droppedAttributesCount": span.dropped,
    }
    return {key: value for key, value in told.items() if value not in (None, "", [], 0)}


def _event(event: Event) -> dict[str, Any]:
    told = {
        "traceId": event.trace_id,
        "spanId": event.span_id,
        "eventName": event.name,
        "timeUnixNano": None if event.at is None else str(event.at),
        "attributes": dict(event.attributes),
        "body": event.body,
    }
    return {key: value for key, value in told.items() if value not in (None, "")}


def _about(spans: Sequence[Span]) -> dict[str, str]:
    """Short facts about a trace that its process, its outermost spans and its models' say."""
    found: dict[str, str] = {}
    ids = {span.span_id for span in spans}
    telling = [s for s in spans if s.parent_id not in ids or kind_of(s) == "model"]
    for span in telling:
        for name, value in {**span.resource, **span.attributes}.items():
            text = ("yes" if value else "no") if isinstance(value, bool) else value
            is_short = isinstance(text, str | int | float) and len(str(text)) <= _LONGEST
            if is_short and not name.startswith((*_SPOKEN, *_PLUMBING)) and len(found) < _MOST:
                found.setdefault(name, str(text))
    return found
