"""The lineage of the taxonomy: what became of every mode that was ever named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from casefiles.documents.mode import Mode
from casefiles.pages import timeline
from casefiles.pages.charts import lineage
from casefiles.pages.charts.look import Chart
from casefiles.pages.figure import Column, Draw, Figure, Key, Numbers
from casefiles.pages.report import Report, address, mode_page
from casefiles.taxonomy.difference import Event


def figure(report: Report, draw: Draw) -> Figure | None:
    """Draw the lineage; None without modes."""
    modes = report.corpus.modes
    if not modes:
        return None
    steps = _dated(report) or _undated(modes)
    known = [found.mode for found in report.figures.prevalence]
    known += [id_ for id_ in sorted(modes) if id_ not in known]
    lanes = lineage.lanes(steps, known)
    title = "Where the failure modes came from, and where they went"
    return Figure(
        name="lineage",
        title=title,
        description="; ".join(_told(steps)) or "Every mode stands as it was first named.",
        says="Each line is a failure mode, from the moment it was named to today. "
        + (
            "The numbers above are those of the list below."
            if _dated(report)
            else "Without a git history the order is known, the days are not."
        ),
        how="taxonomy",
        keys=(
            Key(mark="line", words="in use"),
            Key(mark="gone", words="merged, split or retired"),
            Key(mark="ring", words="renamed"),
            Key(mark="diamond", words="redefined: another meaning from there on"),
        ),
        numbers=_numbers(steps, modes),
        drawn=draw(
            Chart(
                wide=lineage.picture(
                    steps,
                    lanes,
                    names={id_: mode.name for id_, mode in modes.items()},
                    links={id_: address(f"{mode_page(id_)[9:]}.html") for id_ in modes},
                )
            ),
            title,
        ),
    )


def _dated(report: Report) -> list[lineage.Step]:
    return [
        lineage.Step(
            label=str(found.number),
            day=found.moment.when[:10],
            events=[event for event in found.moment.events if event.kind != "reworded"],
        )
        for found in timeline.happenings(report)
    ]


def _undated(modes: Mapping[str, Mode]) -> list[lineage.Step]:
    """What the files themselves say: first what was named, then merges and splits, in order."""
    depth = {id_: _depth(id_, modes, frozenset()) for id_ in modes}
    steps: list[list[Event]] = [[] for _ in range(max(depth.values()) + 2)]
    for id_, mode in sorted(modes.items()):
        at = depth[id_]
        if not at:
            steps[0].append(Event(kind="created", modes=(id_,)))
        if mode.merged_into and mode.merged_into.mode in modes:
            merged = Event(kind="merged", modes=(id_,), into=(mode.merged_into.mode,))
            steps[max(at + 1, depth[mode.merged_into.mode])].append(merged)
        elif mode.split_into:
            into = tuple(child.mode for child in mode.split_into)
            steps[at + 1].append(Event(kind="split", modes=(id_,), into=into))
        elif mode.status == "retired":
            steps[at + 1].append(Event(kind="retired", modes=(id_,)))
    found = [events for events in steps if events]
    return [lineage.Step(label=str(n), day="", events=events) for n, events in enumerate(found, 1)]


def _depth(id_: str, modes: Mapping[str, Mode], above: frozenset[str]) -> int:
    """Steps from a mode's oldest ancestor; a circle made by hand ends where it began."""
    mode = modes[id_]
    parents = {source.mode for source in mode.merged_from}
    parents |= {mode.split_from.mode} if mode.split_from else set()
    known = (parents & modes.keys()) - above - {id_}
    return max((_depth(parent, modes, above | {id_}) + 1 for parent in known), default=0)


def _told(steps: Sequence[lineage.Step]) -> Iterator[str]:
    for step in steps:
        for event in step.events:
            if event.kind != "created":
                yield f"{step.label}: {event}"


def _numbers(steps: Sequence[lineage.Step], modes: Mapping[str, Mode]) -> Numbers:
    def named(ids: Sequence[str]) -> str:
        return ", ".join(modes[id_].name if id_ in modes else id_ for id_ in ids)

    columns = [Column(name=name, kind="text") for name in ("Step", "Day", "What", "Mode", "Became")]
    rows = (
        (step.label, step.day, timeline.SAID[event.kind], named(event.modes), named(event.into))
        for step in steps
        for event in step.events
    )
    return Numbers(columns=tuple(columns), rows=tuple(rows))
