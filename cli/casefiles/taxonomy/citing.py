"""Whether a line of a proposal cites what a person really wrote."""

from __future__ import annotations

from casefiles.documents.corpus import Corpus
from casefiles.documents.note import Note
from casefiles.documents.paths import note_path, round_of, trace_path
from casefiles.documents.references import LabelRef, ObservationRef, quote
from casefiles.taxonomy.working_copy import RefusedError
from casefiles.text.names import nearest, shorten


def insist_on(corpus: Corpus, reference: ObservationRef | LabelRef) -> int:
    """Return the place in its note, from 1, of what a line cites (0 for a label).

    The text identifies an observation, its number is a hint. Raises RefusedError if the
    annotator, the trace, the note or the observation is not there.
    """
    note = _note(corpus, reference.annotator, reference.trace)
    if isinstance(reference, LabelRef):
        if not note.labels and not _is_coded(corpus, reference):
            message = f"{reference.annotator} judged nothing in {reference.trace}"
            raise RefusedError("no-label", message, remedy="delete the line")
        return 0
    found = note.find(reference.text)
    if found is None:
        path = note_path(reference.annotator, reference.trace)
        message = f"{path} holds no observation {quote(shorten(reference.text, 60))}"
        raise RefusedError("no-observation", message, remedy=_now(note, reference))
    return found.index


def _is_coded(corpus: Corpus, reference: LabelRef) -> bool:
    """Whether a code says what no label says: its observation may have been edited since."""
    accepted = (found for found in corpus.proposals.values() if found.status == "accepted")
    ticked = (item.reference for found in accepted for item in found.items if item.ticked)
    whose = (reference.annotator, reference.trace)
    return any((cited.annotator, cited.trace) == whose for cited in ticked)


def _note(corpus: Corpus, annotator: str, trace: str) -> Note:
    people = sorted({name for name, _ in corpus.notes})
    if annotator not in people:
        near = nearest(annotator, people)
        message = f"there are no notes by {annotator!r}"
        raise RefusedError("unknown-annotator", message, remedy=_did_you_mean(near))
    if not corpus.is_human(annotator):
        message = f"{annotator!r} is no person: what they observed counts in no figure"
        raise RefusedError("not-human", message, remedy="untick the line")
    if trace not in corpus.traces:
        same_round = [ref for ref in corpus.traces if round_of(ref) == round_of(trace)]
        near = nearest(trace, same_round or list(corpus.traces))
        message = f"there is no trace {trace_path(trace)}"
        raise RefusedError("unknown-trace", message, remedy=_did_you_mean(near))
    note = corpus.notes.get((annotator, trace))
    if note is None:
        near = nearest(trace, [ref for name, ref in corpus.notes if name == annotator])
        message = f"there is no note {note_path(annotator, trace)}"
        raise RefusedError("no-note", message, remedy=_did_you_mean(near))
    return note


def _did_you_mean(near: str | None) -> str:
    return f"did you mean {near!r}?" if near else "delete the line, or cite what is there"


def _now(note: Note, reference: ObservationRef) -> str:
    """What to do about a text that is gone: the note may say it in other words by now."""
    texts = [seen.text for seen in note.observations]
    same_place = texts[reference.index - 1 : reference.index] if reference.index else []
    near = nearest(reference.text, texts) or next(iter(same_place), None)
    if near is None:
        return "delete the line"
    return f"did you mean {quote(shorten(near, 120))}? Cite its text in full, or delete the line"
