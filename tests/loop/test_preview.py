from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from casefiles.loop.preview import Preview
from casefiles.loop.site import Options
from casefiles.loop.site_server import server
from casefiles.workspace.find import find
from site_files import plain
from workspaces import mode_text, trace_text, workspace

FILES = {
    "traces/r/a.md": trace_text("first question", query="a"),
    "traces/r/b.md": trace_text("second question", query="b"),
    "taxonomy/too-long.md": mode_text(),
}


class Site:
    """A preview that runs, and what it told."""

    def __init__(self, root: Path, options: Options | None = None) -> None:
        """Build it, follow the files, and serve it."""
        self.told: list[str] = []
        self.root = root
        self.preview = Preview(find(root), options or Options(), self.told.append)
        self.server = server(self.preview.folder, port=0, wait=self.preview.wait)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.threads = [
            threading.Thread(target=run, daemon=True)
            for run in (self.preview.follow, self.server.serve_forever)
        ]
        for thread in self.threads:
            thread.start()

    def close(self) -> None:
        """Stop both."""
        self.preview.stop()
        self.server.shutdown()
        self.server.server_close()
        for thread in self.threads:
            thread.join(timeout=30)

    def get(self, path: str, host: str | None = None) -> str:
        """Ask for a file."""
        request = urllib.request.Request(f"{self.address}/{path}")
        if host:
            request.add_header("Host", host)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(answer.read().decode())

    def write(self, path: str, text: str) -> None:
        """Save a file, as an editor would."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Site]:
    """A preview of two traces."""
    found = Site(workspace(tmp_path, FILES))
    yield found
    found.close()


def _until(fact: Callable[[], bool]) -> None:
    end = time.monotonic() + 50
    while not fact():
        assert time.monotonic() < end, "it never came true"
        threading.Event().wait(0.02)


def test_a_saved_note_shows_on_its_trace_and_then_in_figures_and_search(live: Site) -> None:
    """First the page, with a search that is whole; then all that follows from it."""
    asked = json.loads(live.get("search/search_index.json"))["docs"]
    live.write("notes/ana/r/a.md", "---\nverdict: fail\n---\nRambles like a zebra.\n")
    _until(lambda: "Rambles like a zebra" in live.get("traces/r/a.html"))
    assert len(json.loads(live.get("search/search_index.json"))["docs"]) >= len(asked)
    _until(lambda: any("the whole site" in said for said in live.told))
    assert live.told[0].startswith("updated 1 page of a trace in ")
    assert "zebra" in live.get("search/search_index.json")
    assert "100 % 1 of 1 read" in plain(live.get("index.html"))
    page = live.get("traces/r/b.html")
    assert "Content-Security-Policy" in page
    assert "second question" in page


def test_a_page_hears_of_a_new_version_as_soon_as_there_is_one(live: Site) -> None:
    """The script that waits for news is in every page served, and in none that is built."""
    assert "/_casefiles/live.js" in live.get("index.html")
    assert "live.js" not in (live.preview.folder / "index.html").read_text()
    assert "location.reload" in live.get("_casefiles/live.js")
    first = json.loads(live.get("_casefiles/live?version=-1"))["version"]
    waiting: list[int] = []
    asker = threading.Thread(
        target=lambda: waiting.append(
            json.loads(live.get(f"_casefiles/live?version={first}"))["version"]
        )
    )
    asker.start()
    live.write("notes/ana/r/b.md", "Too long.\n")
    asker.join(timeout=50)
    assert waiting == [first + 1]


def test_a_broken_page_of_the_team_is_told_and_mended_later(live: Site) -> None:
    """The site that was there stays until the page is sound again."""
    live.write("site/docs/own.md", "# Own\n\n[gone](nowhere.md)\n")
    _until(lambda: any("nowhere.md" in said for said in live.told))
    assert "Shop assistant" in live.get("index.html")
    live.write("site/docs/own.md", "# Own words\n")
    _until((live.preview.folder / "own.html").is_file)
    assert "Own words" in live.get("own.html")


def test_only_this_machine_may_ask(live: Site) -> None:
    """A page of another site that had its name point here gets nothing."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        live.get("index.html", host="evil.example.com")
    refused.value.close()
    assert refused.value.code == 403


def test_a_public_preview_shows_no_trace(tmp_path: Path) -> None:
    """What is saved shows in the figures alone."""
    found = Site(workspace(tmp_path, FILES), Options(public=True))
    try:
        found.write("notes/ana/r/a.md", "Rambles like a zebra.\n")
        _until(lambda: any("the whole site" in said for said in found.told))
        assert not (found.preview.folder / "traces/r").exists()
        assert "zebra" not in found.get("search/search_index.json")
    finally:
        found.close()
