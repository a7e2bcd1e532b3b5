"""Notes cut into questions that fit a model's context: along groups of like ones, where it can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from casefiles.clusters.route.cards import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much one question may hold."""

    notes: int
    """Notes at the most."""
    characters: int
    """Characters of their texts at the most, but for a single note."""

    def fits(self, notes: Sequence[Wording]) -> bool:
        """Whether notes are not too many and not too long together."""
        length = sum(len(note.text) for note in notes)
        return len(notes) <= 1 or (len(notes) <= self.notes and length <= self.characters)


def along_groups(
    notes: Sequence[Wording], group_of: Mapping[str, int], size: Size
) -> list[tuple[Wording, ...]]:
    """Cut notes, which come group by group, into shards; a group is cut only if it must be."""
    shards: list[tuple[Wording, ...]] = []
    for _, group in groupby(notes, key=lambda note: group_of[note.id]):
        for piece in in_order(tuple(group), size):
            if shards and size.fits((*shards[-1], *piece)):
                shards[-1] += piece
            else:
                shards.append(piece)
    return shards


def in_order(notes: Sequence[Wording], size: Size) -> Iterator[tuple[Wording, ...]]:
    """Cut notes into pieces, one after the other."""
    piece: tuple[Wording, ...] = ()
    for note in notes:
        if piece and not size.fits((*piece, note)):
            yield piece
            piece = ()
        piece += (note,)
    if piece:
        yield piece


def halves(notes: Sequence[Wording]) -> tuple[Sequence[Wording], Sequence[Wording]]:
    """Cut notes in two."""
    middle = (len(notes) + 1) // 2
    return notes[:middle], notes[middle:]
