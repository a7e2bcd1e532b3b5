"""What `doctor` says of an application's telemetry: what came, what is missing, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from casefiles.capture.watching import NOTHING
from casefiles.loop.finding import Finding
from casefiles.loop.monitor import Captured

_REMEDIES = (
    ("without messages", "let the instrumentation capture contents; see its documentation"),
    ("without tokens", "with a streamed answer, ask for them: stream_options include_usage"),
    ("without a result", "let the instrumentation of the tools record results"),
    ("over a limit", "the application sets a limit itself: raise it (SpanLimits)"),
    ("were cut", "the application sets a limit itself: raise it (SpanLimits)"),
    ("never came", "let the application end its spans, and shut its tracer provider down"),
    ("instrumented?", "instrument the library that calls the model (OpenInference, OpenLLMetry…)"),
)
"""A piece of what is lost, and what to do about it."""


def telemetry_findings(
    captured: Captured | None, environment: Mapping[str, str]
) -> Iterator[Finding]:
    """Say what came; ``environment`` is what a server has to be started with (empty: no server)."""
    if captured is None:
        yield Finding(
            code="telemetry",
            level="missing",
            text="not received: fine, if `messages` tell all there is to know",
            remedy='if it is instrumented with OpenTelemetry, set [run] capture = "otlp"',
        )
        return
    if count := captured.conversation.spans:
        text = f"{count:,} spans, {len(captured.conversation.turns)} turns of them"
        yield Finding(code="telemetry", level="ok", text=text)
    for lost in captured.lost:
        remedy = _remedy(lost, environment)
        yield Finding(code="telemetry", level="missing", text=lost, remedy=remedy)


def _remedy(lost: str, environment: Mapping[str, str]) -> str | None:
    if lost.startswith(NOTHING):
        return _when_silent(environment)
    return next((remedy for piece, remedy in _REMEDIES if piece in lost), None)


def _when_silent(environment: Mapping[str, str]) -> str:
    if not environment:
        return (
            "instrument it with OpenTelemetry; an exporter whose address is written into the "
            "code must leave that to OTEL_EXPORTER_OTLP_ENDPOINT"
        )
    variables = " ".join(f"{name}={value}" for name, value in environment.items())
    return (
        "let the server go on with the trace in the traceparent header (instrument its web "
        f"framework), and start it with: {variables}"
    )
