"""Which lines of a note are a person's observations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents.prose import Observation, scan
from hostile import LONG_LINES, PIECES, texts


def seen(text: str) -> list[str]:
    """Return the observations' texts."""
    return [observation.text for observation in scan(text)[0]]


def quoted(text: str) -> list[tuple[str, int | None]]:
    """Return the quotes' texts and turns."""
    return [(quote.text, quote.turn) for quote in scan(text)[1]]


@pytest.mark.parametrize(
    ("text", "observations"),
    [
        ("", []),
        ("Refunds without asking.", ["Refunds without asking."]),
        ("one\nstill one\n\ntwo\n", ["one still one", "two"]),
        ("  one \t with   blanks  ", ["one with blanks"]),
        ("- a\n- b\n* c\n+ d\n1. e\n2) f", ["a", "b", "c", "d", "e", "f"]),
        ("- a\n  goes on\nand on\n- b", ["a goes on and on", "b"]),
        ("- a\n  - inner\n    - deep\n- b", ["a inner deep", "b"]),
        ("- a\n\n  more of a\n\n- b\n\nnot b", ["a more of a", "b", "not b"]),
        ("- a\n\n\n\tmore of a", ["a more of a"]),
        ("  - a\n  - b", ["a", "b"]),
        ("Problems:\n  - a\n  - b", ["Problems:", "a", "b"]),
        ("Problems:\n1. a\n2. b", ["Problems:", "a", "b"]),
        ("It has been so since\n2019. And it stays.", ["It has been so since 2019. And it stays."]),
        ("para\n\n  indented", ["para", "indented"]),
        ("-not an item", ["-not an item"]),
        ("-\n- \n*", []),
        ("#hashtag", ["#hashtag"]),
        ("# heading\n## another\n###### six\n#", []),
        ("a\n# heading\nb", ["a", "b"]),
        ("> quote\nmine", ["mine"]),
        ("> quote\n> more\n\nmine\n> q", ["mine"]),
        ("```\ncode\n```\nafter", ["after"]),
        ("before\n````text\n```\ncode\n````\nafter", ["before", "after"]),
        ("~~~\ncode\n```\n~~~\nafter", ["after"]),
        ("```never closed\nx", []),
        ("```x``` is inline code", ["```x``` is inline code"]),
        ("<!-- comment -->\nafter", ["after"]),
        ("<!-- a\nb\n-->\nafter", ["after"]),
        ("a\n---\nb\n* * *\nc\n___", ["a", "b", "c"]),
        ("a\r\n\r\nb\r\n", ["a", "b"]),
        ("a\u2028b\x0bc", ["a b c"]),
        ("<b>bold</b>", ["<b>bold</b>"]),
    ],
)
def test_what_is_an_observation(text: str, observations: list[str]) -> None:
    """A top-level paragraph or list item; quotes, headings, fences, comments and rules are none."""
    assert seen(text) == observations


def test_observations_are_numbered_and_anchored() -> None:
    """`## at N` anchors what follows, to the next heading of its rank."""
    text = "first\n\n## at 5\n> said so\n\nsecond\n### why\n- third\n\n## other\nfourth\n"

    observations, quotes = scan(text, 10)

    assert observations == (
        Observation(index=1, text="first", turn=None, line=10),
        Observation(index=2, text="second", turn=5, line=15),
        Observation(index=3, text="third", turn=5, line=17),
        Observation(index=4, text="fourth", turn=None, line=20),
    )
    assert [(quote.text, quote.turn, quote.line) for quote in quotes] == [("said so", 5, 13)]


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("> a\n> b", [("a b", None)]),
        ("> a\n\n> b", [("a", None), ("b", None)]),
        (">a\n>\n>  b", [("a b", None)]),
        ("## at 3\n> a\n# end\n> b", [("a", 3), ("b", None)]),
        ("##  at  12  \n> a", [("a", 12)]),
        ("## at 1234567\n> a", [("a", None)]),
        ("## at ٣\n> a", [("a", None)]),
        ("> ", []),
    ],
)
def test_quotes_belong_to_their_turn(text: str, quotes: list[tuple[str, int | None]]) -> None:
    """They can be checked against it."""
    assert quoted(text) == quotes


@given(st.one_of(texts, st.lists(st.sampled_from(PIECES)).map("\n".join)), st.integers(1, 99))
def test_any_text_is_scanned(text: str, first: int) -> None:
    """Nothing raises; places are lines of the text, in order; texts are folded and not empty."""
    observations, quotes = scan(text, first)

    assert [observation.index for observation in observations] == list(
        range(1, len(observations) + 1)
    )
    lines = [observation.line for observation in observations]
    assert lines == sorted(lines)
    last = first + text.count("\n")
    found = [(seen.line, seen.text) for seen in observations]
    found += [(quote.line, quote.text) for quote in quotes]
    assert all(first <= line <= last for line, _ in found)
    assert all(said == " ".join(said.split()) != "" for _, said in found)


words = st.text("abcXYZ.,:;!?()[]'\"é汉😀/-_*0123456789", min_size=1, max_size=12)
paragraphs = st.lists(words, min_size=1, max_size=6).map(" ".join).map(lambda text: f"I {text}")


@given(st.lists(st.lists(paragraphs, min_size=1, max_size=3), max_size=5))
def test_every_character_of_a_plain_paragraph_is_in_an_observation(
    written: list[list[str]],
) -> None:
    """Nothing a person typed as prose is lost."""
    text = "\n\n".join("\n".join(lines) for lines in written)

    assert seen(text) == [" ".join(" ".join(lines).split()) for lines in written]


@given(st.lists(paragraphs, max_size=5), st.sampled_from(["- ", "* ", "+ ", "1. ", "12) "]))
def test_every_list_item_is_an_observation(items: list[str], marker: str) -> None:
    """The marker is not part of it."""
    text = "".join(f"{marker}{item}\n" for item in items)

    assert seen(text) == [" ".join(item.split()) for item in items]
    assert seen(text.replace("\n", "\r\n")) == seen(text)


@pytest.mark.parametrize("line", [*LONG_LINES, "#" * 300_000, "- " * 200_000 + "x", "~" * 300_000])
def test_lines_of_a_megabyte_are_scanned_at_once(line: str) -> None:
    """No expression goes back and forth over them."""
    scan(f"{line}\n{line}x\n")
