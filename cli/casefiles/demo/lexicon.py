"""The shop's vocabulary, drawn from its catalogue: names, kinds, colours and countries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from casefiles.demo.catalogue import Catalogue, catalogue, common_words
from casefiles.demo.intents import cues
from casefiles.demo.words import Speller, words

COLOURS = {
    "navy": "blue", "turquoise": "blue", "teal": "blue", "olive": "green", "khaki": "green",
    "tan": "brown", "cream": "beige", "sand": "beige", "rose": "pink", "violet": "purple",
    "burgundy": "red",
}  # fmt: skip
"""Names of colours that the catalogue files under another."""

COUNTRIES = {
    "uk": "Great Britain", "britain": "Great Britain", "england": "Great Britain",
    "scotland": "Great Britain", "wales": "Great Britain", "london": "Great Britain",
    "united kingdom": "Great Britain", "belfast": "Northern Ireland", "holland": "Netherlands",
    "dublin": "Ireland", "cork": "Ireland", "galway": "Ireland", "switzerland": "Switzerland",
    "norway": "Norway", "usa": "the USA", "america": "the USA", "united states": "the USA",
    "canada": "Canada", "australia": "Australia", "iceland": "Iceland", "japan": "Japan",
}  # fmt: skip
"""Other names of countries, and some countries to which the shop does not deliver."""

PEOPLE = {
    "women": "women", "woman": "women", "womens": "women", "ladies": "women", "lady": "women",
    "wife": "women", "girlfriend": "women", "mother": "women", "mum": "women", "sister": "women",
    "men": "men", "man": "men", "mens": "men", "husband": "men", "boyfriend": "men", "dad": "men",
    "father": "men", "brother": "men", "kid": "kids", "kids": "kids", "child": "kids",
    "children": "kids", "son": "kids", "daughter": "kids", "boy": "kids", "girl": "kids",
    "toddler": "kids",
}  # fmt: skip
"""Words for the person a thing is for."""

# Words that start a product's name but mean something else in most messages.
_ORDINARY = frozenset(
    "gas tin bog mask hook swift lark teal cape robin merlin heron tern otter badger".split()
)

# What customers call things for which the catalogue has another name.
_OTHER_THINGS = frozenset(
    """bag bags beanies boots bottles bumbag buff canteen charger clothes clothing coat coats
    cooker cup cups daypack footwear hat hats headtorch holdall hoodies jersey jumpers
    kettle lamp lamps light lights mat mattress mug mugs pad pan pans pants pot pots
    powerbank pullover purifier raincoat raincoats rucksack rucksacks runners scarf shell
    sneaker sneakers spoon stick sticks stuff sweater sweaters sweatshirt tee tees tents
    thermos thermals tights torch torches trainer trainers vest wellies wellington
    wellingtons""".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """What words mean in this shop."""

    names: Mapping[str, tuple[str, ...]]
    """Words of each product's name, by article number."""
    things: frozenset[str]
    """Words that say what a product is, singular and plural: boot, boots, tent …"""
    colours: Mapping[str, str]
    """Colour words with the colour of the catalogue."""
    countries: Mapping[str, str]
    """Country words, lower case, with the name the shop uses."""
    sizes: frozenset[str]
    """All sizes of the catalogue, lower case."""
    speller: Speller
    """Puts misspelt words right."""

    def products_in(self, said: frozenset[str]) -> tuple[str, ...]:
        """Article numbers whose name is in the words, best match first."""
        scored = [(_name_score(name, said), product) for product, name in self.names.items()]
        best = max(scored)[0]
        return tuple(product for score, product in scored if score == best and score > 0)


def _name_score(name: tuple[str, ...], said: frozenset[str]) -> int:
    """How many words of a name were said; 0 if its first, telling word is not among them."""
    score = len(set(name) & said)
    enough = 2 if name[0] in _ORDINARY else 1
    return score if name[0] in said and score >= enough else 0


def singular(word: str) -> str:
    """The singular of a regular plural: boots, dresses, wellies; other words as they are."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _things(shop: Catalogue) -> Iterator[str]:
    for product in shop.products.values():
        noun = singular(words(product.kind)[-1])
        yield from (noun, noun + "s")
    yield from _OTHER_THINGS


def _tags(shop: Catalogue) -> Iterator[str]:
    for product in shop.products.values():
        yield from words(f"{product.name} {product.tags}")
    for page in shop.pages.values():
        yield from words(page.keywords)


def _cue_words() -> Iterator[str]:
    """The whole words in the patterns of the intent rules."""
    for cue in cues():
        yield from re.findall(r"(?<![\\a-z])[a-z]{4,}(?![a-z\\*?])", cue.pattern.pattern)


@cache
def lexicon() -> Lexicon:
    """The lexicon of this process."""
    shop = catalogue()
    things = frozenset(_things(shop))
    colours = {colour: colour for p in shop.products.values() for colour in p.stock} | COLOURS
    countries = {name.lower(): name for zone in shop.shop.zones for name in zone.countries}
    known = [*common_words(), *things, *_tags(shop), *_cue_words(), *colours, *countries, *PEOPLE]
    sizes = (sizes for p in shop.products.values() for sizes in p.stock.values())
    return Lexicon(
        names={product.id: words(product.name) for product in shop.products.values()},
        things=things,
        colours=colours,
        countries=countries | COUNTRIES,
        sizes=frozenset(size.lower() for row in sizes for size in row),
        speller=Speller(known),
    )
