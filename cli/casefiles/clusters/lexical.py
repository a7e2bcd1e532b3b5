"""How alike texts are worded: TF-IDF over words and over pieces of words, numpy only.

Weights are term frequency times smoothed inverse document frequency, `ln((1 + n) / (1 + df)) + 1`
(Salton & Buckley 1988, smoothed as scikit-learn does); pieces are character 3- to 5-grams inside
word boundaries, which catch inflections and misspellings that whole words miss.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from casefiles.clusters.words import content_words, words

Matrix = NDArray[np.float64]
Indices = NDArray[np.int64]

_DENSE_SHARE = 16
"""A term found in more than one text of this many is multiplied densely: there, BLAS is faster
than adding up its pairs one by one."""
_DENSE_COLUMNS = 1024
"""How many such terms are laid out at a time, which bounds the memory to texts x this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """Which text holds which term, and how much it weighs there: a sparse matrix by column."""

    texts: int
    """How many texts there are (rows)."""
    rows: Indices
    """The text of each cell; cells are in order of column, then row."""
    columns: Indices
    """The term of each cell."""
    weights: Matrix
    """The weight of each cell."""


def lexical_similarity(texts: Sequence[str]) -> Matrix:
    """The likeness of every pair of texts, an n x n matrix from 0 to 1.

    It is the mean of two TF-IDF cosines: of word 1- and 2-grams without stop words, and of
    character 3- to 5-grams inside words. A text that has no words is like no other.
    """
    similarity = _cosines(map(_word_grams, texts))
    similarity += _cosines(map(_character_grams, texts))
    similarity /= 2
    return similarity


def _cosines(documents: Iterable[Iterable[str]]) -> Matrix:
    """The TF-IDF cosine of every pair of documents, each its terms: n x n, from 0 to 1."""
    terms = _weighted(_counted(documents))
    similarity = np.zeros((terms.texts, terms.texts))
    _add_rare_products(similarity, terms)
    _add_common_products(similarity, terms)
    return similarity


def _word_grams(text: str) -> Iterator[str]:
    """The content words of a text and its pairs of following content words."""
    found = content_words(text)
    yield from found
    yield from map(" ".join, pairwise(found))


def _character_grams(text: str) -> Iterator[str]:
    """The character 3- to 5-grams of each word of a text."""
    for word in words(text):
        yield from _pieces(word)


@lru_cache(maxsize=1 << 16)
def _pieces(word: str) -> tuple[str, ...]:
    """The 3- to 5-grams of one word with a space at each end."""
    padded = f" {word} "
    return tuple(
        padded[start : start + size]
        for size in range(3, min(5, len(padded)) + 1)
        for start in range(len(padded) - size + 1)
    )


def _counted(documents: Iterable[Iterable[str]]) -> _Terms:
    """Term frequencies, with terms numbered by first appearance."""
    numbers: dict[str, int] = {}
    held = [[numbers.setdefault(term, len(numbers)) for term in terms] for terms in documents]
    rows = np.repeat(np.arange(len(held)), np.array([len(terms) for terms in held], dtype=np.int64))
    columns = np.fromiter((term for terms in held for term in terms), dtype=np.int64)
    cells, counts = np.unique(columns * max(1, len(held)) + rows, return_counts=True)
    columns, rows = np.divmod(cells, max(1, len(held)))
    return _Terms(texts=len(held), rows=rows, columns=columns, weights=counts.astype(np.float64))


def _weighted(terms: _Terms) -> _Terms:
    """Frequencies times inverse document frequency, each text scaled to length one."""
    holders = np.bincount(terms.columns)[terms.columns]
    weights = terms.weights * (np.log((1 + terms.texts) / (1 + holders)) + 1)
    lengths = np.sqrt(np.bincount(terms.rows, weights**2, minlength=terms.texts))
    weights /= lengths[terms.rows]
    return _Terms(texts=terms.texts, rows=terms.rows, columns=terms.columns, weights=weights)


def _add_rare_products(similarity: Matrix, terms: _Terms) -> None:
    """Add what rare terms contribute, pair by pair, for all terms of as many holders at once."""
    cells = similarity.reshape(-1)
    holders = np.bincount(terms.columns)[terms.columns]
    for count in range(1, terms.texts // _DENSE_SHARE + 1):
        rows = terms.rows[holders == count].reshape(-1, count)
        weights = terms.weights[holders == count].reshape(-1, count)
        pairs = rows[:, :, None] * terms.texts + rows[:, None, :]
        np.add.at(cells, pairs.ravel(), (weights[:, :, None] * weights[:, None, :]).ravel())


def _add_common_products(similarity: Matrix, terms: _Terms) -> None:
    """Add what common terms contribute, as products of dense blocks of columns."""
    holders = np.bincount(terms.columns)[terms.columns]
    common = holders > terms.texts // _DENSE_SHARE
    rows, weights = terms.rows[common], terms.weights[common]
    _, columns = np.unique(terms.columns[common], return_inverse=True)
    for first in range(0, int(columns.max(initial=-1)) + 1, _DENSE_COLUMNS):
        here = (columns >= first) & (columns < first + _DENSE_COLUMNS)
        block = np.zeros((terms.texts, _DENSE_COLUMNS))
        block[rows[here], columns[here] - first] = weights[here]
        similarity += block @ block.T
