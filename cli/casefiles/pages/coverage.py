"""The page on coverage: which kinds of use were tried and read, and which were not."""

from __future__ import annotations

from casefiles.insight.use_coverage import Pair
from casefiles.pages.report import Report
from casefiles.pages.templating import markdown_page


def coverage(report: Report) -> str:
    """Render the coverage page as a Markdown page."""
    return markdown_page(
        "coverage.md.jinja",
        report=report,
        found=report.coverage,
        queries=sum(query.used for query in report.corpus.dataset.queries),
        gaps=tuple(map(_said, report.coverage.gaps("reviewed"))),
    )


def _said(pair: Pair) -> str:
    """``feature return with persona child``."""
    return " with ".join(f"{dimension} {value}" for dimension, value in pair)
