"""Build the site: corpus to pages, pages to disk, the builder's run."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import judge
from casefiles.documents.paths import trace_path
from casefiles.documents.plan import Change, Plan
from casefiles.documents.trace import Trace
from casefiles.errors import BadInputError
from casefiles.loop import desk
from casefiles.loop.status import status
from casefiles.pages import settings
from casefiles.pages.build import PUBLIC
from casefiles.pages.build import build as run_builder
from casefiles.pages.report import Report
from casefiles.pages.search import entries
from casefiles.pages.site import pages
from casefiles.pages.writing import Writing, remove_empty_folders, writing
from casefiles.workspace.find import Workspace
from casefiles.workspace.load import load_trace
from casefiles.workspace.tree import WorkingTree


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReport:
    """What a build did."""

    corpus: Corpus
    """What it was built from; broken files are named there and in no page."""
    pages: int
    """Generated files the site has."""
    written: int
    """Those that are new or changed."""
    unchanged: int
    """Those that were as they should be."""
    removed: int
    """Stale generated files that went."""
    kept: tuple[str, ...]
    """Files in a generated place that a person wrote, left alone."""
    plan: Plan
    """The files written and removed."""
    output: Path
    """The first page of the built site."""


def build(workspace: Workspace, *, dry_run: bool = False) -> SiteReport:
    """Write the pages that changed below site/docs and build site/public (not with ``dry_run``).

    Raises BadInputError if the builder fails; the site built before stays.
    """
    report = make_report(workspace)
    done = writing(workspace.root, pages(report, _traces(workspace, report.corpus)))
    plan = Plan(changes=(*_settings(workspace), *done.plan.changes))
    desk.carry_out(workspace, plan, dry_run=dry_run, durable=False)
    if not dry_run:
        remove_empty_folders(workspace.root)
        run_builder(workspace.root, entries(report))
    return _summary(workspace, report.corpus, done, plan)


def make_report(workspace: Workspace) -> Report:
    """Compute everything the pages say."""
    found = status(workspace)
    return Report(
        corpus=found.corpus,
        judgements=judge(found.corpus),
        figures=found.figures,
        coverage=found.coverage,
        pitfalls=found.pitfalls,
        next_step=found.next_step,
    )


def server(folder: Path, *, port: int) -> ThreadingHTTPServer:
    """Return a web server for a built site, on this machine only; port 0 takes any free one.

    Raises BadInputError if the port is taken.
    """
    handler = functools.partial(_Quiet, directory=str(folder))
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), handler)
    except (OSError, OverflowError) as error:
        message = f"cannot listen on port {port}: {error}"
        raise BadInputError(message, remedy="choose another with --port") from error


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  named by the library
        """Requests for pages are no story worth telling."""


def _traces(workspace: Workspace, corpus: Corpus) -> Iterator[tuple[str, Trace]]:
    tree = WorkingTree(workspace.root)
    for reference in sorted(corpus.traces):
        trace, _ = load_trace(tree, trace_path(reference))
        if trace is not None:
            yield reference, trace


def _settings(workspace: Workspace) -> tuple[Change, ...]:
    """The site's settings belong to the team once they exist."""
    if (workspace.root / settings.PATH).exists():
        return ()
    text = settings.mkdocs_yml(workspace.config.app.name)
    return (Change(path=settings.PATH, before=None, after=text),)


def _summary(workspace: Workspace, corpus: Corpus, done: Writing, plan: Plan) -> SiteReport:
    return SiteReport(
        corpus=corpus,
        pages=done.written + done.unchanged,
        written=done.written,
        unchanged=done.unchanged,
        removed=done.removed,
        kept=done.kept,
        plan=plan,
        output=workspace.root / PUBLIC / "index.html",
    )
