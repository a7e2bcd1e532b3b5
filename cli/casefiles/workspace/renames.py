"""What a trace was called at each commit: folders of rounds are renamed, and notes move with them.

Only notes are looked at, since nothing else of a trace is in its history: a note that goes from
one place and comes at another in the same commit, unchanged and by the same annotator, moved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from casefiles.documents.paths import place_of
from casefiles.workspace.history import Commit

Names = Mapping[str, str]
"""Reference of a trace then to its reference now; those that did not change are left out."""


def names_at(commits: Sequence[Commit]) -> list[Names]:
    """Return, for each commit, what the references of the moment after it are today."""
    moves = list(_moves(commits))
    names: list[Names] = []
    now: dict[str, str] = {}
    for moved in reversed(moves):
        names.append(now)
        if moved:
            arrived = {new: now.get(new, new) for new in moved.values()}
            left = {name: today for name, today in now.items() if name not in arrived}
            now = left | {old: arrived[new] for old, new in moved.items()}
    return names[::-1]


def _moves(commits: Sequence[Commit]) -> Iterator[dict[str, str]]:
    """Yield, for each commit, the references it moved: old to new."""
    there: dict[str, str] = {}
    for commit in commits:
        gone: dict[tuple[str, str], list[str]] = defaultdict(list)
        come: dict[tuple[str, str], list[str]] = defaultdict(list)
        for change in commit.changes:
            before = there.pop(change.path, None)
            if change.blob is not None:
                there[change.path] = change.blob
            place = place_of(change.path)
            if place.kind == "note" and (before is None) != (change.blob is None):
                side, blob = (come, change.blob) if before is None else (gone, before)
                side[place.annotator, str(blob)].append(place.reference)
        yield {} if not gone or not come else _paired(gone, come)


def _paired(
    gone: Mapping[tuple[str, str], list[str]], come: Mapping[tuple[str, str], list[str]]
) -> dict[str, str]:
    """Pair references under which the same note went and came: by name, else if only one did."""
    moved: dict[str, str] = {}
    for key, old in gone.items():
        new = {reference.partition("/")[2]: reference for reference in come.get(key, ())}
        if len(old) == len(new) == 1:
            moved[old[0]] = next(iter(new.values()))
        for reference in old:
            if (name := reference.partition("/")[2]) in new:
                moved[reference] = new[name]
    return moved
