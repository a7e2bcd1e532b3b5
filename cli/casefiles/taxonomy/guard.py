"""Whether enough was read to draw failure modes from it.

Categories that are fixed before much was read steer all reading after them: what does not fit is
no longer seen. Open coding comes before axial coding (Strauss & Corbin 1990).
"""

from __future__ import annotations

from dataclasses import dataclass

from casefiles.documents.corpus import Corpus
from casefiles.documents.paths import round_of
from casefiles.errors import BadInputError
from casefiles.taxonomy.observations import observations

LEAST_OBSERVATIONS = 30
"""Observations by people, below which nothing is proposed."""
ENOUGH_TRACES = 50
"""Reviewed traces that are enough, however large the rounds are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How much was read so far."""

    observations: int
    """Observations of people."""
    reviewed: int
    """Traces a person reviewed."""
    traces: int
    """Traces of the rounds in which people review."""

    @property
    def needed(self) -> int:
        """Reviewed traces to have: half of those rounds (rounded up), 50 at the most."""
        return min((self.traces + 1) // 2, ENOUGH_TRACES)

    @property
    def is_enough(self) -> bool:
        """Whether a proposal may be drawn from it."""
        return self.observations >= LEAST_OBSERVATIONS and self.reviewed >= self.needed


def reading(corpus: Corpus) -> Reading:
    """Count what people have read, in all rounds in which they reviewed anything."""
    reviewed = {trace for _, trace, note in corpus.human_notes() if note.reviews}
    rounds = {round_of(trace) for trace in reviewed}
    return Reading(
        observations=len(observations(corpus)),
        reviewed=len(reviewed),
        traces=sum(round_of(trace) in rounds for trace in corpus.traces),
    )


def insist_on_reading(found: Reading) -> None:
    """Raise BadInputError, which says why and what to do first, if too little was read."""
    if found.is_enough:
        return
    missing = []
    if found.observations < LEAST_OBSERVATIONS:
        missing.append(f"{found.observations} of at least {LEAST_OBSERVATIONS} observations")
    if found.reviewed < found.needed:
        missing.append(f"{found.reviewed} of at least {found.needed} reviewed traces")
    raise BadInputError(
        f"too early to propose failure modes: there are {' and '.join(missing)}, and modes drawn "
        "from so little hide what comes after them",
        remedy="read on with `casefiles note`, or propose all the same with --force",
    )
