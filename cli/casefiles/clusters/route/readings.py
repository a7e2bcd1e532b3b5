"""Two readings of the same notes, in different orders: only what both say is sure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from casefiles.clusters.route.asking import Ask, Step
from casefiles.clusters.route.assigning import Filing, Filings, agreed
from casefiles.clusters.route.cards import Wording
from casefiles.clusters.route.shards import Size, in_order
from casefiles.text.names import short_hash

READINGS = ("first", "second")
"""Names of the readings."""
Read = tuple[dict[str, Filing], list[str]]
"""Id of a note to what a reading says of it, and what was wrong with replies."""
MakeStep = Callable[[Sequence[Wording], str], Step[Filings]]
"""(notes, name of the reading) to the question about them."""


def read_twice(
    stage: str,
    pool: Sequence[Wording],
    step: MakeStep,
    *,
    ask: Ask,
    batch: Size,
    small_batch: Size,
) -> Read:
    """Ask twice which mode each note shows, and once more for those without a usable answer.

    A note of which neither reading has a usable answer is absent.
    """
    readings, faults = _read(stage, dict.fromkeys(READINGS, pool), step, ask=ask, size=batch)
    missing = {
        name: [note for note in pool if note.id not in filings]
        for name, filings in readings.items()
    }
    if any(missing.values()):
        again, faults = _read(f"{stage}, again", missing, step, ask=ask, size=small_batch)
        readings = {name: readings[name] | again[name] for name in READINGS}
    first, second = (readings[name] for name in READINGS)
    both = {note.id: agreed(first.get(note.id), second.get(note.id)) for note in pool}
    return {id_: filing for id_, filing in both.items() if filing is not None}, faults


def _read(
    stage: str,
    pools: Mapping[str, Sequence[Wording]],
    step: MakeStep,
    *,
    ask: Ask,
    size: Size,
) -> tuple[dict[str, dict[str, Filing]], list[str]]:
    """Ask about the notes of each reading; every reading cuts them into batches of its own."""
    steps: list[tuple[str, Step[Filings]]] = []
    for name, pool in pools.items():
        order = sorted(pool, key=lambda note: short_hash(f"{name} {note.id}"))
        for at, notes in enumerate(in_order(order, size)):
            steps.append((name, step(notes, f"{name} {at}")))
    found: dict[str, dict[str, Filing]] = {name: {} for name in pools}
    answers = ask(stage, [one for _, one in steps])
    for (name, _), answer in zip(steps, answers, strict=True):
        found[name] |= answer.value or {}
    return found, [answer.fault for answer in answers if answer.fault]
