"""The words of a short text: what is compared, and what a name may be made of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

_STOP_WORDS = """
a about above after again all also although am an and any are as at be because been before being
below between both but by can could did do does doing done down during each either else etc even
ever every few for from further get gets got had has have having he her here hers him his how
however i if in into is it its itself just let like may me might more most much must my of off on
once one only or other our out over own per rather really s same shall she should so some still
such t than that the their them then there these they this those though through thus to too under
until up upon us very was we were what when where whether which while who whom whose why will with
within would yet you your yours
"""
_UNMARKED_DENIALS = "cannot donot dont doesnt didnt isnt wasnt arent cant wont"

STOP_WORDS = frozenset(_STOP_WORDS.split())
"""English words that say nothing of a failure. Negations are left in: "asks" and "does not ask"
are two failures."""
NEGATIONS = frozenset(("no", "not", "never", "nor", "without"))
"""English words that turn what follows, and say nothing alone."""

_APOSTROPHES = "'’"
_READ_AS_NOT = frozenset(_UNMARKED_DENIALS.split())
_CONTRACTED_NOT = re.compile(f"n[{_APOSTROPHES}]t$")
CLAUSE_MARK = r"[.,;:!?…](?=\s|$|[^\x00-\x7f])|[。、]"
"""A pattern for marks that end a clause in text of form NFKC: "1.5" has none, scripts without
spaces need none after the mark."""
_CLAUSE_END = re.compile(CLAUSE_MARK + r"|[()\[\]{}\"“”«»—–]|\s-\s")


def words(text: str) -> tuple[str, ...]:
    """The words of a text in their order, folded to one case and one Unicode form (NFKC).

    A word is a run of letters, marks and digits of any script with at least one letter or digit;
    `_` separates. "doesn't" and "cannot" are read as "not", so that a denial is one word however
    it was written.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    runs = "".join(map(_kept, folded)).split()
    return tuple(word for word in map(_uncontracted, runs) if any(map(str.isalnum, word)))


def content_words(text: str) -> tuple[str, ...]:
    """The words of a text in their order, without stop words and single Latin letters."""
    return tuple(word for word in words(text) if carries_meaning(word))


def carries_meaning(word: str) -> bool:
    """Whether a folded word may say something of a failure by itself."""
    return word not in STOP_WORDS and not (len(word) == 1 and word.isascii() and word.isalpha())


def phrases(text: str, *, longest: int) -> Iterator[str]:
    """Runs of up to `longest` adjoining words that neither begin nor end with a stop word.

    No phrase runs across the end of a clause, or is a negation alone.
    """
    for clause in _CLAUSE_END.split(unicodedata.normalize("NFKC", text)):
        found = words(clause)
        for start in range(len(found)):
            for end in range(start + 1, min(start + longest, len(found)) + 1):
                if _is_phrase(found[start:end]):
                    yield " ".join(found[start:end])


def _is_phrase(run: tuple[str, ...]) -> bool:
    """Whether words in a row begin and end with meaning and are not a negation alone."""
    return carries_meaning(run[0]) and carries_meaning(run[-1]) and not NEGATIONS.issuperset(run)


def _uncontracted(word: str) -> str:
    """A contraction with "not" as "not"; any other word without its apostrophes."""
    if word in _READ_AS_NOT or _CONTRACTED_NOT.search(word):
        return "not"
    return "".join(char for char in word if char not in _APOSTROPHES)


@cache
def _kept(char: str) -> str:
    """A character of a word as it is, any other as a space."""
    # Not the `word` class of patterns: that would split Hindi or Thai at vowel signs.
    is_part = char in _APOSTROPHES or unicodedata.category(char)[0] in "LMN"
    return char if is_part else " "
