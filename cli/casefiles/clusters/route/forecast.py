"""What the route will ask, before its first reply: for the estimate of what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from casefiles.clusters.route.assigning import assign
from casefiles.clusters.route.cards import Card, Context, numbered, wordings
from casefiles.clusters.route.consolidating import consolidate
from casefiles.clusters.route.contrasting import Trial, contrast
from casefiles.clusters.route.proposing import MOST_MODES, propose
from casefiles.clusters.route.readings import READINGS
from casefiles.clusters.route.route import TRIALS, Parameters
from casefiles.clusters.route.shards import along_groups, in_order
from casefiles.documents.question import Question

_NOTES_A_MODE = 6
"""Notes that a mode holds, roughly, on real sets: so many fewer modes than notes are expected."""
_CARD = Card(
    title="title " * 5, yes_if="words " * 20, no_if="words " * 15, quotes=("words " * 15,) * 3
)
"""A card of the usual length."""
_REPLY_OF_A_CARD, _REPLY_OF_A_DECISION, _REPLY_OF_A_ROW, _REPLY_OF_A_TRIAL = 150, 30, 40, 60
"""Tokens of a reply for each thing that is asked about."""

Expected = tuple[Question, int]
"""A question, and the tokens its reply is likely to have."""


def forecast(
    groups: Sequence[Sequence[tuple[str, str]]],
    context: Context,
    *,
    prompts: Mapping[str, str],
    parameters: Parameters,
) -> Iterator[Expected]:
    """Yield the questions of one round of the route, with made-up cards where real ones lack."""
    notes = wordings([one for group in groups for one in group])
    places = {reference: at for at, group in enumerate(groups) for reference, _ in group}
    group_of = {note.id: places[note.members[0]] for note in notes}
    shards = along_groups(notes, group_of, parameters.shard)
    for shard in shards:
        expected = _modes_of(len(shard))
        step = propose(prompts["modes-propose"], shard, context)
        yield step.question, expected * _REPLY_OF_A_CARD
    cards = numbered([_CARD] * sum(_modes_of(len(shard)) for shard in shards), after=0)
    compared = consolidate(prompts["modes-consolidate"], cards, context.fixed, context)
    yield compared.question, len(cards) * _REPLY_OF_A_DECISION
    shown = (*context.fixed, *cards)
    for reading in READINGS:
        for batch in in_order(notes, parameters.batch):
            asked = assign(prompts["modes-assign"], batch, shown, context, reading=reading)
            yield asked.question, len(batch) * _REPLY_OF_A_ROW
    for at in range(0, len(cards), TRIALS):
        tried = [Trial(card=card, outsiders=notes[:3]) for card in cards[at : at + TRIALS]]
        asked_of = contrast(prompts["modes-contrast"], tried, context)
        yield asked_of.question, len(tried) * _REPLY_OF_A_TRIAL


def _modes_of(notes: int) -> int:
    return max(1, min(MOST_MODES, notes // _NOTES_A_MODE))
