"""Step 6: each new definition is tried on the notes most like its own that were filed elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from casefiles.clusters.lexical import lexical_similarity
from casefiles.clusters.route.asking import Examined, Step, Strict, rows_of, schema_of, well_formed
from casefiles.clusters.route.cards import Card, Context, Wording
from casefiles.documents.question import Question

OUTSIDERS = 3
"""Notes that each definition is tried on."""

Pair = tuple[str, str]
"""Key of a card and id of a note."""


class _Row(Strict):
    key: str
    id: str
    answer: Literal["yes", "no"]


class _Reply(Strict):
    rows: list[_Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One definition, and the notes it is tried on."""

    card: Card
    """The mode."""
    outsiders: tuple[Wording, ...]
    """The notes, the likest first."""


def trials(
    cards: Sequence[Card], notes: Sequence[Wording], filed: Mapping[str, frozenset[str]]
) -> list[Trial]:
    """Choose for each card the notes most like its own among those filed elsewhere or nowhere.

    ``filed`` maps the key of a card to the ids of its notes.
    """
    likeness = lexical_similarity([note.text for note in notes])
    np.round(likeness, 6, out=likeness)  # so that ties are ties on every machine
    found = []
    for card in cards:
        inside = np.array([note.id in filed.get(card.key, ()) for note in notes], dtype=bool)
        if inside.any() and not inside.all():
            near = np.where(inside, -1.0, likeness[inside].mean(axis=0))
            likest = np.argsort(-near, kind="stable")[:OUTSIDERS]
            outsiders = tuple(notes[at] for at in likest if not inside[at])
            found.append(Trial(card=card, outsiders=outsiders))
    return found


def contrast(prompt: str, tried: Sequence[Trial], context: Context) -> Step[frozenset[Pair]]:
    """Ask which outsiders meet a definition all the same."""
    data = {
        "application": context.application,
        "trials": [
            {**trial.card.shown(), "notes": [note.shown() for note in trial.outsiders]}
            for trial in tried
        ],
    }
    pairs = frozenset((trial.card.key, note.id) for trial in tried for note in trial.outsiders)
    keys = sorted({key for key, _ in pairs})
    ids = sorted({id_ for _, id_ in pairs})
    schema = schema_of(_Reply, _Row__key=keys, _Row__id=ids)
    question = Question(instructions=prompt, data=data, schema=schema)
    return Step(question=question, examine=partial(_examine, pairs=pairs))


def _examine(reply: str, *, pairs: frozenset[Pair]) -> Examined[frozenset[Pair]]:
    faults: list[str] = []
    said: dict[Pair, str] = {}
    for row in well_formed(rows_of(reply, "rows"), _Row, faults):
        pair = (row.key, row.id)
        if pair not in pairs:
            faults.append(f"{row.key} was not tried on {row.id!r}")
        elif said.setdefault(pair, row.answer) != row.answer:
            faults.append(f"{row.key} on {row.id} is answered twice")
    if not said:
        raise ValueError("; ".join(faults) or "no row is among the reply")
    missing = sorted(pairs - set(said))
    faults += [f"{key} on {id_} is not answered" for key, id_ in missing]
    met = frozenset(pair for pair, answer in said.items() if answer == "yes")
    return Examined(value=met, faults=tuple(faults))
