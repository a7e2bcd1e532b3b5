"""Links of built pages that lead nowhere: whatever the builder, and written as HTML too."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from casefiles.errors import BadInputError

MOST = 20
"""Broken links that are named."""
_ADDRESS = re.compile(
    r'<(?:a|img|link|script|source)\b[^>]*?\s(?:href|src)="([^"]*)"', re.IGNORECASE
)
_ID = re.compile(r'\s(?:id|name)="([^"]*)"')
_UNCHECKED = ("404.html",)  # its addresses start at the site's root, wherever that will be


def check(pages: Mapping[str, str], *, files: Collection[str], docs: Path) -> None:
    """Check every relative link of pages, by path to text; ``files`` are all files of the site.

    Anchors are looked up in these pages, and in the ready ones below ``docs``. Raises
    BadInputError that names page and link.
    """
    ids: dict[str, frozenset[str]] = {}
    known = frozenset(files)
    found = []
    for name, page in pages.items():
        for address in dict.fromkeys(_ADDRESS.findall(page)) if name not in _UNCHECKED else ():
            wrong = _wrong(name, html.unescape(address), known, pages, docs, ids)
            if wrong:
                found.append(f"  {name}: {html.unescape(address)} {wrong}")
    if found:
        more = [f"  and {len(found) - MOST} more"] if len(found) > MOST else []
        raise BadInputError(
            "\n".join(["the site was not built: links lead nowhere", *found[:MOST], *more]),
            where="site/docs",
            remedy="mend the link in the page of site/docs that it stands in",
        )


def _wrong(
    page: str,
    address: str,
    files: frozenset[str],
    pages: Mapping[str, str],
    docs: Path,
    ids: dict[str, frozenset[str]],
) -> str:
    """Say what is wrong with an address; empty if nothing is."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or address.startswith("/"):
        return ""
    target = _target(page, unquote(parts.path))
    if target not in files:
        inside = f"{target}/index.html".lstrip("/")
        if inside not in files:
            return f"({target} is no file of the site)"
        target = inside
    anchor = unquote(parts.fragment)
    if not anchor or not target.endswith(".html"):
        return ""
    if target not in ids:
        ids[target] = _ids(target, pages, docs)
    return "" if anchor in ids[target] else f"(there is no {anchor!r} in {target})"


def _target(page: str, path: str) -> str:
    if not path:
        return page
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
    return "" if joined == "." else joined


def _ids(target: str, pages: Mapping[str, str], docs: Path) -> frozenset[str]:
    text = pages.get(target)
    if text is None:
        text = (docs / target).read_text("utf-8") if (docs / target).is_file() else ""
    return frozenset(html.unescape(found) for found in _ID.findall(text))
