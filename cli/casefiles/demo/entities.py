"""The particulars of a message: order numbers, addresses, prices, sizes, dates, countries.

Each finder takes what it understands out of the text, so that `LF-10234` is not also a price.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from casefiles.demo.dates import dates_in
from casefiles.demo.lexicon import PEOPLE, Lexicon
from casefiles.demo.words import folded, words

_ORDER = re.compile(
    r"\b(?:lf|rt)[\s-]?(\d{5})(?:-\d)?\b"
    r"|\border(?: ?(?:number|no\.?|nr\.?|num|id|is))*[\s:#]*(\d{5})\b"
    r"|#\s?(\d{5})\b|(?<![\d€.,-])(1\d{4})(?![\d.,]\d|\s?(?:€|eur|km|g\b))"
)
_MALFORMED = re.compile(
    r"\b(?:lf[\s-]?\w*\d\w*|order ?(?:number|no\.?|nr\.?|num|id)[\s:#]*(?:is )?\w*\d\w*"
    r"|order[\s:#]+\d[\w-]*)|#\s?\d+\b"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_GIFT_CARD = re.compile(r"\bgc[\s-]?(\d{4})[\s-]?(\d{4})\b")
_CODE = re.compile(r"\b([a-z]{3,12}\d{2})\b")

_NO_UNIT = (
    r"(?![\d.,]*\d)(?!\s?(?:kg|kilo|g|gr|grams?|cm|mm|m|km|l|ml|litres?|liters?|days?|weeks?|months?"
    r"|years?|people|persons?|man|degrees?|°|%|hours?|h|pm|am)\b)"
)
_EUR = (
    rf"(?:€|eur|euros?)?\s?(\d{{1,4}}(?:[.,]\d{{1,2}})?){_NO_UNIT}\s?(?:€|eur|euros?|bucks|quid)?"
)
_PRICE_RANGE = re.compile(rf"\b(?:between|from)\s{_EUR}\s?(?:and|to|-)\s?{_EUR}")
_PRICE_TO = re.compile(
    r"\b(?:under|below|less than|up to|max\w*(?: of)?|cheaper than|(?:not|no) more than|at most"
    rf"|within|budget(?: is| of|:)?(?: about| around)?|<)\s?{_EUR}"
)
_PRICE_FROM = re.compile(rf"\b(?:over|above|more than|at least|min\w*(?: of)?|>)\s?{_EUR}")
_PRICE_ABOUT = re.compile(rf"\b(?:around|about|roughly|approx\w*|ca\.?)\s?{_EUR}")

_UK_SHOES = {"6": "39", "7": "41", "8": "42", "9": "43", "10": "44"}
_NAMED_SIZES = {"small": "s", "medium": "m", "large": "l", "extra large": "xl", "x-large": "xl"}
_UK_SIZE = re.compile(r"\buk(?: size)? ?(\d{1,2})\b|\bsize (\d{1,2}) uk\b")
_SIZE = re.compile(
    r"\bsize (?:is |of )?(\d{2,3}(?:-\d\d)?|xxl|xl|xs|s|m|l|small|medium|large|extra large)\b"
    r"|\b(long|wide) (?:one|version)\b|(?<=[\s,/])(s|m|l)(?=[\s?.!]*$)"
    r"|\b(?:in|an?|the) (\d\d|xxl|xl|xs|s|m|l|small|medium|large)\b(?! \w*(?:pack|bag|tent|one))"
    r"|\b(xs|xl|xxl|x-large|extra large)\b"
)
_NUMBER = re.compile(r"(?<![\w.,-])(\d{2,3})(?![\w.,-]*\d)\b")

_ORDINALS = {
    "first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3,
    "last": -1,
}  # fmt: skip
_ORDINAL = re.compile(
    r"\b(?:the |number |option |no\.? ?)?(first|second|third|fourth|last|1st|2nd|3rd|4th)"
    r"(?: (?:one|option|product|item|of))\b"
    r"|^(?:the )?(first|second|third|fourth|last|1st|2nd|3rd|4th)\W*$"
    r"|\b(?:number|option|nr\.?|no\.?) ?([1-4])\b|^([1-4])[.)]?$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entities:
    """What was found in one message; tuples keep the order of the text."""

    orders: tuple[str, ...]
    """Order numbers in the shop's form, such as `LF-10234`."""
    malformed: tuple[str, ...]
    """What was given as an order number but cannot be one."""
    emails: tuple[str, ...]
    """E-mail addresses, lower case."""
    gift_cards: tuple[str, ...]
    """Gift card numbers, such as `GC-4821-7730`."""
    codes: tuple[str, ...]
    """What may be a discount code, upper case."""
    price_from: float | None
    """Lowest price asked for, in EUR."""
    price_to: float | None
    """Highest price asked for, in EUR."""
    sizes: tuple[str, ...]
    """Sizes as the catalogue writes them, such as `42` or `M`."""
    colours: tuple[str, ...]
    """Colours as the catalogue writes them."""
    dates: tuple[date, ...]
    """Days that are named or meant."""
    countries: tuple[str, ...]
    """Countries by the shop's names."""
    people: str | None
    """women, men or kids, if the message says so."""
    products: tuple[str, ...]
    """Article numbers of products named; several if the name fits several."""
    things: tuple[str, ...]
    """Words that say what kind of thing is meant, such as boots."""
    place: int | None
    """Which of a list is meant, from 0; -1 for the last."""


