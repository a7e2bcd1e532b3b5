"""What a mode's file says about itself, cut for a page."""

from __future__ import annotations

from casefiles.documents.mode import Mode
from casefiles.documents.references import VersionedMode


def halves(mode: Mode) -> tuple[str, str]:
    """Split a definition into what stands before its first ``No`` line, and the rest."""
    lines = mode.definition.text.split("\n")
    starts = (at for at, line in enumerate(lines) if line.strip().lower().startswith("no "))
    cut = next(starts, len(lines))
    return "\n".join(lines[:cut]).strip(), "\n".join(lines[cut:]).strip()


def fate(mode: Mode) -> tuple[str, tuple[VersionedMode, ...]]:
    """Say what became of a retired mode, and into which modes it went."""
    if mode.merged_into is not None:
        return "merged into", (mode.merged_into,)
    if mode.split_into:
        return "split into", mode.split_into
    return "retired", ()
