"""What a change does to a file, as a unified diff."""

from __future__ import annotations


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
    """Show a change word by word, as ``git diff --word-diff=plain`` does: ``[-old-]{+new+}``."""
    import difflib

    old, new = before.split(), after.split()
    parts: list[str] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal":
            parts += old[old_from:old_to]
            continue
        gone, come = " ".join(old[old_from:old_to]), " ".join(new[new_from:new_to])
        parts.append((f"[-{gone}-]" if gone else "") + (f"{{+{come}+}}" if come else ""))
    return " ".join(parts)
