"""Tests of casefiles.clusters.likeness."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from casefiles.clusters.likeness import failure_similarity, likeness, whitened_cosines

TEXTS = [
    "Makes up a pool for the hotel",
    "hallucinated a discount code",
    "Answers in English to a German question",
    "Leaves out the second question",
    *(f"says something about topic {number}" for number in range(30)),
]


def test_two_words_for_one_failure_are_alike() -> None:
    """Nothing in the wording of the first two is the same but what they tell."""
    similarity = failure_similarity(TEXTS)
    assert similarity[0, 1] > 0.9
    assert similarity[0, 2] == similarity[0, 3] == 0


def test_a_behaviour_that_all_speak_of_tells_nothing() -> None:
    """Where every note says "wrong", that makes no two more alike than others."""
    assert failure_similarity(["the wrong date", "wrong total", "a wrong name"]).max() == 0


def test_vectors_count_for_half_of_the_rest() -> None:
    """The same wording with other vectors is less alike."""
    vectors = np.random.default_rng(1).normal(size=(len(TEXTS), 8))
    vectors[1] = vectors[0]
    with_vectors, without = likeness(TEXTS, vectors), likeness(TEXTS)
    assert with_vectors[0, 1] > without[0, 1]
    assert np.diagonal(with_vectors).tolist() == [1] * len(TEXTS)


def test_what_all_vectors_share_is_taken_out() -> None:
    """A large part in common hides no difference, and equal vectors divide by nothing."""
    apart = np.eye(6) + 100
    cosines = whitened_cosines(apart)
    assert cosines[~np.eye(6, dtype=bool)].max() < 0.1
    np.testing.assert_allclose(whitened_cosines(np.ones((3, 4))), 0, atol=1e-9)


@given(st.lists(st.text(max_size=20), max_size=8))
def test_likeness_is_a_symmetric_matrix_of_finite_numbers(texts: list[str]) -> None:
    """Whatever the texts."""
    similarity = likeness(texts)
    assert similarity.shape == (len(texts), len(texts))
    assert np.isfinite(similarity).all()
    np.testing.assert_allclose(similarity, similarity.T, atol=1e-12)
