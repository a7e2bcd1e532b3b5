"""Tuples that together show every feasible pair of values, then more by expected traffic.

A covering array of strength two with constraints, built greedily row by row as AETG does (Cohen,
Dalal, Fredman & Patton 1997, IEEE Transactions on Software Engineering 23(7)), the best of several
tries. It spreads its rows evenly over the dimensions: it finds failures, and says nothing about how
often they happen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from casefiles.dataset.feasible import (
    Pair,
    Pairs,
    Solver,
    cross_off,
    feasible_partners,
    named,
    number_of,
    partners,
    without,
)
from casefiles.dataset.space import Assignment, Space, bits, space_of
from casefiles.documents.dataset import Constraint, Dimension

_CANDIDATES = 10
"""Rows built for each row that is kept."""
_TRIES = 60
"""Coverings built at most; the smallest is kept."""
_WORK = 400_000
"""Values looked at, over all tries, after which no further try begins."""
_DRAWS = 20
"""Rows drawn in vain before the rest is gone through for one that is new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covering:
    """New tuples, and what they cover together with those that existed."""

    tuples: tuple[Assignment, ...]
    """Full assignments within all constraints, different from each other and all others."""
    covered: int
    """Feasible pairs that occur in existing or new tuples."""
    feasible: int
    """Feasible pairs."""
    infeasible: int
    """Pairs that the constraints rule out."""
    lost: frozenset[Pair]
    """Feasible pairs that do not occur: every tuple that could show them was dropped."""
    uncovered: tuple[frozenset[Pair], ...]
    """Per dropped tuple, the feasible pairs in it that no existing tuple shows."""


def cover(
    dimensions: Sequence[Dimension],
    constraints: Sequence[Constraint] = (),
    *,
    existing: Sequence[Assignment] = (),
    dropped: Sequence[Assignment] = (),
    count: int = 50,
    seed: int = 0,
) -> Covering:
    """Add tuples to `existing` until every feasible pair is covered and there are `count` in all.

    Covering comes first and may take more than `count`. The others are drawn by the values'
    weights, one dimension after the other, among what the constraints allow; a value of weight 0
    is only used where a pair needs it. Fewer than `count` come back when no more different ones
    are feasible. Existing tuples all count, but one that breaks a constraint covers nothing, and
    values unknown today are passed over. No tuple comes back that holds all the values of a
    dropped one, unless one of them is unknown today. The same arguments give the same tuples on
    every machine, and a larger `count` only appends.

    Raises:
        BadInputError: see `casefiles.dataset.space.space_of`.
    """
    space = space_of(dimensions, constraints)
    feasible = feasible_partners(space)
    free = _without_dropped(space, dropped)
    kept = [space.mask(row) for row in existing]
    uncovered = without(feasible, (row for row in kept if not space.breaks(row)))
    to_cover = _common(uncovered, feasible_partners(free)) if dropped else uncovered
    rows = _smallest_cover(free, to_cover, seed=seed)
    draw = _Draw(free, dimensions, dice=_Dice(f"{seed}/draw/{len(kept)}"), used={*kept, *rows})
    while len(kept) + len(rows) < count and (row := draw.next()) is not None:
        rows.append(row)
    lost = without(uncovered, rows)
    return Covering(
        tuples=tuple(space.assignment(row) for row in rows),
        covered=number_of(feasible) - number_of(lost),
        feasible=number_of(feasible),
        infeasible=number_of(partners(space)) - number_of(feasible),
        lost=named(space, lost),
        uncovered=tuple(named(space, uncovered, within=space.mask(row)) for row in dropped),
    )


def _without_dropped(space: Space, dropped: Sequence[Assignment]) -> Space:
    """Rule out what a person dropped; a tuple with a value unknown today cannot occur anyway."""
    known = [row for row in dropped if row and space.bit_of.keys() >= row.items()]
    return replace(space, nogoods=(*space.nogoods, *(space.mask(row) for row in known)))


def _common(pairs: Pairs, others: Pairs) -> Pairs:
    return {bit: found & others[bit] for bit, found in pairs.items()}


