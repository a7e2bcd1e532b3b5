from __future__ import annotations

import json

from casefiles.pages.search import with_entries


def test_entries_are_added_at_the_end() -> None:
    """The theme's own entries and settings stay."""
    index = '{"config":{"lang":["en"]},"docs":[{"location":"a.html","title":"A","text":"b"}]}'
    added = [{"location": "traces/r/q.html", "title": "Q", "text": "words"}]
    data = json.loads(with_entries(index, added))
    assert data["config"] == {"lang": ["en"]}
    assert [doc["title"] for doc in data["docs"]] == ["A", "Q"]


def test_a_page_is_found_under_its_heading() -> None:
    """An entry without text above the first heading gives its place to the heading's."""
    docs = [
        {"location": "m.html", "title": "File name", "text": ""},
        {"location": "m.html#mode", "title": "Real name", "text": "Yes if …"},
        {"location": "m.html#memo", "title": "Memo", "text": "why"},
        {"location": "n.html", "title": "N", "text": ""},
    ]
    data = json.loads(with_entries(json.dumps({"docs": docs}), []))
    assert [(doc["location"], doc["title"]) for doc in data["docs"]] == [
        ("m.html", "Real name"),
        ("m.html#memo", "Memo"),
        ("n.html", "N"),
    ]
