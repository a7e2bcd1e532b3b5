from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casefiles.insight.reach import reached

ROWS = [frozenset("ab"), frozenset("a"), frozenset("c"), frozenset()]


def test_each_mode_adds_the_rows_no_mode_before_it_reached() -> None:
    """A row counts once, however many modes it shows."""
    assert reached(ROWS, "abc") == (2, 2, 3)
    assert reached(ROWS, "cba") == (1, 2, 3)
    assert reached(ROWS, "") == ()


@given(st.lists(st.frozensets(st.sampled_from("abcd"))), st.permutations("abcd"))
def test_it_never_falls_and_ends_at_the_rows_that_show_anything(
    rows: list[frozenset[str]], order: list[str]
) -> None:
    """Whatever the order, all modes together reach every row that shows one."""
    found = reached(rows, order)
    assert list(found) == sorted(found)
    assert found[-1] == sum(map(bool, rows))
