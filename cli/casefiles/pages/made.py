"""What a build makes of the corpus, file by file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Entry: TypeAlias = dict[str, str]
"""An entry of the search: ``location``, ``title``, ``text``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One generated file."""

    path: str
    """Below site/docs."""
    content: str | bytes | None
    """Its content; None: it is as the last build left it."""
    entry: Entry | None = None
    """What the search finds it by, for pages that the theme does not index."""
    made_from: str = ""
    """Fingerprint of what it was made from; empty where that is not worth remembering."""
