"""A simple random sample that is the same at every import of the same file.

Units are ordered by a hash of seed and key, and the first are taken: a sample of 50 is the
beginning of the sample of 100, and the part of it that an interrupted import left is a random
sample, too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from casefiles.importers.identity import Keyed


def draw(frame: Sequence[Keyed], *, units: int, seed: int) -> tuple[Keyed, ...]:
    """Draw so many units (sessions, else single records) of a frame, in the order of the draw."""
    order = sorted({record.unit for record in frame}, key=lambda unit: _rank(unit, seed))
    place = {unit: number for number, unit in enumerate(order[:units])}
    drawn = [record for record in frame if record.unit in place]
    return tuple(sorted(drawn, key=lambda record: place[record.unit]))


def _rank(unit: str, seed: int) -> tuple[bytes, str]:
    said = f"{seed} {unit}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(said).digest(), unit
