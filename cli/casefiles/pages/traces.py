"""The pages of the traces: a page that holds their table, and a ready HTML page for each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from casefiles.documents.judgements import Settled
from casefiles.documents.trace import Trace
from casefiles.pages import editing, markup, search
from casefiles.pages.conversation import turn_views
from casefiles.pages.facts import facts
from casefiles.pages.made import Entry, Made
from casefiles.pages.notes import Reading, readings_of, remarks
from casefiles.pages.page import Page
from casefiles.pages.report import Report, trace_page
from casefiles.pages.templating import html_page
from casefiles.review.arrangement import arrange

_FORM = 1  # raise it when the same trace gives another page
ORDER = ("yes", "disputed", "open", "no")
"""Answers, those first that a reader looks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A mode and what is settled about it for one trace."""

    mode: str
    """Id of the mode."""
    answer: str
    """``yes``, ``no``, ``disputed`` or ``open``."""
    settled: Settled
    """Who said what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where whole traces come from, and what the last build made of them."""

    read: Callable[[str], Trace | None]
    """Read a trace by its reference; None if it is broken."""
    stamp: Callable[[str], str]
    """A word that changes whenever the trace's file does."""
    known: Callable[[str, str], Entry | None] = lambda path, made_from: None  # noqa: ARG005
    """The search entry of a page that was made from the same and is still as it was made."""


def index(report: Report) -> Page:
    """Make the page of the table, which is put into it after the build."""
    return Page(path="traces/index.md", template="traces.md.jinja", values={"report": report})


def traces(report: Report, shelf: Shelf, *, only: Collection[str] | None = None) -> Iterator[Made]:
    """Make a page for each trace, in path order; those that would be the same are not made.

    ``only`` are the references wanted; None: all.
    """
    readings, shown = readings_of(report.corpus), shown_modes(report)
    order = sorted(report.corpus.traces)
    limit = search.limit(len(order))
    common = repr((_FORM, limit, report.corpus.config.view, report.desk))
    for at, reference in enumerate(order):
        if only is not None and reference not in only:
            continue
        case = _Case(
            reference=reference,
            readings=readings.get(reference, ()),
            shown=shown.get(reference, ()),
            previous=order[at - 1] if at else "",
            following=order[at + 1] if at + 1 < len(order) else "",
        )
        made_from = _fingerprint(report, case, f"{common}{shelf.stamp(reference)}")
        path = trace_page(reference)
        entry = shelf.known(path, made_from)
        if entry is not None:
            yield Made(path=path, content=None, entry=entry, made_from=made_from)
            continue
        trace = shelf.read(reference)
        if trace is not None:
            page = _page(report, case, trace)
            entry = search.entry(report, reference, trace, case.readings, limit=limit)
            yield Made(path=path, content=page, entry=entry, made_from=made_from)


def shown_modes(report: Report) -> Mapping[str, tuple[Shown, ...]]:
    """Return for each trace the active modes somebody judged, those it shows first."""
    return {
        trace: tuple(sorted(_shown(said), key=lambda one: (ORDER.index(one.answer), one.mode)))
        for trace, said in report.judgements.by_trace.items()
    }


def _shown(said: Mapping[str, Settled]) -> Iterator[Shown]:
    for mode, settled in said.items():
        answer = settled.value or ("disputed" if settled.disputed else "open")
        yield Shown(mode=mode, answer=answer, settled=settled)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What a trace's page says beyond the trace."""

    reference: str
    readings: tuple[Reading, ...]
    shown: tuple[Shown, ...]
    previous: str
    following: str


def _fingerprint(report: Report, case: _Case, common: str) -> str:
    around = [report.title_of(trace) for trace in (case.previous, case.following) if trace]
    names = [report.mode(one.mode).name for one in case.shown]
    made_from = repr((common, case, around, names, report.corpus.traces[case.reference]))
    return hashlib.sha256(made_from.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _page(report: Report, case: _Case, trace: Trace) -> str:
    view = report.corpus.config.view
    # Its reader has seen the system prompt on every other page.
    arranged = arrange(trace, view, system_known=True)
    turns = turn_views(arranged.turns, view)
    whole, beside = remarks(case.readings, {turn.number for turn in turns})
    written = {reading.who for reading in case.readings}
    return html_page(
        "trace.html.jinja",
        report=report,
        reference=case.reference,
        head=trace.head,
        facts=facts(trace.head, arranged.facts, view),
        turns=markup.turns(
            turns,
            length=len(trace.turns),
            beside=beside,
            first_failures=_first_failures(case.readings),
        ),
        hidden=arranged.hidden,
        first=markup.first(turn_views(arranged.first, view)),
        readings=case.readings,
        whole=[markup.remark(one) for one in whole],
        shown=case.shown,
        links=tuple(editing.links(report.desk, case.reference, written=written)),
        previous=case.previous,
        following=case.following,
    )


def _first_failures(readings: tuple[Reading, ...]) -> Mapping[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for reading in readings:
        turn = reading.note.first_failure
        if turn is not None:
            found[turn] = (*found.get(turn, ()), reading.who)
    return found
