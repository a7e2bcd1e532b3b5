"""Dimensions, values and constraints as bits.

In this room a value is a bit and an assignment the union of its values' bits, so that what two of
them share is one operation on integers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from casefiles.documents.dataset import Constraint, Dimension, Value
from casefiles.errors import BadInputError

Assignment = Mapping[str, str]
"""Dimension to value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """All values as bits, and the combinations that do not occur."""

    groups: tuple[int, ...]
    """Per dimension, the bits of its values."""
    bit_of: Mapping[tuple[str, str], int]
    """Dimension and value to its bit."""
    name_of: Mapping[int, tuple[str, str]]
    """The other way round."""
    nogoods: tuple[int, ...]
    """Per constraint, the bits that do not occur all together."""

    def mask(self, assignment: Assignment) -> int:
        """Return the bits of an assignment; what is unknown has none."""
        return sum(self.bit_of.get(item, 0) for item in assignment.items())

    def assignment(self, mask: int) -> dict[str, str]:
        """Return the values of some bits, in the order of the dimensions."""
        return dict(self.name_of[bit] for bit in bits(mask))

    def breaks(self, mask: int) -> bool:
        """Whether an assignment, full or not, breaks a constraint."""
        return any(nogood & mask == nogood for nogood in self.nogoods)


def bits(mask: int) -> Iterator[int]:
    """Each bit of `mask` as a number of its own, the lowest first."""
    while mask:
        low = mask & -mask
        yield low
        mask ^= low


def space_of(dimensions: Sequence[Dimension], constraints: Sequence[Constraint]) -> Space:
    """Number the values in the order of the dimensions.

    Raises:
        BadInputError: no dimension, one without values, a name twice, a weight that is no number
            from 0 up, a constraint that is empty or names something unknown.
    """
    _check(dimensions)
    values = [
        (dimension.name, value.name) for dimension in dimensions for value in dimension.values
    ]
    bit_of = {value: 1 << index for index, value in enumerate(values)}
    nogoods = {_nogood(constraint, bit_of) for constraint in constraints}
    return Space(
        groups=tuple(sum(bit_of[d.name, value.name] for value in d.values) for d in dimensions),
        bit_of=bit_of,
        name_of={bit: value for value, bit in bit_of.items()},
        nogoods=tuple(sorted(nogoods - {0})),
    )


def _check(dimensions: Sequence[Dimension]) -> None:
    if not dimensions:
        raise BadInputError("there are no dimensions", remedy="name at least one")
    _check_names("dimension", [dimension.name for dimension in dimensions])
    for dimension in dimensions:
        if not dimension.values:
            raise BadInputError(f"dimension {dimension.name!r} has no values", remedy="add some")
        _check_names(f"value of {dimension.name!r}", [value.name for value in dimension.values])
        for value in dimension.values:
            _check_weight(dimension, value)


def _check_names(what: str, names: Sequence[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadInputError(f"{what} {twice!r} is there twice", remedy="remove or rename one")


def _check_weight(dimension: Dimension, value: Value) -> None:
    if not (math.isfinite(value.weight) and value.weight >= 0):
        raise BadInputError(
            f"value {value.name!r} of {dimension.name!r} has the weight {value.weight}",
            remedy="a weight is a number from 0 up",
        )


def _nogood(constraint: Constraint, bit_of: Mapping[tuple[str, str], int]) -> int:
    """Return the bits that do not occur together; 0 where they cannot, being of one dimension."""
    items = {*constraint.when.items(), *constraint.never.items()}
    if not items:
        raise BadInputError(
            "a constraint names no value", remedy="say under `never` what does not occur"
        )
    for dimension, value in sorted(items):
        if (dimension, value) not in bit_of:
            raise BadInputError(
                f"a constraint names {value!r} of dimension {dimension!r}, which does not exist",
                remedy="correct the constraint or add the value",
            )
    return sum(bit_of[item] for item in items) if len(dict(items)) == len(items) else 0
