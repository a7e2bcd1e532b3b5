"""The pages of the failure modes: an index, and one for each with its definition and evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from casefiles.documents.judgements import living
from casefiles.documents.mode import Mode
from casefiles.documents.references import VersionedMode
from casefiles.pages.evidence import Sighting, sightings
from casefiles.pages.report import Report, mode_page
from casefiles.pages.templating import markdown_page

FOLDED = 25
"""Traces a mode page lists; further ones are folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Modes that stand together on the index."""

    name: str
    """The group's name; empty for modes without one."""
    modes: tuple[str, ...]
    """Ids, the commonest first."""


def taxonomy(report: Report) -> Iterator[tuple[str, str]]:
    """Render the index and a page for each mode: (path below site/docs, text)."""
    yield "taxonomy/index.md", _index(report)
    seen = sightings(report.corpus, report.judgements)
    for mode in report.corpus.modes:
        yield f"{mode_page(mode)}.md", _page(report, mode, seen.get(mode, ()))


def _index(report: Report) -> str:
    retired = sorted(
        (mode, found) for mode, found in report.corpus.modes.items() if found.status == "retired"
    )
    return markdown_page(
        "taxonomy.md.jinja",
        report=report,
        groups=groups(report),
        retired=[(mode, found, fate(found)) for mode, found in retired],
        halves=halves,
    )


def groups(report: Report) -> tuple[Group, ...]:
    """Put active modes into their groups, in the order of their commonest mode."""
    members: dict[str, list[str]] = {}
    for found in report.figures.prevalence:
        members.setdefault(report.mode(found.mode).group or "", []).append(found.mode)
    return tuple(Group(name=name, modes=tuple(modes)) for name, modes in members.items())


def halves(mode: Mode) -> tuple[str, str]:
    """Split a definition into what stands before its first ``No`` line, and the rest."""
    lines = mode.definition.text.split("\n")
    starts = (at for at, line in enumerate(lines) if line.strip().lower().startswith("no "))
    cut = next(starts, len(lines))
    return "\n".join(lines[:cut]).strip(), "\n".join(lines[cut:]).strip()


def fate(mode: Mode) -> tuple[str, tuple[VersionedMode, ...]]:
    """Say what became of a retired mode, and into which modes it went."""
    if mode.merged_into is not None:
        return "merged into", (mode.merged_into,)
    if mode.split_into:
        return "split into", mode.split_into
    return "retired", ()


def _page(report: Report, mode: str, seen: Iterable[Sighting]) -> str:
    found = report.mode(mode)
    by_answer = _by_answer(seen)
    return markdown_page(
        "mode.md.jinja",
        report=report,
        id=mode,
        mode=found,
        halves=halves(found),
        prevalence=report.prevalence_of(mode),
        fate=fate(found),
        now=living(report.corpus.modes, mode),
        shown=by_answer["yes"],
        disputed=by_answer["disputed"],
        unresolved=by_answer["unresolved"],
        folded=FOLDED,
        frame=frozenset(report.figures.frame.traces),
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
