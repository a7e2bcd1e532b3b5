"""Observations sorted without asking a model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from casefiles.documents.corpus import Corpus
from casefiles.documents.references import ObservationRef
from casefiles.loop.embedding import Tick, open_representation
from casefiles.taxonomy import drafting
from casefiles.taxonomy.drafting import Lines, Sorted, Suggestion
from casefiles.taxonomy.observations import Seen, modes_by_label, modes_by_wording
from casefiles.workspace.find import Workspace

if TYPE_CHECKING:
    from casefiles.clusters.grouping import Grouping, Observed
    from casefiles.clusters.matching import Offer


def embedded(
    corpus: Corpus, seen: Sequence[Seen], *, workspace: Workspace, progress: Tick | None = None
) -> Sorted:
    """Sort observations into the modes there are and groups that may be new ones.

    What is worded as a coded observation joins its modes, and so does the only observation of a
    note that says yes to one mode. All else is first offered to the modes there are, with "none
    of these" as an answer; what no mode wants is grouped. ``[models] embed`` of the workspace says
    how observations are compared. Raises BadInputError if it cannot be had.
    """
    representation = open_representation(workspace, progress)
    embed = representation.embed
    from casefiles.clusters.grouping import Observed, group_observations, offer_modes

    wordings = modes_by_label(corpus) | modes_by_wording(corpus)
    known, others = drafting.sort_out(seen, wordings)
    by_place = {place(ref): ref for ref in others}
    observed = [Observed(ref=at, text=ref.text) for at, ref in by_place.items()]
    accepted = {text: frozenset(modes) for text, modes in wordings.items()}
    offered = offer_modes(observed, accepted, embed)
    wanted = {one: offer for one, offer in offered.offers.items() if offer.modes}
    rest = [one for one in observed if one not in wanted]
    grouping = group_observations(rest, embed, tighter=offered.tighter)
    return Sorted(
        method=grouping.method,
        model=representation.model,
        suggestions=_suggestions(grouping, by_place),
        known=_lines(known, wanted, by_place),
        left_over=_refs(grouping.left_over, by_place),
    )


def place(ref: ObservationRef) -> str:
    """Return what tells observations apart: whose, of which trace, at which place."""
    return f"{ref.annotator}:{ref.trace}#{ref.index}"


def _suggestions(grouping: Grouping, by_place: dict[str, ObservationRef]) -> tuple[Suggestion, ...]:
    return tuple(
        Suggestion(
            title=group.title, terms=group.terms, lines=Lines(sure=_refs(group.members, by_place))
        )
        for group in grouping.groups
    )


def _lines(
    known: dict[str, list[ObservationRef]],
    wanted: dict[Observed, Offer],
    by_place: dict[str, ObservationRef],
) -> dict[str, Lines]:
    """Lines for modes there are: ticked where one mode stands out, else left to the person."""
    sure = {mode: list(refs) for mode, refs in known.items()}
    unsure: dict[str, list[ObservationRef]] = {}
    for one, offer in wanted.items():
        first, *others = offer.modes
        (sure if offer.clear else unsure).setdefault(first, []).append(by_place[one.ref])
        for mode in others:
            unsure.setdefault(mode, []).append(by_place[one.ref])
    return {
        mode: Lines(sure=tuple(sure.get(mode, ())), unsure=tuple(unsure.get(mode, ())))
        for mode in sorted({*sure, *unsure})
    }


def _refs(
    members: Iterable[Observed], by_place: dict[str, ObservationRef]
) -> tuple[ObservationRef, ...]:
    return tuple(by_place[one.ref] for one in members)
