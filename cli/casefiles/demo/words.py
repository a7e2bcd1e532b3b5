"""Text to plain words: one spelling of everything that the rules look at.

Lower case, straight quotes, contractions and chat shorthand spelt out, and words that are one
slip away from a word the shop knows put right.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|[\n;]+")
_SHORTEST_MENDED = 5

SHORTHAND = {
    "u": "you", "ur": "your", "r": "are", "pls": "please", "plz": "please", "thx": "thanks",
    "ty": "thanks", "tnx": "thanks", "wanna": "want to", "gonna": "going to", "gimme": "give me",
    "im": "i am", "ive": "i have", "dont": "do not", "doesnt": "does not",
    "didnt": "did not", "cant": "can not", "cannot": "can not", "wont": "will not",
    "isnt": "is not", "hasnt": "has not", "havent": "have not", "wasnt": "was not",
    "arent": "are not", "couldnt": "could not", "wheres": "where is", "whats": "what is",
    "hows": "how is", "thats": "that is", "theres": "there is", "hv": "have", "bcz": "because",
    "coz": "because", "cuz": "because", "tmrw": "tomorrow", "yday": "yesterday",
    "color": "colour", "colors": "colours", "gray": "grey",
    "recieve": "receive", "ordr": "order", "oder": "order", "parsel": "parcel",
    "recieved": "received", "adress": "address",
}  # fmt: skip
"""Chat shorthand, missing apostrophes and American spellings, each with what the rules expect."""

_ENDINGS = (
    ("can't", "can not"), ("won't", "will not"), ("shan't", "shall not"), ("n't", " not"),
    ("'re", " are"), ("'ve", " have"), ("'ll", " will"), ("'m", " am"), ("'d", " would"),
    ("'s", ""),
)  # fmt: skip


def folded(text: str) -> str:
    """Compatibility characters, case and quotes folded; punctuation and digits stay."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\s+", " ", re.sub("[’‘`´]", "'", text)).strip()


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, split at end marks, semicolons and line breaks."""
    return tuple(part.strip() for part in _SENTENCE_END.split(text) if part.strip())


def words(text: str) -> tuple[str, ...]:
    """The words of a text in plain spelling: `"Where's my order?"` gives where, is, my, order."""
    return tuple(plain for raw in _WORD.findall(folded(text)) for plain in _spelt_out(raw))


def _spelt_out(word: str) -> list[str]:
    if word in ("what's", "where's", "how's", "who's", "when's", "it's", "that's", "there's"):
        return [word[:-2], "is"]
    for ending, plain in _ENDINGS:
        if word.endswith(ending):
            return (word[: -len(ending)] + plain).split()
    return SHORTHAND.get(word, word).split()


def one_slip(word: str, other: str) -> bool:
    """Whether one letter more, less or other, or two swapped, turns one word into the other."""
    same = 0
    while same < min(len(word), len(other)) and word[same] == other[same]:
        same += 1
    left, right = word[same:], other[same:]
    swapped = left[:2] == right[:2][::-1] and left[2:] == right[2:]
    return left[1:] == right[1:] or left[1:] == right or left == right[1:] or swapped


class Speller:
    """Puts words right that are one slip away from a known one; knows words of any length."""

    def __init__(self, known: Iterable[str]) -> None:
        """Remember the known words; of two that fit, the first in the alphabet wins."""
        self._known = frozenset(known)
        self._by_shortened: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._known):
            if len(word) >= _SHORTEST_MENDED:
                for short in _shortened(word):
                    self._by_shortened[short].append(word)
        self.mend = lru_cache(maxsize=4096)(self._mend)

    def _mend(self, word: str) -> str:
        if word in self._known or len(word) < _SHORTEST_MENDED or not word.isalpha():
            return word
        near = [
            known
            for short in _shortened(word)
            for known in self._by_shortened.get(short, ())
            if known[0] == word[0] and one_slip(word, known)
        ]
        return min(near, default=word)


def _shortened(word: str) -> set[str]:
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}
