"""Days as people say them; the shop's day is Wednesday 18 March 2026."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.demo.dates import dates_in

TODAY = date(2026, 3, 18)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("by friday please", date(2026, 3, 20)),
        ("on wednesday", TODAY),
        ("last friday", date(2026, 3, 13)),
        ("tomorrow", date(2026, 3, 19)),
        ("yesterday", date(2026, 3, 17)),
        ("2 weeks ago", date(2026, 3, 4)),
        ("a month ago", date(2026, 2, 16)),
        ("on 3rd of april", date(2026, 4, 3)),
        ("march 5th", date(2026, 3, 5)),
        ("25/03", date(2026, 3, 25)),
        ("2026-04-01", date(2026, 4, 1)),
        ("before the 22nd", date(2026, 3, 22)),
    ],
)
def test_a_day_is_understood_and_taken_out(text: str, day: date) -> None:
    """The day is found, and its words cannot be read as anything else."""
    found, rest = dates_in(text, today=TODAY)
    assert found == (day,)
    assert not any(letter.isdigit() for letter in rest)


def test_a_day_that_does_not_exist_is_left_alone() -> None:
    """The 31st of February is neither a date nor taken out of the text."""
    assert dates_in("on 31 feb", today=TODAY) == ((), "on 31 feb")


def test_several_days_keep_their_order_without_repeats() -> None:
    """A day said twice counts once."""
    found, _ = dates_in("friday or monday or friday", today=TODAY)
    assert found == (date(2026, 3, 20), date(2026, 3, 23))


@given(st.text(max_size=60))
def test_any_text_gives_days_and_a_rest(text: str) -> None:
    """No text makes it fail."""
    found, rest = dates_in(text, today=TODAY)
    assert isinstance(found, tuple)
    assert isinstance(rest, str)
