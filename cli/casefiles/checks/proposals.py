"""Lines of proposals cite observations that stand in notes, and codes name modes."""

from __future__ import annotations

from collections.abc import Iterator

from casefiles.checks.evidence import Evidence, problem
from casefiles.checks.notes import unknown_mode
from casefiles.documents.paths import proposal_path
from casefiles.documents.problem import Level, Problem
from casefiles.documents.proposal import Item, Proposal
from casefiles.documents.references import LabelRef, parse_versioned


def lines(evidence: Evidence) -> Iterator[Problem]:
    """Every line of an open or accepted proposal cites what is there."""
    for name, proposal in sorted(evidence.corpus.proposals.items()):
        if proposal.status == "rejected":
            continue
        for item in _items(proposal):
            found = _line(evidence, proposal, item)
            if found is not None:
                level, code, message = found
                path = proposal_path(name)
                yield problem(level, code, path, message, line=item.line)


def _items(proposal: Proposal) -> Iterator[Item]:
    for section in proposal.sections:
        for part in (section, *section.children):
            yield from part.items


def _line(evidence: Evidence, proposal: Proposal, item: Item) -> tuple[Level, str, str] | None:
    reference = item.reference
    corpus = evidence.corpus
    if reference.trace not in corpus.traces:
        return "error", "dangling-reference", f"there is no trace {reference.trace}"
    note = corpus.notes.get((reference.annotator, reference.trace))
    if isinstance(reference, LabelRef) or (proposal.status == "accepted" and not item.ticked):
        return None
    if note is None:
        message = f"{reference.annotator} has no note on {reference.trace}"
        return "warning", "observation-changed", message
    if note.find(reference.text) is None:
        message = f"this text no longer stands in {reference.annotator}'s note"
        return "warning", "observation-changed", message
    return None


def applied(evidence: Evidence) -> Iterator[Problem]:
    """What an accepted proposal was applied to is a mode, under its own or an old name."""
    names = evidence.names
    broken = {path.rpartition("/")[2].removesuffix(".md") for path in evidence.corpus.broken}
    for name, proposal in sorted(evidence.corpus.proposals.items()):
        for key, target in proposal.applied.items():
            mode = parse_versioned(target)
            if mode is None or (mode.mode not in names and mode.mode not in broken):
                message = f"was applied to {target!r} ({key}), which is no failure mode"
                remedy = unknown_mode(mode.mode, None) if mode else "write it as mode@version"
                path = proposal_path(name)
                yield problem("error", "unknown-mode", path, message, remedy=remedy)