class _Dice:
    """Reproducible draws: numbers out of a hash of the seed, the same on every machine."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._blocks = 0
        self._words: list[int] = []

    def word(self) -> int:
        """Return a number of 32 bits."""
        if not self._words:
            block = hashlib.blake2b(f"{self._seed}/{self._blocks}".encode()).digest()
            self._blocks += 1
            self._words = [int.from_bytes(block[at : at + 4], "big") for at in range(0, 64, 4)]
        return self._words.pop()

    def fraction(self) -> float:
        """Return a number from 0 up to, but not including, 1."""
        return self.word() / 2**32

    def turned(self, mask: int) -> list[int]:
        """Return the bits of `mask` in their order, but beginning anywhere: ties fall anew."""
        items = list(bits(mask))
        start = self.word() % len(items)
        return [*items[start:], *items[:start]]

    def shuffled(self, items: Sequence[int]) -> list[int]:
        """Return the items in any order (Fisher and Yates)."""
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            other = self.word() % (last + 1)
            order[last], order[other] = order[other], order[last]
        return order


def _smallest_cover(space: Space, uncovered: Pairs, *, seed: int) -> list[int]:
    """Return the shortest of several greedy coverings; there may be no shorter one."""
    solver = Solver(space)
    fewest = _fewest_rows(space, uncovered)
    best: list[int] | None = None
    work = 0
    for attempt in range(_TRIES):
        rows = _greedy_cover(space, uncovered, solver=solver, dice=_Dice(f"{seed}/{attempt}"))
        best = rows if best is None or len(rows) < len(best) else best
        work += len(rows) * _CANDIDATES * len(uncovered)
        if len(best) <= fewest or work >= _WORK:
            break
    return best or []


def _fewest_rows(space: Space, uncovered: Pairs) -> int:
    """Return a lower bound: a row covers only one pair of any two dimensions."""
    return max(
        sum((uncovered[bit] & other).bit_count() for bit in bits(group))
        for group in space.groups
        for other in space.groups
    )


def _greedy_cover(space: Space, uncovered: Pairs, *, solver: Solver, dice: _Dice) -> list[int]:
    left = dict(uncovered)
    rows: list[int] = []
    while any(left.values()):
        candidates = [_candidate(space, left, solver=solver, dice=dice) for _ in range(_CANDIDATES)]
        rows.append(max(candidates, key=lambda row: _gain(left, row)))
        cross_off(left, rows[-1])
    return rows


def _gain(left: Pairs, row: int) -> int:
    """Twice the pairs left that a row covers."""
    return sum((left[bit] & row).bit_count() for bit in bits(row))


def _candidate(space: Space, left: Pairs, *, solver: Solver, dice: _Dice) -> int:
    """Build a row around a pair; each further dimension adds the most pairs left that it can."""
    first = dice.turned(sum(bit for bit, others in left.items() if others))[0]
    row = first | dice.turned(left[first])[0]
    for group in dice.shuffled([group for group in space.groups if not group & row]):
        options = dice.turned(group)
        options.sort(key=lambda bit: -(left[bit] & row).bit_count())
        row |= next(bit for bit in options if solver.can_complete(row | bit))
    return row


class _Draw:
    """Full assignments by the values' weights, none twice."""

    def __init__(
        self, space: Space, dimensions: Sequence[Dimension], *, dice: _Dice, used: set[int]
    ) -> None:
        self._weights = {
            space.bit_of[dimension.name, value.name]: value.weight
            for dimension in dimensions
            for value in dimension.values
            if value.weight > 0
        }
        self._solver = Solver(space, allowed=sum(self._weights))
        self._groups = space.groups
        self._dice = dice
        self._used = used

    def next(self) -> int | None:
        """Return a row that is not used yet, or None when all are."""
        for _ in range(_DRAWS):
            row = next(self._rows(), None)
            if row is None or row not in self._used:
                break
        else:
            row = next((row for row in self._rows() if row not in self._used), None)
        if row is not None:
            self._used.add(row)
        return row

    def _rows(self, chosen: int = 0, depth: int = 0) -> Iterator[int]:
        """All rows that contain `chosen`, the likelier earlier; the first is a plain draw."""
        if depth == len(self._groups):
            yield chosen
            return
        for bit in self._by_weight(self._groups[depth]):
            if self._solver.can_complete(chosen | bit):
                yield from self._rows(chosen | bit, depth + 1)

    def _by_weight(self, group: int) -> Iterator[int]:
        """The values of a dimension, drawn by weight without putting back."""
        left = {bit: self._weights[bit] for bit in bits(group) if bit in self._weights}
        while left:
            bit = self._pick(left)
            del left[bit]
            yield bit

    def _pick(self, weights: dict[int, float]) -> int:
        """Draw one by weight, with sums and differences only: they are exact everywhere alike."""
        point = self._dice.fraction() * sum(weights.values())
        for bit, weight in weights.items():
            point -= weight
            if point < 0:
                return bit
        return next(reversed(weights))
