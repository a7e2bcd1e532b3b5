"""Judging: what is still to be judged, by whom and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import Resolver, Standing
from casefiles.documents.note import Judgement, Note
from casefiles.documents.references import ObservationRef

Why = Literal["new", "stale", "split", "edited", "unsure", "repeat", "audit"]
BLIND: frozenset[Why] = frozenset({"repeat", "audit"})
"""Reasons that a question does not tell: it is to be answered as if for the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One mode to be judged on one trace."""

    mode: str
    """Id of the mode."""
    version: int
    """Version of the definition that is shown, and that the judgement is stamped with."""
    why: Why
    """``new``: not judged; ``stale``: judged under an older definition; ``split``: the mode it was
    split off from was judged yes; ``edited``: the observation it rests on is gone; ``unsure``;
    ``repeat``: judged under this very definition, and asked again to see whether it holds;
    ``audit``: stale, and drawn to see how many of those are wrong."""
    before: tuple[Judgement, ...] = ()
    """What the annotator said so far, oldest first."""

    @property
    def is_blind(self) -> bool:
        """Whether neither what was said before nor why it is asked may be shown."""
        return self.why in BLIND


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One reviewed trace with what is to be judged on it."""

    trace: str
    """Its reference."""
    note: Note
    """The annotator's note."""
    questions: tuple[Question, ...]
    """At least one, in the order of the modes."""


def label_queue(
    corpus: Corpus,
    annotator: str,
    modes: Iterable[str],
    *,
    trace: str | None = None,
    unsure: bool = False,
) -> tuple[Case, ...]:
    """Return what an annotator has to judge, by trace, in path order.

    A mode is asked about if it is not judged on a trace they reviewed, if the judgement is stale,
    or if it rests on an observation that is no longer in the note. An ``unsure`` under the
    present definition is an answer: it is asked about again only on demand.
    """
    wanted = tuple(modes)
    resolver = Resolver(corpus.modes, corpus.proposals.values())
    edited = _edited(corpus, annotator)
    cases = []
    for name, reference, note in corpus.human_notes():
        if name != annotator or not note.reviews or trace not in (None, reference):
            continue
        asked = tuple(
            question
            for mode in wanted
            if (question := _question(resolver, annotator, reference, note, mode, edited))
            and (unsure or question.why != "unsure")
        )
        if asked:
            cases.append(Case(trace=reference, note=note, questions=asked))
    return tuple(cases)


def said_before(note: Note, resolver: Resolver, mode: str) -> tuple[Judgement, ...]:
    """Return an annotator's judgements of a mode, under its name of today or an older one."""
    names = (mode, *(name for name, id_ in resolver.names.items() if id_ == mode and name != mode))
    return next((given for name in names if (given := note.labels.get(name))), ())


def _question(
    resolver: Resolver,
    annotator: str,
    trace: str,
    note: Note,
    mode: str,
    edited: frozenset[str],
) -> Question | None:
    version = resolver.modes[mode].version
    before = said_before(note, resolver, mode)
    standing = resolver.standing(annotator, trace, note, mode)
    why = _why(standing, before[-1] if before else None, version, edited=trace in edited)
    return Question(mode=mode, version=version, why=why, before=before) if why else None


def _why(standing: Standing, last: Judgement | None, version: int, *, edited: bool) -> Why | None:
    if standing.value is not None:
        return "stale" if standing.stale else "edited" if standing.coded and edited else None
    if last is not None and last.value == "unsure" and (last.version or 1) >= version:
        return "unsure"
    return "split" if standing.unresolved else "new"


def _edited(corpus: Corpus, annotator: str) -> frozenset[str]:
    """Traces of which a coded observation is no longer in the annotator's note."""
    return frozenset(
        cited.trace
        for cited in _coded(corpus)
        if cited.annotator == annotator
        and (note := corpus.notes.get((annotator, cited.trace))) is not None
        and note.find(cited.text) is None
    )


def _coded(corpus: Corpus) -> Iterator[ObservationRef]:
    for proposal in corpus.proposals.values():
        for section in proposal.sections if proposal.status == "accepted" else ():
            for part in (section, *section.children):
                for item in part.items:
                    if item.ticked and isinstance(item.reference, ObservationRef):
                        yield item.reference
