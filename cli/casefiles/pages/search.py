"""Traces in the site's search: entries added to the index the theme wrote."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable

from casefiles.pages.notes import readings_of
from casefiles.pages.report import Report, trace_page
from casefiles.text import odd
from casefiles.text.names import shorten

QUERY = 240
"""Characters of a query that are searched."""
NOTES = 480
"""Characters of a trace's notes that are searched."""

Entry = dict[str, str]


def entries(report: Report) -> list[Entry]:
    """Return one entry a trace: its title, its query, and what was observed in it."""
    asked = {query.id: query.text for query in report.corpus.dataset.queries}
    readings = readings_of(report.corpus)
    found = []
    for trace, head in sorted(report.corpus.traces.items()):
        given = readings.get(trace, ())
        notes = " ".join(seen.text for reading in given for seen in reading.note.observations)
        words = (
            trace,
            shorten(asked.get(head.query or "", ""), QUERY),
            shorten(notes, NOTES),
        )
        found.append(
            {
                "location": trace_page(trace),
                "title": _escaped(report.title_of(trace)),
                "text": _escaped(" – ".join(filter(None, words))),
            }
        )
    return found


def with_entries(index: str, added: Iterable[Entry]) -> str:
    """Return a search index (JSON with a list ``docs``) with entries added at its end.

    Raises ValueError or KeyError if it is no such index.
    """
    data = json.loads(index)
    data["docs"] = [*_headed(data["docs"]), *added]
    return json.dumps(data, separators=(",", ":"))


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
