"""What people observed, and which of it belongs to a failure mode already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import canonical_names, coded_items, living

if TYPE_CHECKING:
    from casefiles.documents.references import ObservationRef

Identity = tuple[str, str, str]
"""Annotator, trace and folded text: what identifies an observation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One observation of one person."""

    ref: ObservationRef
    """How a proposal cites it."""
    turn: int | None
    """The turn it is anchored to."""


def observations(corpus: Corpus) -> tuple[Seen, ...]:
    """Return every observation in people's notes, in path order.

    What a note says twice in the same words is one observation. Traces whose simulated user
    broke (``sim_fault``) are left out.
    """
    notes = list(corpus.human_notes())
    if not notes:  # an empty workspace does not pay for what only notes need
        return ()
    from casefiles.documents.references import ObservationRef

    faulty = {trace for _, trace, note in notes if note.sim_fault}
    found: dict[Identity, Seen] = {}
    for annotator, trace, note in notes:
        for seen in note.observations if trace not in faulty else ():
            ref = ObservationRef(annotator=annotator, trace=trace, index=seen.index, text=seen.text)
            found.setdefault(ref.identity, Seen(ref=ref, turn=seen.turn))
    return tuple(found.values())


def coded(corpus: Corpus) -> dict[Identity, frozenset[str]]:
    """Map each coded observation to the active modes it is coded for.

    A code lives on through rename, merge and split. Where its mode was retired for good it is
    no more: the observation belongs nowhere again.
    """
    found: dict[Identity, frozenset[str]] = {}
    for ref, modes in _codes(corpus):
        found[ref.identity] = found.get(ref.identity, frozenset()) | frozenset(modes)
    return found


def coded_for(corpus: Corpus, mode: str) -> frozenset[Identity]:
    """Return the observations coded for one active mode.

    Those of a mode that was split are none of its parts': which part is for a person to say.
    """
    return frozenset(ref.identity for ref, modes in _codes(corpus) if modes == (mode,))


def uncoded(corpus: Corpus) -> tuple[Seen, ...]:
    """Return the observations that belong to no failure mode yet, in path order."""
    held = coded(corpus)
    return tuple(seen for seen in observations(corpus) if seen.ref.identity not in held)


def modes_by_wording(corpus: Corpus) -> dict[str, tuple[str, ...]]:
    """Map each wording coded before to the active modes it was coded for, sorted.

    The key is the text in one case (`str.casefold`). Codes of a mode that was split are left
    out: which part they belong to is for a person to say.
    """
    found: dict[str, set[str]] = {}
    for ref, modes in _codes(corpus):
        if len(modes) == 1:
            found.setdefault(ref.text.casefold(), set()).update(modes)
    return {text: tuple(sorted(modes)) for text, modes in found.items()}


def modes_by_label(corpus: Corpus) -> dict[str, tuple[str, ...]]:
    """Map the wording of a note's only observation to the one active mode the note says yes to.

    Where a note has several of either, which observation shows which mode is for a person to say.
    The key is as in `modes_by_wording`.
    """
    found: dict[str, set[str]] = {}
    for _, _, note in corpus.human_notes():
        said = (name for name, given in note.labels.items() if given[-1].value == "yes")
        modes = {mode for name in said for mode in living(corpus.modes, name)}
        if len(modes) == len(note.observations) == 1 and not note.sim_fault:
            found.setdefault(note.observations[0].text.casefold(), set()).update(modes)
    return {text: tuple(sorted(modes)) for text, modes in found.items()}


def _codes(corpus: Corpus) -> Iterator[tuple[ObservationRef, tuple[str, ...]]]:
    """Yield each coded observation with the active modes its mode stands for today, if any."""
    if not corpus.proposals:
        return
    from casefiles.documents.references import ObservationRef

    names = canonical_names(corpus.modes)
    heirs: dict[str, tuple[str, ...]] = {}
    for proposal in corpus.proposals.values():
        for code, item in coded_items(proposal, names):
            if code.mode not in heirs:
                heirs[code.mode] = living(corpus.modes, code.mode)
            if heirs[code.mode] and isinstance(item.reference, ObservationRef):
                yield item.reference, heirs[code.mode]
