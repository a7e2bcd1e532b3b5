"""Tests of casefiles.models.minilm."""

from __future__ import annotations

import numpy as np
import pytest

from casefiles.models.embedding import Embed, has_minilm, minilm
from require import require

# Computed once with `transformers` 4.41 (BERT with mean pooling) from the published weights: the
# first eight of 384 numbers.
REFERENCE = {
    "my card is stuck in the atm?": [
        0.01985, -0.006177, -0.054321, 0.025771, 0.002434, -0.062501, 0.088016, -0.081772,
    ],
    "The agent fabricated the population figures for Seattle and Colville, resulting in an "
    "incorrect calculation of the population difference.": [
        0.007554, 0.025747, -0.017396, 0.056104, -0.035518, -0.051513, -0.068335, -0.025996,
    ],
    "Café déjà-vu naïve ﬁ Ⅷ": [
        -0.033121, -0.003132, 0.074761, 0.002264, 0.035486, -0.009859, 0.063332, -0.084031,
    ],
    "": [-0.118838, 0.048299, -0.002548, -0.011011, 0.051952, 0.010292, 0.115433, 0.000701],
    "日本語のテスト。中文字符": [
        0.006553, 0.161413, 0.056568, -0.015496, -0.037294, 0.049675, 0.114706, 0.027384,
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def embed() -> Embed:
    """The installed model; skips without it."""
    require("minilm", "installed" if has_minilm() else None)
    return minilm()


def test_vectors_are_those_of_the_reference(embed: Embed) -> None:
    """To a millionth, also for what has no words and for other scripts."""
    found = embed(list(REFERENCE))[:, :8]
    np.testing.assert_allclose(found, list(REFERENCE.values()), atol=2e-6)


def test_vectors_have_length_one_and_like_texts_are_near(embed: Embed) -> None:
    """The cosine of two notes on one failure is the published one."""
    one, other, far = embed(
        ["my card is stuck in the atm?", "the atm sucked my card in.", "answers in English"]
    )
    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-6)
    assert float(one @ other) == pytest.approx(0.730172, abs=1e-5)
    assert float(one @ far) < 0.2


def test_a_vector_does_not_hang_on_the_other_texts(embed: Embed) -> None:
    """However many are computed at once, in whichever order."""
    texts = [f"note {number} on refunds" for number in range(300)]
    together = embed(texts)
    np.testing.assert_allclose(embed(texts[::-1])[::-1], together, atol=1e-6)
    np.testing.assert_allclose(embed(texts[:1])[0], together[0], atol=1e-6)


def test_texts_beyond_the_longest_are_cut(embed: Embed) -> None:
    """256 pieces are read; what comes after changes nothing."""
    long = " ".join(["word"] * 300)
    np.testing.assert_allclose(embed([long])[0], embed([long + " and more"])[0], atol=1e-6)


def test_no_texts_have_no_vectors(embed: Embed) -> None:
    """Nothing in, nothing out."""
    assert embed([]).shape == (0, 384)
