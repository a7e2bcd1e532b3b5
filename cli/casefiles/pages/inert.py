"""The only way text that somebody else wrote gets into a page: inert, whatever it holds.

Traces, notes, definitions and names are text from strangers. In a page they are shown and do
nothing: no markup of theirs, no script, no request, no address but web and mail ones. Text that
goes into a Markdown page is also spelled so that no Markdown extension can find anything in it
(snippets and macros read a page before its code blocks and HTML are recognised).
"""

from __future__ import annotations

import functools
import html
import re
from typing import TYPE_CHECKING

from markupsafe import Markup

from casefiles.text import odd

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

TAGS = frozenset(
    "a blockquote br code em hr li ol p pre s strong table tbody td th thead tr ul".split()
)
"""The elements that prose may become."""
ATTRIBUTES = {"a": frozenset({"href"}), "ol": frozenset({"start"})}
"""The attributes that prose may set; ``rel`` is added to every link."""
REL = "noopener noreferrer nofollow ugc"
LONG_PROSE = 20_000
"""Characters from which prose is shown as written: the time Markdown takes stays bounded."""

# What CommonMark reads as plain paragraphs: none of its marks, no blank that could mean something.
_UNMARKED = re.compile(
    r"(?:(?!\s|[-+=]|\d+[.)])[^\\`*_\[\]<>|~#&\n\xa0]*(?![\\`*_\[\]<>|~#&])\S(?:\n+|\Z))*"
)
_WEB = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_TAG = re.compile(r"(<[^<>]*>)")
_HREF = re.compile(r'(?<=\shref=")[^"]*(?=")')
_WHITE = re.compile(r"[ \t\n]+")
_SPELLED = {
    code: f"&#{code};" for code in range(128) if not (chr(code).isalnum() or chr(code) == " ")
}


def text(value: object) -> Markup:
    """Escape text for HTML; control characters, bidi controls and the like become visible."""
    return Markup(escaped(str(value)))  # noqa: S704  escaped right here


def escaped(value: str) -> str:
    """Do the same for HTML that is put together as a string."""
    plain = value.isascii() and value.isprintable()  # most names and numbers
    return html.escape(value if plain else odd.inert(value))


def code(value: str) -> Markup:
    """Show what a machine said as it is: escaped, in ``pre`` and ``code``."""
    return Markup(f"<pre><code>{escaped(value)}</code></pre>")  # noqa: S704  escaped right here


@functools.lru_cache(maxsize=512)  # the same system prompt stands in every trace
def prose(value: str) -> Markup:
    """Show text with the paragraphs, lists, tables and emphasis of its Markdown, and no more.

    CommonMark without HTML and images, then an allow list over the result; headings become
    paragraphs, links may lead to the web and to mail only.
    """
    value = odd.inert(value)
    if len(value) > LONG_PROSE:
        return code(value)
    if _UNMARKED.fullmatch(value):
        return _paragraphs(value)
    import nh3

    rendered = _markdown().render(value)
    cleaned = nh3.clean(
        rendered,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=_attribute,
        link_rel=REL,
        url_schemes={"http", "https", "mailto"},
    )
    return Markup(cleaned.strip())  # noqa: S704  passed the allow list


def _paragraphs(value: str) -> Markup:
    """Most of what users say: no Markdown in it, so none is looked for."""
    found = [html.escape(text, quote=False) for text in re.split(r"\n\n+", value.strip("\n"))]
    return Markup("\n".join(f"<p>{text}</p>" for text in found if text))  # noqa: S704


def spelled(markup: str) -> str:
    """Write HTML as one line in which no Markdown extension finds anything to act on.

    In text and addresses every ASCII character but letters, digits and blanks is spelled as
    ``&#N;``. ``markup`` is HTML of ours: angle brackets stand in it for tags only.
    """
    parts, kept = [], False  # kept: inside pre, where white space counts
    for part in _TAG.split(markup):
        if part.startswith("<"):
            kept = part.startswith("<pre") or (kept and part != "</pre>")
            parts.append(_HREF.sub(lambda hit: _spell(hit[0]), " ".join(part.split())))
        else:
            parts.append(_spell(part if kept else _WHITE.sub(" ", part)))
    return "".join(parts).strip()


def _spell(escaped: str) -> str:
    return html.unescape(escaped).translate(_SPELLED)


def _attribute(tag: str, name: str, value: str) -> str | None:
    if (tag, name) == ("a", "href"):
        return value.replace("<", "%3C").replace(">", "%3E") if _WEB.match(value) else None
    return value


@functools.cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    # A heading of a trace is none of the page's: it must not join the outline.
    markdown.add_render_rule("heading_open", lambda *_: "<p><strong>")
    markdown.add_render_rule("heading_close", lambda *_: "</strong></p>\n")
    return markdown
