"""Sentence vectors of all-MiniLM-L6-v2, computed with numpy alone.

A BERT encoder (Devlin et al. 2018) of six layers and twelve heads, 384 wide (Wang et al. 2020,
"MiniLM"), trained on sentence pairs (Reimers & Gurevych 2019); the vector of a text is the mean
of its pieces' vectors at length one. One core computes about 90 notes of a sentence a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casefiles.models.wordpiece import WordPiece

Array = NDArray[np.float32]

WIDTH = 384
"""Numbers in a vector."""
LAYERS = 6
HEADS = 12
LONGEST = 256
"""Pieces of a text that are read, as in its training."""

_EPSILON = 1e-12
_PIECES_AT_ONCE = 2048
"""Pieces in one batch: its widest array then stays near the processor."""
_BLOCK = 1 << 15
"""Numbers that the activation is computed for at a time: they stay in the fastest cache."""
_ATTENTION = ("query", "key", "value")
_FLAT_FROM = np.float32(5.2)
"""From here on the normal distribution function is 0 or 1 in this precision."""
_POLYNOMIAL = np.array(
    [
        7.97884221e-01,
        3.63342646e-02,
        -3.31140176e-05,
        -5.52454420e-05,
        3.96990112e-06,
        -1.33499809e-07,
        1.80692017e-09,
    ],
    dtype=np.float32,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """The weights of one layer, laid out for `x @ weight + bias`."""

    attention: tuple[Array, Array]
    """Query, key and value side by side."""
    attended: tuple[Array, Array]
    """Back to one vector."""
    attention_norm: tuple[Array, Array]
    """Scale and shift."""
    wide: tuple[Array, Array]
    """To four times the width."""
    narrow: tuple[Array, Array]
    """Back."""
    output_norm: tuple[Array, Array]
    """Scale and shift."""


class MiniLM:
    """The model, with its weights."""

    def __init__(self, weights: Mapping[str, Array], pieces: Sequence[str]) -> None:
        """Take named arrays as the model's file names them, and its vocabulary.

        Raises KeyError if an array is missing.
        """
        table = "embeddings.{}_embeddings.weight"
        self._tokenizer = WordPiece(pieces)
        self._words = weights[table.format("word")]
        # Every text is of the one type 0, so its vector can be added to those of the places.
        self._places = weights[table.format("position")] + weights[table.format("token_type")][0]
        self._norm = _norm_of(weights, "embeddings.LayerNorm")
        self._layers = [_layer(weights, f"encoder.layer.{at}") for at in range(LAYERS)]

    def embed(self, texts: Sequence[str]) -> Array:
        """Return one vector of length one for each text, n x 384.

        Texts with as many pieces are computed together, so none is padded.
        """
        vectors = np.empty((len(texts), WIDTH), dtype=np.float32)
        encoded = [self._tokenizer.encode(text, longest=LONGEST) for text in texts]
        for places in _batches(encoded):
            vectors[places] = self._pooled(np.array([encoded[at] for at in places]))
        return vectors

    def _pooled(self, numbers: NDArray[np.int64]) -> Array:
        """Return the vectors of a batch of texts, numbers of pieces (texts x pieces)."""
        hidden = self._words[numbers] + self._places[: numbers.shape[1]]
        _normalise(hidden, self._norm)
        for layer in self._layers:
            hidden = _passed(hidden, layer)
        mean = hidden.mean(axis=1)
        mean /= np.linalg.norm(mean, axis=1, keepdims=True)
        return np.asarray(mean, dtype=np.float32)


def _batches(encoded: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yield the places of texts that are equally long, as many as may be computed at once."""
    places: dict[int, list[int]] = {}
    for at, numbers in enumerate(encoded):
        places.setdefault(len(numbers), []).append(at)
    for length, same in places.items():
        count = max(1, _PIECES_AT_ONCE // length)
        yield from (same[start : start + count] for start in range(0, len(same), count))


def _passed(hidden: Array, layer: _Layer) -> Array:
    """Return what a layer makes of a batch (texts x pieces x width)."""
    texts, pieces, width = hidden.shape
    flat = hidden.reshape(-1, width)
    attended = _attended(_linear(flat, layer.attention).reshape(texts, pieces, 3, HEADS, -1))
    middle = _linear(attended.reshape(-1, width), layer.attended)
    middle += flat
    _normalise(middle, layer.attention_norm)
    wide = _linear(middle, layer.wide)
    _activate(wide)
    output = _linear(wide, layer.narrow)
    output += middle
    _normalise(output, layer.output_norm)
    return output.reshape(hidden.shape)


def _attended(parts: Array) -> Array:
    """Scaled dot-product attention (Vaswani et al. 2017) of texts x pieces x 3 x heads x size."""
    query, key, value = np.moveaxis(parts, (2, 3), (0, 2))
    scores = query @ key.swapaxes(-1, -2)
    scores *= np.float32(parts.shape[-1] ** -0.5)
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    return np.ascontiguousarray((scores @ value).swapaxes(1, 2))


def _linear(values: Array, weights: tuple[Array, Array]) -> Array:
    result: Array = values @ weights[0]
    result += weights[1]
    return result


def _normalise(values: Array, scale_and_shift: tuple[Array, Array]) -> None:
    """Bring each vector to mean 0 and variance 1, then scale and shift it, in place."""
    values -= values.mean(axis=-1, keepdims=True)
    variance = np.einsum("...i,...i->...", values, values) / values.shape[-1]
    values /= np.sqrt(variance + _EPSILON)[..., None]
    values *= scale_and_shift[0]
    values += scale_and_shift[1]


def _activate(values: Array) -> None:
    """Apply the Gaussian error linear unit, x times the normal distribution function, in place."""
    flat = values.reshape(-1)
    for start in range(0, len(flat), _BLOCK):
        block = flat[start : start + _BLOCK]
        block *= _normal_distribution(block)


def _normal_distribution(values: Array) -> Array:
    """The standard normal distribution function, as (1 + tanh(odd polynomial)) / 2.

    The polynomial is a least-squares fit; x times this is exact to 7e-7.
    """
    clipped = np.clip(values, -_FLAT_FROM, _FLAT_FROM)
    squares = clipped * clipped
    result = np.full_like(values, _POLYNOMIAL[-1])
    for coefficient in _POLYNOMIAL[-2::-1]:
        result *= squares
        result += coefficient
    result *= clipped
    np.tanh(result, out=result)
    result += np.float32(1)
    result *= np.float32(0.5)
    return result


def _layer(weights: Mapping[str, Array], name: str) -> _Layer:
    heads = [_linear_of(weights, f"{name}.attention.self.{part}") for part in _ATTENTION]
    return _Layer(
        attention=(
            np.concatenate([weight for weight, _ in heads], axis=1),
            np.concatenate([bias for _, bias in heads]),
        ),
        attended=_linear_of(weights, f"{name}.attention.output.dense"),
        attention_norm=_norm_of(weights, f"{name}.attention.output.LayerNorm"),
        wide=_linear_of(weights, f"{name}.intermediate.dense"),
        narrow=_linear_of(weights, f"{name}.output.dense"),
        output_norm=_norm_of(weights, f"{name}.output.LayerNorm"),
    )


def _linear_of(weights: Mapping[str, Array], name: str) -> tuple[Array, Array]:
    return np.ascontiguousarray(weights[f"{name}.weight"].T), weights[f"{name}.bias"]


def _norm_of(weights: Mapping[str, Array], name: str) -> tuple[Array, Array]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]
