"""How alike observations are: in wording, in the failure they speak of, and in meaning.

The three are blended, and each is a cosine. Wording is TF-IDF, the failure a list of synonyms;
meaning is a sentence embedding, where the workspace has a model for it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from casefiles.clusters.failure_words import behaviours
from casefiles.clusters.lexical import lexical_similarity
from casefiles.clusters.linkage import Matrix

Vectors = NDArray[np.floating]
"""One row a text."""

_FAILURE = 0.15
"""How much the failure that two texts speak of counts."""
_RARE = 10
"""A behaviour that one text in so many speaks of, or fewer, counts in full."""
_MEANING = 0.5
"""How much of the rest meaning counts, where there are vectors."""
_WHITENING = 0.5
"""0 leaves the directions of embeddings as they are, 1 makes all equally strong. Notes on one
application are alike in most directions; what tells them apart lies in the weaker ones."""
_RIDGE = 0.1
"""What share of the mean strength is added to each direction: the weakest are noise."""


def likeness(texts: Sequence[str], vectors: Vectors | None = None) -> Matrix:
    """The likeness of every pair of texts, an n x n matrix, 1 for the same text.

    `vectors` are their sentence embeddings, n x width.
    """
    result = lexical_similarity(texts)
    if vectors is not None:
        result *= 1 - _MEANING
        result += _MEANING * whitened_cosines(vectors)
    result *= 1 - _FAILURE
    result += _FAILURE * failure_similarity(texts)
    np.fill_diagonal(result, 1)
    return result


def failure_similarity(texts: Sequence[str]) -> Matrix:
    """How much the behaviours that two texts speak of are the same, n x n, from 0 to 1.

    It is the cosine of the two sets, but a behaviour that more than a tenth of the texts speak of
    counts less, down to nothing for one that all do: among errors "wrong" tells no two apart.
    """
    spoken = [frozenset(behaviours(text)) for text in texts]
    known = sorted(frozenset().union(*spoken))
    holds = np.array([[one in own for one in known] for own in spoken], dtype=np.float64)
    if not known:
        return np.zeros((len(texts), len(texts)))
    rarity = np.log(len(texts) / holds.sum(axis=0)) / np.log(_RARE)
    lengths = np.sqrt(np.maximum(1, holds.sum(axis=1, keepdims=True)))
    holds /= lengths
    return np.asarray((holds * np.minimum(1, rarity)) @ holds.T)


def whitened_cosines(vectors: Vectors) -> Matrix:
    """The cosine of every pair of vectors, centred and partly whitened (Huang et al. 2021)."""
    centred = vectors - vectors.mean(axis=0, dtype=np.float64)
    left, strengths, _ = np.linalg.svd(centred, full_matrices=False)
    squares = strengths**2
    coordinates = left * (
        strengths * (squares + _RIDGE * squares.mean() + 1e-30) ** (-_WHITENING / 2)
    )
    lengths = np.linalg.norm(coordinates, axis=1, keepdims=True)
    coordinates /= np.where(lengths > 0, lengths, 1)
    return np.asarray(coordinates @ coordinates.T)
