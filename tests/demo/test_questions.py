"""The assistant's questions can be read back from its own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.demo.questions import PURPOSES, ask, asked


@pytest.mark.parametrize("intent", PURPOSES)
@pytest.mark.parametrize("kind", ["order_for", "one_of"])
def test_a_question_for_an_order_remembers_what_for(kind: str, intent: str) -> None:
    """The wish that needs the order is in the words of the question."""
    question = asked(f"Sorry. {ask(kind, intent=intent)}")
    assert question is not None
    assert (question.kind, question.slots) == (kind, {"intent": intent})


@pytest.mark.parametrize(
    ("kind", "slots"),
    [
        ("cancel", {"order": "LF-10271"}),
        ("items", {"order": "LF-10241"}),
        ("return", {"items": "2 × Bottle (pink) and Sock (grey, 42-44)", "order": "LF-10241"}),
        ("faulty_item", {"order": "LF-10241"}),
        ("remedy", {"items": "Killary Backpack 25 (blue)", "order": "LF-10221"}),
        ("human", {}),
        ("product", {}),
        ("wish", {}),
    ],
)
def test_slots_are_found_again(kind: str, slots: dict[str, str]) -> None:
    """What the question was about comes back as it went in."""
    question = asked(ask(kind, **slots))
    assert question is not None
    assert (question.kind, question.slots) == (kind, slots)


def test_only_the_end_of_a_reply_is_a_question() -> None:
    """A question with more words after it is not open."""
    assert asked(f"{ask('human')} But first something else.") is None


@given(st.text())
def test_any_text_can_be_asked_for_a_question(text: str) -> None:
    """Other words are no question of ours."""
    assert asked(text) is None
