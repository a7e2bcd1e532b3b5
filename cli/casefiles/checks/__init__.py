"""Everything that can be wrong in a workspace: one function each, from evidence to problems."""

from __future__ import annotations

from casefiles.checks import dataset, notes, proposals, taxonomy, traces, wording
from casefiles.checks.evidence import Check, Evidence
from casefiles.documents.problem import Problem

CHECKS: tuple[Check, ...] = (
    traces.unchanged,
    traces.rounds,
    traces.places,
    notes.dangling,
    notes.labels,
    notes.anchors,
    notes.complete,
    wording.wording,
    wording.pace,
    taxonomy.definitions,
    taxonomy.examples,
    taxonomy.lineage,
    taxonomy.clashes,
    proposals.lines,
    proposals.applied,
    dataset.dimensions,
    dataset.likeness,
    dataset.constraints,
    dataset.values,
    dataset.tuples,
    dataset.queries,
    dataset.repeats,
)


def check(evidence: Evidence) -> tuple[Problem, ...]:
    """Run every check; the problems of loading are not among them. In file order."""
    found = [problem for one in CHECKS for problem in one(evidence)]
    return tuple(sorted(found, key=lambda problem: problem.order))
