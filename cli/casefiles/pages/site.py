"""All files of a site: no clock, no chance, the same bytes for the same corpus.

In two parts, so that the builder can render the first while the second is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import resources

from casefiles.pages.agreement import agreement
from casefiles.pages.coverage import coverage
from casefiles.pages.figure import Draw
from casefiles.pages.made import Made
from casefiles.pages.method import method
from casefiles.pages.overview import overview
from casefiles.pages.page import Page
from casefiles.pages.report import Report
from casefiles.pages.saturation import saturation
from casefiles.pages.table import table
from casefiles.pages.taxonomy import taxonomy
from casefiles.pages.traces import Shelf, index, traces

TEXTS = ("casefiles.css", "casefiles.js", "iframe-worker.js")
"""Files of ours that every page uses, in site/docs/_casefiles/."""
FONTS = "fonts"
"""Folder of the fonts, with their licences."""


def pages(report: Report, draw: Draw) -> tuple[Page, ...]:
    """Lay out the pages that people read; their charts are being drawn from here on (``draw``)."""
    return (
        overview(report, draw),
        saturation(report, draw),
        coverage(report, draw),
        agreement(report, draw),
        method(report),
        index(report),
        *taxonomy(report, draw),
    )


def texts(found: Iterable[Page]) -> Iterator[Made]:
    """Make what a builder renders, and what every page uses."""
    yield from _assets()
    for page in found:
        yield page.text()


def rest(report: Report, shelf: Shelf, found: Iterable[Page]) -> Iterator[Made]:
    """Make what a builder only copies: traces, their table, and the charts."""
    if not report.is_public:
        yield from traces(report, shelf)
        yield table(report)
    for page in found:
        yield from page.drawings()


def _assets() -> Iterator[Made]:
    folder = resources.files("casefiles.pages") / "assets"
    for name in TEXTS:
        yield Made(path=f"_casefiles/{name}", content=(folder / name).read_text("utf-8"))
    for font in sorted((folder / FONTS).iterdir(), key=lambda one: one.name):
        yield Made(path=f"_casefiles/{FONTS}/{font.name}", content=font.read_bytes())
