from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.importers.facts import facts, session, source_id


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        ({"id": "r1", "request_id": "q"}, "r1"),
        ({"id": 17}, "17"),
        ({"trace_id": "t", "request_id": "q"}, "t"),
        ({"task_id": 3, "trial": 0}, "3-0"),
        ({"id": 1, "epoch": 2}, "1-2"),
        ({"id": 1, "epoch": 2, "uuid": "u"}, "u"),
        ({"metadata": {"request_id": "q", "id": "tenant"}}, "q"),
        ({"response": {"id": "chatcmpl-1"}}, "chatcmpl-1"),
        ({"task_id": 3}, None),
        ({"id": "  "}, None),
        ({"id": None}, None),
        ({"id": True}, None),
        ({"id": ["r1"]}, None),
        ({"metadata": {"id": "tenant"}}, None),
        ({"conversation_id": "c"}, None),
        ({}, None),
    ],
)
def test_a_record_is_known_by_what_names_it_alone(record: Any, wanted: str | None) -> None:
    """Its own id, else that of the trace or request; a task needs its trial; a tenant is none."""
    assert source_id([record]) == wanted


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        ({"session_id": "s"}, "s"),
        ({"conversation_id": 4}, "4"),
        ({"metadata": {"thread_id": "t"}}, "t"),
        ({"extra": {"metadata": {"session_id": "s"}}}, "s"),
        ({"attributes": {"session.id": "s"}}, "s"),
        ({"session_id": ""}, None),
        ({}, None),
    ],
)
def test_the_session_is_found_in_the_record_and_its_metadata(
    record: Any, wanted: str | None
) -> None:
    """Conversation, thread and session ids all name the session."""
    assert session([record]) == wanted


def test_times_are_written_in_utc_and_give_the_duration() -> None:
    """Start as ISO 8601 with Z; the duration from start to end, or as it is said."""
    record = {"start_time": "2025-11-24T01:00:00.5+00:00", "end_time": "2025-11-24T01:00:02Z"}

    assert facts([record]).started == "2025-11-24T01:00:00.500Z"
    assert facts([record]).ms == 1500
    assert facts([{**record, "latency_ms": 12.6}]).ms == 13
    assert facts([{"end_time": "2025-11-24T01:00:02Z"}]).ms is None


def test_usage_is_read_from_request_and_response() -> None:
    """Tokens under their OpenAI and Anthropic names, and the cost."""
    usage = {"prompt_tokens": 5, "completion_tokens": 7}

    assert facts([{"response": {"usage": usage}}]).usage == {"in": 5, "out": 7}
    assert facts([{"usage": {"input_tokens": 5, "output_tokens": 0}, "cost": 0.25}]).usage == {
        "in": 5,
        "out": 0,
        "cost_usd": 0.25,
    }
    assert facts([{"usage": {"prompt_tokens": -1, "completion_tokens": "7"}}]).usage == {}


def test_errors_are_told_in_words() -> None:
    """As text, as an object with a message, or as anything else that is not empty."""
    assert facts([{"error": "timeout"}]).error == "timeout"
    assert facts([{"error": {"type": "rate_limit", "message": "slow down"}}]).error == "slow down"
    assert facts([{"error_message": "boom"}]).error == "boom"
    assert facts([{"error": None}]).error is None
    assert facts([{"error": {}}]).error is None


def test_short_values_are_kept_with_their_path() -> None:
    """Words, numbers and flags of the record and its metadata, but no long texts."""
    record = {
        "task_id": 3,
        "ok": False,
        "reward": 0.5,
        "metadata": {"plan": "pro"},
        "long": "x" * 201,
        "messages": [],
        "nothing": None,
    }

    assert facts([record]).rest == {
        "task_id": "3",
        "ok": "no",
        "reward": "0.5",
        "metadata.plan": "pro",
    }


VALUE = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
KEYS = st.sampled_from(
    "id trace_id session_id metadata created latency_ms usage error title response uuid".split()
)


@given(
    st.dictionaries(
        KEYS, VALUE | st.dictionaries(KEYS | st.just("prompt_tokens"), VALUE, max_size=4)
    )
)
def test_any_record_gives_facts_that_a_trace_can_hold(record: Any) -> None:
    """Whatever stands under the known keys, amounts are not negative and texts not empty."""
    found = facts([record])

    assert found.ms is None or found.ms >= 0
    assert all(amount >= 0 for amount in found.usage.values())
    assert found.error is None or found.error
    assert source_id([record]) != ""
