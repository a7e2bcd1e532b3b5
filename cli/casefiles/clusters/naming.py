"""Names for groups: a sentence that somebody wrote, and the phrases that set the group apart.

The title is a group's most central text cut to its first clause: a sentence reads as a failure
mode, a list of terms does not. Titles come from untrusted text, so they are reduced to words and a
little punctuation, on one line.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from casefiles.clusters.words import CLAUSE_MARK, NEGATIONS, carries_meaning, phrases, words
from casefiles.text.names import MAX_SLUG, slug

LONGEST_TITLE = 10
"""Words in a title at the most."""
LONGEST_IN_CHARACTERS = 80
"""Characters in a title at the most: in scripts without spaces a clause is one word."""
_SHORTEST_CLAUSE = 4
"""Words that a clause needs to stand alone as a title."""
_SHORTEST_CUT = 4
"""Words that must be left where a longer clause is cut before a joint."""
_LONGEST_PHRASE = 3
"""Words in a distinctive phrase at the most."""
_LONGER_IS_BETTER = 0.4
"""What each further word adds to the rank of a phrase, as a share."""
_SHARED = 2
"""In how many of a group's texts a phrase must be."""

_JOINTS_IN_ORDER = """
after and as at before but by during for from if in into of on or than that to until when where
which while who whose with without
"""
_JOINTS = frozenset(_JOINTS_IN_ORDER.split())
"""Words before which a clause that is too long may be cut."""
_OPENINGS = frozenset(
    ("after", "although", "as", "because", "before", "if", "instead", "since", "when", "while")
)
"""Words that open a clause which says nothing without the next one."""

_ACTOR = re.compile(
    r"(?:(?:the|this|an|a|our)\s+)?"
    r"(?:agent|assistant|bot|chatbot|model|llm|ai|system|expert|it|he|she|they|\w+_\w+)\s+"
    # What follows must be a verb: "The agent response" names another thing.
    r"(?=(?:(?!(?:is|was|has|its|as|this)\b)\w+(?:[^\W\d_]s|ed|ly)|did|do|does|didn['’]t|doesn['’]t|"
    r"never|made|gave|wrote|took|said|told|sent|began|chose|got|went|found|kept|lost|left)\b)",
    re.IGNORECASE,
)
_PUNCTUATION = frozenset("-'’_/.,;:!?%&+=@()$€£–—。、")
_AROUND_WORDS = frozenset('"“”„«»`*')
_EDGES = " .,;:!?–—-。、/&+=()"
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[!?])(?=[^\x00-\x7f])|(?<=。)")
_CLAUSE_END = re.compile(
    CLAUSE_MARK + r"|\s\(|\s?[—–]\s?|\s-\s|\s(?=(?:because|which|whereas|while|so that)\s)"
)


def title(text: str) -> str:
    """The first clause of a text as a title: at most ten words, capitalised, no full stop.

    Whoever acts is left out, for in a list of failures that is always the same one. It is empty if
    the text has no letter or digit.
    """
    sentences = (sentence.strip(_EDGES) for sentence in _SENTENCE_END.split(_plain(text)))
    first = next((sentence for sentence in sentences if words(sentence)), "")
    short = _shortened(_behaviour(_clause(_behaviour(first))))
    if not words(short):
        short = _within(" ".join(words(first)), LONGEST_IN_CHARACTERS)
    return short[:1].upper() + short[1:]


def told_apart(titles: Sequence[str], terms: Sequence[Sequence[str]]) -> list[str]:
    """The same titles, changed where needed so that no two have the same slug.

    A title whose slug is taken gets the first of its own terms that helps, or else a number.
    """
    taken: set[str] = set()
    apart: list[str] = []
    for wanted, own in zip(titles, terms, strict=True):
        numbers = [str(number) for number in range(2, len(titles) + 2)]
        attempts = [wanted, *(_with_addition(wanted, more) for more in (*own, *numbers))]
        apart.append(next(name for name in attempts if slug(name) not in taken))
        taken.add(slug(apart[-1]))
    return apart


def distinctive_phrases(groups: Sequence[Sequence[str]], *, most: int) -> list[tuple[str, ...]]:
    """For each group of texts its own phrases, at most `most`, the most distinctive first.

    A phrase of one to three words ranks by the share of the group's texts that hold it less the
    share of the other groups' texts that do. Of phrases that share a word only the first is kept.
    """
    counts = [_holders(texts) for texts in groups]
    everywhere: Counter[str] = Counter()
    for count in counts:
        everywhere.update(count)
    total = sum(map(len, groups))
    return [
        _best(count, everywhere, size=len(texts), total=total, most=most)
        for count, texts in zip(counts, groups, strict=True)
    ]


