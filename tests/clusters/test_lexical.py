"""Tests of casefiles.clusters.lexical."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefiles.clusters.lexical import lexical_similarity

WORDS = ["refund", "link", "asks", "not", "Spanish", "the", "дом", "三个", "x1"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)


def naive_cosines(documents: list[list[str]]) -> list[list[float]]:
    """TF-IDF cosines by the definition, one pair at a time."""
    holders = Counter(term for terms in documents for term in set(terms))
    vectors = []
    for terms in documents:
        idf = {term: math.log((1 + len(documents)) / (1 + holders[term])) + 1 for term in terms}
        weights = {term: count * idf[term] for term, count in Counter(terms).items()}
        length = math.sqrt(sum(weight**2 for weight in weights.values())) or 1
        vectors.append({term: weight / length for term, weight in weights.items()})
    return [[sum(a[term] * b.get(term, 0) for term in a) for b in vectors] for a in vectors]


def character_grams(text: str) -> list[str]:
    """The 3- to 5-grams of each word with a space at its ends."""
    padded = [f" {word} " for word in text.lower().split()]
    sizes = range(3, 6)
    return [p[i : i + n] for p in padded for n in sizes for i in range(len(p) - n + 1)]


def word_grams(text: str) -> list[str]:
    """The words and pairs of words, without the one stop word used here."""
    kept = [word for word in text.lower().split() if word != "the"]
    return kept + [f"{a} {b}" for a, b in pairwise(kept)]


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=40))
def test_it_is_the_mean_of_two_tf_idf_cosines(texts: list[str]) -> None:
    """Rare and common terms together give what the definition gives pair by pair."""
    of_words = naive_cosines([word_grams(text) for text in texts])
    of_pieces = naive_cosines([character_grams(text) for text in texts])
    expected = (np.array(of_words) + np.array(of_pieces)) / 2
    np.testing.assert_allclose(lexical_similarity(texts), expected, atol=1e-12)


def test_many_terms_are_multiplied_in_several_blocks() -> None:
    """More common terms than fit in one dense block are all counted."""
    texts = [" ".join(f"w{number}" for number in range(first, 1500)) for first in (0, 20)]
    assert lexical_similarity(texts)[0, 1] > 0.95


def test_a_text_without_words_is_like_no_other() -> None:
    """An empty row, not an undefined one."""
    similarity = lexical_similarity(["", "a refund", "?!"])
    assert similarity[0].tolist() == [0, 0, 0]
    assert similarity[1, 1] == pytest.approx(1)


def test_no_texts_give_an_empty_matrix() -> None:
    """Nothing in, nothing out."""
    assert lexical_similarity([]).shape == (0, 0)


def test_a_denial_is_less_alike_than_a_repetition() -> None:
    """The stop list keeps "not", so that what is denied differs from what is said."""
    said, denied, again = "asks before it pays", "does not ask before it pays", "asks before paying"
    similarity = lexical_similarity([said, denied, again])
    assert similarity[0, 1] < 0.9
    assert lexical_similarity(["is helpful", "is not helpful"])[0, 1] < 0.9
    assert similarity[0, 2] > similarity[1, 2]


def test_inflections_and_slips_are_still_alike() -> None:
    """Pieces of words see what whole words miss."""
    similarity = lexical_similarity(["hallucinates sources", "halucinated a source", "too long"])
    assert similarity[0, 1] > 0.2 > similarity[0, 2]
