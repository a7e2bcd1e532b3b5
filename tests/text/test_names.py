"""Names of files, and text folded for comparing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.text.names import (
    MAX_SLUG,
    fold,
    is_safe_name,
    nearest,
    safe_file_name,
    short_hash,
    shorten,
    slug,
)
from hostile import LONG_LINES, texts


@given(texts)
def test_any_text_gives_a_safe_slug(text: str) -> None:
    """Lower case, no dots at the ends, no device of Windows, never empty."""
    assert is_safe_name(slug(text))
    assert len(slug(text)) <= MAX_SLUG + len("-x")
    assert slug(slug(text)) == slug(text)


@given(texts)
def test_any_id_gives_a_safe_file_name(text: str) -> None:
    """Ids of platforms hold anything."""
    name = safe_file_name(text)

    assert is_safe_name(name)
    assert len(name) <= MAX_SLUG
    assert name == text or name.endswith(f"--{short_hash(text)}")


ids = st.one_of(
    texts,
    st.text("aAbB-./:", max_size=70),
    st.text("ab-", max_size=70).map(safe_file_name),
    texts.map(safe_file_name),
)


@given(ids, ids)
def test_two_ids_never_share_a_name(one: str, other: str) -> None:
    """Not even where one is the name that the other got."""
    assert (safe_file_name(one) == safe_file_name(other)) == (one == other)


def test_an_id_that_is_a_made_name_gets_another() -> None:
    """Else the trace ``Foo`` and the trace that is called as its file would be one."""
    made = safe_file_name("Foo")

    assert made.startswith("foo--")
    assert safe_file_name(made) != made


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Switches language!", "switches-language"),
        ("Überflüssig: é", "uberflussig-e"),
        ("a -> b", "a-b"),
        ("  ", "x"),
        ("汉字", f"x-{short_hash('汉字')}"),
        ("CON", "con-x"),
        ("LPT¹", "lpt1-x"),
        ("x" * 100, "x" * MAX_SLUG),
    ],
)
def test_slugs_read_like_the_name(text: str, word: str) -> None:
    """What can be kept is kept."""
    assert slug(text) == word


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            ".",
            "..",
            "a..b",
            ".a",
            "a.",
            "-a",
            "A",
            "a b",
            "a/b",
            "a\\b",
            "a\n",
            "é",
            "a" * 121,
        ),
        *("con", "nul.md", "com1", "a:b", "a\x00"),
    ],
)
def test_unsafe_names_are_known(name: str) -> None:
    """They leave the folder, are hidden, or are no file on some system."""
    assert not is_safe_name(name)


@pytest.mark.parametrize("name", ["a", "q001", "q001.2", "round-1", "a_b", "0", "console", "a--b"])
def test_safe_names_are_known(name: str) -> None:
    """Names that work everywhere."""
    assert is_safe_name(name)


@given(texts)
def test_folding_twice_is_folding_once(text: str) -> None:
    """No white space at the ends, none but single blanks inside."""
    folded = fold(text)

    assert fold(folded) == folded
    assert folded.split() == text.split()
    assert folded == " ".join(text.split())


@given(texts, st.integers(1, 40))
def test_a_shortened_text_fits(text: str, length: int) -> None:
    """It is the text itself, or a beginning with an ellipsis."""
    short = shorten(text, length)

    assert len(short) <= length
    assert short == fold(text) or (short[-1] == "…" and fold(text).startswith(short[:-1]))


@pytest.mark.parametrize("line", LONG_LINES)
def test_long_texts_are_no_burden(line: str) -> None:
    """A megabyte gives a name as quickly as a word."""
    assert is_safe_name(slug(line))
    assert is_safe_name(safe_file_name(line))
    assert len(shorten(line, 60)) <= 60


def test_the_nearest_word_is_offered_only_if_near() -> None:
    """A wild guess would mislead."""
    assert nearest("verdct", ("verdict", "reviewed")) == "verdict"
    assert nearest("zzz", ("verdict", "reviewed")) is None
