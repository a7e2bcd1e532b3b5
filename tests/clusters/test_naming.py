"""Tests of casefiles.clusters.naming."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.clusters.naming import (
    LONGEST_IN_CHARACTERS,
    LONGEST_TITLE,
    distinctive_phrases,
    title,
    told_apart,
)
from casefiles.clusters.words import words
from casefiles.text.names import slug


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the code is wrong.", "The code is wrong"),
        ("Refunds without asking. It should have waited.", "Refunds without asking"),
        ("In English, though asked in Spanish", "In English, though asked in Spanish"),
        ("it refunds the order, though nobody asked", "Refunds the order, though nobody asked"),
        ("fails to convert 1.5 into 3/2", "Fails to convert 1.5 into 3/2"),
        ("While getting the link, the expert downloads nothing", "Downloads nothing"),
        ("Because it is late", "Because it is late"),
        ("The code fails because there is no import", "The code fails because there is no import"),
        ("The agent's code fails because there is no import", "The agent's code fails"),
        ("- **Too long**; three screens of it", "Too long; three screens of it"),
        ("只是重复了问题。没有回答", "只是重复了问题"),
        ("404", "404"),
    ],
)  # fmt: skip
def test_a_title_is_the_first_clause_that_can_stand_alone(text: str, expected: str) -> None:
    """A clause of at least four words, capitalised, without the full stop or markup."""
    assert title(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The agent fabricates the figures.", "Fabricates the figures"),
        ("Verification_Expert provided the wrong code", "Provided the wrong code"),
        ("the bot doesn't ask which order is meant", "Doesn't ask which order is meant"),
        ("The model incorrectly assumes a hexagon", "Incorrectly assumes a hexagon"),
        ("The agent is too chatty", "The agent is too chatty"),
        ("The agent has no access to the file", "The agent has no access to the file"),
        ("The system prompt is shown to the user", "The system prompt is shown to the user"),
        ("It fails", "It fails"),
        ("The answer skips the price", "The answer skips the price"),
    ],
)
def test_whoever_acts_is_left_out(text: str, expected: str) -> None:
    """A name of a failure mode says what is done; what is no actor stays."""
    assert title(text) == expected


def test_a_long_clause_is_cut_before_a_joint() -> None:
    """The cut leaves a whole thought where there is one of six words or more."""
    text = "The agent reaches a conclusion directly without taking any of the actual steps it needs"
    assert title(text) == "Reaches a conclusion directly"


def test_a_cut_leaves_four_words_that_say_something() -> None:
    """What would be left of a first joint is a stop word less, so the next joint counts."""
    text = "Sends the customer off to start a return in the chat although the order was given"
    assert title(text) == "Sends the customer off to start a return"


def test_a_long_clause_without_a_joint_does_not_end_in_a_stop_word() -> None:
    """Ten words at most, and none at the end that promises more."""
    text = "Shows seven long unrelated product pages nobody requested today the very second time"
    assert title(text) == "Shows seven long unrelated product pages nobody requested today"


@pytest.mark.parametrize("text", ["", "  ", "?!…", "👍\ufe0f", "---"])
def test_text_without_words_has_no_title(text: str) -> None:
    """Nothing to name a group by."""
    assert title(text) == ""


@given(st.text(max_size=300))
def test_a_title_is_one_short_inert_line_with_a_word_in_it(text: str) -> None:
    """Whatever the text, the title has no control, markup or direction character."""
    found = title(text)
    assert bool(words(found)) == bool(words(text))
    assert len(found.split()) <= LONGEST_TITLE
    assert len(found) <= LONGEST_IN_CHARACTERS + 2  # a capital may take up to three characters
    assert not set(found) & set('\n\r\t<>[]{}`*#|\\"~^')
    assert all(unicodedata.category(char)[0] in "LMNPSZ" for char in found)
    assert found == found.strip()


@given(
    st.lists(
        st.tuples(st.text(max_size=90), st.lists(st.text(max_size=90), max_size=3)), max_size=8
    )
)
def test_titles_told_apart_have_slugs_of_their_own(pairs: list[tuple[str, list[str]]]) -> None:
    """Equal texts, accents, other scripts and long tails never give two groups one file name."""
    titles = [title(text) or "X" for text, _ in pairs] * 2
    terms = [[" ".join(words(term)) for term in own] for _, own in pairs] * 2
    apart = told_apart(titles, terms)
    assert len({slug(name) for name in apart}) == len(titles)


def test_a_clash_is_told_apart_by_a_term_of_its_own() -> None:
    """The first title stays; the second gets the first of its terms that helps."""
    titles = ["The code is wrong", "The code is wrong!", "The code is wrong"]
    terms = [["loops"], ["imports"], ["imports", "columns"]]
    assert told_apart(titles, terms) == [
        "The code is wrong",
        "The code is wrong: imports",
        "The code is wrong: columns",
    ]


def test_a_clash_without_terms_is_numbered() -> None:
    """A number is the last resort."""
    assert told_apart(["Too long"] * 3, [[]] * 3) == ["Too long", "Too long: 2", "Too long: 3"]


def test_phrases_are_shared_in_the_group_and_rare_outside() -> None:
    """What all groups say, as "agent", and what one text says, as "link", is no term."""
    groups = [
        ["the agent exceeds step limits", "the agent runs into step limits again"],
        ["the agent answers in English", "the agent replies in English with a link"],
    ]
    assert distinctive_phrases(groups, most=3) == [("step limits",), ("english",)]


def test_phrases_of_one_group_share_no_word() -> None:
    """A phrase leaves no room for its own words, and `most` bounds how many there are."""
    group = ["dead link, step limits, wrong year"] * 2
    (found,) = distinctive_phrases([group], most=2)
    assert found == ("dead link", "step limits")
