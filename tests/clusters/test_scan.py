"""Tests of casefiles.clusters.scan."""

from __future__ import annotations

import pytest

from casefiles.clusters import scan
from casefiles.clusters.scan import resemblance


def test_texts_that_share_words_with_an_example_come_before_others() -> None:
    """The nearest example counts, not the mean of all."""
    texts = ["shouts at the customer", "lists boots first", "", "shouting at customers again"]
    found = resemblance(texts, ["shouts at a customer", "says nothing of the price"])
    assert found[0] > found[3] > found[1]
    assert found[2] == 0


def test_without_texts_or_examples_nothing_is_alike() -> None:
    """Nothing to compare is no error."""
    assert resemblance([], ["x"]) == []
    assert resemblance(["x", "y"], []) == [0, 0]


def test_many_texts_are_compared_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them is."""
    monkeypatch.setattr(scan, "AT_ONCE", 2)
    found = resemblance(["refund", "boots", "refund", "boots", "refund"], ["refund"])
    assert [value > 0.5 for value in found] == [True, False, True, False, True]
