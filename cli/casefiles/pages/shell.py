"""Trace pages in the look of the site: the shell of a page the builder rendered, around them.

The builder copies ready HTML without its theme. So after the build, a rendered page of the same
site (the index of traces) lends its header, search, scheme switch and footer, whatever the team
has configured; only its addresses, title and article are replaced.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from casefiles.pages.policy import with_policy
from casefiles.text.names import short_hash

_ARTICLE = re.compile(r"(<article[^>]*>)(.*)(</article>)", re.DOTALL)
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_MAIN = re.compile(r"<main[^>]*>(.*)</main>", re.DOTALL)
_ADDRESS = re.compile(r'(\s(?:href|src)=")(?![a-z][a-z0-9+.-]*:|[#/])([^"]*)(")', re.IGNORECASE)
_CONFIG = re.compile(r'("(?:base|search)":\s*")(?!https?:|/)([^"]+)(")')
_SCOPE = re.compile(r'(new URL\(")(?!https?:|/)([^"]*)(",\s*location\))')
_RELATIONS = re.compile(r'<link rel="(?:canonical|prev|next)"[^>]*>\s*')
_MARK = "casefiles-title"
_NEAR = "<!-- casefiles-near -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """A rendered page, cut open where a trace page differs."""

    before_title: str
    """All up to the text of the title."""
    before_article: str
    """From behind the title's text to the article's content."""
    after: str
    """What follows the article's content."""

    @property
    def digest(self) -> str:
        """A word that changes whenever the shell does."""
        parts = (self.before_title, self.before_article, self.after)
        return short_hash("".join(parts), length=16)

    def around(self, page: str) -> str:
        """Return a ready HTML page of ours in this shell; any other page as it is."""
        title, main = _TITLE.search(page), _MAIN.search(page)
        if title is None or main is None:
            return page
        # The theme turns pages at a key by these.
        near = "".join(_RELATIONS.findall(page[: main.start()]))
        start, end = self.before_title, self.before_article.replace(_NEAR, near, 1)
        return f"{start}{title[1]}{end}{main[1]}{self.after}"


def content_of(page: str) -> str:
    """Return what a ready HTML page of ours holds; empty for any other page."""
    main = _MAIN.search(page)
    return main[1] if main else ""


def cut(rendered: str, *, deeper: int = 1) -> Shell | None:
    """Make a shell for pages ``deeper`` folders below the rendered page; None if it has no article.

    The shell has its policy already: the content of trace pages brings no script along.
    """
    page = _RELATIONS.sub("", rendered)
    article, title = _ARTICLE.search(page), _TITLE.search(page)
    if article is None or title is None:
        return None
    up = "../" * deeper
    page = page[: article.end(1)] + _MARK + page[article.start(3) :]
    site = title[1].partition(" - ")[2]
    called = f"<title>{_MARK}{' - ' + site if site else ''}</title>{_NEAR}"
    page = page.replace(title[0], called, 1)
    for addresses in (_ADDRESS, _CONFIG, _SCOPE):
        page = addresses.sub(lambda hit: f"{hit[1]}{up}{hit[2]}{hit[3]}", page)
    before_title, before_article, after = with_policy(page).split(_MARK)
    return Shell(before_title=before_title, before_article=before_article, after=after)
