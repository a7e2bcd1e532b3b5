"""A content security policy for built pages: the second fence behind inert text.

Written as a meta element, since a static site cannot count on headers (Content Security Policy
Level 3, W3C, section 3.3). Scripts run only from the site's own files, or when they are the
theme's own inline ones, named by hash.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator

_SCRIPT = re.compile(r"<script(?P<known>[^>]*)>(?P<text>.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"<style[^>]*>|\sstyle=")
_CHARSET = re.compile(r"<meta charset=[^>]*>")
_BUILT = '<meta name="generator"'
_ZENSICAL = f'{_BUILT} content="zensical'


def with_policy(page: str) -> str:
    """Return a page the builder rendered with its policy; other files as they are.

    Only scripts outside the article get a hash: what stands in it came from documents.
    """
    charset = _CHARSET.search(page)
    if charset is None or _BUILT not in page:
        return page
    return f"{page[: charset.end()]}{policy(page)}{page[charset.end() :]}"


def policy(page: str) -> str:
    """Return the meta elements for a rendered page."""
    scripts = " ".join(f"'sha256-{digest}'" for digest in _hashes(outside_article(page)))
    # Markdown tables of the team align with style attributes, and Zensical's search brings a style
    # sheet with its script; pages of ours need none.
    inline = _STYLE.search(page) or _ZENSICAL in page
    styles = "'self' 'unsafe-inline'" if inline else "'self'"
    rules = (
        "default-src 'none'",
        f"script-src 'self' {scripts}".rstrip(),
        f"style-src {styles}",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(rules)}">'
        '<meta name="referrer" content="no-referrer">'
    )


def outside_article(page: str) -> str:
    """Return a page without what stands between its first ``<article`` and last ``</article>``."""
    start, end = page.find("<article"), page.rfind("</article>")
    return page[:start] + page[end:] if 0 <= start < end else page


def _hashes(page: str) -> Iterator[str]:
    seen: set[str] = set()
    for script in _SCRIPT.finditer(page):
        if "src=" in script["known"] or "application/json" in script["known"]:
            continue
        digest = base64.b64encode(hashlib.sha256(script["text"].encode()).digest()).decode()
        if digest not in seen:
            seen.add(digest)
            yield digest
