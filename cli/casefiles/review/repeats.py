"""Planted repeats: questions one has answered before, asked again among the open ones.

Whether somebody judges alike twice is known only if they do not know that it is the second time
(statistics: intra-annotator agreement). So a repeat looks like any other question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from casefiles.documents.corpus import Corpus
from casefiles.documents.note import Note
from casefiles.review.judging import Case, Question

SHARE = 0.075
"""Repeats to an open question: in the middle of the 5 to 10 % that method books ask for."""
ALONE = 10
"""Repeats when nothing else is asked."""


def with_repeats(
    cases: tuple[Case, ...],
    corpus: Corpus,
    annotator: str,
    modes: Iterable[str],
    *,
    demanded: bool = False,
) -> tuple[Case, ...]:
    """Plant repeats among what an annotator has to judge.

    A judgement is repeated once under each version of its definition, never an ``unsure`` one and
    never a code. ``demanded`` plants at least one, and some where nothing else is asked. Which
    ones, and where they stand, follows from the seed and their names.
    """
    wanted = tuple(modes)
    asked = sum(len(case.questions) for case in cases)
    least = (1 if cases else ALONE) if demanded else 0
    seed = corpus.config.review.seed
    possible = sorted(
        _repeatable(corpus, annotator, wanted),
        key=lambda found: _rank(seed, annotator, found[0].trace, found[1].mode),
    )
    for case, question in possible[: max(least, round(SHARE * asked))]:
        cases = _planted(cases, case, question, wanted, seed)
    return cases


def _repeatable(
    corpus: Corpus, annotator: str, modes: tuple[str, ...]
) -> Iterator[tuple[Case, Question]]:
    for name, trace, note in corpus.human_notes():
        if name != annotator or not note.reviews:
            continue
        for mode in modes:
            if question := _repeat(note, mode, corpus.modes[mode].version):
                yield Case(trace=trace, note=note, questions=()), question


def _repeat(note: Note, mode: str, version: int) -> Question | None:
    said = note.labels.get(mode, ())
    now = [judgement for judgement in said if (judgement.version or 1) == version]
    if len(now) != 1 or said[-1] != now[0] or now[0].value == "unsure":
        return None
    return Question(mode=mode, version=version, why="repeat", before=said)


def _planted(
    cases: tuple[Case, ...], case: Case, question: Question, modes: tuple[str, ...], seed: int
) -> tuple[Case, ...]:
    """Put a repeat with the trace it is about; else the trace somewhere between the others."""
    for place, one in enumerate(cases):
        if one.trace == case.trace:
            both = sorted((*one.questions, question), key=lambda asked: modes.index(asked.mode))
            merged = Case(trace=one.trace, note=one.note, questions=tuple(both))
            return (*cases[:place], merged, *cases[place + 1 :])
    alone = Case(trace=case.trace, note=case.note, questions=(question,))
    at = int.from_bytes(_rank(seed, "place", case.trace, question.mode)[:4], "big")
    at %= len(cases) + 1
    return (*cases[:at], alone, *cases[at:])


def _rank(*words: object) -> bytes:
    text = "\n".join(map(str, words))
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
