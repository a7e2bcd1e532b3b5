"""Text to plain words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.demo.words import Speller, one_slip, sentences, words

LETTERS = st.text(alphabet="abcdefg", min_size=5, max_size=9)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Where's my ORDER?!", ("where", "is", "my", "order")),
        ("I don’t / dont want it", ("i", "do", "not", "do", "not", "want", "it")),
        ("pls send u know", ("please", "send", "you", "know")),
        ("women's ﬁne coat", ("women", "fine", "coat")),
        ("", ()),
        ("❤️ !!", ()),
    ],
)
def test_contractions_shorthand_and_odd_characters_become_plain_words(
    text: str, plain: tuple[str, ...]
) -> None:
    """However a customer types it, the rules see one spelling."""
    assert words(text) == plain


def test_sentences_end_at_marks_and_line_breaks() -> None:
    """A price with a full stop does not end a sentence."""
    assert sentences("It cost 4.95. Why?\nTell me") == ("It cost 4.95.", "Why?", "Tell me")


@pytest.mark.parametrize(
    ("slip", "meant"),
    [("retrun", "return"), ("jaket", "jacket"), ("tentts", "tents"), ("backpock", "backpack")],
)
def test_a_word_one_slip_away_is_mended(slip: str, meant: str) -> None:
    """A swap, a gap, a letter too many and a wrong letter are all one slip."""
    assert Speller(["return", "jacket", "tents", "backpack"]).mend(slip) == meant


def test_known_short_and_distant_words_stay() -> None:
    """Mending never touches a known word, a word under five letters, or one further away."""
    speller = Speller(["return", "tent", "order"])
    assert [speller.mend(word) for word in ("order", "tnet", "retrnu1", "rettrun")] == [
        "order",
        "tnet",
        "retrnu1",
        "rettrun",
    ]


@given(LETTERS, st.integers(0, 8), st.sampled_from("xyz"))
def test_every_single_slip_is_found(word: str, place: int, letter: str) -> None:
    """Leaving out, putting in or changing any one letter counts as one slip, both ways round."""
    place = min(place, len(word) - 1)
    shorter = word[:place] + word[place + 1 :]
    longer = word[:place] + letter + word[place:]
    changed = shorter[:place] + letter + shorter[place:]
    for other in (shorter, longer, changed):
        assert one_slip(word, other)
        assert one_slip(other, word)


@given(LETTERS)
def test_two_letters_more_are_not_one_slip(word: str) -> None:
    """Two additions are two slips."""
    assert not one_slip(word, f"x{word}y")
