"""All generated files of a workspace's site, without a build."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from casefiles.loop.site import Options, make_report, shelf
from casefiles.pages.charts.drawing import Draftsman
from casefiles.pages.memory import Memory
from casefiles.pages.site import pages, rest, texts
from casefiles.pages.writing import DOCS
from casefiles.workspace.find import find


def site_files(root: Path, options: Options | None = None) -> dict[str, str | bytes]:
    """Return every file by its path below site/docs."""
    found = find(root)
    memory = Memory(root, root / DOCS)
    report = make_report(found, options)
    with Draftsman() as draftsman:
        laid_out = pages(report, draftsman.draw)
        files = [*texts(laid_out), *rest(report, shelf(found, memory), laid_out)]
    assert all(one.content is not None for one in files)
    return {one.path: one.content or "" for one in files}


def site_pages(root: Path, options: Options | None = None) -> dict[str, str]:
    """Return the pages among them."""
    files = site_files(root, options)
    return {
        path: content
        for path, content in files.items()
        if isinstance(content, str) and path.endswith((".md", ".html"))
    }


def plain(page: str) -> str:
    """Return what a reader sees: no tags, no spelling of characters, white space folded."""
    text = re.sub(r"&#(\d+);", lambda hit: chr(int(hit[1])), re.sub(r"<[^<>]*>", " ", page))
    return " ".join(text.split())


class Elements(HTMLParser):
    """The elements of a page with their attributes, in order."""

    def __init__(self, page: str) -> None:
        """Read a page."""
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.found.append((tag, dict(attrs)))
