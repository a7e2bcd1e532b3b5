"""The pages of the taxonomy: an index with its lineage, and one page for each group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from casefiles.insight import Interval, wilson
from casefiles.insight.figures import Figures
from casefiles.pages import lineage, timeline, trends
from casefiles.pages.definition import fate, halves
from casefiles.pages.evidence import sightings
from casefiles.pages.figure import Draw
from casefiles.pages.mode import mode
from casefiles.pages.page import Page
from casefiles.pages.report import Report, group_page
from casefiles.text.names import slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Modes that stand together."""

    name: str
    """The group's name; empty for modes without one."""
    page: str
    """Its page, without extension; empty without a name."""
    modes: tuple[str, ...]
    """Ids, the commonest first."""
    touched: Interval | None
    """Share of the conversations that show one of its modes at least; None until all is judged."""
    yes: int
    """Those conversations."""


def taxonomy(report: Report, draw: Draw) -> Iterator[Page]:
    """Make the index, a page for each group, and a page for each mode."""
    found = groups(report)
    yield _index(report, found, draw)
    for group in found:
        if group.page:
            yield Page(
                path=f"{group.page}.md",
                template="group.md.jinja",
                values={"report": report, "group": group, "halves": halves},
            )
    seen = sightings(report.corpus, report.judgements)
    for id_ in report.corpus.modes:
        yield mode(report, id_, seen.get(id_, ()))


def _index(report: Report, found: tuple[Group, ...], draw: Draw) -> Page:
    retired = sorted(
        (id_, mode) for id_, mode in report.corpus.modes.items() if mode.status == "retired"
    )
    drawn = {"lineage": lineage.figure(report, draw), "trends": trends.figure(report, draw)}
    return Page(
        path="taxonomy/index.md",
        template="taxonomy.md.jinja",
        values={
            "report": report,
            "groups": found,
            "retired": [(id_, mode, fate(mode)) for id_, mode in retired],
            "halves": halves,
            **drawn,
            "happenings": timeline.happenings(report),
        },
        figures=tuple(figure for figure in drawn.values() if figure),
    )


def groups(report: Report) -> tuple[Group, ...]:
    """Put active modes into their groups, in the order of their commonest mode."""
    members: dict[str, list[str]] = {}
    for found in report.figures.prevalence:
        members.setdefault(report.mode(found.mode).group or "", []).append(found.mode)
    pages = _pages(members)
    return tuple(
        _group(report, name, page=pages[name], modes=tuple(modes))
        for name, modes in members.items()
    )


def _group(report: Report, name: str, *, page: str, modes: tuple[str, ...]) -> Group:
    figures = report.figures
    yes = sum(bool(row & set(modes)) for row in figures.rows)
    return Group(
        name=name,
        page=page,
        modes=modes,
        touched=wilson(yes, len(figures.rows)) if _all_judged(figures, modes) else None,
        yes=yes,
    )


def _all_judged(figures: Figures, modes: tuple[str, ...]) -> bool:
    return all(found.interval for found in figures.prevalence if found.mode in modes)


def _pages(members: Mapping[str, list[str]]) -> Mapping[str, str]:
    """Give each group a page of its own; two names may have the same slug."""
    pages: dict[str, str] = {"": ""}
    for name in sorted(filter(None, members)):
        page = group_page(slug(name, fallback="group"))
        number = 2
        while page in pages.values():
            page, number = f"{group_page(slug(name, fallback='group'))}-{number}", number + 1
        pages[name] = page
    return pages
