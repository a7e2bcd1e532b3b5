"""Step 2: what becomes of the cards of all shards, seen side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from casefiles.clusters.route.asking import Examined, Step, Strict, rows_of, schema_of, well_formed
from casefiles.clusters.route.cards import Card, Context
from casefiles.documents.question import Question
from casefiles.text.names import fold
from casefiles.text.odd import replace_odd

_QUOTES = 3
"""Quotes of each card that are shown."""


class _Decision(Strict):
    key: str
    action: Literal["keep", "merge", "drop"]
    into: str | None = None
    reason: str | None = None


class _Reply(Strict):
    decisions: list[_Decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What becomes of each card; one of which nothing is said is kept."""

    merged: Mapping[str, str] = field(default_factory=dict)
    """Key of a card to the key of the one that takes it up, which is kept or fixed."""
    dropped: Mapping[str, str] = field(default_factory=dict)
    """Key of a card to the reason."""

    def kept(self, cards: Sequence[Card]) -> tuple[Card, ...]:
        """Return the cards that stay."""
        gone = {*self.merged, *self.dropped}
        return tuple(card for card in cards if card.key not in gone)


def consolidate(
    prompt: str, proposed: Sequence[Card], others: Sequence[Card], context: Context
) -> Step[Decisions]:
    """Ask which of the proposed cards say the same, as one another or as the ``others``."""
    data = {
        "application": context.application,
        "proposed": [card.shown(quotes=_QUOTES) for card in proposed],
        "fixed": [card.shown() for card in others],
    }
    keys = [card.key for card in proposed]
    fixed = [card.key for card in others]
    schema = schema_of(_Reply, _Decision__key=keys, _Decision__into=[*keys, *fixed])
    question = Question(instructions=prompt, data=data, schema=schema)
    return Step(
        question=question, examine=partial(_examine, keys=frozenset(keys), fixed=frozenset(fixed))
    )


def _examine(reply: str, *, keys: frozenset[str], fixed: frozenset[str]) -> Examined[Decisions]:
    faults: list[str] = []
    said: dict[str, _Decision] = {}
    for decision in well_formed(rows_of(reply, "decisions"), _Decision, faults):
        if decision.key not in keys:
            faults.append(f"{decision.key!r} is no key of a proposed mode")
        elif decision.key in said:
            faults.append(f"{decision.key} is decided twice")
        else:
            said[decision.key] = decision
    if not said:
        raise ValueError("; ".join(faults) or "no decision is among the reply")
    faults += [f"{key} is not decided" for key in sorted(keys - set(said))]
    staying = {key for key, found in said.items() if found.action == "keep"} | (keys - set(said))
    merged = {
        key: into
        for key, found in said.items()
        if found.action == "merge" and (into := _target(found, said, staying | fixed, faults))
    }
    dropped = {key: _reason(found) for key, found in said.items() if found.action == "drop"}
    return Examined(value=Decisions(merged=merged, dropped=dropped), faults=tuple(faults))


def _target(
    decision: _Decision, said: Mapping[str, _Decision], staying: set[str], faults: list[str]
) -> str | None:
    """Follow merges to a card that stays; a card that leads nowhere is kept."""
    into, seen = decision.into, {decision.key}
    while into is not None and into not in staying:
        ahead = said.get(into)
        if ahead is None or into in seen or ahead.action != "merge":
            break
        seen.add(into)
        into = ahead.into
    if into in staying:
        return into
    faults.append(f"{decision.key} is merged into {decision.into!r}, which is not kept")
    return None


def _reason(decision: _Decision) -> str:
    return fold(replace_odd(decision.reason or "")) or "no reason given"
