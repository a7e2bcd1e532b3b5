"""Characters that must not stand bare, and what is done with them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given

from casefiles.text.odd import inert, inert_line, is_odd, replace_odd, without_surrogates
from hostile import texts

ALLOWED_CONTROLS = "\t\n"


@given(texts)
def test_inert_text_drives_no_terminal(text: str) -> None:
    """No control, bidi or format break is left, and the text can be encoded."""
    shown = inert(text)

    controls = {c for c in shown if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")}
    assert controls <= set(ALLOWED_CONTROLS)
    assert not is_odd(shown)
    shown.encode()


@given(texts)
def test_text_without_odd_characters_stays_as_it_is(text: str) -> None:
    """Only odd characters are touched."""
    assert (inert(text) == text) == (not is_odd(text))


@given(texts)
def test_one_line_stays_one_line(text: str) -> None:
    """Whatever splits lines for some reader is gone."""
    for shown in (inert_line(text), replace_odd(text)):
        assert len(shown.splitlines()) <= 1
        assert "\t" not in shown
        shown.encode()


@given(texts)
def test_without_surrogates_text_can_be_encoded(text: str) -> None:
    """The length stays, so do all other characters."""
    clean = without_surrogates(text)

    clean.encode()
    assert len(clean) == len(text)
    assert all(a == b or "\ud800" <= a <= "\udfff" for a, b in zip(text, clean, strict=True))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "\\x1b[2J"),
        ("a\u202eb", "a\\u202eb"),
        ("a\rb\r\nc", "a\\x0db\\x0d\nc"),
        ("é 汉 \U0001f600 \u00a0", "é 汉 \U0001f600 \u00a0"),
    ],
)
def test_an_odd_character_is_shown_as_its_escape(text: str, shown: str) -> None:
    """A reader sees that something was there."""
    assert inert(text) == shown
