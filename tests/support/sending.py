"""Sends a few spans, as a process with OpenTelemetry's SDK alone does: the address comes from the
environment, the last batch goes out at the end.

As a program, the names of the spans are the arguments. As a function it runs in a process that
was forked when all this was imported already, since importing takes longer than sending.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

import requests  # noqa: F401  the exporter imports it late
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def send(names: Sequence[str], variables: Mapping[str, str | None]) -> None:
    """Send a root and a child for each name, under an environment of one's own."""
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    tracer = provider.get_tracer("test")
    with tracer.start_as_current_span("root"):
        for name in names:
            tracer.start_span(name).end()
    provider.shutdown()


if __name__ == "__main__":
    send(sys.argv[1:], {})
