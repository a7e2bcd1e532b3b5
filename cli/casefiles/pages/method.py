"""The page on method: where the traces come from, who read them, and how to read every figure."""

from __future__ import annotations

from casefiles.documents.paths import round_of
from casefiles.insight import units_to_see
from casefiles.insight.mode_use import ENOUGH
from casefiles.pages import statement
from casefiles.pages.page import Page
from casefiles.pages.report import Report

DRAWN = {
    "random": "drawn at random",
    "stratified": "drawn at random within strata",
    "targeted": "picked for a reason",
    "synthetic": "from written queries",
    None: "not said",
}
"""How a round was drawn, in words."""


def method(report: Report) -> Page:
    """Make the method page."""
    corpus = report.corpus
    sizes = [round_of(trace) for trace in corpus.traces]
    faulty = {trace for _, trace, note in corpus.human_notes() if note.sim_fault}
    rounds = list(report.alone) or list(corpus.round_names())
    return Page(
        path="method.md",
        template="method.md.jinja",
        values={
            "report": report,
            "rounds": [(name, corpus.rounds[name], sizes.count(name)) for name in rounds],
            "superseded": corpus.superseded_rounds(),
            "drawn": DRAWN,
            "caveats": statement.caveats(report),
            "faulty": len(faulty),
            "smallest": corpus.config.smallest,
            "enough": units_to_see(corpus.config.smallest),
            "few": ENOUGH,
        },
    )
