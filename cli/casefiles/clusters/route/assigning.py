"""Steps 3 and 4: which notes show which mode, asked twice in different orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from casefiles.clusters.route.asking import Examined, Step, Strict, rows_of, schema_of, well_formed
from casefiles.clusters.route.cards import Card, Context, Wording
from casefiles.documents.question import Question
from casefiles.text.names import short_hash

NONE = "none"
"""No mode fits."""


class _Row(Strict):
    id: str
    mode: str
    also: str | None = None
    quote: str = ""


class _Reply(Strict):
    rows: list[_Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What one or two readings say about a note."""

    sure: frozenset[str] = frozenset()
    """Keys of the modes it shows."""
    unsure: frozenset[str] = frozenset()
    """Keys that only one reading names, or that a reading contradicts itself about."""

    @property
    def keys(self) -> frozenset[str]:
        """All modes it may show."""
        return self.sure | self.unsure


Filings = Mapping[str, Filing]
"""Id of a note to its filing; a note without a usable answer is absent."""


def assign(
    prompt: str, notes: Sequence[Wording], cards: Sequence[Card], context: Context, *, reading: str
) -> Step[Filings]:
    """Ask which card each note shows; ``reading`` decides the order in which cards are shown."""
    keys = [card.key for card in cards]
    ids = [note.id for note in notes]
    data = {
        "application": context.application,
        "modes": [card.shown() for card in shuffled(cards, [c.key for c in cards], reading)],
        "notes": [note.shown() for note in notes],
    }
    schema = schema_of(_Reply, _Row__id=ids, _Row__mode=[*keys, NONE], _Row__also=[*keys, NONE])
    question = Question(instructions=prompt, data=data, schema=schema)
    by_id = {note.id: note for note in notes}
    return Step(question=question, examine=partial(_examine, by_id=by_id, keys=frozenset(keys)))


def shuffled(items: Sequence[Card], keys: Sequence[str], reading: str) -> list[Card]:
    """Return cards in an order that depends on the reading and on nothing else."""
    order = sorted(range(len(items)), key=lambda at: short_hash(f"{reading} {keys[at]}"))
    return [items[at] for at in order]


def agreed(first: Filing | None, second: Filing | None) -> Filing | None:
    """Bring two readings of a note together: only what both say is sure."""
    if first is None or second is None:
        one = first or second
        return None if one is None else Filing(unsure=one.keys)
    sure = first.sure & second.sure
    return Filing(sure=sure, unsure=(first.keys | second.keys) - sure)


def _examine(
    reply: str, *, by_id: Mapping[str, Wording], keys: frozenset[str]
) -> Examined[Filings]:
    faults: list[str] = []
    found: dict[str, Filing] = {}
    for row in well_formed(rows_of(reply, "rows"), _Row, faults):
        filing = _filing(row, by_id, keys, faults)
        if filing is None:
            continue
        if row.id in found:
            faults.append(f"{row.id} stands twice")
            filing = _at_odds(found[row.id], filing)
        found[row.id] = filing
    if not found:
        raise ValueError("; ".join(faults) or "no row is among the reply")
    missing = [id_ for id_ in by_id if id_ not in found]
    if missing:
        faults.append(f"without a usable row: {', '.join(missing)}")
    return Examined(value=found, faults=tuple(faults))


def _filing(
    row: _Row, by_id: Mapping[str, Wording], keys: frozenset[str], faults: list[str]
) -> Filing | None:
    note = by_id.get(row.id)
    if note is None:
        faults.append(f"{row.id!r} is no id of a note")
        return None
    named = frozenset(key for key in (row.mode, row.also) if key and key != NONE)
    unknown = named - keys
    if unknown:
        faults.append(f"{row.id}: {', '.join(sorted(unknown))} is no key of a mode")
        return None
    if named and not note.holds(row.quote):
        faults.append(f"{row.id}: the quote does not stand in the note")
        return None
    return Filing(sure=named)


def _at_odds(first: Filing, second: Filing) -> Filing:
    sure = first.sure & second.sure
    return Filing(sure=sure, unsure=(first.keys | second.keys) - sure)
