"""Text to the pieces of words that BERT models read.

This is the tokenizer of the "uncased" models: one case, no accents, punctuation and Chinese
characters apart; then the longest known piece first, from the left (WordPiece: Wu et al. 2016,
Devlin et al. 2018).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

UNKNOWN = "[UNK]"
FIRST = "[CLS]"
LAST = "[SEP]"

_LONGEST_WORD = 100
"""Characters; a longer word is unknown as a whole."""
_IDEOGRAPHS = (
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2CEAF),
    (0x2F800, 0x2FA1F),
)


class WordPiece:
    """A vocabulary, and what texts become with it."""

    def __init__(self, pieces: Sequence[str]) -> None:
        """Take the lines of a vocabulary; a piece's number is its place."""
        self._numbers = {piece: number for number, piece in enumerate(pieces)}
        self._known: dict[str, tuple[int, ...]] = {}

    def encode(self, text: str, *, longest: int) -> list[int]:
        """Return the numbers of a text's pieces between those of the first and last mark.

        At most ``longest`` numbers, marks included; what is beyond is dropped.
        """
        numbers = [number for word in split(text) for number in self._word(word)]
        return [self._numbers[FIRST], *numbers[: longest - 2], self._numbers[LAST]]

    def _word(self, word: str) -> tuple[int, ...]:
        if word not in self._known:
            self._known[word] = _pieces(word, self._numbers)
        return self._known[word]


def split(text: str) -> list[str]:
    """Return the words and marks of a text as these models know them."""
    spaced = "".join(map(_spaced, unicodedata.normalize("NFC", text)))
    plain = unicodedata.normalize("NFD", spaced.lower())
    return "".join(_unmarked(char) for char in plain).split()


def _pieces(word: str, numbers: Mapping[str, int]) -> tuple[int, ...]:
    """Return the longest known pieces from the left; one unknown piece makes the word unknown."""
    found: list[int] = []
    start = 0
    while start < len(word) <= _LONGEST_WORD:
        end = next((end for end in _ends(word, start) if _piece(word, start, end) in numbers), 0)
        if not end:
            break
        found.append(numbers[_piece(word, start, end)])
        start = end
    return tuple(found) if start == len(word) else (numbers[UNKNOWN],)


def _ends(word: str, start: int) -> Iterator[int]:
    return iter(range(len(word), start, -1))


def _piece(word: str, start: int, end: int) -> str:
    return ("##" if start else "") + word[start:end]


@cache
def _spaced(char: str) -> str:
    """A character as it is; white space as a space, controls gone, Chinese characters apart."""
    if char in "\t\n\r" or unicodedata.category(char) == "Zs":
        return " "
    if char in "\0\ufffd" or unicodedata.category(char)[0] == "C":
        return ""
    return f" {char} " if any(low <= ord(char) <= high for low, high in _IDEOGRAPHS) else char


@cache
def _unmarked(char: str) -> str:
    """A decomposed character without accents, with punctuation apart."""
    if unicodedata.category(char) == "Mn":
        return ""
    is_mark = unicodedata.category(char)[0] == "P" or (
        char.isascii() and char.isprintable() and not char.isalnum() and char != " "
    )
    return f" {char} " if is_mark else char
