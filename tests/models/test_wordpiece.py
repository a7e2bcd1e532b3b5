"""Tests of casefiles.models.wordpiece."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.models.embedding import _minilm_folder
from casefiles.models.wordpiece import WordPiece, split
from require import require

SMALL = WordPiece(["[UNK]", "[CLS]", "[SEP]", "un", "##want", "##ed", "want", ",", "cafe"])

# What the reference tokenizer (`transformers` 4.41) gives for the published vocabulary.
REFERENCE = {
    "": [101, 102],
    "my card is stuck in the atm?": [101, 2026, 4003, 2003, 5881, 1999, 1996, 27218, 1029, 102],
    "Café déjà-vu naïve ﬁ Ⅷ": [101, 7668, 2139, 3900, 1011, 24728, 15743, 1984, 100, 102],
    "日本語のテスト。中文字符": [
        101, 1864, 1876, 1950, 1671, 30239, 30233, 30240, 1636, 1746, 1861, 100, 100, 102,
    ],
    "a" * 120: [101, 100, 102],
    "emoji 🙂 text\u200bzero\u00adwidth": [
        101, 7861, 29147, 2072, 100, 3793, 6290, 5004, 3593, 2705, 102,
    ],
    "O'Neil's $5.00 e-mail@x.com `code` <b>": [
        101, 1051, 1005, 6606, 1005, 1055, 1002, 1019, 1012, 4002, 1041, 1011, 5653, 1030, 1060,
        1012, 4012, 1036, 3642, 1036, 1026, 1038, 1028, 102,
    ],
    "Ünïcödé İstanbul ẞ": [101, 27260, 9960, 1096, 102],
    "हिन्दी में": [101, 1339, 29877, 29863, 29861, 29878, 1331, 102],
    "tab\tnew\nline\x00nul": [101, 21628, 2047, 17517, 5313, 102],
    "‘quotes’ “double” — dash… ½ ™ ^ ~ | +": [
        101, 1520, 16614, 1521, 1523, 3313, 1524, 1517, 11454, 1529, 1092, 1580, 1034, 1066, 1064,
        1009, 102,
    ],
}  # fmt: skip


def minilm_folder() -> Path:
    """The installed weights; skips without them."""
    folder = _minilm_folder()
    return Path(require("minilm", str(folder) if folder else None))


def test_the_longest_piece_counts() -> None:
    """A word is cut from the left, each time as long as the vocabulary knows."""
    assert SMALL.encode("Unwanted, CAFÉ", longest=10) == [1, 3, 4, 5, 7, 8, 2]


def test_a_word_with_an_unknown_rest_is_unknown_as_a_whole() -> None:
    """Its known beginning says nothing."""
    assert SMALL.encode("unwise want", longest=10) == [1, 0, 6, 2]


def test_what_is_too_long_is_dropped_at_the_end() -> None:
    """The two marks count, and stay."""
    assert SMALL.encode("want want want want", longest=4) == [1, 6, 6, 2]


@pytest.mark.parametrize("text", REFERENCE)
def test_pieces_are_those_of_the_reference(text: str) -> None:
    """Accents, punctuation, Chinese, controls and long words, as the model was trained on them."""
    pieces = (minilm_folder() / "vocab.txt").read_text("utf-8").splitlines()
    assert WordPiece(pieces).encode(text, longest=256) == REFERENCE[text]


@given(st.text())
def test_any_text_is_split_into_words_without_white_space(text: str) -> None:
    """Nothing that a person writes stops it."""
    assert all(word and not any(map(str.isspace, word)) for word in split(text))
    assert SMALL.encode(text, longest=20)[0] == 1
