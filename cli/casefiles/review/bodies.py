"""The prose of a note: its sections by turn, and changes of it that touch nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable

from casefiles.text import front_matter

_ANCHOR = re.compile(r"^##[ \t]+at[ \t]+\d", re.MULTILINE)


def assemble(general: Iterable[str], by_turn: Iterable[tuple[int, str]]) -> str:
    """Join what was said about the whole trace and, under ``## at N``, about single turns."""
    sections: dict[int, list[str]] = {}
    for turn, text in by_turn:
        sections.setdefault(turn, []).append(text)
    blocks = [f"## at {turn}\n{join_paragraphs(texts)}" for turn, texts in sorted(sections.items())]
    return join_paragraphs([*general, *blocks])


def add_general(body: str, text: str) -> str:
    """Add a paragraph about the whole trace: in front of the first ``## at N``, else at the end.

    Both are without blank lines at their ends.
    """
    anchor = _ANCHOR.search(body)
    at = anchor.start() if anchor else len(body)
    return join_paragraphs([body[:at].rstrip("\n"), text, body[at:]])


def join_paragraphs(texts: Iterable[str]) -> str:
    """Join texts with a blank line between two; empty ones are left out."""
    return "\n\n".join(text for text in texts if text)


def trim(text: str) -> str:
    """Drop blank lines at both ends, and carriage returns at line ends."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    kept = [place for place, line in enumerate(lines) if line.strip()]
    return "\n".join(lines[kept[0] : kept[-1] + 1]) if kept else ""


def body_of(note_text: str) -> str:
    """Return the trimmed body of a note file."""
    return trim(note_text[front_matter.body_offset(note_text) :])


def with_body(note_text: str, body: str) -> str:
    """Replace the body of a note by a trimmed text; lines that are the same keep their bytes.

    A note whose new body begins with ``---`` must have front matter, or that would become it.
    """
    at = front_matter.body_offset(note_text)
    lines = note_text[at:].split("\n")
    newline = "\r\n" if "\r\n" in note_text else "\n"
    kept = [place for place, line in enumerate(lines) if line.strip()]
    if not kept or not body:
        return note_text[:at] + body.replace("\n", newline) + (newline if body else "")
    begin, end = kept[0], kept[-1] + 1
    core = _spliced(lines[begin:end], body.split("\n"), newline.removesuffix("\n"))
    return note_text[:at] + "\n".join([*lines[:begin], *core, *(lines[end:] or [""])])


def _spliced(old: list[str], new: list[str], ending: str) -> list[str]:
    """The new lines, those of a common beginning and end as they stood (``old`` may end in CR)."""
    plain = [line.removesuffix("\r") for line in old]
    most = min(len(old), len(new))
    first = next((i for i in range(most) if plain[i] != new[i]), most)
    last = next((i for i in range(most - first) if plain[-1 - i] != new[-1 - i]), most - first)
    middle = [line + ending for line in new[first : len(new) - last]]
    return [*old[:first], *middle, *old[len(old) - last :]]
