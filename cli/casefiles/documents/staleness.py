"""Judgements made under an older meaning of their definition, and which of them to audit first.

An audit judges some of them again to learn how many are wrong now. Which ones is not chosen but
derived: all of an annotator's stand in one fixed random order, and the audit takes the first. So
what was judged again, up to the first that was not, is a random draw, whoever looks and whenever;
nothing about it needs to be stored, and the new answers are labels like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from casefiles.documents.note import Judgement, Note

if TYPE_CHECKING:
    from casefiles.documents.corpus import Corpus
    from casefiles.documents.judgements import Answer, Judgements, Resolver, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """One judgement that an older meaning of a mode was given."""

    annotator: str
    """Who judged."""
    trace: str
    """What."""
    mode: str
    """For which mode of today."""
    version: int
    """The mode's version now."""
    before: Standing
    """What they said before that version."""
    again: bool
    """Whether they judged it again under that version."""
    after: Answer | None
    """What they said then; None: nothing yet, or that they are unsure."""

    def rank(self, seed: int) -> bytes:
        """Place in the random order in which judgements are audited."""
        import hashlib  # OpenSSL takes a while to load, and most workspaces audit nothing

        said = f"audit\n{seed}\n{self.annotator}\n{self.trace}\n{self.mode}@{self.version}"
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()


def stale_judgements(corpus: Corpus, judgements: Judgements) -> tuple[Stale, ...]:
    """Return all judgements that are stale, or were until they were judged again, in path order."""
    found = (
        stale
        for trace, modes in sorted(judgements.by_trace.items())
        for mode, settled in sorted(modes.items())
        if corpus.modes[mode].version > 1 or settled.stale
        for annotator, standing in sorted(settled.by.items())
        if (stale := _stale(corpus, judgements.resolver, annotator, trace, mode, standing))
    )
    return tuple(found)


def _stale(
    corpus: Corpus, resolver: Resolver, annotator: str, trace: str, mode: str, now: Standing
) -> Stale | None:
    version = corpus.modes[mode].version
    stale = Stale(
        annotator=annotator,
        trace=trace,
        mode=mode,
        version=version,
        before=now,
        again=False,
        after=None,
    )
    if now.stale and now.value is not None:
        return stale
    note = corpus.notes.get((annotator, trace))
    if note is None or _said_once(resolver, annotator, trace, note, mode):
        return None
    earlier = _before(note, resolver.known_as(mode), version)
    if earlier is None:
        return None
    before = resolver.standing(annotator, trace, earlier, mode)
    if before.value is None or not before.stale:
        return None
    return replace(stale, before=before, again=True, after=now.value)


def _said_once(resolver: Resolver, annotator: str, trace: str, note: Note, mode: str) -> bool:
    """Whether nothing was said before the last answer: true of most, and seen at a glance."""
    once = len(note.labels.get(mode, ())) < 2 and (annotator, trace) not in resolver.codes
    return once and resolver.stands_alone(mode)


def _before(note: Note, names: tuple[str, ...], version: int) -> Note | None:
    """Return a note without what was judged under a version; None if nothing was."""
    kept = {
        name: tuple(_older(given, version)) if name in names else given
        for name, given in note.labels.items()
    }
    labels = {name: given for name, given in kept.items() if given}
    return None if labels == note.labels else replace(note, labels=labels)


def _older(given: tuple[Judgement, ...], version: int) -> Iterator[Judgement]:
    return (judgement for judgement in given if (judgement.version or 1) < version)
