"""What is too long to stand in a trace: kept beside it, with an excerpt in its place.

A trace stays small enough to be read and diffed on a git host; nothing is thrown away.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from casefiles.documents.trace import Trace, seal
from casefiles.documents.turns import PROSE, Part
from casefiles.text.odd import is_odd

LIMIT = 64 * 1024
"""Bytes of UTF-8 above which the text of a tool moves out."""
EXCERPT = 2048
"""Characters of its beginning and of its end that stay."""


def detach(trace: Trace, reference: str) -> tuple[Trace, dict[str, str]]:
    """Move long tool outputs out of a trace.

    Returns the trace with excerpts, sealed anew, and path (relative to the workspace) to text of
    the files that belong beside it. A part that moved says so in its data: ``file`` (relative to
    the trace), ``bytes`` and ``sha256`` of the file. A text with odd characters becomes a
    ``.json`` file that holds one JSON string.
    """
    name = reference.rpartition("/")[2]
    files: dict[str, str] = {}
    turns = []
    for number, turn in enumerate(trace.turns, 1):
        parts = []
        for place, part in enumerate(turn.parts, 1):
            kept, text = _detached(part, f"{name}/{number}-{place}")
            parts.append(kept)
            if text is not None:
                files[f"traces/{reference}/{kept.data['file'].rpartition('/')[2]}"] = text
        turns.append(replace(turn, parts=tuple(parts)))
    return (seal(trace.head, tuple(turns)), files) if files else (trace, {})


def _detached(part: Part, stem: str) -> tuple[Part, str | None]:
    text = part.text
    if text is None or part.type in PROSE or len(text) * 4 <= LIMIT:
        return part, None
    if len(text.encode("utf-8", "surrogatepass")) <= LIMIT:
        return part, None
    odd = is_odd(text)
    written = f"{json.dumps(text)}\n" if odd else text
    content = written.encode()
    data = {
        **part.data,
        "file": f"{stem}.json" if odd else f"{stem}.txt",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    # An excerpt of JSON is no JSON.
    data["lang"] = "text"
    left = len(text) - 2 * EXCERPT
    excerpt = f"{text[:EXCERPT]}\n[… {left:,} characters in {data['file']} …]\n{text[-EXCERPT:]}"
    return replace(part, text=excerpt, data=data), written
