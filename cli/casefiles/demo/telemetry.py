"""Spans of the assistant's work, after OpenTelemetry's conventions for generative AI.

No-ops where the OpenTelemetry API is not installed. If nobody else set up OpenTelemetry in this
process, the SDK and its OTLP/HTTP exporter are installed, and `OTEL_EXPORTER_OTLP_ENDPOINT` (or
`…_TRACES_ENDPOINT`) is set, spans are sent there; what has not been sent by the end of the process
is sent then.

Conventions: https://github.com/open-telemetry/semantic-conventions-genai
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from casefiles.demo import APP_VERSION
from casefiles.demo.messages import clean

try:
    from opentelemetry import trace
    from opentelemetry.propagate import extract
except ImportError:  # the base install
    _INSTALLED = False
else:
    _INSTALLED = True

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class Span:
    """One span, or nothing at all."""

    def __init__(self, span: Any = None) -> None:
        """Wrap a span of the API; without one, all methods do nothing."""
        self._span = span

    def set(self, **attributes: object) -> None:
        """Set attributes, named with `__` for each dot; lists and objects are sent as JSON."""
        if self._span is not None:
            for name, value in attributes.items():
                self._span.set_attribute(name.replace("__", "."), _value(value))

    def fail(self, kind: str, message: str) -> None:
        """Mark the span as failed, with the kind of the error and what it says."""
        if self._span is not None:
            self._span.set_attribute("error.type", kind)
            self._span.set_status(trace.Status(trace.StatusCode.ERROR, clean(message)))


@contextmanager
def span(name: str, *, parent: str | None = None) -> Iterator[Span]:
    """A span around a block, a child of the current one, or of a W3C `traceparent` if given."""
    if not _INSTALLED:
        yield Span()
        return
    start()
    context = extract({"traceparent": parent}) if parent else None
    tracer = trace.get_tracer("casefiles.demo", APP_VERSION)
    with tracer.start_as_current_span(name, context=context) as current:
        yield Span(current)


@cache
def start() -> TracerProvider | None:
    """The provider that exports our spans, set up on the first call; none if there is none."""
    if not _INSTALLED or not any(os.environ.get(name) for name in _ENDPOINTS):
        return None
    if not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        return None
    resource = Resource.create({"service.name": "casefiles-demo", "service.version": APP_VERSION})
    provider = TracerProvider(resource=resource)  # ends, and so flushes, with the process
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider


def flush() -> None:
    """Send what is waiting: a worker process may be ended without a chance to do it later."""
    if provider := start():
        provider.force_flush()


def _value(value: object) -> str | int | float | bool:
    if isinstance(value, (int, float)):
        return value
    return clean(value if isinstance(value, str) else _json(value))


def _json(value: object) -> str:
    """JSON, or nothing for what a foreign history nests too deeply."""
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (RecursionError, ValueError):
        return ""
