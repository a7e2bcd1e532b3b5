from __future__ import annotations

from typing import Any

import pytest

from casefiles.spans.times import moment


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (1_763_946_011, "2025-11-24T01:00:11+00:00"),
        (1_763_946_011_500, "2025-11-24T01:00:11.500000+00:00"),
        (1_763_946_011_500_000, "2025-11-24T01:00:11.500000+00:00"),
        (1_763_946_011_500_000_000, "2025-11-24T01:00:11.500000+00:00"),
        ("1763946011", "2025-11-24T01:00:11+00:00"),
        (1763946011.25, "2025-11-24T01:00:11.250000+00:00"),
        ("2025-11-24T01:00:11Z", "2025-11-24T01:00:11+00:00"),
        ("2025-11-24 01:00:11", "2025-11-24T01:00:11+00:00"),
        ("2025-11-24T02:00:11+01:00", "2025-11-24T01:00:11+00:00"),
    ],
)
def test_times_are_read_in_every_unit(value: Any, wanted: str) -> None:
    """Seconds to nanoseconds since 1970 and ISO 8601 with or without a zone."""
    found = moment(value)

    assert found is not None
    assert found.isoformat() == wanted


@pytest.mark.parametrize("value", [None, True, 3.2, -5, 10**30, "soon", "", "12:30", [], "9" * 39])
def test_what_is_no_time_gives_none(value: Any) -> None:
    """A latency, a word and a number out of range are no time."""
    assert moment(value) is None
