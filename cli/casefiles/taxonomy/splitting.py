"""A mode to be split: the proposal in which a person sorts what was seen under its parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import Resolver
from casefiles.documents.mode import STUB, Definition
from casefiles.documents.proposal import Item, Proposal, Section
from casefiles.documents.references import LabelRef, ObservationRef
from casefiles.taxonomy.observations import coded_for, observations
from casefiles.taxonomy.operations import readable
from casefiles.taxonomy.working_copy import RefusedError, WorkingCopy, mode_id
from casefiles.text.names import fold

METHOD = "split"
INTRO = """\
{name} is to be split. Sort what was seen under its parts, then `casefiles accept {proposal}`.

Until now: {definition}

Complete both halves of every definition; a part may be renamed here and in the first heading.
Every line stands under every part: tick it where it shows that part, under several if it does.
What is ticked nowhere stays open, and `casefiles label` asks about it.
A no for {mode} is a no for each part, and need not be given again."""


def draft_split(
    corpus: Corpus,
    copy: WorkingCopy,
    mode: str,
    parts: Sequence[str],
    *,
    proposal: str,
    why: str = "",
) -> Proposal:
    """Lay out the proposal to split a mode; nothing of the taxonomy changes by it.

    Its lines are the mode's observations and, as labels, the traces judged yes for which there is
    none, of people whose judgement of the trace is yes. Raises RefusedError if the mode is not
    active, there are fewer than two parts, or a part's name cannot be that of a new mode.
    """
    id_ = copy.active(mode)
    names = _checked(copy, parts)
    items = tuple(Item(reference=ref, ticked=False) for ref in to_sort(corpus, id_))
    stub = Definition(text=f"Yes if {STUB}\nNo if {STUB}")
    found = copy.modes[id_]
    section = Section(
        verb="split",
        names=(id_,),
        into=names,
        definition=Definition(text=fold(why)),
        children=tuple(
            Section(verb="new", names=(name,), definition=stub, items=items) for name in names
        ),
    )
    intro = INTRO.format(
        name=found.name, mode=id_, proposal=proposal, definition=fold(found.definition.text)
    )
    basis = {"observations": _count(items, ObservationRef), "labels": _count(items, LabelRef)}
    return Proposal(method=METHOD, basis=basis, intro=intro, sections=(section,))


def to_sort(corpus: Corpus, mode: str) -> tuple[ObservationRef | LabelRef, ...]:
    """Return what shows an active mode by its annotators' own judgement, in path order.

    Its coded observations; and a label for whoever judged a trace yes without one.
    """
    resolver = Resolver(corpus.modes, corpus.proposals.values())
    cited = _observations(corpus, mode)
    found: list[ObservationRef | LabelRef] = []
    for annotator, trace, note in corpus.human_notes():
        if resolver.standing(annotator, trace, note, mode).value == "yes":
            own = cited.get((annotator, trace))
            found += own or [LabelRef(annotator=annotator, trace=trace)]
    return tuple(found)


def _observations(corpus: Corpus, mode: str) -> dict[tuple[str, str], list[ObservationRef]]:
    """(annotator, trace) to the observations coded for a mode that stand in the note."""
    held = coded_for(corpus, mode)
    found: dict[tuple[str, str], list[ObservationRef]] = {}
    for seen in observations(corpus):
        if seen.ref.identity in held:
            found.setdefault((seen.ref.annotator, seen.ref.trace), []).append(seen.ref)
    return found


def _checked(copy: WorkingCopy, parts: Sequence[str]) -> tuple[str, ...]:
    names = tuple(readable(fold(part)) for part in parts)
    if len(names) < 2:
        remedy = "name them: --into 'Too casual' --into 'Lectures the user'"
        raise RefusedError("split", "a split takes at least two parts", remedy=remedy)
    ids = [mode_id(name) for name in names]
    for name, id_ in zip(names, ids, strict=True):
        if not name or "+" in name or "->" in name:
            remedy = "use words; + and -> separate names in a proposal"
            raise RefusedError("name", f"{name!r} cannot name a part", remedy=remedy)
        if ids.count(id_) > 1:
            raise RefusedError("name", f"{id_!r} stands twice among the parts")
        copy.insist_free(id_)
    return names


def splits_of(corpus: Corpus, mode: str) -> Iterator[str]:
    """Yield the open proposals that split a mode already."""
    for name, proposal in sorted(corpus.proposals.items()):
        split = (s for s in proposal.sections if s.verb == "split" and s.names == (mode,))
        if proposal.status == "open" and any(split):
            yield name


def _count(items: Iterable[Item], kind: type) -> str:
    return str(sum(isinstance(item.reference, kind) for item in items))
