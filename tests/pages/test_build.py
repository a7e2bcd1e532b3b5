from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import urllib.request
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from casefiles.errors import BadInputError
from casefiles.loop import site
from casefiles.workspace.find import find
from cli import run_cli
from workspaces import mode_text, trace_text, workspace


class _Links(HTMLParser):
    """The relative addresses of a page, and its ids."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: set[str] = set()
        self.ids: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        for name, value in attrs:
            if name == "id" and value:
                self.ids.add(value)
            elif (
                name in ("href", "src")
                and value
                and not value.startswith(("http", "data:", "vscode:"))
            ):
                self.addresses.add(value)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A workspace with one trace and one mode."""
    files = {"traces/r/q.md": trace_text(query="q"), "taxonomy/too-long.md": mode_text()}
    return workspace(tmp_path, files)


def test_a_build_says_where_the_site_is_and_a_second_one_writes_nothing(small: Path) -> None:
    """The second build finds every page as it should be; files of the team stay."""
    first = json.loads(run_cli("-C", small, "site", "build", "--json").out)
    assert Path(first["output"]).is_file()
    assert first["written"] == first["pages"] > 0
    settings = small / "site" / "mkdocs.yml"
    settings.write_text(settings.read_text().replace("site_name:", "# ours\nsite_name:"))
    own = small / "site" / "docs" / "index.md"
    own.write_text("# Our own start page\n")
    again = json.loads(run_cli("-C", small, "site", "build", "--json").out)
    assert (again["written"], again["removed"]) == (0, 0)
    assert again["kept"] == ["site/docs/index.md"]
    assert "# ours" in settings.read_text()
    assert "Our own start page" in Path(again["output"]).read_text()


def test_a_broken_link_in_a_page_of_the_team_stops_the_build_and_keeps_the_old_site(
    small: Path,
) -> None:
    """The message names the page and the link, without the builder's chatter."""
    built = site.build(find(small)).output
    (small / "site" / "docs" / "own.md").write_text("# Own\n\n[gone](nowhere.md)\n")
    with pytest.raises(BadInputError) as failed:
        site.build(find(small))
    assert "own.md" in str(failed.value)
    assert "nowhere.md" in str(failed.value)
    assert "INFO" not in str(failed.value)
    assert built.is_file()


def test_a_broken_link_written_as_html_stops_the_build_too(small: Path) -> None:
    """The builder does not look at those; the message names page and address."""
    site.build(find(small))
    own = small / "site" / "docs" / "own.md"
    own.write_text('# Own\n\n<a href="traces/r/q.html#t99">there</a> <a href="gone.html">x</a>\n')
    with pytest.raises(BadInputError) as failed:
        site.build(find(small))
    assert "own.html: traces/r/q.html#t99 (there is no 't99' in traces/r/q.html)" in str(
        failed.value
    )
    assert "own.html: gone.html" in str(failed.value)
    assert not (small / "site" / "public" / "own.html").exists()
    own.write_text('# Own\n\n<a href="traces/r/q.html#t2">there</a> [and](traces/r/q.html)\n')
    site.build(find(small))
    assert (small / "site" / "public" / "own.html").exists()


def test_what_did_not_change_is_not_written_again(small: Path) -> None:
    """Of the built site only the pages that a new note changes get a new time."""
    site.build(find(small))
    public = small / "site" / "public"
    before = {path: path.stat().st_mtime_ns for path in public.rglob("*") if path.is_file()}
    (small / "notes/ana/r").mkdir(parents=True)
    (small / "notes/ana/r/q.md").write_text("Too long.\n")
    site.build(find(small))
    after = {path: path.stat().st_mtime_ns for path in public.rglob("*") if path.is_file()}
    changed = {
        path.relative_to(public).as_posix() for path in after if after[path] != before.get(path)
    }
    assert {"traces/r/q.html", "index.html", "search/search_index.json"} <= changed
    assert not {path for path in changed if path.startswith(("assets", "_casefiles/fonts"))}
    assert "architecture.html" not in changed
    assert not [path for path in before if path not in after and "charts" not in path.parts]


