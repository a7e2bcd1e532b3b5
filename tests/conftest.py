"""What every test starts from: no identity, no colours, no settings of the machine."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# The same examples every time, so that a change is what breaks a test; `make explore` draws others.
_SLOW = [HealthCheck.too_slow]
settings.register_profile(
    "same", deadline=None, suppress_health_check=_SLOW, derandomize=True, max_examples=100
)
settings.register_profile("explore", deadline=None, suppress_health_check=_SLOW, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine reaches a test; git has an identity only where a test sets one."""
    for name in list(os.environ):
        if name.startswith(("CASEFILES_", "GIT_", "OTEL_")) and name != "CASEFILES_REQUIRE":
            monkeypatch.delenv(name)
    for name in ("EDITOR", "VISUAL", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("COLUMNS", "100")
