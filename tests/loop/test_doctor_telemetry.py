"""What `doctor` says of telemetry that did not come."""

from __future__ import annotations

from pathlib import Path

from casefiles.capture.watching import NOTHING
from casefiles.documents import config
from casefiles.documents.targets import Command, Http
from casefiles.loop.doctor_telemetry import telemetry_findings
from casefiles.loop.monitor import Captured, open_monitor
from casefiles.spans.conversation import Conversation

SILENT = Captured(conversation=Conversation(), lost=(NOTHING,))


def test_a_server_is_told_what_to_start_with(tmp_path: Path) -> None:
    """The address stays the same from run to run: its secret is kept, for the owner only."""
    run = config.Run(capture="otlp", capture_port=0)
    target = Http(name="app", url="http://127.0.0.1:9/")
    monitor = open_monitor(run, target, tmp_path)
    assert monitor
    environment = monitor.server_environment
    monitor.close()

    (found,) = telemetry_findings(SILENT, environment)

    token = tmp_path / ".casefiles/otlp-token"
    assert token.stat().st_mode & 0o777 == 0o600
    address = environment["OTEL_EXPORTER_OTLP_ENDPOINT"]
    assert address.endswith(f"/k/{token.read_text().strip()}/q/server")
    assert f"OTEL_EXPORTER_OTLP_ENDPOINT={address}" in (found.remedy or "")
    assert "traceparent" in (found.remedy or "")


def test_a_program_is_told_that_its_address_must_not_be_fixed() -> None:
    """The commonest reason why an instrumented program sends nothing here."""
    (found,) = telemetry_findings(SILENT, {})

    assert (found.level, found.text) == ("missing", NOTHING)
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in (found.remedy or "")


def test_each_loss_has_a_remedy_of_its_own() -> None:
    """As far as there is one."""
    lost = ("1 of 1 call of models came without tokens", "something else")
    found = list(telemetry_findings(Captured(conversation=Conversation(spans=3), lost=lost), {}))

    assert [finding.level for finding in found] == ["ok", "missing", "missing"]
    assert "include_usage" in (found[1].remedy or "")


def test_nobody_receives_what_nobody_asked_for(tmp_path: Path) -> None:
    """Capture is off unless the user wants it."""
    assert open_monitor(config.Run(), Command(name="a", command=("x",)), tmp_path) is None
