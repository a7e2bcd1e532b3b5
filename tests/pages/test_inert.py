from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import nh3
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from casefiles.pages import inert

PIECES = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "![a](http://192.0.2.1/a.png)",
    "<https://example.com/?a=1&b=2>",
    "[a](//192.0.2.1)",
    "[a]: javascript:alert(1)",
    '--8<-- "secrets"',
    "{{ 7*7 }}",
    "{: onclick=alert(1) }",
    "# heading",
    "\n",
    "\n\n",
    "```",
    "> ",
    "- ",
    "1. ",
    "|a|b|\n|-|-|\n|c|d|",
    "&lt;script&gt;",
    "</pre></code>",
    "\x00\x1b\u202e\ud800",
)
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=12).map("".join)


class _Reader(HTMLParser):
    """Collects what a browser would make of a piece of HTML."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(str(markup))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


def _assert_harmless(markup: str) -> None:
    for tag, attributes in _Reader(markup).tags:
        assert tag in inert.TAGS
        assert set(attributes) <= {"href", "rel", "start"}
        address = attributes.get("href")
        assert address is None or re.match(r"(?i)https?://|mailto:", address)
        assert tag != "a" or attributes["rel"] == inert.REL


@given(TEXTS)
def test_prose_is_harmless_whatever_it_holds(text: str) -> None:
    """Of any text only listed elements and attributes are left, and links to the web and mail."""
    _assert_harmless(inert.prose(text))


@given(TEXTS)
def test_code_shows_text_and_nothing_else(text: str) -> None:
    """What a machine said is text in pre and code, odd characters made visible."""
    read = _Reader(inert.code(text))
    assert [tag for tag, _ in read.tags] == ["pre", "code"]
    read.words.encode("utf-8")


@given(TEXTS)
def test_spelled_markup_holds_nothing_for_an_extension(text: str) -> None:
    """In one line, outside of tags, only letters, digits, blanks and number entities are left."""
    spelled = inert.spelled(inert.prose(text))
    assert "\n" not in spelled
    outside = re.sub(r"<[^<>]*>", "", spelled)
    assert all(ord(c) > 127 or c.isalnum() or c == " " for c in re.sub(r"&#\d+;", "", outside))


@given(TEXTS)
def test_spelling_changes_nothing_a_reader_sees(text: str) -> None:
    """Spelled markup has the same elements and, but for white space, the same words."""
    prose = inert.prose(text)
    before, after = _Reader(prose), _Reader(inert.spelled(prose))
    assert before.tags == after.tags
    assert before.words.split() == after.words.split()


@given(st.text(alphabet="ab1 2.)-+=\n\t:;,!?é()\u00a0\u3000_*x", max_size=24))
@example("one\n\ntwo\nthree\n")
def test_prose_reads_as_its_markdown(text: str) -> None:
    """Text with and without marks looks as CommonMark says, but for headings, which are bold."""
    page = re.sub(r"<h\d>", "<p><strong>", MarkdownIt("commonmark").render(text))
    page = re.sub(r"</h\d>", "</strong></p>", page)
    assert inert.prose(text) == nh3.clean(page).strip()


def test_template_and_snippet_syntax_is_shown_as_it_is() -> None:
    """Snippets, macros and attribute lists are words like others."""
    read = _Reader(inert.spelled(inert.prose('--8<-- ".env" {{ 7*7 }} {: onclick="x" }')))
    assert read.words == '--8<-- ".env" {{ 7*7 }} {: onclick="x" }'


def test_headings_are_paragraphs_and_pictures_are_links() -> None:
    """A trace's heading joins no outline, and its picture is not fetched."""
    assert inert.prose("# Big") == "<p><strong>Big</strong></p>"
    assert "<img" not in inert.prose("![a](https://example.com/a.png)")


def test_odd_characters_become_visible() -> None:
    """Control characters and bidi controls are shown as escapes, not obeyed."""
    assert inert.prose("a\x1b[31m\u202eb") == "<p>a\\x1b[31m\\u202eb</p>"
    assert inert.text("\ud800") == "\\ud800"


def test_very_long_prose_is_shown_as_written() -> None:
    """Beyond a bound no Markdown is looked for, so that no text can hold up a build."""
    long = "*a* " * inert.LONG_PROSE
    assert inert.prose(long) == f"<pre><code>{html.escape(long)}</code></pre>"


@pytest.mark.parametrize("address", ["data:text/html,x", "file:///etc/passwd", "../../x", "//a.b"])
def test_other_addresses_are_no_links(address: str) -> None:
    """A link leads to the web or to mail, or nowhere."""
    assert "href" not in inert.prose(f"[a]({address})")
