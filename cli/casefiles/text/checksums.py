"""Check digits of payment cards and bank accounts: what tells them from any other number."""

from __future__ import annotations

from typing import Final

IBAN_LENGTHS: Final[dict[int, str]] = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
"""Characters of an IBAN to the countries that use that length (SWIFT IBAN Registry, ISO 13616)."""

_ISSUERS: Final[tuple[tuple[int, int, frozenset[int]], ...]] = (
    (300000, 305999, frozenset({14, 16, 19})),  # Diners Club
    (340000, 349999, frozenset({15})),  # American Express
    (352800, 358999, frozenset({16, 17, 18, 19})),  # JCB
    (360000, 369999, frozenset({14, 16, 19})),  # Diners Club
    (370000, 379999, frozenset({15})),  # American Express
    (380000, 399999, frozenset({14, 16, 19})),  # Diners Club
    (400000, 499999, frozenset({13, 16, 19})),  # Visa
    (500000, 509999, frozenset({16, 18, 19})),  # Maestro
    (510000, 559999, frozenset({16})),  # Mastercard
    (560000, 589999, frozenset({16, 18, 19})),  # Maestro
    (222100, 272099, frozenset({16})),  # Mastercard
    (601100, 601199, frozenset({16, 19})),  # Discover
    (620000, 629999, frozenset({16, 17, 18, 19})),  # UnionPay
    (644000, 659999, frozenset({16, 19})),  # Discover
    (675900, 676999, frozenset({16, 18, 19})),  # Maestro
)


def luhn(digits: str) -> bool:
    """Whether the last of `digits` is their check digit (ISO/IEC 7812-1, annex B)."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    plain = (int(digit) for digit in digits[::-2])
    return (sum(doubled) + sum(plain)) % 10 == 0


def is_card(digits: str) -> bool:
    """Whether `digits` (13 to 19 of them) are a payment card: issuer, its length, check digit.

    Issuer ranges are the six-digit identification numbers of ISO/IEC 7812-1 that the large
    networks publish.
    """
    prefix = int(digits[:6])
    known = any(low <= prefix <= high and len(digits) in sizes for low, high, sizes in _ISSUERS)
    return known and luhn(digits)


def is_iban(compact: str) -> bool:
    """Whether `compact` (capitals and digits, no spaces) has right check digits.

    ISO 7064 MOD 97-10: the first four characters moved to the end, letters counted from A = 10.
    The length is not looked at; `IBAN_LENGTHS` has it.
    """
    moved = compact[4:] + compact[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1
