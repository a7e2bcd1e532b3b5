"""Train, dev and test: a unit's place is derived from its name, so it never changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Split = Literal["train", "dev", "test"]
SPLITS: tuple[Split, ...] = ("train", "dev", "test")
SHARES: Mapping[Split, float] = {"train": 0.2, "dev": 0.4, "test": 0.4}
"""A judge takes few examples into its prompt, and many to be tuned and then measured on."""


def split_of(unit: str, *, seed: int = 0, shares: Mapping[Split, float] = SHARES) -> Split:
    """Return the split of a unit.

    The SHA-256 of seed and unit is a number from 0 to 1, which falls into one of the shares. So
    all traces of a unit are in one split, a split is a random draw of the units, and new data move
    no unit; another seed or other shares do. `shares` need not sum to 1; raises ValueError if one
    is negative or none is positive.
    """
    import hashlib

    whole = sum(shares.values())
    if whole <= 0 or min(shares.values()) < 0:
        raise ValueError("shares must not be negative, and one must be positive")
    digest = hashlib.sha256(f"split\n{seed}\n{unit}".encode("utf-8", "surrogatepass")).digest()
    place = int.from_bytes(digest[:8]) / 2**64
    upto = 0.0
    for split in SPLITS:
        upto += shares.get(split, 0.0) / whole
        if place < upto:
            return split
    return next(split for split in reversed(SPLITS) if shares.get(split, 0.0) > 0)
