"""Annotators side by side."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from casefiles.documents.corpus import Corpus
from casefiles.errors import BadInputError
from casefiles.insight.agreement import ENOUGH, Draw
from casefiles.insight.labelled_twice import Agreement, ModeAgreement, compare
from casefiles.loop import desk
from casefiles.taxonomy.working_copy import WorkingCopy
from casefiles.text.names import nearest
from casefiles.workspace.find import Workspace

SEED = 20_240_515
"""Of the resamples: the same labels give the same intervals on every machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What `agreement` shows."""

    corpus: Corpus
    """What the workspace holds."""
    agreement: Agreement
    """The annotators side by side."""


def agreement(
    workspace: Workspace,
    modes: Sequence[str] = (),
    *,
    rounds: Sequence[str] = (),
    blind_only: bool = True,
) -> Compared:
    """Compare the annotators on the traces they have in common.

    Broken files are left out. Raises BadInputError for an unknown or retired mode, or an unknown
    round.
    """
    corpus = desk.open_corpus(workspace)
    known = WorkingCopy(modes=corpus.modes, read=partial(desk.read_text, workspace))
    wanted = tuple(dict.fromkeys(map(known.active, modes)))
    for name in rounds:
        if name not in corpus.round_names():
            near = nearest(name, corpus.round_names())
            remedy = f"did you mean {near!r}?" if near else "see the folders below traces/"
            raise BadInputError(f"there is no round {name!r}", remedy=remedy)
    found = compare(corpus, drawing(), modes=wanted, rounds=rounds, blind_only=blind_only)
    return Compared(corpus=corpus, agreement=found)


def drawing() -> Draw:
    """Return a function that draws n places below n, the same ones in every process."""
    chance = random.Random(SEED)
    return lambda n: chance.choices(range(n), k=n)


def document(found: Agreement) -> dict[str, Any]:
    """Return the comparison as the JSON document of ``agreement --json``."""
    return {
        "annotators": list(found.annotators),
        "traces": found.traces,
        "random": found.random,
        "blind_only": found.blind_only,
        "left_out": {"not_blind": found.not_blind, "stale": found.stale},
        "enough_positives": ENOUGH,
        "modes": [_mode(one) for one in found.modes],
        "label_sets": {"traces": found.sets, "alpha": found.sets_alpha},
        "disagreements": [
            {"mode": one.mode, "trace": one.trace, "labels": dict(one.said), "settled": one.settled}
            for one in found.disagreements
        ],
    }


def _mode(one: ModeAgreement) -> dict[str, Any]:
    return {
        "mode": one.mode,
        "traces": one.traces,
        "positives": one.positives,
        "pairs": [
            {
                "annotators": list(pair.annotators),
                "both_yes": pair.table.both,
                "first_only": pair.table.first,
                "second_only": pair.table.second,
                "both_no": pair.table.neither,
            }
            for pair in one.pairs
        ],
        "positive_agreement": one.positive,
        "low": one.spread.low if one.spread else None,
        "high": one.spread.high if one.spread else None,
        "undefined": one.spread.undefined if one.spread else None,
        "alpha": one.alpha,
        "ac1": one.ac1,
        "kappa": one.kappa,
    }
