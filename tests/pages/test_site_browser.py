"""What a reader's browser makes of the built site."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    FloatRect,
    Locator,
    Page,
    Request,
    sync_playwright,
)

from casefiles.loop.site_server import server
from require import require

pytestmark = pytest.mark.browser

ODD_PAGE = "traces/r1/it%27s%20%26%20%3Cb%3Eodd%20%231%3Fx%3D2.html"

FLAGS = (
    "--no-sandbox --disable-gpu --disable-background-networking --no-first-run "
    "--disable-component-update --disable-sync"
).split()
KINDS = (
    "index.html",
    "saturation.html",
    "coverage.html",
    "agreement.html",
    "method.html",
    "taxonomy/index.html",
    "taxonomy/groups/style.html",
    "taxonomy/shouts.html",
    "taxonomy/too-long.html",
    "taxonomy/wordy.html",
    "traces/index.html",
    "traces/r1/bad.html",
    "traces/r1/good.html",
    ODD_PAGE,
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
def dark(browser: Browser, served: str) -> Iterator[Visit]:
    """The same for a reader who prefers the dark scheme."""
    page = browser.new_page(color_scheme="dark")
    found = Visit(page, served)
    yield found
    page.close()
    assert found.faults == []


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


@pytest.mark.parametrize("width", [400, 900, 1400])
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
    visit.page.goto(served + "traces/r1/good.html#t2")
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
    page.goto(served + "traces/index.html")
    assert page.locator(".cf-traces tbody tr").count() == 5
    assert not page.locator(".cf-filters").is_visible()
    page.close()


def _rows(page: Page) -> list[str]:
    return page.locator(".cf-traces tbody tr:visible td:first-child small").all_inner_texts()


def test_the_table_of_traces_filters_and_its_address_leads_back(visit: Visit, served: str) -> None:
    """By mode, verdict, annotator, round, kind of use and words; a link restores what was shown."""
    page = visit.page
    page.goto(served + "traces/index.html")
    assert len(_rows(page)) == 5
    page.get_by_label("failure mode").select_option("Rambles on")
    assert _rows(page) == ["r1/bad, error", "r1/good"]
    page.get_by_label("words").fill("where is")
    assert _rows(page) == ["r1/good"]
    assert page.locator(".cf-filters__count").inner_text() == "1 of 5"
    page.reload()
    assert _rows(page) == ["r1/good"]
    page.locator(".cf-filters").get_by_role("button", name="Clear").click()
    page.wait_for_function("!location.search")
    assert len(_rows(page)) == 5
    page.get_by_label("round").select_option("r2")
    assert _rows(page) == ["r2/good"]
    page.get_by_label("round").select_option("any")
    page.get_by_label("annotator").select_option("ben")
    page.get_by_label("verdict").select_option("fail")
    assert _rows(page) == ["r1/good"]
    page.goto(served + "taxonomy/too-long.html")
    page.get_by_role("link", name="In the table of traces").click()
    assert _rows(page) == ["r1/bad, error", "r1/good"]


def test_the_table_of_traces_is_sorted_by_the_keyboard(visit: Visit, served: str) -> None:
    """A heading is a button; it says which way, to those who do not see the arrow too."""
    page = visit.page
    page.goto(served + "traces/index.html")
    heading = page.get_by_role("button", name="Failure modes")
    heading.focus()
    page.keyboard.press("Enter")
    head = page.locator("th", has=heading)
    assert head.get_attribute("aria-sort") == "ascending"
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert _rows(page)[0] in ("r1/bad, error", "r1/good")


def test_everything_can_be_reached_and_opened_by_the_keyboard(visit: Visit, served: str) -> None:
    """Skip link first, visible focus, folded text, scrolled tables; n and p turn the pages."""
    page = visit.page
    page.goto(served + "traces/r1/bad.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Skip to content"
    folded = page.locator(".cf-part details").first
    folded.locator("summary").focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert not folded.evaluate("one => one.open")
    page.keyboard.press("Enter")
    assert folded.evaluate("one => one.open")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("n")
    page.wait_for_url("**/traces/r1/good.html")
    page.keyboard.press("p")
    page.wait_for_url("**/traces/r1/bad.html")
    page.goto(served + "coverage.html")
    for scrolled in page.locator(".cf-scroll, .cf-plot--scrolled").all():
        assert scrolled.get_attribute("tabindex") == "0"


def test_a_link_to_a_turn_leads_there_and_marks_it(visit: Visit, served: str) -> None:
    """Evidence on a mode's page opens the trace at the very turn."""
    page = visit.page
    page.goto(served + "taxonomy/too-long.html")
    page.get_by_role("link", name="r1/good at 2").click()
    page.wait_for_url("**/traces/r1/good.html#t2")
    turn = page.locator("section.cf-turn", has=page.locator("#t2"))
    assert "gradient" in turn.evaluate("one => getComputedStyle(one).backgroundImage")
    page.locator("#t1").click()
    assert page.url.endswith("#t1")


def test_figures_can_be_taken_along(visit: Visit, served: str) -> None:
    """As numbers and as a picture; the text of the chart itself can be selected."""
    page = visit.page
    page.goto(served + "index.html")
    figure = page.locator("#figure-failure-modes")
    for kind, begins in (("CSV", b"Failure mode,"), ("PNG", b"\x89PNG")):
        with page.expect_download() as download:
            figure.get_by_role("link", name=kind).click()
        assert Path(download.value.path()).read_bytes().startswith(begins)
    drawn = figure.locator("svg.cf-chart--wide text", has_text="Rambles on")
    selected = drawn.evaluate(
        "one => { getSelection().selectAllChildren(one); return getSelection().toString(); }"
    )
    assert selected == "Rambles on"
    assert figure.locator("svg title").first.text_content() == "How common each failure mode is"


WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
THEMES: dict[str, str] = {}
"""Rules that the theme itself breaks, each with its reason; there are none."""


def _violations(page: Page) -> list[str]:
    found = Axe().run(page, options=WCAG).response
    assert len(found["passes"]) > 15, "axe looked at nothing"
    return [
        f"{page.url}: {broken['id']} {node['target']} {node['html'][:120]}"
        for broken in found["violations"]
        if broken["id"] not in THEMES
        for node in broken["nodes"]
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_breaks_a_rule_of_accessibility(
    visit: Visit, dark: Visit, served: str, kind: str
) -> None:
    """WCAG 2.1 AA as axe-core checks it, on every kind of page, in both schemes."""
    broken = []
    for reader in (visit, dark):
        reader.page.goto(served + kind)
        reader.page.locator("details").evaluate_all("all => all.forEach(d => d.open = true)")
        broken += _violations(reader.page)
    assert broken == []


def test_a_printed_trace_is_open_and_has_no_controls(visit: Visit, served: str) -> None:
    """Folded text is printed, on white, without links that lead nowhere on paper."""
    page = visit.page
    page.goto(served + "traces/r1/bad.html")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator(".cf-around").is_visible()
    folded = page.locator(".cf-part details").first
    assert folded.evaluate("one => !one.open && one.offsetHeight") > 60
    assert page.evaluate("getComputedStyle(document.body).getPropertyValue('--cf-paper')") in (
        "#fff",
        "#ffffff",
    )
