"""The pages of the traces: a table of all, and a ready HTML page for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from casefiles.documents.judgements import Settled
from casefiles.documents.paths import round_of
from casefiles.documents.trace import Trace, TraceHead
from casefiles.pages.conversation import tokens, turn_views
from casefiles.pages.notes import Reading, readings_of, remarks
from casefiles.pages.report import Report, trace_page
from casefiles.pages.templating import html_page, markdown_page
from casefiles.pages.words import duration
from casefiles.review.arrangement import arrange


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A mode and what is settled about it for one trace."""

    mode: str
    """Id of the mode."""
    answer: str
    """``yes``, ``no``, ``disputed`` or ``open``."""
    settled: Settled
    """Who said what."""


def traces(report: Report, loaded: Iterable[tuple[str, Trace]]) -> Iterator[tuple[str, str]]:
    """Render the index and a page for each trace: (path below site/docs, text).

    ``loaded`` yields whole traces by reference, in path order, one at a time.
    """
    readings = readings_of(report.corpus)
    shown = shown_modes(report)
    yield "traces/index.md", _index(report, readings, shown)
    order = sorted(report.corpus.traces)
    place = {trace: at for at, trace in enumerate(order)}
    for reference, trace in loaded:
        at = place[reference]
        around = (order[at - 1] if at else "", order[at + 1] if at + 1 < len(order) else "")
        given, said = readings.get(reference, ()), shown.get(reference, ())
        yield trace_page(reference), _page(report, reference, trace, given, said, around=around)


def shown_modes(report: Report) -> Mapping[str, tuple[Shown, ...]]:
    """Return for each trace the active modes somebody judged, those it shows first."""
    found: dict[str, list[Shown]] = {}
    for (trace, mode), settled in report.judgements.settled.items():
        answer = settled.value or ("disputed" if settled.disputed else "open")
        if report.corpus.modes[mode].status == "active":
            shown = Shown(mode=mode, answer=answer, settled=settled)
            found.setdefault(trace, []).append(shown)
    order = ("yes", "disputed", "open", "no")
    return {
        trace: tuple(sorted(given, key=lambda one: (order.index(one.answer), one.mode)))
        for trace, given in found.items()
    }


def facts(head: TraceHead) -> Iterator[tuple[str, str]]:
    """Name what is known about a run: (what, value)."""
    yield from (
        (name, value)
        for name, value in (
            ("query", head.query),
            ("repetition", str(head.repetition) if head.repetition else None),
            ("session", head.session),
            ("target", head.target),
            ("version", head.app_version),
            ("started", head.started),
            ("took", duration(head.ms) if head.ms is not None else None),
            ("used", ", ".join(tokens(head.usage)) or None),
            ("stratum", head.stratum),
            ("source", ", ".join(f"{k}: {v}" for k, v in head.source.items()) or None),
        )
        if value
    )


def _index(
    report: Report,
    readings: Mapping[str, tuple[Reading, ...]],
    shown: Mapping[str, tuple[Shown, ...]],
) -> str:
    rounds: dict[str, list[str]] = {}
    for trace in sorted(report.corpus.traces):
        rounds.setdefault(round_of(trace), []).append(trace)
    return markdown_page(
        "traces.md.jinja", report=report, rounds=rounds, readings=readings, shown=shown
    )


def _page(
    report: Report,
    reference: str,
    trace: Trace,
    readings: tuple[Reading, ...],
    shown: tuple[Shown, ...],
    *,
    around: tuple[str, str],
) -> str:
    view = report.corpus.config.view
    arranged = arrange(trace, view)
    turns = turn_views(arranged.turns, view)
    whole, beside = remarks(readings, {turn.number for turn in turns})
    return html_page(
        "trace.html.jinja",
        report=report,
        reference=reference,
        head=trace.head,
        facts=[fact for fact in facts(trace.head) if fact[0] not in view.hide],
        turns=turns,
        length=len(trace.turns),
        first=turn_views(arranged.first, view),
        readings=readings,
        whole=whole,
        beside=beside,
        first_failures=_first_failures(readings),
        shown=shown,
        previous=around[0],
        following=around[1],
    )


def _first_failures(readings: tuple[Reading, ...]) -> Mapping[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for reading in readings:
        turn = reading.note.first_failure
        if turn is not None:
            found[turn] = (*found.get(turn, ()), reading.who)
    return found
