"""How far each annotator is: read, noted, judged; and how long reading takes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import Judgements
from casefiles.documents.note import Note
from casefiles.documents.paths import round_of
from casefiles.insight.pace import Pace, pace
from casefiles.review.sharing import share_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One annotator's progress."""

    annotator: str
    """Their name."""
    to_read: int
    """Traces of their share, those of superseded rounds left out."""
    read: int
    """Those of these that they reviewed."""
    passes: int
    """Reviewed traces on which they saw nothing go wrong, in their share or not."""
    fails: int
    """Reviewed traces on which they did."""
    deferred: int
    """Traces they put off."""
    observations: int
    """Open codes in their notes."""
    judged: int
    """Answers they gave, under today's definitions, for active modes on traces they reviewed."""
    asked: int
    """Answers there can be: active modes times traces they reviewed."""
    pace: Pace | None
    """How long reading took them; None if no note says."""


def people(corpus: Corpus, judgements: Judgements) -> tuple[Person, ...]:
    """Sum up every annotator who is configured or has notes, in that order."""
    superseded = corpus.superseded_rounds()
    traces = [trace for trace in corpus.traces if round_of(trace) not in superseded]
    notes: dict[str, dict[str, Note]] = {who: {} for who in corpus.config.review.annotators}
    for who, trace, note in corpus.human_notes():
        notes.setdefault(who, {})[trace] = note
    judged = _judged(judgements, notes)
    return tuple(
        _person(who, given, share_of(who, traces, corpus.config.review), judged[who], corpus)
        for who, given in notes.items()
    )


def _judged(judgements: Judgements, notes: Mapping[str, Mapping[str, Note]]) -> Counter[str]:
    return Counter(
        who
        for (trace, _), settled in judgements.settled.items()
        for who, standing in settled.by.items()
        if standing.value is not None
        and not standing.stale
        and (note := notes.get(who, {}).get(trace)) is not None
        and note.reviews
    )


def _person(
    who: str, notes: Mapping[str, Note], share: frozenset[str], judged: int, corpus: Corpus
) -> Person:
    reviewed = {trace: note for trace, note in notes.items() if note.reviews}
    fails = sum(note.fails for note in reviewed.values())
    timed = sorted(
        (note.reviewed or "", note.seconds) for note in notes.values() if note.seconds is not None
    )
    return Person(
        annotator=who,
        to_read=len(share),
        read=len(share & reviewed.keys()),
        passes=len(reviewed) - fails,
        fails=fails,
        deferred=sum(note.verdict == "defer" for note in notes.values()),
        observations=sum(len(note.observations) for note in notes.values()),
        judged=judged,
        asked=len(reviewed) * len(corpus.active_modes),
        pace=pace([seconds for _, seconds in timed]),
    )


def document(found: tuple[Person, ...], *, times: frozenset[str]) -> list[dict[str, Any]]:
    """Return the annotators for ``status --json``, with the times of those that may be told."""
    return [
        {
            "annotator": one.annotator,
            "to_read": one.to_read,
            "read": one.read,
            "pass": one.passes,
            "fail": one.fails,
            "deferred": one.deferred,
            "observations": one.observations,
            "judged": one.judged,
            "asked": one.asked,
            **({"seconds": _seconds(one.pace)} if one.annotator in times else {}),
        }
        for one in found
    ]


def _seconds(found: Pace | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "notes": found.notes,
        "total": found.seconds,
        "median": found.median,
        "median_first_half": found.earlier,
        "median_second_half": found.later,
    }
