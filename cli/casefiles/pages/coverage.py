"""The page on coverage: which kinds of use were tried and read, and which were not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from casefiles.documents.corpus import Corpus
from casefiles.documents.dataset import Query
from casefiles.insight.figures import Figures
from casefiles.pages.report import Report
from casefiles.pages.templating import markdown_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One value of a dimension."""

    value: str
    """Its name."""
    description: str
    """What it stands for."""
    queries: int
    """Queries in use that were written for it."""
    traces: int
    """Traces of the frame with it."""
    read: int
    """Those of them a person reviewed."""
    failing: int
    """Those in which a person saw something go wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One dimension."""

    name: str
    """Its name."""
    description: str
    """What it tells apart."""
    rows: tuple[Row, ...]
    """Its values in file order, then those that only traces have."""


def coverage(report: Report) -> str:
    """Render the coverage page as a Markdown page."""
    return markdown_page(
        "coverage.md.jinja",
        report=report,
        tables=tables(report.corpus, report.figures),
        queries=sum(query.used for query in report.corpus.dataset.queries),
    )


def tables(corpus: Corpus, figures: Figures) -> tuple[Table, ...]:
    """Count queries and traces along each dimension of the dataset files and of the traces."""
    described = {dimension.name: dimension for dimension in corpus.dataset.dimensions}
    used = [query for query in corpus.dataset.queries if query.used]
    traces = {trace: corpus.traces[trace].dimensions for trace in figures.frame.traces}
    found = [name for values in traces.values() for name in values]
    return tuple(
        Table(
            name=name,
            description=described[name].description if name in described else "",
            rows=tuple(_rows(name, corpus, used, traces, _outcome(corpus, traces))),
        )
        for name in dict.fromkeys([*described, *sorted(found)])
    )


def _rows(
    dimension: str,
    corpus: Corpus,
    used: list[Query],
    traces: Mapping[str, Mapping[str, str]],
    outcome: Mapping[str, bool],
) -> Iterable[Row]:
    known = {
        value.name: value.description
        for found in corpus.dataset.dimensions
        if found.name == dimension
        for value in found.values
    }
    seen = sorted({values[dimension] for values in traces.values() if dimension in values})
    asked = [corpus.dataset.values_of(query).get(dimension) for query in used]
    for value in dict.fromkeys([*known, *seen]):
        members = [trace for trace, values in traces.items() if values.get(dimension) == value]
        yield Row(
            value=value,
            description=known.get(value, ""),
            queries=asked.count(value),
            traces=len(members),
            read=sum(trace in outcome for trace in members),
            failing=sum(outcome.get(trace, False) for trace in members),
        )


def _outcome(corpus: Corpus, traces: Mapping[str, object]) -> Mapping[str, bool]:
    """Reviewed trace to whether a person saw something go wrong."""
    outcome: dict[str, bool] = {}
    for _, trace, note in corpus.human_notes():
        if trace in traces and note.reviews:
            outcome[trace] = outcome.get(trace, False) or note.fails
    return outcome
