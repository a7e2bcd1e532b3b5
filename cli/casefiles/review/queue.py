"""Which trace comes next, and which trace a person means; file names alone decide both."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable

from casefiles.documents.config import Order
from casefiles.documents.paths import place_of, round_of

_DIGITS = re.compile(r"(\d+)")


def unreviewed(
    references: Iterable[str],
    reviewed_by_me: Collection[str],
    *,
    order: Order = "random",
    seed: int = 0,
    annotator: str = "",
) -> list[str]:
    """Return the traces without a note of mine, the next one first.

    ``random`` is the order of the SHA-256 of seed and reference: the same on every machine, not
    moved by traces that are added, and the same for every annotator unless ``annotator`` is
    given. ``path`` counts numbers (q2 before q10); ``newest`` begins with the last round.
    """
    waiting = [reference for reference in references if reference not in reviewed_by_me]
    if order == "random":
        return random_order(waiting, seed=seed, annotator=annotator)
    waiting.sort(key=lambda reference: (_natural(reference), reference))
    if order == "newest":  # the sort is stable: within a round the order stays that of the path
        waiting.sort(key=lambda reference: _natural(round_of(reference)), reverse=True)
    return waiting


def random_order(references: Iterable[str], *, seed: int, annotator: str = "") -> list[str]:
    """Return the traces in the order of the SHA-256 of seed, annotator and reference."""
    return sorted(references, key=lambda reference: _rank(reference, seed, annotator))


def matches(word: str, references: Iterable[str]) -> tuple[str, ...]:
    """Return the traces a word may mean, sorted: one if it is unambiguous.

    The word is a reference (``round-1/q042``), the path of its file, its name (``q042``), or the
    begin or end of one; the first of these readings that fits any trace is taken.
    """
    known = sorted(references)
    as_path = place_of(word.removeprefix("./"))
    word = as_path.reference if as_path.kind == "trace" else word
    readings = (
        lambda reference: reference == word,
        lambda reference: reference.partition("/")[2] == word,
        lambda reference: _touches(reference, word) or _touches(reference.partition("/")[2], word),
    )
    for fits in readings:
        if found := tuple(reference for reference in known if fits(reference)):
            return found
    return ()


def _touches(name: str, word: str) -> bool:
    return bool(word) and (name.startswith(word) or name.endswith(word))


def _rank(reference: str, seed: int, annotator: str) -> bytes:
    return hashlib.sha256(f"{seed}\n{annotator}\n{reference}".encode("utf-8", "replace")).digest()


def _natural(text: str) -> list[tuple[int, str]]:
    """Sort key in which runs of digits count as numbers (by length, then digits)."""
    pieces = _DIGITS.split(text)
    return [
        (len(piece.lstrip("0")), piece.lstrip("0")) if place % 2 else (0, piece)
        for place, piece in enumerate(pieces)
    ]
