"""Which traces show which mode, and in whose words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import Judgements, Settled, coded_items, living
from casefiles.documents.references import ObservationRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One observation that was coded as a mode."""

    annotator: str
    """Whose."""
    text: str
    """What they wrote."""
    turn: int | None
    """The turn they wrote it about; None also where the note has changed since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A trace with a judgement of one mode."""

    trace: str
    """Reference of the trace."""
    settled: Settled
    """What all annotators together say."""
    said: tuple[Said, ...]
    """The observations coded as this mode."""


def sightings(corpus: Corpus, judgements: Judgements) -> Mapping[str, tuple[Sighting, ...]]:
    """Return for each active mode the traces judged for it, in path order."""
    words = _words(corpus, judgements)
    found: dict[str, list[Sighting]] = {mode: [] for mode in corpus.active_modes}
    for (trace, mode), settled in sorted(judgements.settled.items(), key=lambda item: item[0]):
        if mode in found:
            said = tuple(words.get((trace, mode), ()))
            found[mode].append(Sighting(trace=trace, settled=settled, said=said))
    return {mode: tuple(seen) for mode, seen in found.items()}


def _words(corpus: Corpus, judgements: Judgements) -> dict[tuple[str, str], list[Said]]:
    """(trace, mode) to the observations coded as it; after a split they stand under each part."""
    names = judgements.resolver.names
    words: dict[tuple[str, str], list[Said]] = {}
    for _, proposal in sorted(corpus.proposals.items()):
        for target, item in coded_items(proposal, names):
            if isinstance(item.reference, ObservationRef):
                said = _said(corpus, item.reference)
                for mode in living(corpus.modes, target.mode):
                    known = words.setdefault((item.reference.trace, mode), [])
                    known += [] if said in known else [said]
    return words


def _said(corpus: Corpus, reference: ObservationRef) -> Said:
    note = corpus.notes.get((reference.annotator, reference.trace))
    observation = note.find(reference.text) if note else None
    return Said(
        annotator=reference.annotator,
        text=reference.text,
        turn=observation.turn if observation else None,
    )
