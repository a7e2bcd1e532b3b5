"""What the route works on: wordings of notes, and cards of failure modes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from casefiles.text.names import fold, slug

LONGEST_NOTE = 1_000
"""Characters of a note that a model is shown."""
_SAME = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What one or more observations say, in the same words."""

    id: str
    """Its name for the model: short, and none of ours, so that a wrong one is noticed."""
    text: str
    """The words, as the model is shown them."""
    members: tuple[str, ...]
    """The observations worded so."""

    def holds(self, quote: str) -> bool:
        """Whether a quote stands in it: white space, case and typographic marks aside."""
        return bool(quote.strip()) and _compared(quote) in _compared(self.text)

    def shown(self) -> Mapping[str, str]:
        """Return it as data of a question."""
        return {"id": self.id, "text": self.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A failure mode, proposed or accepted."""

    key: str = ""
    """Its name for the model; empty until it is numbered."""
    mode: str | None = None
    """Id of an accepted mode; None for a proposed one."""
    title: str
    """What it is called."""
    yes_if: str
    """When the answer is yes; for an accepted mode the whole definition."""
    no_if: str = ""
    """When it is no."""
    include: tuple[str, ...] = ()
    """Borderline cases that belong to it."""
    exclude: tuple[str, ...] = ()
    """Borderline cases that do not."""
    quotes: tuple[str, ...] = ()
    """Words of notes that show it."""

    @property
    def slug(self) -> str:
        """What tells titles apart."""
        return slug(self.title, fallback="mode")

    def shown(self, *, quotes: int = 0) -> dict[str, Any]:
        """Return it as data of a question, with so many quotes."""
        if self.mode is not None:
            return {"key": self.key, "title": self.title, "definition": self.yes_if}
        found: dict[str, Any] = {
            "key": self.key,
            "title": self.title,
            "yes_if": self.yes_if,
            "no_if": self.no_if,
        }
        found |= {"include": list(self.include)} if self.include else {}
        found |= {"exclude": list(self.exclude)} if self.exclude else {}
        return found | ({"quotes": list(self.quotes[:quotes])} if quotes else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What people decided before, and what the notes are about."""

    application: Mapping[str, str] = field(default_factory=dict)
    """What was observed: name and description."""
    fixed: tuple[Card, ...] = ()
    """Accepted modes, numbered."""
    decided: tuple[Mapping[str, str], ...] = ()
    """Names that are not to come back, each with what became of it, as data of a question."""
    taken: Mapping[str, str] = field(default_factory=dict)
    """Slug of a title that may not be proposed to the reason."""


def wordings(observed: Sequence[tuple[str, str]]) -> tuple[Wording, ...]:
    """Collapse observations (reference, text) that say the same, case and white space aside."""
    same: dict[str, list[tuple[str, str]]] = {}
    for reference, text in observed:
        same.setdefault(fold(text).casefold(), []).append((reference, text))
    return tuple(
        Wording(
            id=f"n{number}",
            text=fold(group[0][1])[:LONGEST_NOTE],
            members=tuple(reference for reference, _ in group),
        )
        for number, group in enumerate(same.values(), 1)
    )


def numbered(cards: Sequence[Card], *, after: int) -> tuple[Card, ...]:
    """Give proposed cards their keys, counting on after so many."""
    return tuple(replace(card, key=f"c{after + place}") for place, card in enumerate(cards, 1))


def _compared(text: str) -> str:
    return fold(text.translate(_SAME)).casefold()
