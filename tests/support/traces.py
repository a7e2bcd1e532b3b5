"""Traces as a run leaves them on disk."""

from __future__ import annotations

from pathlib import Path

from casefiles.documents.trace import Trace, parse
from casefiles.documents.turns import digest


def read_trace(folder: Path, reference: str) -> Trace:
    """Read a trace, which must be sound and have the right hash."""
    path = f"traces/{reference}.md"
    found, problems = parse((folder / path).read_text("utf-8"), path)
    assert problems == ()
    assert found is not None
    assert found.head.sha256 == digest(found.turns)
    return found
