"""All files of a site: no clock, no chance, the same bytes for the same corpus."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources

from casefiles.pages.agreement import agreement
from casefiles.pages.coverage import coverage
from casefiles.pages.figure import Draw
from casefiles.pages.made import Made
from casefiles.pages.method import method
from casefiles.pages.overview import overview
from casefiles.pages.report import Report
from casefiles.pages.saturation import saturation
from casefiles.pages.table import table
from casefiles.pages.taxonomy import taxonomy
from casefiles.pages.traces import Shelf, index, traces

TEXTS = ("casefiles.css", "casefiles.js", "iframe-worker.js")
"""Files of ours that every page uses, in site/docs/_casefiles/."""
FONTS = "fonts"
"""Folder of the fonts, with their licences."""


def made(report: Report, shelf: Shelf, draw: Draw) -> Iterator[Made]:
    """Make every generated file, one at a time.

    Charts are drawn in the background (``draw``) while the traces are made, so the pages that hold
    them come last.
    """
    pages = (
        overview(report, draw),
        saturation(report, draw),
        coverage(report, draw),
        agreement(report, draw),
        method(report),
        index(report),
        *taxonomy(report, draw),
    )
    yield from _assets()
    if not report.is_public:
        yield table(report)
        yield from traces(report, shelf)
    for page in pages:
        for path, content in page.files():
            yield Made(path=path, content=content)


def _assets() -> Iterator[Made]:
    folder = resources.files("casefiles.pages") / "assets"
    for name in TEXTS:
        yield Made(path=f"_casefiles/{name}", content=(folder / name).read_text("utf-8"))
    for font in sorted((folder / FONTS).iterdir(), key=lambda one: one.name):
        yield Made(path=f"_casefiles/{FONTS}/{font.name}", content=font.read_bytes())
