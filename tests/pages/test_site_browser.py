"""What a reader's browser makes of the built site."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    FloatRect,
    Locator,
    Page,
    Request,
    sync_playwright,
)

from casefiles.loop.site import server
from require import require

pytestmark = pytest.mark.browser

FLAGS = (
    "--no-sandbox --disable-gpu --disable-background-networking --no-first-run "
    "--disable-component-update --disable-sync"
).split()
KINDS = (
    "index.html",
    "saturation.html",
    "coverage.html",
    "method.html",
    "taxonomy/index.html",
    "taxonomy/shouts.html",
    "taxonomy/wordy.html",
    "traces/index.html",
    "traces/r1/bad.html",
    "traces/r1/good.html",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, one for all tests of the file."""
    path = require("chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def served(built: Path) -> Iterator[str]:
    """The built site, served on this machine; its address."""
    with server(built / "site" / "public", port=0) as web:
        thread = threading.Thread(target=web.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{web.server_port}/"
        web.shutdown()


class Visit:
    """A page of the browser that remembers everything that should not happen."""

    def __init__(self, page: Page, allowed: str) -> None:
        """Watch a page; ``allowed`` is how the addresses it may ask for begin."""
        self.page = page
        self.allowed = allowed
        self.faults: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        self.faults.append(f"{self.page.url}: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.allowed, "data:")):
            self.faults.append(f"{self.page.url} asked for {request.url}")


@pytest.fixture
def visit(browser: Browser, served: str) -> Iterator[Visit]:
    """A fresh page; the test fails if anything was logged or asked for elsewhere."""
    page = browser.new_page()
    found = Visit(page, served)
    yield found
    page.close()
    assert found.faults == []


def _overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.mark.parametrize("width", [400, 1400])
def test_no_page_is_wider_than_the_screen(visit: Visit, served: str, width: int) -> None:
    """On a phone and on a desk, whatever stands in a trace; and the console stays empty."""
    visit.page.set_viewport_size({"width": width, "height": 900})
    for kind in KINDS:
        visit.page.goto(served + kind)
        assert _overflow(visit.page) <= 0, kind


def test_nothing_a_trace_or_a_note_says_is_run(visit: Visit, served: str) -> None:
    """Hostile titles, notes, names and tools leave title, elements and handlers untouched."""
    for kind in KINDS:
        visit.page.goto(served + kind)
        assert visit.page.title() != "owned"
        assert visit.page.locator("article :is(script, img, iframe, object, embed)").count() == 0
    visit.page.goto(served + "traces/r1/bad.html")
    assert visit.page.get_by_text("<script>document.title='owned'</script>").count() > 5


def test_the_policy_forbids_what_the_page_does_not_need(visit: Visit, served: str) -> None:
    """A script that got in all the same would not run, and nothing would be fetched from afar."""
    visit.page.goto(served + "traces/r1/bad.html")
    ran = visit.page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
            return window.ran === true;
        }"""
    )
    assert not ran
    visit.page.wait_for_timeout(50)
    assert all("Content Security Policy" in fault for fault in visit.faults)
    assert len(visit.faults) == 1
    visit.faults.clear()


def _search(page: Page, words: str) -> list[str]:
    page.locator(".md-search__input").click()
    page.keyboard.type(words)
    page.locator(".md-search-result__link").first.wait_for()
    return page.locator(".md-search-result__link").all_inner_texts()


@pytest.mark.parametrize("start", ["index.html", "traces/r1/good.html"])
def test_search_finds_a_mode_by_its_name(visit: Visit, served: str, start: str) -> None:
    """From a page of the builder and from a trace page; the result leads to the mode."""
    visit.page.goto(served + start)
    assert "Rambles on" in _search(visit.page, "rambles")[0]
    visit.page.locator(".md-search-result__link").first.click()
    visit.page.wait_for_url("**/taxonomy/too-long.html*")


def test_search_finds_a_trace_by_what_was_noted(visit: Visit, served: str) -> None:
    """An observation leads to its trace; hostile words in the results are words."""
    visit.page.goto(served)
    assert "Where is it" in _search(visit.page, "three screens")[0]
    visit.page.locator(".md-search__input").fill("")
    _search(visit.page, "shouts onerror")
    assert visit.page.title() != "owned"
    assert visit.page.locator(".md-search-result :is(img, script, iframe)").count() == 0


def test_the_site_works_from_the_disk(browser: Browser, built: Path) -> None:
    """Opened as a file, pages have their look and their search, and ask for nothing else."""
    page = browser.new_page()
    found = Visit(page, "file:")
    page.goto((built / "site" / "public" / "traces" / "r1" / "good.html").as_uri())
    assert page.evaluate("getComputedStyle(document.body).getPropertyValue('--cf-blue')")
    assert "Rambles on" in _search(page, "rambles")[0]
    page.close()
    assert found.faults == []


def test_a_trace_page_is_a_page_like_the_others(visit: Visit, served: str) -> None:
    """Header, menu and scheme switch are the site's; the scheme chosen there holds here."""
    visit.page.goto(served)
    visit.page.locator("label[title='Switch to the dark scheme']").click()
    visit.page.goto(served + "traces/r1/good.html#2-assistant")
    assert visit.page.locator("body[data-md-color-scheme=slate]").count() == 1
    assert visit.page.locator(".md-tabs__item--active").inner_text() == "Traces"
    turn = visit.page.locator("[id='2-assistant'] .cf-turn__said")
    note = visit.page.locator("[id='2-assistant'] .cf-beside")
    assert _box(note)["x"] > _box(turn)["x"] + _box(turn)["width"]
    visit.page.set_viewport_size({"width": 400, "height": 900})
    assert _box(note)["y"] >= _box(turn)["y"] + _box(turn)["height"]


def _box(found: Locator) -> FloatRect:
    box = found.bounding_box()
    assert box is not None
    return box


def test_pages_can_be_read_without_scripts(browser: Browser, served: str) -> None:
    """Charts, tables and conversations are in the page itself."""
    page = browser.new_page(java_script_enabled=False)
    page.goto(served)
    assert page.locator("svg.cf-chart--wide").is_visible()
    assert not page.locator("svg.cf-chart--narrow").is_visible()
    page.goto(served + "traces/r1/good.html")
    assert page.get_by_text("Three screens.").is_visible()
    page.close()
