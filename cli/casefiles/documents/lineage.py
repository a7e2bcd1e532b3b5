"""What became of modes: the names they had, what was merged into them, what they were split off.

A tombstone and its heir both say it; one of the two sides suffices, should the other be lost in a
merge conflict.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # nothing of it is needed where nothing was judged
    from casefiles.documents.mode import Mode


def known_as(modes: Mapping[str, Mode], names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Id to every name that stands for it, the id first."""
    old: dict[str, list[str]] = {id_: [id_] for id_ in modes}
    for name, id_ in names.items():
        if name != id_:
            old[id_].append(name)
    return {id_: tuple(known) for id_, known in old.items()}


def merge_versions(
    modes: Mapping[str, Mode], names: Mapping[str, str]
) -> dict[str, dict[str, int]]:
    """Mode to the modes merged into it, each with the version that the merge gave to it.

    The tombstone says that version; one of the two sides suffices, should the other be lost in
    a merge conflict.
    """
    found: dict[str, dict[str, int]] = {id_: {} for id_ in modes}
    for id_, mode in modes.items():
        into = mode.merged_into
        target = names.get(into.mode) if into else None
        if into and target and target != id_:
            found[target][id_] = into.version
    for id_, mode in modes.items():
        for source in (names.get(source.mode) for source in mode.merged_from):
            if source and source != id_:
                found[id_].setdefault(source, mode.version)
    return found


def parents(modes: Mapping[str, Mode], names: Mapping[str, str]) -> dict[str, str | None]:
    """Mode to the mode it was split off from; again one of the two sides suffices."""
    found: dict[str, str | None] = dict.fromkeys(modes)
    for id_, mode in modes.items():
        for child in (names.get(child.mode) for child in mode.split_into):
            if child and child != id_:
                found[child] = id_
    for id_, mode in modes.items():
        parent = names.get(mode.split_from.mode) if mode.split_from else None
        if parent and parent != id_:
            found[id_] = parent
    return found
