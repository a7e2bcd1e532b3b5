"""From groups of like observations to a proposal that a person edits."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from casefiles.documents.judgements import canonical_names
from casefiles.documents.mode import STUB, Definition, Mode
from casefiles.documents.proposal import Item, Proposal, Section
from casefiles.documents.references import ObservationRef
from casefiles.taxonomy.guard import Reading
from casefiles.taxonomy.observations import Seen
from casefiles.taxonomy.working_copy import mode_id
from casefiles.text.names import MAX_SLUG, fold
from casefiles.text.odd import replace_odd

INTRO = """\
A proposal, to be edited: then `casefiles accept {name}`, or `casefiles reject {name} --why …`.

Each heading is a command.
Name behaviour, not its cause, and complete both halves of every definition.
A ticked line says that this observation shows this mode: move it, untick it, or delete it.
A line without a tick is unsure: tick it or delete it.
Delete a section to drop it.
`## merge: a + b -> c`, `## retire: a` and `## rename: a -> New name` may be added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Observations for one mode."""

    sure: tuple[ObservationRef, ...] = ()
    """Those that seem to show it: ticked."""
    unsure: tuple[ObservationRef, ...] = ()
    """Those that a person should look at: without a tick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A new mode that some observations may show."""

    title: str
    """A short name for it."""
    lines: Lines
    """Its observations."""
    terms: tuple[str, ...] = ()
    """Words that set it apart."""
    definition: Definition | None = None
    """Its binary definition; None: a stub for a person to complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """What a method made of the observations."""

    method: str
    """How: ``embedded/lexical``, ``model``, …"""
    suggestions: tuple[Suggestion, ...] = ()
    """New modes, in order."""
    known: Mapping[str, Lines] = field(default_factory=dict)
    """Mode id to observations that may show a mode there is."""
    left_over: tuple[ObservationRef, ...] = ()
    """The rest."""
    model: str | None = None
    """Which model, if any."""
    prompt_sha256: str | None = None
    """Hash of its prompts."""
    basis: Mapping[str, str] = field(default_factory=dict)
    """What else the result rests on."""
    remarks: tuple[str, ...] = ()
    """What a person should know of how it came about."""
    failed: str | None = None
    """Why the method that was asked for failed, so that this is another's result."""


def draft(
    name: str, found: Sorted, *, modes: Mapping[str, Mode], basis: Mapping[str, str]
) -> Proposal:
    """Lay out a proposal: new modes, lines for modes there are, and the rest.

    No two new names give the same id, and none gives that of a mode, tombstone or old name.
    """
    taken = set(canonical_names(modes))
    sections = []
    for suggestion in found.suggestions:
        title = free_name(suggestion.title, suggestion.terms, taken)
        taken.add(mode_id(title))
        sections.append(_new(title, suggestion))
    for mode, lines in sorted(found.known.items()):
        sections.append(Section(verb="add", names=(mode,), items=_items(lines)))
    if found.left_over:
        rest = tuple(Item(reference=ref, ticked=False, boxed=False) for ref in found.left_over)
        sections.append(Section(verb="left over", items=rest))
    return Proposal(
        method=found.method,
        model=found.model,
        prompt_sha256=found.prompt_sha256,
        basis={**basis, **found.basis},
        intro=_intro(name, found),
        sections=tuple(sections),
    )


def insist_accounted(proposal: Proposal, refs: Collection[ObservationRef]) -> None:
    """Raise AssertionError unless every observation stands in the proposal, once per section.

    Whoever sorted them: a proposal that lost one would look complete.
    """
    there = {getattr(item.reference, "identity", None) for item in proposal.items}
    wanted = {ref.identity for ref in refs}
    assert there == wanted, f"{len(wanted - there)} lost, {len(there - wanted)} invented"
    for section in proposal.sections:
        cited = [str(item.reference) for item in section.items]
        assert len(cited) == len(set(cited)), f"twice under {section.key}"


def _intro(name: str, found: Sorted) -> str:
    failed = f"A model was to make this proposal and could not: {found.failed}"
    said = [*([failed] if found.failed else []), *found.remarks]
    lines = "\n".join(f"{remark[:1].upper()}{remark[1:]}." for remark in map(_heading_text, said))
    return "\n\n".join(filter(None, (INTRO.format(name=name), lines)))


def basis(found: Reading, *, uncoded: int, forced: bool) -> dict[str, str]:
    """Record what a proposal was made from, and whether a person forced it."""
    counts = {
        "observations": str(found.observations),
        "uncoded": str(uncoded),
        "reviewed": str(found.reviewed),
    }
    return {**counts, "forced": "yes"} if forced else counts


def sort_out(
    seen: Sequence[Seen], wordings: Mapping[str, Sequence[str]]
) -> tuple[dict[str, list[ObservationRef]], list[ObservationRef]]:
    """Split observations into those worded as ones coded before, by mode, and all others."""
    known: dict[str, list[ObservationRef]] = {}
    others = []
    for one in seen:
        modes = wordings.get(one.ref.text.casefold(), ())
        for mode in modes:
            known.setdefault(mode, []).append(one.ref)
        if not modes:
            others.append(one.ref)
    return known, others


def free_name(title: str, terms: Sequence[str], taken: Collection[str]) -> str:
    """Return the title, changed where needed so that its id is not taken."""
    return next(name for name in _names(title, terms) if mode_id(name) not in taken)


def _names(title: str, terms: Sequence[str]) -> Iterator[str]:
    plain = _heading_text(title) or "Group"
    yield plain
    short = plain[: MAX_SLUG // 2].rstrip()
    yield from (f"{short}: {added}" for added in map(_heading_text, terms) if added)
    yield from (f"{short} {number}" for number in range(2, 100))
    yield from (f"Group {number}" for number in count(1))


def _heading_text(text: str) -> str:
    """Text that can stand in a heading: on one line, and without the arrow of the commands."""
    return fold(replace_odd(text).replace("->", " "))


def _new(title: str, suggestion: Suggestion) -> Section:
    definition = suggestion.definition or _stub(suggestion.terms)
    items = _items(suggestion.lines)
    return Section(verb="new", names=(title,), definition=definition, items=items)


def _stub(terms: Sequence[str]) -> Definition:
    words = ", ".join(map(_heading_text, terms))
    # The mark in it keeps a hint that was left standing out of the taxonomy.
    hint = f" (often: {words} {STUB})" if words else ""
    return Definition(text=f"Yes if {STUB}{hint}\nNo if {STUB}")


def _items(lines: Lines) -> tuple[Item, ...]:
    sure = (Item(reference=ref, ticked=True) for ref in lines.sure)
    unsure = (Item(reference=ref, ticked=False) for ref in lines.unsure)
    return (*sure, *unsure)
