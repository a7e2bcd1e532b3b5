"""Tests of casefiles.clusters.failure_words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.clusters.failure_words import behaviours


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Makes up a voucher", ["invents"]),
        ("hallucinated the voucher", ["invents"]),
        ("The voucher does not exist", ["invents"]),
        ("Leaves out the second question", ["omits"]),
        ("IGNORES the second question", ["omits"]),
        ("never double-checks the total", ["verifies"]),
        ("refunds without asking", ["unasked"]),
        ("lists the opening hours", []),
        ("the omission of a mission", ["omits"]),
        ("", []),
    ],
)
def test_many_words_are_one_behaviour(text: str, expected: list[str]) -> None:
    """Synonyms, forms of a word and phrases are told; words that only look like one are not."""
    assert list(behaviours(text)) == expected


@given(st.text())
def test_any_text_has_behaviours_or_none(text: str) -> None:
    """Nothing that a person writes stops it."""
    assert all(one.isalpha() for one in behaviours(text))
