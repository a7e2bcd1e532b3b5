"""Characters that must not stand bare in a file, a terminal or a page, and what to do with them.

Control characters drive terminals, NUL makes git call a file binary, CR and the Unicode line
breaks split lines for some readers only, and bidi controls show text in another order than it
is stored ("Trojan Source", Boucher & Anderson 2021, CVE-2021-42574).
"""

from __future__ import annotations

import re

_CLASS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 controls but tab and line feed, CR included
    "\u2028\u2029"  # line and paragraph separator
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi controls
    "\ufeff"  # byte order mark
    "\ud800-\udfff"  # lone surrogates: not encodable as UTF-8
    "\ufdd0-\ufdef\ufffe\uffff"  # noncharacters, refused by YAML readers
)
ODD = re.compile(f"[{_CLASS}]")
_ODD_IN_LINE = f"[{_CLASS}\n\t]"  # compiled where it is used: so large a class takes a while
_SURROGATE = re.compile("[\ud800-\udfff]")


def is_odd(text: str) -> bool:
    """Tell whether the text holds a character that must be written in an escaped form."""
    return ODD.search(text) is not None


def without_surrogates(text: str) -> str:
    """Replace lone surrogates by U+FFFD, so that the text can be encoded as UTF-8."""
    return _SURROGATE.sub("\ufffd", text)


def inert(text: str) -> str:
    r"""Make text safe to print on a terminal or in an editor buffer; lines and tabs stay.

    Every odd character is shown as a visible escape such as ``\x1b`` or ``\u202e``.
    """
    return ODD.sub(_visible, text)


def inert_line(text: str) -> str:
    """Make text safe to print on one line: as `inert`, with line feeds and tabs as blanks."""
    return ODD.sub(_visible, text.replace("\r\n", " ").replace("\n", " ").replace("\t", " "))


def replace_odd(text: str) -> str:
    """Put U+FFFD for every odd character and a blank for line feeds and tabs (decoration)."""
    return re.sub(_ODD_IN_LINE, lambda hit: " " if hit.group() in "\n\t" else "\ufffd", text)


def _visible(hit: re.Match[str]) -> str:
    code = ord(hit.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
