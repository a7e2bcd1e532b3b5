"""The page on method: where the traces come from, who read them, and what the numbers mean."""

from __future__ import annotations

from casefiles.documents.paths import round_of
from casefiles.insight import units_to_see
from casefiles.pages.overview import caveats
from casefiles.pages.report import Report
from casefiles.pages.templating import markdown_page

DRAWN = {
    "random": "drawn at random",
    "stratified": "drawn at random within strata",
    "targeted": "picked for a reason",
    "synthetic": "from written queries",
    None: "not said",
}
"""How a round was drawn, in words."""


def method(report: Report) -> str:
    """Render the method page as a Markdown page."""
    corpus = report.corpus
    sizes = [round_of(trace) for trace in corpus.traces]
    faulty = {trace for _, trace, note in corpus.human_notes() if note.sim_fault}
    return markdown_page(
        "method.md.jinja",
        report=report,
        rounds=[(name, corpus.rounds[name], sizes.count(name)) for name in corpus.round_names()],
        superseded=corpus.superseded_rounds(),
        drawn=DRAWN,
        caveats=caveats(report),
        faulty=len(faulty),
        smallest=corpus.config.smallest,
        enough=units_to_see(corpus.config.smallest),
    )
