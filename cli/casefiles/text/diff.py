"""What a change does to a file, as a unified diff."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_COMPARED = 4_000_000
"""Pairs of words above which a text is not compared word by word: it would take seconds."""


def unified(before: str | None, after: str | None, path: str) -> str:
    """Show a change of one file in the format of ``git diff``; None means the file is absent."""
    import difflib  # slow to import, and most commands show no diff

    source = "/dev/null" if before is None else f"a/{path}"
    target = "/dev/null" if after is None else f"b/{path}"
    if before != after and not before and not after:  # an empty file comes or goes
        return f"--- {source}\n+++ {target}\n"
    return "".join(difflib.unified_diff(_lines(before), _lines(after), source, target))


def _lines(text: str | None) -> list[str]:
    # Split on line feeds only: str.splitlines would split inside content at U+2028 and others.
    parts = (text or "").split("\n")
    ended = [f"{part}\n" for part in parts[:-1]]
    return ended if parts[-1] == "" else [*ended, f"{parts[-1]}\n\\ No newline at end of file\n"]


def words(before: str, after: str) -> str:
    """Show a change word by word, as ``git diff --word-diff=plain`` does: ``[-old-]{+new+}``.

    Line ends are words, so that lines stay lines. Very long texts are shown as a whole.
    """
    import difflib

    old, new = _words(before), _words(after)
    if len(old) * len(new) > MOST_COMPARED:
        return f"[-{before.strip()}-]\n{{+{after.strip()}+}}"
    parts: list[str] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal":
            parts += old[old_from:old_to]
            continue
        gone, come = _joined(old[old_from:old_to]), _joined(new[new_from:new_to])
        parts.append((f"[-{gone}-]" if gone else "") + (f"{{+{come}+}}" if come else ""))
    return _joined(parts)


def _words(text: str) -> list[str]:
    return re.findall(r"\n|[^\s]+", text.strip())


def _joined(words: Sequence[str]) -> str:
    return re.sub(r" ?\n ?", "\n", " ".join(words))
