"""The table of all traces, to filter and sort: ready HTML, put into its page after the build.

Through Markdown it would be the slowest page of the site, and an extension could act on its text.
Rows name their values by number, so that thousands of them stay small.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from casefiles.documents.paths import round_of
from casefiles.pages.case import VERDICTS as SAID
from casefiles.pages.case import Shown
from casefiles.pages.inert import escaped
from casefiles.pages.made import Made
from casefiles.pages.notes import Reading, readings_of
from casefiles.pages.report import Report, address, mode_page, trace_page
from casefiles.pages.templating import html_page
from casefiles.pages.traces import shown_modes
from casefiles.pages.uses import uses

PATH = "traces/table.html"
"""Below site/docs."""
VERDICTS = ("fail", "pass", "defer", "not read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One thing the table can be filtered by."""

    name: str
    """What it is called, in the page and in addresses."""
    key: str
    """The attribute of a row that holds its values: ``data-…``."""
    options: tuple[str, ...]
    """Its values; rows name them by number."""
    ids: tuple[str, ...] = ()
    """The same as ids, by which the pages of modes lead here; empty: the values themselves."""


def table(report: Report) -> Made:
    """Make the table."""
    readings, shown = readings_of(report.corpus), shown_modes(report)
    filters = _filters(report, readings)
    rows = (
        _row(report, trace, readings.get(trace, ()), shown.get(trace, ()), filters)
        for trace in sorted(report.corpus.traces)
    )
    page = html_page(
        "table.html.jinja",
        report=report,
        filters=filters,
        rows=Markup("\n".join(rows)),  # noqa: S704  escaped below
    )
    return Made(path=PATH, content=page)


def _filters(report: Report, readings: Mapping[str, Sequence[Reading]]) -> tuple[Filter, ...]:
    modes = sorted(report.corpus.active_modes, key=lambda mode: report.mode(mode).name.casefold())
    who = sorted({reading.who for given in readings.values() for reading in given})
    dimensions = uses(report.corpus, report.corpus.traces)
    names = tuple(report.mode(mode).name for mode in modes)
    return (
        Filter(name="failure mode", key="m", options=names, ids=tuple(modes)),
        Filter(name="verdict", key="v", options=VERDICTS),
        Filter(name="round", key="r", options=report.corpus.round_names()),
        Filter(name="annotator", key="w", options=tuple(who)),
        *(
            Filter(name=dimension, key=f"d{number}", options=values)
            for number, (dimension, values) in enumerate(dimensions.items())
        ),
    )


def _row(
    report: Report,
    trace: str,
    readings: Sequence[Reading],
    shown: Sequence[Shown],
    filters: Sequence[Filter],
) -> str:
    seen = [one for one in shown if one.answer in ("yes", "disputed")]
    head = report.corpus.traces[trace]
    values = {
        "m": [one.mode for one in seen],
        "v": [reading.verdict for reading in readings if reading.verdict] or ["not read"],
        "r": [round_of(trace)],
        "w": [reading.who for reading in readings],
    }
    attributes = "".join(
        f' data-{known.key}="{_numbers(known, values.get(known.key, head.dimensions))}"'
        for known in filters
    )
    status = f", {head.status}" if head.status != "ok" else ""
    uses_ = " ".join(
        f'<span class="cf-use"><small>{escaped(name)}</small> {escaped(value)}</span>'
        for name, value in head.dimensions.items()
    )
    return (
        f'<tr{attributes}><td data-label="Trace"><a href="{address(trace_page(trace)[7:])}">'
        f"{escaped(report.title_of(trace))}</a><small>{escaped(trace)}{status}</small></td>"
        f'<td data-label="Verdict">{"".join(_verdicts(readings))}</td>'
        f'<td data-label="Failure modes" data-sort="{len(seen)}">{_modes(report, seen)}</td>'
        f'<td data-label="Use">{uses_}</td>'
        f'<td data-label="Started" class="cf-number">{escaped((head.started or "")[:10])}</td></tr>'
    )


def _numbers(known: Filter, values: Sequence[str] | Mapping[str, str]) -> str:
    if isinstance(values, Mapping):  # the dimensions of use: one value each, at most
        values = [values[known.name]] if known.name in values else []
    among = known.ids or known.options
    return " ".join(str(among.index(value)) for value in values if value in among)


def _verdicts(readings: Sequence[Reading]) -> Iterator[str]:
    said = [reading for reading in readings if reading.verdict]
    for reading in said:
        tag = f'<span class="cf-tag cf-tag--{reading.verdict}">{SAID[reading.verdict]}</span>'
        yield f'<span class="cf-by">{tag} <small>{escaped(reading.who)}</small></span> '
    if not said:
        yield "<small>not read</small>"


def _modes(report: Report, seen: Sequence[Shown]) -> str:
    links = (
        f'<li><a href="../{address(mode_page(one.mode))}.html">'
        f"{escaped(report.mode(one.mode).name)}</a>"
        f"{' <small>disputed</small>' if one.answer == 'disputed' else ''}</li>"
        for one in seen
    )
    return f'<ul class="cf-plain">{"".join(links)}</ul>' if seen else ""
