"""Step 1: modes for a shard of notes, each with evidence that stands in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial

from casefiles.clusters.route.asking import Examined, Step, Strict, rows_of, schema_of, well_formed
from casefiles.clusters.route.cards import Card, Context, Wording
from casefiles.documents.question import Question
from casefiles.text.names import fold
from casefiles.text.odd import replace_odd

MOST_MODES = 12
"""Modes a shard may propose: more are notes in other words."""
LONGEST_TITLE = 8
"""Words of a title."""
LONGEST = {"title": 100, "yes_if": 500, "no_if": 500}
"""Characters beyond which a part of a mode cannot be used: nobody would judge by it."""
LEAST_EVIDENCE = 2
"""Notes that a mode must show: one is an anecdote."""
_GRADED = re.compile(
    r"\bon a scale\b|\bseverity\b|\b(?:score|rating|grade) of\b|\bfrom \d+ to \d+\b|"
    r"\b\d+ ?= ?[a-z]|\blow ?[/,] ?(?:medium|moderate)\b|\bpartial(?:ly)? ?[/,]",
    re.IGNORECASE,
)


class _Evidence(Strict):
    id: str
    quote: str


class _Mode(Strict):
    title: str
    yes_if: str
    no_if: str
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    evidence: list[_Evidence]


class _Reply(Strict):
    modes: list[_Mode]


def propose(prompt: str, notes: Sequence[Wording], context: Context) -> Step[tuple[Card, ...]]:
    """Ask for the modes that these notes show, beside the fixed ones."""
    data = {
        "application": context.application,
        "fixed": [card.shown() for card in context.fixed],
        "decided": list(context.decided),
        "notes": [note.shown() for note in notes],
    }
    question = Question(instructions=prompt, data=data, schema=schema_of(_Reply))
    by_id = {note.id: note for note in notes}
    return Step(question=question, examine=partial(_examine, by_id=by_id, context=context))


def _examine(
    reply: str, *, by_id: Mapping[str, Wording], context: Context
) -> Examined[tuple[Card, ...]]:
    faults: list[str] = []
    rows = rows_of(reply, "modes")
    cards: dict[str, Card] = {}
    for mode in well_formed(rows, _Mode, faults):
        card = _card(mode, by_id, context, faults)
        if card is not None and card.slug in cards:
            faults.append(f"two modes are called {card.title!r}")
        elif card is not None:
            cards[card.slug] = card
    if len(rows) > MOST_MODES:
        faults.append(f"there are {len(rows)} modes; propose at most {MOST_MODES}")
    if rows and not cards:
        raise ValueError("; ".join(faults))
    best = sorted(cards.values(), key=lambda card: -len(card.quotes))[:MOST_MODES]
    kept = tuple(card for card in cards.values() if card in best)
    return Examined(value=kept, faults=tuple(faults))


def _card(
    mode: _Mode, by_id: Mapping[str, Wording], context: Context, faults: list[str]
) -> Card | None:
    """Return a card that can be used; what is wrong, also with one that can, is added."""
    title = fold(replace_odd(mode.title))
    card = Card(
        title=title,
        yes_if=_half(mode.yes_if),
        no_if=_half(mode.no_if),
        include=tuple(map(_half, mode.include)),
        exclude=tuple(map(_half, mode.exclude)),
        quotes=_evidence(title, mode.evidence, by_id, faults),
    )
    unusable = _unusable(card, context)
    faults += unusable
    if len(title.split()) > LONGEST_TITLE:
        faults.append(f"the title {title!r} has more than {LONGEST_TITLE} words")
    return None if unusable else card


def _unusable(card: Card, context: Context) -> list[str]:
    found = []
    if not card.title:
        found.append("a mode has no title")
    if not card.yes_if or not card.no_if:
        found.append(f"{card.title!r} needs both yes_if and no_if")
    for part, most in LONGEST.items():
        if len(getattr(card, part)) > most:
            found.append(f"{card.title[:40]!r}: {part} is longer than {most} characters")
    if any(_GRADED.search(text) for text in (card.title, card.yes_if, card.no_if)):
        found.append(f"{card.title!r} is a matter of degree; a trace shows a mode or does not")
    if len(card.quotes) < LEAST_EVIDENCE:
        found.append(f"{card.title!r} has evidence of fewer than {LEAST_EVIDENCE} notes")
    if card.slug in context.taken:
        found.append(f"{card.title!r} cannot be proposed: {context.taken[card.slug]}")
    return found


def _evidence(
    title: str, given: Sequence[_Evidence], by_id: Mapping[str, Wording], faults: list[str]
) -> tuple[str, ...]:
    """Return one quote for each note that is there and says so."""
    quotes: dict[str, str] = {}
    for evidence in given:
        note = by_id.get(evidence.id)
        if note is None:
            faults.append(f"{title!r} cites {evidence.id!r}, which is no id of a note")
        elif not note.holds(evidence.quote):
            faults.append(f"{title!r} quotes words that do not stand in {evidence.id}")
        else:
            quotes.setdefault(note.id, fold(evidence.quote))
    return tuple(quotes.values())


def _half(text: str) -> str:
    """Fold a part of a definition to one line; three dots would read as a stub."""
    return fold(replace_odd(text)).replace("…", "...")
