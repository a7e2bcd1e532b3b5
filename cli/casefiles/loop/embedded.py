"""Observations sorted without a model, a key or a network."""

from __future__ import annotations

from collections.abc import Sequence

from casefiles.documents.corpus import Corpus
from casefiles.documents.references import ObservationRef
from casefiles.taxonomy import drafting
from casefiles.taxonomy.drafting import Lines, Sorted, Suggestion
from casefiles.taxonomy.observations import Seen, modes_by_wording


def embedded(corpus: Corpus, seen: Sequence[Seen]) -> Sorted:
    """Group observations by likeness of wording; those worded as coded ones join their modes."""
    from casefiles.clusters.grouping import Observed, group_observations

    known, others = drafting.sort_out(seen, modes_by_wording(corpus))
    by_place = {place(ref): ref for ref in others}
    grouping = group_observations(Observed(ref=at, text=ref.text) for at, ref in by_place.items())
    return Sorted(
        method=grouping.method,
        suggestions=tuple(
            Suggestion(
                title=group.title,
                terms=group.terms,
                lines=Lines(sure=tuple(by_place[one.ref] for one in group.members)),
            )
            for group in grouping.groups
        ),
        known={mode: Lines(sure=tuple(refs)) for mode, refs in known.items()},
        left_over=tuple(by_place[one.ref] for one in grouping.left_over),
    )


def place(ref: ObservationRef) -> str:
    """Return what tells observations apart: whose, of which trace, at which place."""
    return f"{ref.annotator}:{ref.trace}#{ref.index}"
