"""The shapes of personal data that a machine can tell: e-mail, bank account, card, telephone.

Names, addresses and what people say about their health are not among them.
"""

from __future__ import annotations

import re
from typing import Final

from casefiles.text.checksums import IBAN_LENGTHS, is_card, is_iban
from casefiles.text.shapes import Shape, unglued

_LATIN: Final = r"A-Za-z0-9_À-ɏ"


def _email(at: str) -> Shape:
    """An address (the practical part of RFC 5322); `git@host` and `icon@2x.png` are none."""
    local = rf"{_LATIN}.+\-"
    expression = (
        rf"(?:(?<![{local}$])(?!(?<=\\)[bfnrtu])|(?<=\\[bfnrt])|(?<=\\u[0-9A-Fa-f]{{4}}))"
        rf"(?!git{at})[.+\-]*+(?P<value>[{local}]++{at}(?!\d+x\.)"
        rf"(?:[{_LATIN}-]++\.)+(?:xn--[A-Za-z0-9-]+|[A-Za-z]{{2,}}))"
    )
    return Shape(kind="email", hint=at, expression=expression)


def _iban() -> Shape:
    """An account number in capitals, of its country's length, with or without spaces."""
    bodies = (
        rf"(?<=(?:{countries.replace(' ', '|')})\d\d)(?:[ \xa0]?[A-Z0-9]){{{length - 4}}}"
        for length, countries in IBAN_LENGTHS.items()
    )
    head = unglued(r"[A-Z]{2}\d\d", "A-Za-z0-9")
    return Shape(
        kind="iban",
        expression=f"{head}(?:{'|'.join(bodies)})(?![A-Za-z0-9])",
        accept=lambda match: is_iban(re.sub(r"[ \xa0]", "", match[0])),
        retry=True,
    )


_CARD: Final = Shape(
    kind="card",
    expression=(
        unglued("[2-6]", r"\w./-") + r"(?:\d{12,18}"
        r"|\d{3}(?P<gap>[ -])\d{4}(?P=gap)\d{4}(?P=gap)\d{4}(?:(?P=gap)\d{3})?"
        r"|\d{3}(?P<short>[ -])\d{6}(?P=short)\d{4,5})(?![\w-]|\.\d)"
    ),
    accept=lambda match: is_card(re.sub(r"[ -]", "", match[0])),
    retry=True,
)
"""In one piece, or grouped as it is printed: 4-4-4-4, 4-4-4-4-3, 4-6-5 or 4-6-4."""

_GAP: Final = r"[ .\-/()\xa0\u202f]{0,3}"
_END: Final = r"(?![\w+(]|[.,/-]\d)"
_GLUE: Final = r"\w.,+/#$€£-"
_PHONES: Final = (
    # +1 415 555 0123: the North American plan has exactly ten digits more.
    ("+", unglued(r"\+", r"\w+") + rf"1{_GAP}[2-9]\d\d{_GAP}\d{{3}}{_GAP}\d{{4}}"),
    # +49 151 12345678: nine to fifteen digits (ITU-T E.164), the last two together, no date.
    ("+", unglued(r"\+", r"\w+") + rf"(?!\d{{4}}-\d\d-\d\d)[2-9](?:{_GAP}\d){{7,13}}\d"),
    # (415) 555-0123, 415-555-0123, 1-415-555-0123; three groups of digits with spaces are no phone.
    (
        "",
        unglued("[(1-9]", _GLUE)
        + r"(?:(?<=\()[2-9]\d\d\)[ .-]?\d{3}[ .-]"
        + r"|(?<=1)[ .-]\([2-9]\d\d\)[ .-]?\d{3}[ .-]"
        + r"|(?:(?<=[2-9])|(?<=1)[ .-][2-9])\d\d(?:[ -]\d{3}-|[ .]\d{3}\.))\d{4}",
    ),
    # 01 42 68 53 00: five pairs, not a stretch out of a longer row of pairs.
    (
        "",
        unglued("0", _GLUE) + r"(?<!\d[ .-]0)[1-9](?P<gap>[ .-])\d\d(?:(?P=gap)\d\d){3}(?![ ]\d)",
    ),
    # 0151 12345678, 030/1234567, (020) 7946 0958; not a stretch out of a longer row of groups.
    (
        "",
        unglued("[(0]", _GLUE)
        + r"(?:(?<=\()0[1-9]\d{0,3}\)|(?<!\d[ -]0)(?<=0)[1-9]\d{0,3})"
        + r"[ /-]{1,3}(?!\d{4}-\d\d)\d{3}(?:[ -]?\d){2,6}\d(?![ -]\d\d)",
    ),
)
"""All need a plus or separators: a number in one piece is an order, a time, an amount."""


def _is_phone(match: re.Match[str]) -> bool:
    digits = sum(character.isdigit() for character in match[0])
    return 9 <= digits <= 15


PERSONAL: Final[tuple[Shape, ...]] = (
    _email("@"),
    _email("%40"),
    _iban(),
    _CARD,
    *(
        Shape(kind="phone", hint=hint, expression=body + _END, accept=_is_phone)
        for hint, body in _PHONES
    ),
)
"""All shapes of personal data."""
