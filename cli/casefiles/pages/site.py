"""All pages of a site, as text: no clock, no chance, the same bytes for the same corpus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import resources

from casefiles.documents.trace import Trace
from casefiles.pages.coverage import coverage
from casefiles.pages.method import method
from casefiles.pages.overview import overview
from casefiles.pages.report import Report
from casefiles.pages.saturation import saturation
from casefiles.pages.taxonomy import taxonomy
from casefiles.pages.traces import traces

ASSETS = ("casefiles.css", "iframe-worker.js")
"""Files of ours that every page uses, in site/docs/_casefiles/."""


def pages(report: Report, loaded: Iterable[tuple[str, Trace]]) -> Iterator[tuple[str, str]]:
    """Render every generated file: (path below site/docs, text), one at a time.

    ``loaded`` yields whole traces by reference, in path order.
    """
    yield "index.md", overview(report)
    yield "saturation.md", saturation(report)
    yield "coverage.md", coverage(report)
    yield "method.md", method(report)
    yield from taxonomy(report)
    yield from traces(report, loaded)
    folder = resources.files("casefiles.pages") / "assets"
    for name in ASSETS:
        yield f"_casefiles/{name}", (folder / name).read_text("utf-8")
