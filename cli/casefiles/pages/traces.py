"""The pages of the traces: a page that holds their table, and a ready HTML page for each."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import casefiles
from casefiles.documents.judgements import Settled
from casefiles.documents.paths import note_path, trace_path
from casefiles.documents.trace import Trace
from casefiles.documents.turns import Turn
from casefiles.pages import search
from casefiles.pages.case import Case, Shown, page
from casefiles.pages.made import Entry, Made
from casefiles.pages.memory import stamp
from casefiles.pages.notes import readings_of
from casefiles.pages.page import Page
from casefiles.pages.report import Report, trace_page

ORDER = ("yes", "disputed", "open", "no")
"""Answers, those first that a reader looks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where whole traces come from, and what the last build made of them."""

    read: Callable[[str], tuple[Turn, ...] | None]
    """Read the turns of a trace by its reference; None if it is broken."""
    stamp: Callable[[str], str]
    """A word that changes whenever a file of the workspace does."""
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
    common = repr((_program(), limit, report.corpus.config.view, report.desk))
    for at, reference in enumerate(order):
        if only is not None and reference not in only:
            continue
        case = Case(
            reference=reference,
            readings=readings.get(reference, ()),
            shown=shown.get(reference, ()),
            previous=order[at - 1] if at else "",
            following=order[at + 1] if at + 1 < len(order) else "",
        )
        files = [trace_path(reference)]
        files += [note_path(reading.who, reference) for reading in case.readings]
        made_from = _fingerprint(report, case, f"{common} {' '.join(map(shelf.stamp, files))}")
        path = trace_page(reference)
        entry = shelf.known(path, made_from)
        if entry is not None:
            yield Made(path=path, content=None, entry=entry, made_from=made_from)
            continue
        turns = shelf.read(reference)
        if turns is not None:
            trace = Trace(head=report.corpus.traces[reference], turns=turns)
            entry = search.entry(report, reference, trace, case.readings, limit=limit)
            yield Made(
                path=path, content=page(report, case, trace), entry=entry, made_from=made_from
            )


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


@functools.cache
def _program() -> str:
    """A word that changes whenever this program does, of which pages are made too."""
    package = Path(casefiles.__file__).parent
    files = sorted(path for room in ("pages", "review") for path in (package / room).glob("*.py"))
    return " ".join([casefiles.__version__, *map(stamp, files)])


def _fingerprint(report: Report, case: Case, common: str) -> str:
    """What a page is made from, in a word: the files by their stamps, the rest by what it says."""
    parts = [common, case.reference, case.previous, case.following]
    parts += [report.title_of(trace) for trace in (case.previous, case.following) if trace]
    parts += [f"{reading.who} {reading.kind}" for reading in case.readings]
    for one in case.shown:
        settled = one.settled
        by = [f"{who} {s.value} {s.coded:d}" for who, s in settled.by.items()]
        parts += [report.mode(one.mode).name, one.mode, one.answer, f"{settled.stale:d}", *by]
    made_from = "\x00".join(parts)
    return hashlib.sha256(made_from.encode("utf-8", "surrogatepass")).hexdigest()[:32]
