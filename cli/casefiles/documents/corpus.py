"""Everything a workspace holds, at one moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casefiles.documents.config import Config
from casefiles.documents.dataset import Dataset
from casefiles.documents.paths import ADJUDICATED, round_of
from casefiles.documents.problem import Problem

if TYPE_CHECKING:  # a workspace without notes does not pay for what reads them
    from casefiles.documents.mode import Mode
    from casefiles.documents.note import Note
    from casefiles.documents.proposal import Proposal
    from casefiles.documents.round import Round
    from casefiles.documents.trace import TraceHead


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """All records, read from the working tree or from a commit."""

    config: Config = field(default_factory=Config)
    """Settings."""
    dataset: Dataset = field(default_factory=Dataset)
    """Dimensions, tuples and queries."""
    rounds: Mapping[str, Round] = field(default_factory=dict)
    """Round name to how it was drawn; a round without round.yaml has an empty record."""
    traces: Mapping[str, TraceHead] = field(default_factory=dict)
    """Trace reference to what is known about it."""
    notes: Mapping[tuple[str, str], Note] = field(default_factory=dict)
    """(annotator, trace reference) to the note; adjudicated ones under ``adjudicated``."""
    modes: Mapping[str, Mode] = field(default_factory=dict)
    """Mode id to mode, tombstones included."""
    proposals: Mapping[str, Proposal] = field(default_factory=dict)
    """Proposal name to proposal."""
    problems: tuple[Problem, ...] = ()
    """What was wrong in the files read; a broken file is in none of the mappings."""
    broken: frozenset[str] = frozenset()
    """Paths of the files left out."""

    @property
    def active_modes(self) -> tuple[str, ...]:
        """Ids of the modes in use, sorted."""
        return tuple(sorted(id_ for id_, mode in self.modes.items() if mode.status == "active"))

    def is_human(self, annotator: str) -> bool:
        """Whether this annotator's notes count as review."""
        return annotator != ADJUDICATED and self.config.kind_of(annotator) == "human"

    def human_notes(self) -> Iterator[tuple[str, str, Note]]:
        """Yield (annotator, trace, note) of people's notes on traces that exist, in path order."""
        for (annotator, trace), note in sorted(self.notes.items(), key=lambda item: item[0]):
            if trace in self.traces and self.is_human(annotator):
                yield annotator, trace, note

    def unit_of(self, trace: str) -> str:
        """Return the sampling unit of a trace: its session, else query, else source id.

        The traces of one conversation, or of one query repeated, are no independent draws.
        """
        head = self.traces[trace]
        if head.session is not None:
            return f"session {head.session}"
        if head.query is not None:
            return f"query {head.query}"
        return f"source {head.source_id}" if head.source_id is not None else f"trace {trace}"

    def superseded_rounds(self) -> frozenset[str]:
        """Rounds that a later one repeats; they leave the figures."""
        return frozenset(name for found in self.rounds.values() for name in found.supersedes)

    def round_names(self) -> tuple[str, ...]:
        """All rounds that have traces or a round.yaml, sorted."""
        return tuple(sorted({round_of(trace) for trace in self.traces} | set(self.rounds)))
