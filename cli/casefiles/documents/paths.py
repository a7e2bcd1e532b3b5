"""Where each kind of file lives: a reference is a path."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Kind = Literal[
    "trace", "note", "mode", "proposal", "round", "dimensions", "tuples", "queries", "other"
]
RESERVED = ("dataset", "adjudicated")
"""Names that neither a round nor an annotator may take (settled labels live under the second)."""
README = "README.md"
"""What a team writes about a folder."""
ADJUDICATED = "adjudicated"
DIMENSIONS = "traces/dataset/dimensions.yaml"
TUPLES = "traces/dataset/tuples.yaml"
QUERIES = "traces/dataset/queries.yaml"
_DATASET: dict[str, Kind] = {DIMENSIONS: "dimensions", TUPLES: "tuples", QUERIES: "queries"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a path stands for."""

    kind: Kind
    """The kind of file, ``other`` for files that are none of ours."""
    reference: str = ""
    """Trace ``round/name``, mode or proposal id, round name; empty otherwise."""
    annotator: str = ""
    """Whose note it is."""


@lru_cache(maxsize=1 << 16)
def place_of(path: str) -> Place:
    """Tell what kind of document a workspace path holds, and its reference.

    Hidden files and a README.md are none of ours, wherever they are.
    """
    parts = path.split("/")
    place = Place(kind="other")
    if parts[-1] == README or any(part.startswith(".") for part in parts):
        return place
    match parts:
        case ["traces", "dataset", _]:
            place = Place(kind=_DATASET.get(path, "other"))
        case ["traces", round_name, "round.yaml"]:
            place = Place(kind="round", reference=round_name)
        case ["traces", round_name, name] if name.endswith(".md"):
            place = Place(kind="trace", reference=f"{round_name}/{name[:-3]}")
        case ["notes", who, round_name, name] if name.endswith(".md") and who != RESERVED[0]:
            place = Place(kind="note", reference=f"{round_name}/{name[:-3]}", annotator=who)
        case ["taxonomy", "proposals", name] if name.endswith(".md"):
            place = Place(kind="proposal", reference=name[:-3])
        case ["taxonomy", name] if name.endswith(".md"):
            place = Place(kind="mode", reference=name[:-3])
    return place


def trace_path(reference: str) -> str:
    """``round-1/q042`` → ``traces/round-1/q042.md``."""
    return f"traces/{reference}.md"


def note_path(annotator: str, reference: str) -> str:
    """``ana``, ``round-1/q042`` → ``notes/ana/round-1/q042.md``."""
    return f"notes/{annotator}/{reference}.md"


def mode_path(mode: str) -> str:
    """``too-long`` → ``taxonomy/too-long.md``."""
    return f"taxonomy/{mode}.md"


def proposal_path(name: str) -> str:
    """``2026-11-24`` → ``taxonomy/proposals/2026-11-24.md``."""
    return f"taxonomy/proposals/{name}.md"


def round_path(name: str) -> str:
    """``round-1`` → ``traces/round-1/round.yaml``."""
    return f"traces/{name}/round.yaml"


def round_of(reference: str) -> str:
    """Return the round of a trace reference: ``round-1/q042`` → ``round-1``."""
    return reference.partition("/")[0]