def find_entities(text: str, plain: tuple[str, ...], *, lexicon: Lexicon, today: date) -> Entities:
    """The particulars of a message, from its text and its plain words."""
    rest = folded(text)
    emails, rest = _take(_EMAIL, rest)
    orders, rest = _take(_ORDER, rest)
    malformed, rest = _take(_MALFORMED, rest)
    cards, rest = _take(_GIFT_CARD, rest)
    codes, rest = _take(_CODE, rest)
    days, rest = dates_in(rest, today=today)
    (price_from, price_to), rest = _prices(rest)
    said = frozenset(plain)
    return Entities(
        orders=_distinct(f"LF-{_group(found)}" for found in orders),
        malformed=_distinct(found[0] for found in malformed),
        emails=_distinct(found[0] for found in emails),
        gift_cards=_distinct(f"GC-{found[1]}-{found[2]}" for found in cards),
        codes=_distinct(found[1].upper() for found in codes),
        price_from=price_from,
        price_to=price_to,
        sizes=_sizes(rest, lexicon=lexicon),
        colours=_distinct(lexicon.colours[word] for word in plain if word in lexicon.colours),
        dates=days,
        countries=_countries(" ".join(words(rest)), lexicon=lexicon),
        people=next((PEOPLE[word] for word in plain if word in PEOPLE), None),
        products=lexicon.products_in(said),
        things=_distinct(word for word in plain if word in lexicon.things),
        place=_place(rest),
    )


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _take(pattern: re.Pattern[str], text: str) -> tuple[list[re.Match[str]], str]:
    """All matches of a pattern, and the text without them."""
    return list(pattern.finditer(text)), pattern.sub(" ", text)


def _group(found: re.Match[str]) -> str:
    """The first group of a match that took part in it."""
    return next(group for group in found.groups() if group is not None)


def _amount(text: str) -> float:
    return float(text.replace(",", "."))


def _prices(text: str) -> tuple[tuple[float | None, float | None], str]:
    """Lowest and highest price asked for, and the text without them."""
    if found := _PRICE_RANGE.search(text):
        low, high = sorted(map(_amount, found.groups()))
        return (low, high), _PRICE_RANGE.sub(" ", text)
    if found := _PRICE_ABOUT.search(text):
        amount = _amount(found[1])
        return (round(amount * 0.75, 2), round(amount * 1.25, 2)), _PRICE_ABOUT.sub(" ", text)
    highest, text = _take(_PRICE_TO, text)
    lowest, text = _take(_PRICE_FROM, text)
    low_high = (
        _amount(lowest[-1][1]) if lowest else None,
        _amount(highest[-1][1]) if highest else None,
    )
    return low_high, text


def _sizes(text: str, *, lexicon: Lexicon) -> tuple[str, ...]:
    """Sizes in the catalogue's spelling; UK shoe sizes are converted."""
    british, text = _take(_UK_SIZE, text)
    said = [_UK_SHOES.get(_group(found), "") for found in british]
    said += [_group(found) for found in _SIZE.finditer(text)]
    said += [found[1] for found in _NUMBER.finditer(text)]
    named = (_NAMED_SIZES.get(size, size) for size in said)
    return _distinct(_shop_size(size) for size in named if size in lexicon.sizes)


def _shop_size(size: str) -> str:
    return size.upper() if size in ("xs", "s", "m", "l", "xl", "xxl") else size


def _countries(plain: str, *, lexicon: Lexicon) -> tuple[str, ...]:
    found = (
        name
        for said, name in lexicon.countries.items()
        if re.search(rf"\b{re.escape(said)}\b", plain)
    )
    return _distinct(found)


def _place(text: str) -> int | None:
    found = _ORDINAL.search(text)
    if not found:
        return None
    said = _group(found)
    return int(said) - 1 if said.isdigit() else _ORDINALS[said]
