"""The saturation history: as it happened, from git, and under today's taxonomy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import judge
from casefiles.documents.paths import place_of
from casefiles.insight.figures import Figures, figures, is_one_off
from casefiles.insight.replay import Moment, Replay, Step, Today
from casefiles.loop import desk
from casefiles.taxonomy.difference import Event, events
from casefiles.workspace.find import Workspace
from casefiles.workspace.history import Commit, read_blobs, read_history
from casefiles.workspace.load import parse_version

FOLDERS = ("notes", "taxonomy")
_KINDS = ("note", "mode", "proposal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of the history."""

    commit: str | None
    """Full hash; None for what is not committed, and outside git."""
    author: str
    """Who committed it; empty outside git."""
    when: str
    """ISO 8601; empty for what is not committed."""
    subject: str
    """First line of the commit's message."""
    units: int
    """T: units reviewed by then."""
    modes: int | None
    """S as it happened: modes of the taxonomy of that moment that some unit showed; None outside
    git."""
    uncoded: int | None
    """Failing units that no mode covered then; None outside git."""
    active: int | None
    """Modes in use then; None outside git."""
    coverage: float | None
    """Estimated coverage as it was then."""
    coverage_low: float | None
    """Its one-sided 95 % lower bound."""
    today_low: int
    """Modes of today's taxonomy that the units reviewed by then show: at least."""
    today_high: int
    """At most: more than at least where a split was not labelled again yet."""
    events: tuple[Event, ...] = ()
    """What happened to the taxonomy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryReport:
    """What `history` shows."""

    source: Literal["git", "dates"]
    """Whether it comes from git, or, outside a repository, from the dates in the notes."""
    points: tuple[Point, ...]
    """Oldest first; commits that changed no figure and no mode are left out."""
    remarks: tuple[str, ...]
    """What the history lacks: ``code: text``."""


def history(workspace: Workspace, *, rounds: Sequence[str] = ()) -> HistoryReport:
    """Tell how the review grew, over the traces that the figures of today use.

    A file that was broken at a commit counts as it last was, which is said.
    """
    corpus = desk.open_corpus(workspace)
    now = figures(corpus, judge(corpus), rounds or None)
    rows = {unit.name: row for unit, row in zip(now.frame.counted, now.rows, strict=True)}
    today = Today(rows, corpus.modes)
    found = read_history(workspace.root, FOLDERS)
    if found is None:
        return _by_dates(now, today)
    teller = _Teller(workspace, corpus, now, today)
    points = list(teller.points(found.commits))
    last = _uncommitted(now, points[-1] if points else None)
    remarks = list(teller.remarks)
    if found.is_shallow:
        text = "this clone is shallow, so the beginning is missing (git fetch --unshallow)"
        remarks.append(f"shallow: {text}")
    points += [last] if last else []
    return HistoryReport(source="git", points=tuple(points), remarks=tuple(remarks))


def document(report: HistoryReport) -> dict[str, Any]:
    """Return the history as the JSON document of ``history --json``."""
    return {
        "source": report.source,
        "points": [_point_document(point) for point in report.points],
        "remarks": list(report.remarks),
    }


class _Teller:
    """Replays the commits, reading each version of a file once."""

    def __init__(self, workspace: Workspace, corpus: Corpus, now: Figures, today: Today) -> None:
        self.remarks: list[str] = []
        self._root = workspace.root
        unit_of = {trace: unit.name for unit in now.frame.counted for trace in unit.traces}
        self._replay = Replay(unit_of, is_judge=corpus.is_human)
        self._today = today
        self._broken: set[str] = set()

    def points(self, commits: Sequence[Commit]) -> Iterator[Point]:
        documents = self._documents(commits)
        before: Moment | None = None
        for commit in commits:
            old = dict(self._replay.modes)
            step = self._step(commit, documents)
            self._today.change(self._replay.step(step))
            happened = events(old, self._replay.modes) if step.modes else ()
            moment = self._replay.moment()
            if happened or moment != before:
                yield self._point(commit, moment, happened)
            before = moment
        if self._broken:
            count, first = len(self._broken), min(self._broken)
            text = f"{count} versions of files could not be read and count as the one before"
            self.remarks.append(f"broken: {text}; first {first}")

    def _documents(self, commits: Sequence[Commit]) -> dict[tuple[str, str], Any]:
        """Every version of a note, mode or proposal: (kind, blob) to record, None if broken."""
        first: dict[str, dict[str, tuple[str, str]]] = {}  # blob to kind to (path, commit)
        for commit in commits:
            for change in commit.changes:
                kind = place_of(change.path).kind
                if change.blob is not None and kind in _KINDS:
                    first.setdefault(change.blob, {}).setdefault(kind, (change.path, commit.id))
        found: dict[tuple[str, str], Any] = {}
        for blob, content in read_blobs(self._root, first):
            for known_as, (path, commit_id) in first[blob].items():
                record = None if content is None else parse_version(content, path)[0]
                found[known_as, blob] = record
                if record is None:
                    self._broken.add(f"{path} at {commit_id[:12]}")
        return found

    def _step(self, commit: Commit, documents: Mapping[tuple[str, str], Any]) -> Step:
        changes: dict[str, dict[Any, Any]] = {kind: {} for kind in _KINDS}
        for change in commit.changes:
            place = place_of(change.path)
            if place.kind not in changes:
                continue
            record = None if change.blob is None else documents.get((place.kind, change.blob))
            if record is None and change.blob is not None:
                continue  # broken: it counts as it last was
            is_note = place.kind == "note"
            key = (place.annotator, place.reference) if is_note else place.reference
            changes[place.kind][key] = record
        return Step(notes=changes["note"], modes=changes["mode"], proposals=changes["proposal"])

    def _point(self, commit: Commit, moment: Moment, happened: tuple[Event, ...]) -> Point:
        low, high = self._today.modes()
        return Point(
            commit=commit.id,
            author=commit.author,
            when=commit.when,
            subject=commit.subject,
            units=moment.units,
            modes=moment.modes,
            uncoded=moment.uncoded,
            active=moment.active,
            coverage=moment.coverage,
            coverage_low=moment.coverage_low,
            today_low=low,
            today_high=high,
            events=happened,
        )


def _uncommitted(now: Figures, last: Point | None) -> Point | None:
    """The working tree, if it differs from the last commit in a figure."""
    modes, uncoded = _seen(now)
    seen = (now.saturation.units, modes, uncoded, now.active)
    if last is None and not any(seen):
        return None
    if last is not None and seen == (last.units, last.modes, last.uncoded, last.active):
        return None
    return Point(
        commit=None,
        author="",
        when="",
        subject="not committed yet",
        units=now.saturation.units,
        modes=modes,
        uncoded=uncoded,
        active=now.active,
        coverage=now.saturation.coverage,
        coverage_low=now.saturation.coverage_low,
        today_low=modes,
        today_high=modes,
    )


def _seen(now: Figures) -> tuple[int, int]:
    shown = frozenset().union(*now.rows)
    one_offs = sum(map(is_one_off, shown))
    return len(shown) - one_offs, one_offs


def _by_dates(now: Figures, today: Today) -> HistoryReport:
    """One point for each day on which something was reviewed, by the notes' own dates."""
    points: list[Point] = []
    days: dict[str, list[str]] = {}
    for unit in now.frame.counted:
        days.setdefault((unit.first_reviewed or "")[:10], []).append(unit.name)
    total = 0
    for day, units in sorted(days.items()):
        today.change(units)
        total += len(units)
        low, high = today.modes()
        points.append(_dated(day, total, low, high))
    remarks = ["no-git: not a git repository, so only today's taxonomy is known, by review dates"]
    if "" in days:
        remarks.append(f"undated: {len(days[''])} reviews have no date and come first")
    return HistoryReport(source="dates", points=tuple(points), remarks=tuple(remarks))


def _dated(day: str, units: int, low: int, high: int) -> Point:
    return Point(
        commit=None,
        author="",
        when=day,
        subject="",
        units=units,
        modes=None,
        uncoded=None,
        active=None,
        coverage=None,
        coverage_low=None,
        today_low=low,
        today_high=high,
    )


def _point_document(point: Point) -> dict[str, Any]:
    return {
        "commit": point.commit,
        "author": point.author,
        "when": point.when,
        "subject": point.subject,
        "traces": point.units,
        "modes": point.modes,
        "uncoded": point.uncoded,
        "active": point.active,
        "coverage": point.coverage,
        "coverage_low": point.coverage_low,
        "today": {"low": point.today_low, "high": point.today_high},
        "events": [event_document(event) for event in point.events],
    }


def event_document(event: Event) -> dict[str, Any]:
    """Return an event as JSON."""
    return {"kind": event.kind, "modes": list(event.modes), "into": list(event.into)}