def test_the_base_url_is_where_the_site_will_be_read(small: Path) -> None:
    """Pages name their address, and nothing in them says where they were built."""
    options = site.Options(base_url="https://example.com/report/")
    site.build(find(small), options)
    public = small / "site" / "public"
    page = (public / "saturation.html").read_text()
    assert '<link rel="canonical" href="https://example.com/report/saturation.html">' in page
    assert "https://example.com/report/index.html" in (public / "sitemap.xml").read_text()
    assert str(small) not in (public / "traces" / "r" / "q.html").read_text()
    assert "site_url" not in (small / "site" / "mkdocs.yml").read_text()
    assert [path.name for path in (small / "site").glob(".*")] == []
    with pytest.raises(BadInputError, match="no web address"):
        site.build(find(small), site.Options(base_url="example.com"))


def test_a_dry_run_names_the_files_and_writes_none(small: Path) -> None:
    """What would be written is listed; there is no site afterwards."""
    done = run_cli("-C", small, "site", "build", "--dry-run")
    assert "would write site/docs/traces/r/q.html" in done.out.splitlines()
    assert "would write site/mkdocs.yml" in done.out.splitlines()
    assert not (small / "site").exists()


def test_serve_builds_the_site_and_shows_it_until_interrupted(small: Path) -> None:
    """The address is printed once the site can be read there; Ctrl-C ends it well."""
    program = "from casefiles.commands.main import main; main()"
    command = [sys.executable, "-c", program, "-C", str(small), "site", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                assert b"what goes wrong" in answer.read()
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0


def test_a_repository_is_linked_and_never_asked(small: Path) -> None:
    """Notes can be written in its web editor; the theme does not fetch its stars."""
    site.build(find(small))
    settings = small / "site" / "mkdocs.yml"
    settings.write_text(f"repo_url: https://github.com/shop/bot\n{settings.read_text()}")
    site.build(find(small))
    public = small / "site" / "public"
    page = (public / "traces" / "r" / "q.html").read_text()
    assert 'href="https://github.com/shop/bot/new/' in page
    for path in public.rglob("*.html"):
        assert 'data-md-component="source"' not in path.read_text(), path
        assert "github.com/shop/bot" in path.read_text() or path.name == "404.html", path


def test_a_mode_that_went_takes_its_page_along(small: Path) -> None:
    """A page nobody renders any more is in neither the source nor the site."""
    site.build(find(small))
    (small / "taxonomy" / "too-long.md").unlink()
    assert "site/docs/taxonomy/too-long.md" in site.build(find(small)).writing.removed
    assert not (small / "site" / "public" / "taxonomy" / "too-long.html").exists()


def test_links_between_built_pages_lead_somewhere(built: Path) -> None:
    """Every relative address of every page is a file of the site, and every anchor is in it."""
    public = built / "site" / "public"
    pages = {path: _Links(path.read_text()) for path in public.rglob("*.html")}
    assert len(pages) > 10
    for path, page in pages.items():
        for address in page.addresses if path.name != "404.html" else ():
            name, _, anchor = address.partition("#")
            name = unquote(name.partition("?")[0])
            target = (path.parent / name).resolve() if name else path
            assert target.is_file() or target == public.resolve(), f"{path}: {address}"
            if anchor and target in pages:
                assert anchor in pages[target].ids, f"{path}: {address}"


def test_extensions_of_the_team_find_nothing_to_act_on(hostile: Path, tmp_path: Path) -> None:
    """With snippets, attribute lists, links and emoji switched on, pages hold the same text."""
    root = tmp_path / "workspace"
    shutil.copytree(hostile, root)
    site.build(find(root))
    plain = _mode_article(root)
    settings = root / "site" / "mkdocs.yml"
    more = "pymdownx.snippets md_in_html pymdownx.magiclink pymdownx.emoji abbr def_list footnotes"
    lines = "".join(f"- {name}\n" for name in (*more.split(), "pymdownx.superfences", "smarty"))
    text = settings.read_text().replace("- admonition\n", f"- admonition\n{lines}")
    assert "pymdownx.snippets" in text
    settings.write_text(text.replace("plugins:", "plugins:\n- tags"))
    site.build(find(root))
    assert _mode_article(root) == plain


def _mode_article(root: Path) -> str:
    page = (root / "site" / "public" / "taxonomy" / "shouts.html").read_text()
    return page.partition("<article")[2].rpartition("</article>")[0]


def test_every_built_page_has_its_policy(built: Path) -> None:
    """Pages of ours forbid everything that is not a file of the site, styles included."""
    for path in (built / "site" / "public").rglob("*.html"):
        page = path.read_text()
        assert page.count('http-equiv="Content-Security-Policy"') == 1, path
        assert "unsafe" not in page.partition("Security-Policy")[2].partition(">")[0], path
