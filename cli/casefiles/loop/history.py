"""The saturation history: as it happened, from git, and under today's taxonomy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import judge
from casefiles.documents.paths import round_of
from casefiles.insight.figures import Figures, figures
from casefiles.insight.frame import Unit
from casefiles.insight.replay import NOTHING, Moment, Replay, Today
from casefiles.insight.rows import is_one_off
from casefiles.loop import desk
from casefiles.loop.history_records import HistoryReport, Point, RoundPoint, document
from casefiles.loop.retelling import FOLDERS, Retelling
from casefiles.workspace.find import Workspace
from casefiles.workspace.git import GitError
from casefiles.workspace.history import History, Repository, open_repository, read_history
from casefiles.workspace.load import Memo, uncollected
from casefiles.workspace.memory import remembering

__all__ = ["HistoryReport", "Point", "RoundPoint", "document", "history", "history_of"]


def history(workspace: Workspace, *, rounds: Sequence[str] = ()) -> HistoryReport:
    """Tell how the review grew, over the units that the figures of today use.

    ``rounds`` narrows them, as in `status`. Settings (who is a person, which rounds supersede
    which) are today's. Raises BadInputError for a round that does not exist.
    """
    at = _repository(workspace)

    def tell() -> HistoryReport:
        memo: Memo = {}
        with uncollected():
            corpus = desk.open_corpus(workspace, memo)
            desk.insist_on_rounds(corpus, rounds)
            now = figures(corpus, judge(corpus), rounds or None)
            return _told(workspace, at, corpus, now, memo)

    return remembering(workspace, "history", (at, tuple(rounds)), HistoryReport, tell)


def history_of(workspace: Workspace, corpus: Corpus, now: Figures) -> HistoryReport:
    """Tell the same of a corpus that is loaded already; ``now`` are its figures over all rounds."""
    at = _repository(workspace)

    def tell() -> HistoryReport:
        with uncollected():
            return _told(workspace, at, corpus, now, {})

    return remembering(workspace, "history", (at, ()), HistoryReport, tell)


def _repository(workspace: Workspace) -> Repository | str:
    """The repository, or why there is none."""
    try:
        return open_repository(workspace.root)
    except GitError as error:
        return error.message


def _told(
    workspace: Workspace, at: Repository | str, corpus: Corpus, now: Figures, memo: Memo
) -> HistoryReport:
    if isinstance(at, str):
        return _by_dates(corpus, now, f"no-git: {at}")
    found = read_history(workspace.root, at, FOLDERS)
    if not found.commits:
        return _by_dates(corpus, now, "no-git: no note or mode is committed yet")
    return _by_commits(workspace, corpus, now, found, memo)


def _by_commits(
    workspace: Workspace, corpus: Corpus, now: Figures, found: History, memo: Memo
) -> HistoryReport:
    unit_of = {trace: unit.name for unit in now.frame.counted for trace in unit.traces}
    replay = Replay(unit_of, is_judge=corpus.is_human)
    telling = Retelling(workspace.root, replay, _today(corpus, now), memo)
    points = list(telling.points(found.commits))
    last = points[-1].then if points else None
    if (then := _moment(corpus, now)) != (last or NOTHING):
        points.append(_uncommitted(corpus, now, then))
    return HistoryReport(
        source="git",
        points=tuple(points),
        rounds=tuple(_by_round(corpus, now)),
        remarks=tuple(_remarks(found, telling.broken)),
    )


def _remarks(found: History, broken: set[str]) -> Iterator[str]:
    if broken:
        which = "1 version of a file" if len(broken) == 1 else f"{len(broken)} versions of files"
        text = "could not be read and each counts as the one before"
        yield f"broken: {which} {text}; first {min(broken)}"
    if found.is_shallow:
        text = "this clone is shallow, so the beginning is missing (git fetch --unshallow)"
        yield f"shallow: {text}"
    if found.moved_from:
        yield f"moved: followed to where the workspace was before: {', '.join(found.moved_from)}"


def _today(corpus: Corpus, now: Figures) -> Today:
    rows = {unit.name: row for unit, row in zip(now.frame.counted, now.as_judged, strict=True)}
    return Today(rows, corpus.modes)


def _moment(corpus: Corpus, now: Figures) -> Moment:
    """The files as they are, as a moment of the replay."""
    traces = {trace for unit in now.frame.counted for trace in unit.traces}
    notes = [note for _, trace, note in corpus.human_notes() if trace in traces]
    one_offs = len(now.uncoded)
    return Moment(
        units=now.saturation.units,
        notes=len(notes),
        labels=sum(len(note.labels) for note in notes),
        modes=now.saturation.modes - one_offs,
        uncoded=one_offs,
        active=now.active,
        coverage=now.saturation.coverage,
        coverage_low=now.saturation.coverage_low,
    )


def _uncommitted(corpus: Corpus, now: Figures, then: Moment) -> Point:
    """The working tree, where it differs from the last commit in a figure."""
    today = _today(corpus, now)
    today.change(unit.name for unit in now.frame.counted)
    return Point(
        commit=None,
        author="",
        when="",
        subject="not committed yet",
        then=then,
        today=today.recount(),
    )


def _by_dates(corpus: Corpus, now: Figures, why: str) -> HistoryReport:
    """One point for each day on which something was reviewed, by the notes' own dates."""
    today = _today(corpus, now)
    days: dict[str, list[str]] = {}
    for unit in now.frame.counted:
        days.setdefault((unit.first_reviewed or "")[:10], []).append(unit.name)
    points: list[Point] = []
    for day, units in sorted(days.items()):
        today.change(units)
        points.append(
            Point(commit=None, author="", when=day, subject="", then=None, today=today.recount())
        )
    lacks = "so the taxonomy's own changes are not known, only today's, by the dates of review"
    remarks = [f"{why}; {lacks}"]
    if "" in days:
        remarks.append(f"undated: {len(days[''])} reviews have no date and come first")
    return HistoryReport(
        source="dates",
        points=tuple(points),
        rounds=tuple(_by_round(corpus, now)),
        remarks=tuple(remarks),
    )


def _by_round(corpus: Corpus, now: Figures) -> Iterator[RoundPoint]:
    """Add up the rounds in the order in which they were first reviewed; undated ones last."""
    today = _today(corpus, now)
    shown = {unit.name: row for unit, row in zip(now.frame.counted, now.rows, strict=True)}
    members: dict[str, list[Unit]] = {}
    for unit in now.frame.counted:  # in review order: a unit of two rounds belongs to the first
        members.setdefault(round_of(unit.reviewed[0]), []).append(unit)
    known: set[str] = set()
    for name, units in members.items():
        today.change(unit.name for unit in units)
        new = {mode for unit in units for mode in shown[unit.name] if not is_one_off(mode)} - known
        known |= new
        yield RoundPoint(
            round=name,
            drawn=corpus.rounds[name].drawn,
            app_version=corpus.rounds[name].app_version,
            first_reviewed=units[0].first_reviewed,
            units=len(units),
            new=len(new),
            total=today.recount(),
        )
