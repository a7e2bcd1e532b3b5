"""Build the site: corpus to pages, pages to disk, the builder's run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from casefiles.documents.corpus import Corpus
from casefiles.documents.paths import trace_path
from casefiles.documents.trace import parse_turns
from casefiles.documents.turns import Turn
from casefiles.errors import BadInputError
from casefiles.insight import labelled_twice
from casefiles.insight.compare import compare
from casefiles.insight.figures import Figures, figures
from casefiles.insight.labelled_twice import Agreement
from casefiles.insight.mode_use import mode_uses
from casefiles.insight.rounds import in_order
from casefiles.insight.use_coverage import MOST_VALUES, Coverage
from casefiles.loop import history, identity
from casefiles.loop.agreement import drawing
from casefiles.loop.status import Status, status
from casefiles.pages import settings
from casefiles.pages import site as pages
from casefiles.pages.build import PUBLIC, Build, Builder, Plan
from casefiles.pages.charts.drawing import Draftsman
from casefiles.pages.editing import Desk
from casefiles.pages.finish import Finished
from casefiles.pages.memory import FOLDER, Memory, stamp
from casefiles.pages.public import published
from casefiles.pages.report import History, Moment, Report, RoundStep
from casefiles.pages.traces import Shelf
from casefiles.pages.writing import DOCS, Writer, Writing
from casefiles.workspace import git
from casefiles.workspace.find import Workspace
from casefiles.workspace.load import decode, uncollected
from casefiles.workspace.tree import WorkingTree
from casefiles.workspace.write import write_bytes

COMPARED = 5
"""Pairs of rounds that are compared, the latest."""
CHARTS = f"{FOLDER}/charts"
"""Where drawn charts are kept, relative to the workspace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What kind of site to build."""

    public: bool = False
    """Without trace text and annotators."""
    base_url: str = ""
    """Where it will be read; empty: anywhere."""
    builder: Builder = "mkdocs"
    """The program that renders the pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReport:
    """What a build did."""

    report: Report
    """What its pages say."""
    writing: Writing
    """What changed in site/docs."""
    finished: Finished | None
    """What changed in the built site; None for a dry run."""
    output: Path
    """The first page of the built site."""

    @property
    def corpus(self) -> Corpus:
        """What it was built from; broken files are named there and in no page."""
        return self.report.corpus

    @property
    def pages(self) -> int:
        """Generated files the site has."""
        return len(self.writing.written) + self.writing.unchanged


def build(
    workspace: Workspace, options: Options | None = None, *, dry_run: bool = False
) -> SiteReport:
    """Write the files that changed below site/docs and build site/public (not with ``dry_run``).

    Raises BadInputError if the builder fails or a link leads nowhere; the site built before stays.
    """
    options = options or Options()
    _check(options)
    with _alone_here(workspace), uncollected():
        return _dry_build(workspace, options) if dry_run else _build(workspace, options)


def _build(workspace: Workspace, options: Options) -> SiteReport:
    """Whatever can run beside something else does: the builder and the renderer start first."""
    memory = Memory(workspace.root, workspace.root / DOCS)
    writer = Writer(workspace.root, memory)
    plan = Plan(builder=options.builder, base_url=options.base_url)
    with (
        Draftsman(workspace.root / CHARTS) as draftsman,
        Build(workspace.root, memory, plan) as running,
    ):
        draftsman.prepare()
        new = _settings(workspace)
        report = make_report(workspace, options)
        found = pages.pages(report, draftsman.draw)
        writer.take(pages.texts(found))
        running.go()
        writer.take(pages.rest(report, shelf(workspace, memory), found))
        done = writer.close()
        finished = running.finish()
    memory.save()
    done.written[:0] = new
    return _reported(workspace, report, done, finished)


def _dry_build(workspace: Workspace, options: Options) -> SiteReport:
    memory = Memory(workspace.root, workspace.root / DOCS)
    writer = Writer(workspace.root, memory, dry_run=True)
    report = make_report(workspace, options)
    with Draftsman() as draftsman:
        found = pages.pages(report, draftsman.draw)
        writer.take(pages.texts(found))
        writer.take(pages.rest(report, shelf(workspace, memory), found))
    done = writer.close()
    done.written[:0] = _settings(workspace, dry_run=True)
    return _reported(workspace, report, done, None)


def _reported(
    workspace: Workspace, report: Report, done: Writing, finished: Finished | None
) -> SiteReport:
    return SiteReport(
        report=report,
        writing=done,
        finished=finished,
        output=workspace.root / PUBLIC / "index.html",
    )


@contextmanager
def _alone_here(workspace: Workspace) -> Iterator[None]:
    """Two builds at once would take each other's files; notes may be written meanwhile."""
    from filelock import FileLock

    folder = workspace.root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        yield


def _check(options: Options) -> None:
    if options.base_url and not options.base_url.startswith(("http://", "https://")):
        message = f"the base URL {options.base_url!r} is no web address"
        raise BadInputError(message, remedy="give it in full, as in https://example.com/report/")


