"""The page of one failure mode: its definition, how common it is, where, and in whose words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from casefiles.documents.judgements import living
from casefiles.insight.mode_use import ENOUGH, ModeUse
from casefiles.pages import timeline
from casefiles.pages.definition import fate, halves
from casefiles.pages.evidence import Sighting
from casefiles.pages.page import Page
from casefiles.pages.report import Report, mode_page
from casefiles.pages.trends import by_round

LISTED = 12
"""Traces a mode page lists; the table of traces has them all."""
TOGETHER = 3
"""Modes seen together with this one that are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """How common a mode is along one dimension of use."""

    dimension: str
    """Its name."""
    uses: tuple[ModeUse, ...]
    """One for each of its values."""


def mode(report: Report, id_: str, seen: Iterable[Sighting]) -> Page:
    """Make the page of a mode; ``seen`` are the traces judged for it."""
    found = report.mode(id_)
    by_answer = _by_answer(seen)
    is_active = found.status == "active"
    return Page(
        path=f"{mode_page(id_)}.md",
        template="mode.md.jinja",
        values={
            "report": report,
            "id": id_,
            "mode": found,
            "halves": halves(found),
            "prevalence": report.prevalence_of(id_),
            "fate": fate(found),
            "now": living(report.corpus.modes, id_),
            "rounds": by_round(report, id_) if is_active else (),
            "where": tuple(_where(report, id_)) if is_active else (),
            "together": _together(report, id_),
            "happenings": tuple(_own(report, id_)),
            "shown": by_answer["yes"],
            "disputed": by_answer["disputed"],
            "unresolved": by_answer["unresolved"],
            "listed": LISTED,
            "few": ENOUGH,
            "quotes": report.quotes.get(id_, ()),
            "frame": frozenset(report.figures.frame.traces),
        },
    )


def _by_answer(seen: Iterable[Sighting]) -> Mapping[str, list[Sighting]]:
    found: dict[str, list[Sighting]] = {"yes": [], "disputed": [], "unresolved": []}
    for sighting in seen:
        settled = sighting.settled
        if settled.value == "yes":
            found["yes"].append(sighting)
        elif settled.disputed:
            found["disputed"].append(sighting)
        elif settled.unresolved:
            found["unresolved"].append(sighting)
    return found


def _where(report: Report, id_: str) -> Iterator[Where]:
    for dimension, every in report.mode_uses.items():
        found = tuple(use for use in every if use.mode == id_)
        if any(use.judged for use in found):
            yield Where(dimension=dimension, uses=found)


def _together(report: Report, id_: str) -> Sequence[tuple[str, int]]:
    """The modes seen most often in the conversations that show this one, with how many."""
    counts = Counter(
        mode for row in report.figures.rows if id_ in row for mode in row if mode != id_
    )
    known = [(mode, count) for mode, count in counts.most_common() if mode in report.corpus.modes]
    return [(mode, count) for mode, count in known if count > 1][:TOGETHER]


def _own(report: Report, id_: str) -> Iterator[timeline.Happening]:
    """What happened to this mode, whatever it was called at the time."""
    names = {id_, *report.mode(id_).aliases}
    for found in timeline.happenings(report):
        events = [e for e in found.moment.events if names & {*e.modes, *e.into}]
        if events:
            yield replace(found, events=timeline.told(events))
