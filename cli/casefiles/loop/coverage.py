"""Coverage of the kinds of use: counts of the corpus, and what the constraints rule out."""

from __future__ import annotations

from typing import Any

from casefiles.dataset.feasible import feasible_pairs
from casefiles.documents.corpus import Corpus
from casefiles.insight import use_coverage
from casefiles.insight.frame import Frame
from casefiles.insight.use_coverage import Coverage, Crossing, Tally


def coverage(corpus: Corpus, looked_at: Frame) -> Coverage:
    """Count queries, traces and reviewed traces by value and by pair of values."""
    # A dimension that has no values yet is said by `tuples`; here it must not end the command.
    dimensions = [dimension for dimension in corpus.dataset.dimensions if dimension.values]
    pairs = feasible_pairs(dimensions, corpus.dataset.constraints) if dimensions else None
    return use_coverage.coverage(
        corpus, looked_at.traces, infeasible=pairs.infeasible if pairs else frozenset()
    )


def document(found: Coverage) -> dict[str, Any]:
    """Return what stands under ``coverage`` in ``status --json``."""
    return {
        "pairs": {
            "expected": found.expected,
            "queries": found.filled("queries"),
            "traces": found.filled("traces"),
            "reviewed": found.filled("reviewed"),
        },
        "dimensions": [
            {
                "name": dimension.name,
                "values": [
                    {"value": item.value, **_tally(item.tally)} for item in dimension.values
                ],
            }
            for dimension in found.dimensions
        ],
        "crossings": [_crossing(crossing) for crossing in found.crossings],
        "gaps": {what: [dict(pair) for pair in found.gaps(what)] for what in use_coverage.WHATS},
    }


def _crossing(crossing: Crossing) -> dict[str, Any]:
    cells = [
        {"row": cell.row, "column": cell.column, "expected": cell.expected, **_tally(cell.tally)}
        for row in crossing.cells
        for cell in row
    ]
    return {"rows": crossing.rows, "columns": crossing.columns, "cells": cells}


def _tally(tally: Tally) -> dict[str, int]:
    return {
        "queries": tally.queries,
        "traces": tally.traces,
        "reviewed": tally.reviewed,
        "failing": tally.failing,
    }
