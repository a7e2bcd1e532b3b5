"""Which pairs of values can occur within the constraints, decided exactly.

By search with forward checking, the dimension with the fewest values left first (Haralick & Elliott
1980, Artificial Intelligence 14(3)).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from casefiles.dataset.space import Space, bits, space_of
from casefiles.documents.dataset import Constraint, Dimension

Pair = tuple[tuple[str, str], tuple[str, str]]
"""Two (dimension, value), the earlier dimension first."""

Pairs = dict[int, int]
"""Each value's bit to the bits of its partners: every pair twice, once from either side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeasiblePairs:
    """Every pair of values of two dimensions; of a single dimension, each value with itself."""

    feasible: frozenset[Pair]
    """Those that some full assignment within all constraints contains."""
    infeasible: frozenset[Pair]
    """The others."""


def feasible_pairs(
    dimensions: Sequence[Dimension], constraints: Sequence[Constraint] = ()
) -> FeasiblePairs:
    """Tell the pairs that can occur from those that the constraints rule out.

    Raises:
        BadInputError: see `casefiles.dataset.space.space_of`.
    """
    space = space_of(dimensions, constraints)
    feasible = named(space, feasible_partners(space))
    return FeasiblePairs(feasible=feasible, infeasible=named(space, partners(space)) - feasible)


def named(space: Space, pairs: Pairs, *, within: int = -1) -> frozenset[Pair]:
    """Return the pairs, or those of some values (bits) only, by their names."""
    return frozenset(
        (space.name_of[bit], space.name_of[other])
        for bit, others in pairs.items()
        if bit & within
        for other in bits(others & within & -bit)
    )


def partners(space: Space) -> Pairs:
    """All pairs; in a space of one dimension each value is its own partner."""
    everything = sum(space.groups)
    return {bit: (everything & ~group) or bit for group in space.groups for bit in bits(group)}


def feasible_partners(space: Space) -> Pairs:
    """Return the pairs that a full assignment contains; one that is found shows all its pairs."""
    everything = partners(space)
    if not space.nogoods:
        return everything
    solver = Solver(space)
    feasible = dict.fromkeys(everything, 0)
    for bit, others in everything.items():
        for other in bits(others):
            if not feasible[bit] & other and (row := solver.complete(bit | other)) is not None:
                for member in bits(row):
                    feasible[member] |= row & everything[member]
    return feasible


def without(pairs: Pairs, rows: Iterable[int]) -> Pairs:
    """Return the pairs that no row contains."""
    rest = dict(pairs)
    for row in rows:
        cross_off(rest, row)
    return rest


def cross_off(pairs: Pairs, row: int) -> None:
    """Take the pairs that `row` contains out of `pairs`, in place."""
    for bit in bits(row):
        pairs[bit] &= ~row


def number_of(pairs: Pairs) -> int:
    """How many pairs there are, each counted from its lower side."""
    return sum((others & -bit).bit_count() for bit, others in pairs.items())


class Solver:
    """Finds full assignments within the constraints, made of `allowed` values."""

    def __init__(self, space: Space, *, allowed: int = -1) -> None:
        """Take all values as allowed unless told which (bits)."""
        self._touching = {
            bit: tuple(nogood for nogood in space.nogoods if nogood & bit)
            for group in space.groups
            for bit in bits(group)
        }
        self._bound = tuple(
            group for group in space.groups if any(self._touching[bit] for bit in bits(group))
        )
        self._free = tuple(group for group in space.groups if group not in self._bound)
        self._bound_bits = sum(self._bound)
        # A constraint of a single value is no more than a value that is not allowed.
        self._allowed = allowed & ~sum(nogood for nogood in space.nogoods if not _several(nogood))
        self._solvable = all(group & self._allowed for group in space.groups)
        self._known: dict[int, int | None] = {}

    def complete(self, chosen: int) -> int | None:
        """Return a full assignment that contains `chosen`; None if the constraints allow none."""
        if not self._solvable or (found := self._completed(chosen & self._bound_bits)) is None:
            return None
        for group in self._free:
            option = group & chosen or group & self._allowed
            found |= option & -option
        return found

    def can_complete(self, chosen: int) -> bool:
        """Whether some full assignment contains `chosen`."""
        return self._solvable and self._completed(chosen & self._bound_bits) is not None

    def _completed(self, chosen: int) -> int | None:
        if chosen not in self._known:
            self._known[chosen] = self._search(chosen, fresh=chosen, allowed=self._allowed)
        return self._known[chosen]

    def _search(self, chosen: int, *, fresh: int, allowed: int) -> int | None:
        """Complete `chosen`, of which `fresh` has not been held against the constraints yet."""
        for bit in bits(fresh):
            for nogood in self._touching[bit]:
                missing = nogood & ~chosen
                if not missing:
                    return None
                if not _several(missing):
                    allowed &= ~missing
        unassigned = [group & allowed for group in self._bound if not group & chosen]
        if not unassigned:
            return chosen
        for bit in bits(min(unassigned, key=int.bit_count)):
            found = self._search(chosen | bit, fresh=bit, allowed=allowed)
            if found is not None:
                return found
        return None


def _several(mask: int) -> bool:
    return mask & (mask - 1) != 0
