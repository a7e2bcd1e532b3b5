"""Commits to points: the review replayed, each version of a file read once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from casefiles.documents.paths import Kind, Place, place_of
from casefiles.documents.proposal import Item, Proposal, Section
from casefiles.insight.replay import NOTHING, Moment, Replay, Step, Today
from casefiles.loop.history_records import Happening, Point
from casefiles.taxonomy.difference import events
from casefiles.workspace.history import Commit, FileChange, read_blobs, written_by
from casefiles.workspace.load import Memo, parse_version
from casefiles.workspace.renames import Names, names_at

FOLDERS = ("notes", "taxonomy")
_KINDS = ("note", "mode", "proposal")


class Retelling:
    """One replay of a workspace's commits."""

    def __init__(self, root: Path, replay: Replay, today: Today, memo: Memo) -> None:
        """Begin before the first commit; ``replay`` and ``today`` are moved on.

        ``memo`` holds what was read of the files as they are now.
        """
        self.broken: set[str] = set()
        self._root = root
        self._replay = replay
        self._today = today
        self._memo = memo
        self._proposals: dict[str, Proposal] = {}
        self._writers: Mapping[tuple[str, str | None], Commit] | None = None

    def points(self, commits: Sequence[Commit]) -> Iterator[Point]:
        """Yield a point for each commit that changed a figure or a mode, oldest first.

        A file that was broken at a commit counts as it last was, and is in ``broken``.
        """
        documents = self._documents(commits)
        before = NOTHING
        names: Names = {}
        for commit, names_then in zip(commits, names_at(commits), strict=True):
            step = self._step(commit, documents, names_then, moved=names_then != names)
            names = names_then
            old = {id_: mode for id_ in step.modes if (mode := self._replay.modes.get(id_))}
            self._today.change(self._replay.step(step))
            moment = self._replay.moment()
            happened = tuple(self._happened(commit, old, step)) if step.modes else ()
            if happened or moment != before:
                yield _point(commit, moment, self._today, happened)
            before = moment

    def _documents(self, commits: Sequence[Commit]) -> dict[tuple[str, str], Any]:
        """Every version of a note, mode or proposal: (kind, blob) to record, None if broken."""
        first: dict[str, dict[Kind, tuple[str, str]]] = {}  # blob to kind to (path, commit)
        for commit in commits:
            for change in commit.changes:
                kind = place_of(change.path).kind
                if change.blob is not None and kind in _KINDS:
                    first.setdefault(change.blob, {}).setdefault(kind, (change.path, commit.id))
        found: dict[tuple[str, str], Any] = {}
        for blob, content in read_blobs(self._root, first):
            for kind, (path, commit_id) in first[blob].items():
                record = None
                if content is not None:  # what stands in the tree, too, was read already
                    kept = self._memo.get((kind, content))
                    record = kept or parse_version(content, path)[0]
                found[kind, blob] = record
                if record is None:
                    self.broken.add(f"{path} at {commit_id[:12]}")
        return found

    def _step(
        self,
        commit: Commit,
        documents: Mapping[tuple[str, str], Any],
        names: Names,
        *,
        moved: bool,
    ) -> Step:
        changes: dict[str, dict[Any, Any]] = {kind: {} for kind in _KINDS}
        for change in sorted(commit.changes, key=lambda change: change.blob is not None):
            place = place_of(change.path)
            record = documents.get((place.kind, change.blob or ""))
            if place.kind in changes and (change.blob is None or record is not None):
                changes[place.kind][_key(place, names)] = record
        for name, proposal in changes["proposal"].items():
            self._proposals[name] = proposal
        if names:
            cited = self._proposals if moved else changes["proposal"]
            changes["proposal"] = {name: _renamed(found, names) for name, found in cited.items()}
        return Step(notes=changes["note"], modes=changes["mode"], proposals=changes["proposal"])

    def _happened(
        self, commit: Commit, before: Mapping[str, Any], step: Step
    ) -> Iterator[Happening]:
        """Tell what a commit did to the taxonomy; of a merge, who did it on the branch."""
        after = self._replay.modes
        now = {id_: mode for id_ in step.modes if (mode := after.get(id_)) is not None}
        changes = {place_of(change.path).reference: change for change in _modes(commit)}
        for event in events(before, now):
            by = commit
            if len(commit.parents) > 1:
                by = self._writer(changes, (*event.into, *event.modes)) or commit
            yield Happening(event=event, commit=by.id, author=by.author, when=by.when)

    def _writer(self, changes: Mapping[str, FileChange], modes: Sequence[str]) -> Commit | None:
        """Find the commit on a branch that wrote one of these modes as a merge brought it."""
        if self._writers is None:
            self._writers = written_by(self._root, FOLDERS[1:])
        found = (changes[id_] for id_ in modes if id_ in changes)
        return next((by for c in found if (by := self._writers.get((c.path, c.blob)))), None)


def _modes(commit: Commit) -> Iterator[FileChange]:
    return (change for change in commit.changes if place_of(change.path).kind == "mode")


def _key(place: Place, names: Names) -> Any:
    if place.kind != "note":
        return place.reference
    return (place.annotator, names.get(place.reference, place.reference))


def _point(commit: Commit, moment: Moment, today: Today, happened: tuple[Happening, ...]) -> Point:
    return Point(
        commit=commit.id,
        author=commit.author,
        when=commit.when,
        subject=commit.subject,
        then=moment,
        today=today.recount(),
        events=happened,
    )


def _renamed(proposal: Proposal | None, names: Names) -> Proposal | None:
    """Return a proposal that cites traces by their names of today."""
    if proposal is None:
        return None
    sections = tuple(_section(section, names) for section in proposal.sections)
    return replace(proposal, sections=sections)


def _section(section: Section, names: Names) -> Section:
    return replace(
        section,
        items=tuple(_item(item, names) for item in section.items),
        children=tuple(_section(child, names) for child in section.children),
    )


def _item(item: Item, names: Names) -> Item:
    trace = item.reference.trace
    if trace not in names:
        return item
    return replace(item, reference=replace(item.reference, trace=names[trace]))
