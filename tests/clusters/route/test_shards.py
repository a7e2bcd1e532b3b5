"""Notes cut to fit: nothing lost, nothing twice, groups together where they fit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casefiles.clusters.route.cards import Wording
from casefiles.clusters.route.shards import Size, along_groups, halves, in_order

lengths = st.lists(st.integers(1, 60), max_size=40)
sizes = st.builds(Size, notes=st.integers(1, 12), characters=st.integers(1, 200))


def notes(given_lengths: list[int]) -> tuple[Wording, ...]:
    """Notes of these lengths."""
    return tuple(
        Wording(id=f"n{at}", text="x" * length, members=(f"r{at}",))
        for at, length in enumerate(given_lengths)
    )


@given(given_lengths=lengths, size=sizes, group=st.integers(1, 9))
def test_every_note_is_in_one_shard_that_fits(
    given_lengths: list[int], size: Size, group: int
) -> None:
    """In order, whatever the limits; only a single note may be too long."""
    found = notes(given_lengths)
    groups = {note.id: at // group for at, note in enumerate(found)}

    for shards in (along_groups(found, groups, size), list(in_order(found, size))):
        assert tuple(note for shard in shards for note in shard) == found
        assert all(size.fits(shard) and shard for shard in shards)


def test_a_group_that_fits_is_not_cut() -> None:
    """It opens another shard instead."""
    found = notes([1] * 9)
    groups = {note.id: at // 3 for at, note in enumerate(found)}

    shards = along_groups(found, groups, Size(notes=5, characters=99))

    assert [len(shard) for shard in shards] == [3, 3, 3]


def test_halves_are_all_of_it() -> None:
    """The first is the longer one."""
    assert halves(notes([1, 2, 3])) == (notes([1, 2]), notes([1, 2, 3])[2:])
