"""Tests of casefiles.clusters.words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.clusters.words import STOP_WORDS, content_words, phrases, words


@pytest.mark.parametrize("denial", ["doesn't ask", "doesn’t ask", "DOES NOT ask", "donot ask"])
def test_a_denial_is_one_word_however_it_is_written(denial: str) -> None:
    """Contractions with "not", of either apostrophe, are read as "not"."""
    assert content_words(denial) == ("not", "ask")


def test_negations_are_content() -> None:
    """Negations turn the meaning of a note, so that none of them is a stop word."""
    assert content_words("not, no, never, without, cannot") == (
        "not",
        "no",
        "never",
        "without",
        "not",
    )


def test_other_apostrophes_join() -> None:
    """Quotes around a word go, an apostrophe inside one joins its halves."""
    assert words("the 'salt' of Bob's soup") == ("the", "salt", "of", "bobs", "soup")


def test_vowel_signs_do_not_split_a_word() -> None:
    """Marks of Devanagari, which no pattern counts as letters, stay with their word."""
    assert words("गलत जानकारी") == ("गलत", "जानकारी")


def test_underscores_split_names() -> None:
    """The parts of an identifier are compared as words."""
    assert words("arxiv_search(q=1)") == ("arxiv", "search", "q", "1")


@pytest.mark.parametrize("text", ["", " \n\t", "?!", "👍\ufe0f", "...'", "\u0301"])
def test_text_without_letter_or_digit_has_no_words(text: str) -> None:
    """Signs, emoji and stray marks are no words."""
    assert words(text) == ()


def test_phrases_stay_inside_clauses_and_between_content_words() -> None:
    """No phrase crosses a full stop, starts or ends with a stop word, or is only "not"."""
    assert set(phrases("It is not helpful. Lack of sources", longest=3)) == {
        "helpful",
        "not helpful",
        "lack",
        "sources",
        "lack of sources",
    }


@given(st.text())
def test_words_are_the_same_in_any_unicode_form_and_case(text: str) -> None:
    """Composed or decomposed, folded or not, a text has the same words."""
    assert words(unicodedata.normalize("NFKC", text)) == words(text)
    assert not STOP_WORDS & set(content_words(text))
