"""Traces in the site's search: entries added to the index that the builder wrote."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator

from casefiles.documents.trace import Trace
from casefiles.documents.turns import PROSE
from casefiles.pages.made import Entry
from casefiles.pages.notes import Reading
from casefiles.pages.report import Report, address, trace_page
from casefiles.text import odd
from casefiles.text.names import shorten

WHOLE = 1_500_000
"""Characters of all traces together that are searched: the browser builds its index from them."""
LEAST, MOST = 240, 4_000
"""Characters of one trace that are searched at least, and at most."""


def limit(traces: int) -> int:
    """Return how many characters of each trace are searched."""
    return max(LEAST, min(MOST, WHOLE // max(1, traces)))


def entry(
    report: Report, reference: str, trace: Trace, readings: Iterable[Reading], *, limit: int
) -> Entry:
    """Make the entry of a trace: its title, what was noted in it, and what was said in it."""
    notes = " ".join(seen.text for reading in readings for seen in reading.note.observations)
    words = f"{reference} – {notes} – {' '.join(_said(trace, limit))}"
    return {
        "location": address(trace_page(reference)),
        "title": _escaped(report.title_of(reference)),
        "text": _escaped(shorten(words, limit)),
    }


def _said(trace: Trace, limit: int) -> Iterator[str]:
    """What users and assistants said, as far as it can matter."""
    length = 0
    for turn in trace.turns:
        for part in turn.parts:
            if part.type in PROSE and part.text and turn.role in ("user", "assistant"):
                yield part.text[:limit]
                length += len(part.text)
        if length > limit:
            return


def with_entries(index: str, added: Iterable[Entry]) -> str:
    """Return a search index (JSON) with entries added at its end.

    MkDocs Material keeps them in ``docs``, Zensical in ``items``, with a level and a path. Raises
    ValueError or KeyError if it is no such index.
    """
    data = json.loads(index)
    if "items" in data:
        data["items"] = [*_headed(data["items"]), *map(_item, added)]
    else:
        data["docs"] = [*_headed(data["docs"]), *added]
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)


def _item(given: Entry) -> dict[str, object]:
    return {**given, "level": 1, "path": ["Traces"], "tags": []}


def _headed(docs: Iterable[Entry]) -> list[Entry]:
    """Let a page be found under its first heading where nothing but our first line is above that.

    The theme makes an entry without text for it, under a title taken from the file's name.
    """
    headed: list[Entry] = []
    for doc in docs:
        above = headed[-1] if headed else None
        if above and not above["text"] and doc["location"].startswith(f"{above['location']}#"):
            headed[-1] = {**doc, "location": above["location"]}
        else:
            headed.append(doc)
    return headed


def _escaped(text: str) -> str:
    """The theme shows titles and texts of its index as HTML."""
    return html.escape(odd.inert_line(text), quote=False)
