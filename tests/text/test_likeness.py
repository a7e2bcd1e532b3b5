from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.text.likeness import Texts
from hostile import texts


@pytest.mark.parametrize(
    ("known", "text"),
    [
        ("Where is my order?", "where is my order"),
        ("where is my order LF-10218, please?", "Please, where is my order LF-10218"),
        ("I need to make some changes to my upcoming flight.",
         "Hi, I need to make some changes to my upcoming flight!"),
        ("Hi there! I'd like to change my flight reservation.",
         "Hi! I'd like to change my flight reservation."),
        ("我的订单在哪里", "我的订单在哪里？"),
        ("???", "???"),
    ],
)  # fmt: skip
def test_what_says_nearly_the_same_is_found(known: str, text: str) -> None:
    """Case, punctuation, a greeting and the order of words make no new query."""
    assert Texts(["something else entirely", known]).nearest(text) == known
    assert Texts(["something else entirely", text]).nearest(known) == text


@pytest.mark.parametrize(
    ("known", "text"),
    [
        ("Hi there! I'd like to change my flight reservation.",
         "Hi, I'd like to cancel my flight, please."),
        ("mens rain jacket L under 100", "hiking socks 42"),
        ("still nothing. useless", "where is my stuff!!! it was supposed to be here days ago"),
        ("I'm on a tight budget. I can't access my account and need help.",
         "This is really frustrating! I can't access my account and need help."),
        ("我的订单在哪里", "怎么退货"),
        ("???", "!!!"),
        ("a", ""),
    ],
)  # fmt: skip
def test_what_asks_for_something_else_is_new(known: str, text: str) -> None:
    """Words in common are not enough."""
    assert Texts([known]).nearest(text) is None


def test_the_most_alike_of_several_is_named() -> None:
    """So that a person, or a model, sees what was repeated."""
    known = Texts(["where is my order LF-10218 please", "where is my order LF-10219 please"])
    assert known.nearest("where is my order LF-10219, please?") == (
        "where is my order LF-10219 please"
    )


@given(texts)
def test_any_text_repeats_itself(text: str) -> None:
    """And nothing raises."""
    known = Texts()
    assert known.nearest(text) is None
    known.add(text)
    assert known.nearest(text) == text


@given(st.lists(texts, max_size=5), texts)
def test_what_is_found_was_known(known: list[str], text: str) -> None:
    """Nothing is made up."""
    found = Texts(known).nearest(text)
    assert found is None or found in known


def test_ten_thousand_known_texts_are_no_burden() -> None:
    """A hundred new ones against so many real ones take a moment."""
    known = Texts(f"my order {n} did not come, where is number {n * 7}?" for n in range(10_000))
    start = time.process_time()
    for n in range(100):
        known.nearest(f"can I pay invoice {n} later, please? thanks a lot for your answer")
    assert time.process_time() - start < 5
