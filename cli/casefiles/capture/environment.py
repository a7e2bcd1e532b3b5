"""Variables by which an instrumented process sends its telemetry here, all of it.

Names: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/,
https://opentelemetry.io/docs/specs/otel/protocol/exporter/, and those of each instrumentation.
Why each is set was tried: with the defaults a process may send nothing (another protocol, a
sampler, a disabled SDK), too late (a batch every five seconds), or half (128 attributes a span,
contents of messages off).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import quote

_MANY = "10000"
_LOCAL = "127.0.0.1,localhost"

ENDPOINT = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
    "TRACELOOP_BASE_URL",
)
"""Where to send: always ours."""
_ONLY_IF_SET = ("PHOENIX_COLLECTOR_ENDPOINT", "PHOENIX_COLLECTOR_HTTP_ENDPOINT")
"""Ours, too, but only where they are used: litellm sends everything twice where it finds them."""
_NEVER = (
    "OTEL_EXPORTER_OTLP_HEADERS",  # a key for somebody else
    "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
    "OTEL_EXPORTER_OTLP_LOGS_HEADERS",
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",  # each would win over the common one
    "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL",
    "OTEL_TRACES_EXPORTER",
    "OTEL_LOGS_EXPORTER",
    "OTEL_TRACES_SAMPLER_ARG",
    "OTEL_SDK_DISABLED",
    "OTEL_CONFIG_FILE",  # makes the SDK ignore all other variables
    "OTEL_EXPERIMENTAL_CONFIG_FILE",
    "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    "OPENINFERENCE_HIDE_INPUTS",
    "OPENINFERENCE_HIDE_OUTPUTS",
    "OPENINFERENCE_HIDE_INPUT_MESSAGES",
    "OPENINFERENCE_HIDE_OUTPUT_MESSAGES",
    "OPENINFERENCE_HIDE_INPUT_TEXT",
    "OPENINFERENCE_HIDE_OUTPUT_TEXT",
)
"""What is unset."""
TUNING: Mapping[str, str] = {
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    "OTEL_METRICS_EXPORTER": "none",
    "OTEL_TRACES_SAMPLER": "always_on",
    "OTEL_ATTRIBUTE_COUNT_LIMIT": _MANY,
    "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": _MANY,
    "OTEL_SPAN_EVENT_COUNT_LIMIT": _MANY,
    "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT": _MANY,
    "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT": _MANY,
    "OTEL_BSP_SCHEDULE_DELAY": "200",
    "OTEL_BLRP_SCHEDULE_DELAY": "200",
    "OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai_latest_experimental",
    "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "SPAN_AND_EVENT",
    "TRACELOOP_TRACE_CONTENT": "true",
}
"""What is set so that all of it comes, in time."""


def environment(
    address: str, query: str, *, inherited: Mapping[str, str], own: Collection[str] = ()
) -> dict[str, str | None]:
    """Return the variables for a process that is to send to an address; None unsets one.

    ``inherited`` is what the process would see without them; names in ``own``, which the user
    set for this very target, are left alone but for the address.
    """
    about = f"casefiles.query.id={quote(query, safe='')}"
    changed: dict[str, str | None] = {
        **dict.fromkeys(_NEVER),
        **TUNING,
        "OTEL_RESOURCE_ATTRIBUTES": _joined(inherited.get("OTEL_RESOURCE_ATTRIBUTES"), about),
    }
    for name in ("NO_PROXY", "no_proxy"):
        changed[name] = _joined(inherited.get(name), _LOCAL)
    left = {name: value for name, value in changed.items() if name not in own}
    used = {name: address for name in _ONLY_IF_SET if name in inherited}
    return {**left, **addresses(address), **used}


def addresses(address: str) -> dict[str, str]:
    """Return the variables that say where to send."""
    signals = {f"OTEL_EXPORTER_OTLP_{s.upper()}_ENDPOINT": s for s in ("traces", "logs", "metrics")}
    return {
        name: f"{address}/v1/{signals[name]}" if name in signals else address for name in ENDPOINT
    }


def _joined(before: str | None, more: str) -> str:
    return f"{before},{more}" if before else more
