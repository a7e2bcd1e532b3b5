"""The page of one failure mode: its definition, how common it is, where, and in whose words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from casefiles.documents.judgements import living
from casefiles.insight.mode_use import ENOUGH, ModeUse
from casefiles.pages import timeline, words
from casefiles.pages.charts.rows import Dot, trend
from casefiles.pages.definition import fate, halves
from casefiles.pages.evidence import Sighting
from casefiles.pages.figure import Column, Draw, Figure, Key, Numbers, interval_columns
from casefiles.pages.page import Page
from casefiles.pages.report import Report, mode_page

FOLDED = 12
"""Traces a mode page lists; further ones are folded."""
TOGETHER = 3
"""Modes seen together with this one that are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """How common a mode is along one dimension of use."""

    dimension: str
    """Its name."""
    uses: tuple[ModeUse, ...]
    """One for each of its values."""


def mode(report: Report, id_: str, seen: Iterable[Sighting], draw: Draw) -> Page:
    """Make the page of a mode; ``seen`` are the traces judged for it."""
    found = report.mode(id_)
    by_answer = _by_answer(seen)
    figure = _trend(report, id_, draw) if found.status == "active" else None
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
            "trend": figure,
            "where": tuple(_where(report, id_)) if found.status == "active" else (),
            "together": _together(report, id_),
            "happenings": tuple(_own(report, id_)),
            "shown": by_answer["yes"],
            "disputed": by_answer["disputed"],
            "unresolved": by_answer["unresolved"],
            "folded": FOLDED,
            "few": ENOUGH,
            "quotes": report.quotes.get(id_, ()),
            "frame": frozenset(report.figures.frame.traces),
        },
        figures=(figure,) if figure else (),
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


def _trend(report: Report, id_: str, draw: Draw) -> Figure | None:
    """Draw its share by round; None before two rounds were read."""
    rows = list(_rounds(report, id_))
    if sum(row.now is not None for row in rows) < 2:
        return None
    title = f"{report.mode(id_).name}: share by round"
    return Figure(
        name=f"mode-{id_}",
        title=title,
        description="; ".join(f"{row.name}: {row.said}" for row in rows),
        says="Share of the conversations read in each round, with its 95 % interval. Lines that "
        "overlap may differ by chance alone.",
        how="share",
        keys=(Key(mark="dot", words="share in the round, with its 95 % interval"),),
        numbers=Numbers(
            columns=(Column(name="Round", kind="text"), *interval_columns("Share")),
            rows=tuple(
                (row.name, *((row.now.rate, row.now.low, row.now.high) if row.now else [None] * 3))
                for row in rows
            ),
        ),
        drawn=draw(trend(rows), title),
    )


def _rounds(report: Report, id_: str) -> Iterator[Dot]:
    for name, figures in report.alone.items():
        found = next((one for one in figures.prevalence if one.mode == id_), None)
        if found is not None and figures.frame.counted:
            yield Dot(name=name, said=words.short_share(found), now=found.interval)
