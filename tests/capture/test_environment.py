"""Variables by which a process sends its telemetry here."""

from __future__ import annotations

from casefiles.capture.environment import environment

HERE = "http://127.0.0.1:4318/k/secret/q/r-q1"


def test_every_signal_goes_here_and_nothing_goes_elsewhere() -> None:
    """Addresses and keys for somebody else are replaced or unset, a sampler and limits undone."""
    found = environment(HERE, "r/q1", inherited={})

    assert found["OTEL_EXPORTER_OTLP_ENDPOINT"] == HERE
    assert found["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] == f"{HERE}/v1/traces"
    assert found["OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"] == f"{HERE}/v1/logs"
    assert found["OTEL_EXPORTER_OTLP_PROTOCOL"] == "http/protobuf"
    assert found["OTEL_TRACES_SAMPLER"] == "always_on"
    assert found["OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT"] == "10000"
    for name in (
        "OTEL_EXPORTER_OTLP_HEADERS",
        "OTEL_SDK_DISABLED",
        "OTEL_TRACES_EXPORTER",
        "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
        "OPENINFERENCE_HIDE_INPUTS",
    ):
        assert found[name] is None


def test_what_is_inherited_is_added_to() -> None:
    """Attributes of the resource and hosts without a proxy."""
    inherited = {"OTEL_RESOURCE_ATTRIBUTES": "service.name=shop", "NO_PROXY": "internal"}

    found = environment(HERE, "round 1/q,1", inherited=inherited)

    assert found["OTEL_RESOURCE_ATTRIBUTES"] == (
        "service.name=shop,casefiles.query.id=round%201%2Fq%2C1"
    )
    assert found["NO_PROXY"] == "internal,127.0.0.1,localhost"


def test_what_the_user_sets_for_the_target_is_left_alone_but_for_the_address() -> None:
    """They know their application; the address must be ours, or nothing comes."""
    own = ("OTEL_TRACES_SAMPLER", "TRACELOOP_TRACE_CONTENT", "OTEL_EXPORTER_OTLP_ENDPOINT")

    found = environment(HERE, "q", inherited={}, own=own)

    assert "OTEL_TRACES_SAMPLER" not in found
    assert "TRACELOOP_TRACE_CONTENT" not in found
    assert found["OTEL_EXPORTER_OTLP_ENDPOINT"] == HERE


def test_the_address_of_phoenix_is_replaced_only_where_it_is_used() -> None:
    """Where litellm finds one, it sends every call a second time."""
    before = {"PHOENIX_COLLECTOR_ENDPOINT": "https://app.phoenix.example"}

    assert "PHOENIX_COLLECTOR_ENDPOINT" not in environment(HERE, "q", inherited={})
    assert environment(HERE, "q", inherited=before)["PHOENIX_COLLECTOR_ENDPOINT"] == HERE
