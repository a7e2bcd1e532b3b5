"""A message, understood: what the customer wants, and the particulars."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casefiles.demo.entities import Entities, find_entities
from casefiles.demo.intents import scores
from casefiles.demo.language import foreign_language
from casefiles.demo.lexicon import Lexicon
from casefiles.demo.words import sentences, words

_LONGEST = 4000
_ENOUGH = 2

_YES = re.compile(
    r"^(?:yes|yeah|yep|yup|ya|sure|ok|okay|k|please do|please|go ahead|do it|correct|right|exactly"
    r"|of course|absolutely|definitely|confirm\w*|y|alright|fine|that is right|sounds good)\b"
)
_NO = re.compile(
    r"^(?:no|nope|nah|not|do not|never mind|nevermind|forget it|stop|wait|n|leave it|no thanks)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the rules make of one message."""

    text: str
    """The message as written."""
    plain: tuple[str, ...]
    """Its words in plain spelling, misspelt ones mended."""
    sentences: tuple[str, ...]
    """Its sentences in plain words."""
    entities: Entities
    """Order numbers, prices, sizes and other particulars."""
    intents: tuple[tuple[str, int], ...]
    """What the customer may want with its score, best first; may be empty."""
    yes: bool
    """Whether it starts like an agreement."""
    no: bool
    """Whether it starts like a refusal."""
    language: str | None
    """The language if it is another than English."""

    @property
    def intent(self) -> str | None:
        """What the customer wants most likely."""
        return self.intents[0][0] if self.intents else None

    def score(self, intent: str) -> int:
        """The score of one intent; 0 if there is no sign of it."""
        return dict(self.intents).get(intent, 0)


def read(text: str, *, lexicon: Lexicon, today: date) -> Reading:
    """Understand a message; only its first 4,000 characters are looked at."""
    text = text[:_LONGEST]
    spelt = [_mended(sentence, lexicon) for sentence in sentences(text)]
    plain = tuple(word for sentence in spelt for word in sentence)
    joined = tuple(" ".join(sentence) for sentence in spelt)
    entities = find_entities(text, plain, lexicon=lexicon, today=today)
    whole = " ".join(plain)
    return Reading(
        text=text,
        plain=plain,
        sentences=joined,
        entities=entities,
        intents=_ranked(_weighed(scores(joined), entities)),
        yes=bool(_YES.search(whole)),
        no=bool(_NO.search(whole)),
        language=foreign_language(words(text)),
    )


def _mended(sentence: str, lexicon: Lexicon) -> list[str]:
    return [lexicon.speller.mend(word) for word in words(sentence)]


def _weighed(found: dict[str, int], entities: Entities) -> dict[str, int]:
    """Scores with what the particulars say: a price makes a search likelier, a code a code."""
    extra = {
        "search_products": min(2, len(entities.things)) + (2 if entities.price_to else 0),
        "order_status": 2 if entities.orders else 4 if entities.malformed else 0,
        "gift_card_balance": 6 if entities.gift_cards else 0,
        "check_code": 5 if entities.codes else 0,
        "check_stock": 2 if found.get("check_stock") and entities.products else 0,
        "price": 2 if found.get("price") and (entities.products or entities.things) else 0,
        "product_detail": 2 if entities.products else 0,
    }
    return {
        name: found.get(name, 0) + extra.get(name, 0)
        for name in dict.fromkeys([*found, *extra])
        if found.get(name, 0) + extra.get(name, 0)
    }


def _ranked(found: dict[str, int]) -> tuple[tuple[str, int], ...]:
    likely: Sequence[tuple[str, int]] = [pair for pair in found.items() if pair[1] >= _ENOUGH]
    return tuple(sorted(likely, key=lambda pair: -pair[1]))