def _plain(text: str) -> str:
    """Text on one line, with nothing but the characters of words and sentences."""
    kept = "".join(map(_inert, unicodedata.normalize("NFKC", text)))
    return " ".join(word for word in kept.split() if not _is_only_marks(word))


def _inert(char: str) -> str:
    """A character as it may stand in a title: markup, control and direction marks may not."""
    if char in _PUNCTUATION or unicodedata.category(char)[0] in "LMN":
        return char
    return "" if char in _AROUND_WORDS else " "


def _is_only_marks(word: str) -> bool:
    """Whether nothing is left but accents and variation marks of a character that was dropped."""
    return all(unicodedata.category(char)[0] == "M" for char in word)


def _clause(sentence: str) -> str:
    """The shortest run of whole clauses from the start that can stand alone."""
    start = 0
    for end in _CLAUSE_END.finditer(sentence):
        clause = sentence[start : end.start()].strip(_EDGES)
        if clause.partition(" ")[0].lower() in _OPENINGS:
            start = end.end()
        elif len(words(clause)) >= _SHORTEST_CLAUSE:
            return clause
    return sentence[start:].strip(_EDGES)


def _behaviour(clause: str) -> str:
    """A clause from the verb on, if it begins with whoever acts: "The agent skips it"."""
    actor = _ACTOR.match(clause)
    return clause[actor.end() :] if actor and clause.count(" ", actor.end()) else clause


def _shortened(clause: str) -> str:
    """At most ten words and eighty characters, cut before a joint if there is one late enough."""
    kept = clause.split()
    if len(kept) > LONGEST_TITLE:
        late = range(_SHORTEST_CUT, LONGEST_TITLE + 1)
        cuts = (_without_loose_end(kept[:at]) for at in late if kept[at].lower() in _JOINTS)
        whole = _without_loose_end(kept[:LONGEST_TITLE])
        kept = next((cut for cut in cuts if len(cut) >= _SHORTEST_CUT), whole)
    return _within(" ".join(kept), LONGEST_IN_CHARACTERS)


def _within(phrase: str, length: int) -> str:
    """A phrase cut to so many characters, at a word if it has several."""
    kept = phrase.split()
    while len(kept) > 1 and len(" ".join(kept)) > length:
        kept = _without_loose_end(kept[:-1])
    return " ".join(kept)[:length].strip(_EDGES)


def _with_addition(wanted: str, more: str) -> str:
    """A title with an addition that is not lost when the title becomes the name of a file."""
    addition = _within(more, MAX_SLUG // 2)
    return f"{_within(wanted, MAX_SLUG - len(addition) - 2)}: {addition}"


def _without_loose_end(kept: list[str]) -> list[str]:
    """Words without stop words and denials at the end, which promise more to come."""
    end = len(kept)
    while end > 1 and _is_loose(kept[end - 1]):
        end -= 1
    return kept[:end]


def _is_loose(word: str) -> bool:
    """Whether a word, as it was written, says something only together with the next one."""
    return not any(carries_meaning(part) and part not in NEGATIONS for part in words(word))


def _holders(texts: Sequence[str]) -> Counter[str]:
    """How many of the texts hold each phrase."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(phrases(text, longest=_LONGEST_PHRASE)))
    return counts


def _best(
    count: Counter[str], everywhere: Counter[str], *, size: int, total: int, most: int
) -> tuple[str, ...]:
    """The phrases of one group that rank highest and share no word with one another."""
    ranks: dict[str, float] = {}
    for phrase, holders in count.items():
        excess = holders / size - (everywhere[phrase] - holders) / max(1, total - size)
        if holders >= _SHARED and excess > 0:
            ranks[phrase] = excess * (1 + _LONGER_IS_BETTER * phrase.count(" "))
    chosen: list[str] = []
    used: set[str] = set()
    for phrase in sorted(ranks, key=lambda phrase: (-ranks[phrase], phrase)):
        if used.isdisjoint(phrase.split()):
            chosen.append(phrase)
            used.update(phrase.split())
        if len(chosen) == most:
            break
    return tuple(chosen)