def make_report(workspace: Workspace, options: Options | None = None) -> Report:
    """Compute everything the pages say."""
    found = status(workspace)
    counted = found.figures.frame.counted
    coverage, alone = found.coverage, _alone(found)
    report = Report(
        corpus=found.corpus,
        judgements=found.judgements,
        figures=found.figures,
        coverage=coverage,
        alone=alone,
        comparisons=tuple(
            compare(found.corpus, found.judgements, before, now)
            for before, now in reversed(list(pairwise(alone))[-COMPARED:])
        ),
        mode_uses=mode_uses(found.corpus, found.judgements, counted, _crossed(coverage)),
        agreement=_agreement(found),
        criteria=found.criteria,
        history=_history(workspace, found),
        pitfalls=found.pitfalls,
        next_step=found.next_step,
        desk=_desk(workspace, options or Options()),
    )
    return published(report) if options and options.public else report


def shelf(workspace: Workspace, memory: Memory) -> Shelf:
    """Return where the pages of traces take whole traces from."""
    tree = WorkingTree(workspace.root)

    def read(reference: str) -> tuple[Turn, ...] | None:
        path = trace_path(reference)
        text, _ = decode(tree.read(path), path)
        return None if text is None else parse_turns(text, path)

    def changed(path: str) -> str:
        return stamp(workspace.root / path)

    return Shelf(read=read, stamp=changed, known=memory.known)


def _alone(found: Status) -> dict[str, Figures]:
    """The figures of each round, which are those of all where there is only one."""
    rounds = in_order(found.corpus)
    if len(rounds) == 1:
        return {rounds[0]: found.figures}
    return {name: figures(found.corpus, found.judgements, [name]) for name in rounds}


def _crossed(coverage: Coverage) -> dict[str, tuple[str, ...]]:
    """Dimensions with values that are few enough to be kinds of use."""
    return {
        dimension.name: tuple(value.value for value in dimension.values)
        for dimension in coverage.dimensions
        if len(dimension.values) <= MOST_VALUES
    }


def _agreement(found: Status) -> Agreement | None:
    """Compare the annotators who labelled something, if there are several."""
    if sum(map(bool, found.figures.annotators.values())) < 2:
        return None
    return labelled_twice.compare(found.corpus, drawing())


def _history(workspace: Workspace, found: Status) -> History:
    told = history.history_of(workspace, found.corpus, found.figures)
    moments = (
        Moment(
            when=point.when,
            commit=point.commit or "",
            author=point.author,
            subject=point.subject,
            units=point.today.units,
            modes=None if point.then is None else point.then.modes,
            today_low=point.today.modes_low,
            today_high=point.today.modes_high,
            events=tuple(happened.event for happened in point.events),
        )
        for point in told.points
    )
    rounds = (
        RoundStep(
            round=step.round,
            units=step.units,
            new=step.new,
            total=step.total.modes_low,
            coverage_low=step.total.coverage_low,
        )
        for step in told.rounds
    )
    remarks = tuple(remark.partition(": ")[2] for remark in told.remarks)
    return History(
        source=told.source, moments=tuple(moments), rounds=tuple(rounds), remarks=remarks
    )


def _desk(workspace: Workspace, options: Options) -> Desk:
    """Where notes are written; a site that is read elsewhere says nothing of this machine."""
    try:
        text = (workspace.root / settings.PATH).read_text("utf-8")
    except OSError:
        text = ""
    repository = settings.value_of(text, "repo_url")
    is_local = not options.base_url
    return Desk(
        folder=workspace.root.as_posix() if is_local else "",
        annotator=_annotator(workspace) if is_local else "",
        repository=repository,
        branch=_branch(workspace) if repository else "",
        prefix=_prefix(workspace) if repository else "",
        annotators=workspace.config.review.annotators,
    )


def _annotator(workspace: Workspace) -> str:
    try:
        return identity.annotator(workspace)
    except BadInputError:
        return ""


def _branch(workspace: Workspace) -> str:
    """The branch notes are merged into: the remote's own, else the one checked out."""
    for command in (("rev-parse", "--abbrev-ref", "origin/HEAD"), ("branch", "--show-current")):
        found = git.lines(workspace.root, *command)
        if found and found[0] and found[0] != "origin/HEAD":
            return found[0].removeprefix("origin/")
    return "main"


def _prefix(workspace: Workspace) -> str:
    found = git.lines(workspace.root, "rev-parse", "--show-prefix")
    return found[0] if found else ""


def _settings(workspace: Workspace, *, dry_run: bool = False) -> list[str]:
    """Write the site's settings, if there are none: they belong to the team once they exist."""
    path = workspace.root / settings.PATH
    if path.exists():
        return []
    if not dry_run:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, settings.mkdocs_yml(workspace.config.app.name).encode())
    return [settings.PATH]
