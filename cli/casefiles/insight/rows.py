"""What a unit shows, for saturation; and what a split leaves open.

A unit whose yes is older than the split of its mode shows one of the parts at least, nobody knows
which. In a row it shows the mode as it was; `Shown` then gives such units to the parts in the two
ways that bound the truth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from casefiles.documents.judgements import Settled, living
from casefiles.insight.frame import Unit
from casefiles.insight.incidence import Tally, tally

if TYPE_CHECKING:  # an empty workspace does not pay for what reads modes
    from casefiles.documents.mode import Mode

Heirs = Callable[[str], frozenset[str]]
"""Id of a mode, in use or not, to the modes in use that stand for it today."""
Row = frozenset[str]
"""What one unit shows: ids of modes, or the name of a one-off."""


def heirs_in(modes: Mapping[str, Mode]) -> Heirs:
    """Return how to look up, in a taxonomy, what became of a mode."""
    return cache(lambda mode: frozenset(living(modes, mode)))


def row_of(unit: Unit, settled: Mapping[str, Settled], heirs: Heirs) -> Row:
    """Return what a unit shows; ``settled`` is what was said of it, by mode in use.

    A mode counts if it is settled as yes, or disputed: somebody saw it. A yes that a split left
    open counts for the mode as it was, unless the unit shows a part of it: a split discovers
    nothing. A failing unit with none of these counts as a mode of its own, so that notes nobody
    clustered hold the state back.
    """
    shown = {mode for mode, found in settled.items() if found.value == "yes" or found.disputed}
    open_ones = {found.unresolved for found in settled.values() if found.unresolved}
    explained = set(shown)
    for mode in sorted(open_ones, key=lambda mode: (len(heirs(mode)), mode)):
        if explained.isdisjoint(heirs(mode)):
            shown.add(mode)
            explained |= heirs(mode)
    if not shown and unit.fails:
        shown.add(one_off(unit.name))
    return frozenset(shown)


def one_off(unit: str) -> str:
    """Name the mode that a failing unit is by itself; ids of modes hold no blank."""
    return f"uncoded {unit}"


def is_one_off(shown: str) -> bool:
    """Whether what a row shows is a failing unit that no mode covers."""
    return shown.startswith("uncoded ")


def gathered(rows: Sequence[Row], heirs: Heirs) -> tuple[Row, ...]:
    """Give every unit that a split left open to the commonest part: the fewest modes there may be.

    Where no unit shows a part, it stays with the mode as it was.
    """
    parts = Shown(heirs, rows).commonest_parts()
    return tuple(
        row if parts.keys().isdisjoint(row) else frozenset(parts.get(mode, mode) for mode in row)
        for row in rows
    )


class Shown:
    """What a changing set of units shows, counted."""

    def __init__(self, heirs: Heirs, rows: Sequence[Row] = ()) -> None:
        """Begin with some rows, as they come from `row_of`."""
        self.heirs = heirs
        self.units = 0
        self.one_offs = 0
        self._counts: Counter[str] = Counter()
        for row in rows:
            self.add(row)

    def add(self, row: Row) -> None:
        """Count one unit more."""
        self._count(row, 1)

    def remove(self, row: Row) -> None:
        """Count one unit less."""
        self._count(row, -1)

    def open_ones(self) -> list[str]:
        """Return the modes that were split and wait to be judged again, sorted."""
        return sorted(mode for mode in self._counts if mode not in self.heirs(mode))

    def commonest_parts(self) -> dict[str, str]:
        """Return, for each mode left open of which some part was seen, the commonest such part."""
        parts = {mode: self._commonest(mode, self._counts) for mode in self.open_ones()}
        return {mode: part for mode, part in parts.items() if part is not None}

    def fewest(self) -> Tally:
        """Sum up as `gathered` gives out what a split left open: the fewest modes there may be."""
        counts = self._counts
        if parts := self.commonest_parts():
            counts = counts.copy()
            for mode, part in parts.items():
                counts[part] += counts.pop(mode)
        return tally(self.units, counts, singles=self.one_offs)

    def most(self) -> Tally:
        """Sum up as if what a split left open were as various as it can be: the most modes.

        Of the parts that no unit shows, each is given one of the units left open, while there are
        any; what is left goes to the last of them, or to the commonest part.
        """
        counts = self._counts.copy()
        for mode in self.open_ones():
            units = counts.pop(mode)
            unseen = sorted(part for part in self.heirs(mode) if part not in counts)
            counts.update(unseen[:units])
            if left := max(0, units - len(unseen)):
                last = unseen[-1] if unseen else self._commonest(mode, counts)
                counts[last or mode] += left
        return tally(self.units, counts, singles=self.one_offs)

    def _commonest(self, mode: str, counts: Counter[str]) -> str | None:
        known = [part for part in self.heirs(mode) if part in counts]
        return min(known, key=lambda part: (-counts[part], part), default=None)

    def _count(self, row: Row, by: int) -> None:
        self.units += by
        for shown in row:
            if is_one_off(shown):
                self.one_offs += by
                continue
            self._counts[shown] += by
            if not self._counts[shown]:
                del self._counts[shown]
