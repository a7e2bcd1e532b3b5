"""Scenarios for people to play."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.dataset.sheets import card, deal, render_sheet, scenarios_of
from casefiles.documents.dataset import PersonaPlan, Query
from hostile import texts

name = st.from_regex(r"q[0-9]{1,4}", fullmatch=True)
names = st.lists(name, min_size=1, max_size=30, unique=True)


@given(queries=names, people=st.integers(1, 9), data=st.data())
def test_everybody_gets_as_many_and_every_scenario_is_played_as_often(
    queries: list[str], people: int, data: st.DataObject
) -> None:
    """Nobody gets one twice; the order in the file does not count."""
    each = data.draw(st.integers(1, len(queries)))

    hands = deal(queries, people, each, "people-1")

    assert [len(set(hand)) for hand in hands] == [each] * people
    counts = Counter(name for hand in hands for name in hand)
    often = [counts[name] for name in queries]
    assert max(often) - min(often) <= 1
    assert deal(sorted(queries, reverse=True), people, each, "people-1") == hands


def test_another_round_deals_otherwise() -> None:
    """So one person does not play the same twelve every time."""
    queries = [f"q{n:03}" for n in range(60)]

    assert deal(queries, 5, 12, "people-1") != deal(queries, 5, 12, "people-2")
    with pytest.raises(ValueError, match="there are 60 scenarios, fewer than 61"):
        deal(queries, 1, 61, "x")


def test_a_card_says_who_what_and_what_not() -> None:
    """Of a plan; of a bare query what there is."""
    plan = PersonaPlan(goal="the money", facts=("QX4",), never_says=("the card",))

    assert card(Query(id="q1", text="hi", plan=plan), {"persona": "novice", "tone": "angry"}) == (
        "- You are: persona: novice, tone: angry\n"
        "- You want: the money\n"
        "- You know, and tell only when asked: QX4\n"
        "- You never say: the card\n"
        "- You might begin with: hi"
    )
    assert card(Query(id="q1", text="hi"), {}) == (
        "- You want what this message asks for: hi\n"
        "- Say it in your own words, and go on until you have it or give up."
    )


@given(found=st.dictionaries(name, texts, max_size=4))
def test_a_sheet_is_read_back_whatever_its_cards_say(found: dict[str, str]) -> None:
    """No text of a query makes a heading of its own."""
    plan = {name: PersonaPlan(goal=text, facts=(text,)) for name, text in found.items()}
    cards = {
        name: card(Query(id=name, text=text, plan=plan[name]), {"a": text})
        for name, text in found.items()
    }

    assert scenarios_of(render_sheet(1, cards, "people-1", "Shop")) == tuple(found)
