from __future__ import annotations

from casefiles.insight.pace import ENOUGH, pace


def test_no_note_has_no_pace() -> None:
    """Nothing is said of nothing."""
    assert pace([]) is None


def test_a_few_notes_have_a_median_and_no_trend() -> None:
    """The middle one, so that one long trace does not count for many."""
    found = pace([10, 20, 600])
    assert found is not None
    assert (found.notes, found.seconds, found.median) == (3, 630, 20)
    assert (found.earlier, found.later) == (None, None)


def test_the_trend_is_that_of_the_halves() -> None:
    """In the order of reading."""
    found = pace([60] * (ENOUGH // 2) + [30] * (ENOUGH // 2))
    assert found is not None
    assert (found.earlier, found.later) == (60, 30)
