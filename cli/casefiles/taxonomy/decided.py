"""What people decided before about modes: what is accepted, gone or rejected stays so."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import canonical_names, living, target_of
from casefiles.documents.mode import Mode
from casefiles.documents.proposal import Item, Proposal, Section
from casefiles.documents.references import ObservationRef
from casefiles.taxonomy.drafting import Lines, Sorted, Suggestion
from casefiles.taxonomy.observations import Identity
from casefiles.taxonomy.working_copy import fate, mode_id

Declined = tuple[Identity, str]
"""An observation and the mode that it was said not to show."""
_SAME = 0.8
"""Share of common observations from which two groups are the same one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A mode that a person rejected with its proposal."""

    proposal: str
    """Name of the proposal."""
    title: str
    """What the mode was called."""
    why: str
    """Why the proposal was rejected."""
    held: frozenset[Identity]
    """The observations ticked for it."""

    def __str__(self) -> str:
        """``was rejected in 2026-11-24 (groups by topic)``."""
        why = f" ({self.why})" if self.why else ""
        return f"was rejected in {self.proposal}{why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A name that stands for no mode of its own any more, or never came to."""

    name: str
    """The name."""
    became: str
    """What became of it."""


def rejections(corpus: Corpus) -> tuple[Rejection, ...]:
    """Return every new mode of every rejected proposal, the latest proposal last."""
    return tuple(
        Rejection(
            proposal=name,
            title=section.names[0],
            why=str(proposal.extra.get("why") or ""),
            held=frozenset(
                item.reference.identity
                for item in section.items
                if item.ticked and isinstance(item.reference, ObservationRef)
            ),
        )
        for name, proposal in sorted(corpus.proposals.items())
        for section in proposal.sections
        if proposal.status == "rejected" and section.verb == "new"
    )


def gone(modes: Mapping[str, Mode], rejected: Sequence[Rejection]) -> tuple[Gone, ...]:
    """Return the names that are not to be proposed again: of tombstones, and rejected ones.

    A name that is an active mode's by now is none of them.
    """
    names = canonical_names(modes)
    buried = [
        Gone(name=modes[id_].name, became=fate(modes[id_]))
        for id_ in sorted(modes)
        if modes[id_].status == "retired"
    ]
    refused = {mode_id(one.title): Gone(name=one.title, became=str(one)) for one in rejected}
    return (*buried, *(one for id_, one in refused.items() if id_ not in names))


def without_rejected(
    found: Sorted, rejected: Sequence[Rejection]
) -> tuple[Sorted, tuple[tuple[Suggestion, Rejection], ...]]:
    """Leave out new modes that a person rejected: by name, or by holding the same observations.

    Returns what is left, and what was left out with the reason.
    """
    again = [(one, match) for one in found.suggestions if (match := _match(one, rejected))]
    out = [one for one, _ in again]
    kept = tuple(one for one in found.suggestions if one not in out)
    return _with_homeless(found, replace(found, suggestions=kept)), tuple(again)


def declined(corpus: Corpus) -> frozenset[Declined]:
    """Return (observation, active mode) of which a person said that the one is not the other.

    They left its line without a tick in a proposal they accepted, or rejected the proposal that
    offered it.
    """
    names = canonical_names(corpus.modes)
    found: set[Declined] = set()
    for proposal in corpus.proposals.values():
        for part, item in _refused(proposal):
            target = target_of(part, proposal.applied, names)
            if target is not None and isinstance(item.reference, ObservationRef):
                modes = living(corpus.modes, target.mode)
                found |= {(item.reference.identity, mode) for mode in modes}
    return frozenset(found)


def _refused(proposal: Proposal) -> Iterator[tuple[Section, Item]]:
    """Yield the lines that a person did not take, each with the section it stands under."""
    for section in proposal.sections:
        for part in (section, *section.children):
            if proposal.status == "accepted":
                yield from ((part, item) for item in part.items if not item.ticked)
            elif proposal.status == "rejected" and part.verb == "add":
                yield from ((part, item) for item in part.items)


def without_declined(found: Sorted, declined: Collection[Declined]) -> Sorted:
    """Leave out lines for modes there are that a person declined before."""

    def wanted(mode: str, refs: Sequence[ObservationRef]) -> tuple[ObservationRef, ...]:
        return tuple(ref for ref in refs if (ref.identity, mode) not in declined)

    offered = {
        mode: Lines(sure=wanted(mode, lines.sure), unsure=wanted(mode, lines.unsure))
        for mode, lines in found.known.items()
    }
    known = {mode: lines for mode, lines in offered.items() if lines.sure or lines.unsure}
    return _with_homeless(found, replace(found, known=known))


def _with_homeless(before: Sorted, after: Sorted) -> Sorted:
    """Leave over what had a place and has none any more."""
    homeless = set(_placed(before)) - set(_placed(after))
    if not homeless:
        return after
    return replace(after, left_over=tuple(sorted({*after.left_over, *homeless}, key=_place)))


def _match(suggestion: Suggestion, rejected: Sequence[Rejection]) -> Rejection | None:
    held = {ref.identity for ref in suggestion.lines.sure}
    for one in reversed(rejected):
        common = len(held & one.held)
        is_same = common and common >= _SAME * len(held | one.held)
        if is_same or mode_id(suggestion.title) == mode_id(one.title):
            return one
    return None


def _placed(found: Sorted) -> Iterator[ObservationRef]:
    for lines in (*(one.lines for one in found.suggestions), *found.known.values()):
        yield from (*lines.sure, *lines.unsure)


def _place(ref: ObservationRef) -> tuple[str, str, int]:
    return (ref.annotator, ref.trace, ref.index)
