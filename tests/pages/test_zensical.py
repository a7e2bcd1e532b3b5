"""The other builder: the same source, the same set of pages, and the same safety."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from casefiles.errors import BadInputError
from casefiles.loop import site
from casefiles.loop.site import Options
from casefiles.workspace.find import find
from site_files import Elements, plain


@pytest.fixture(scope="module")
def zensical(hostile: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hostile workspace, built with Zensical; the folder of its site."""
    root = tmp_path_factory.mktemp("zensical") / "workspace"
    shutil.copytree(hostile, root)
    site.build(find(root), Options(builder="zensical"))
    assert [path.name for path in (root / "site").iterdir()] != []
    assert not (root / "site" / ".cache").exists()
    return root / "site" / "public"


def _pages(public: Path) -> set[str]:
    return {path.relative_to(public).as_posix() for path in public.rglob("*.html")}


def test_both_builders_make_the_same_pages(built: Path, zensical: Path) -> None:
    """From the same settings, pages of traces included."""
    assert _pages(zensical) == _pages(built / "site" / "public")


def test_pages_say_the_same_whoever_builds_them(built: Path, zensical: Path) -> None:
    """What stands in the article of a page of ours does not depend on the builder."""
    for name in sorted(_pages(zensical) - {"404.html"}):
        articles = [
            (public / name).read_text().partition("<article")[2].rpartition("</article>")[0]
            for public in (built / "site" / "public", zensical)
        ]
        said = [plain(article.partition(">")[2]).replace("¶", "") for article in articles]
        assert said[0].split() == said[1].split(), name


def test_nothing_hostile_survives_in_a_page(zensical: Path) -> None:
    """No element, handler or address of a trace, note or name; one strict policy in each page."""
    for name in _pages(zensical):
        page = (zensical / name).read_text()
        assert page.count('http-equiv="Content-Security-Policy"') == 1, name
        policy = page.partition("Security-Policy")[2].partition(">")[0]
        assert "default-src 'none'; script-src 'self' 'sha256-" in policy, name
        assert "unsafe" not in policy.replace("style-src 'self' 'unsafe-inline'", ""), name
        article = page.partition("<article")[2].rpartition("</article>")[0]
        for tag, attributes in Elements(f"<article{article}").found:
            assert tag not in {"script", "iframe", "img", "object", "embed", "style", "link"}, name
            assert not any(key.startswith("on") or key == "style" for key in attributes), name
            address = attributes.get("href") or ""
            assert re.match(r"(https?://192\.0\.2\.1/p\.png|[\w./#?=&;%+-]*)$", address), name


def test_traces_are_in_its_search(zensical: Path) -> None:
    """In the form this builder keeps it, for pages opened from the disk too."""
    items = json.loads((zensical / "search.json").read_text())["items"]
    found = {item["location"]: item for item in items}
    trace = found["traces/r1/good.html"]
    assert trace["title"] == "Where is it"
    assert "Three screens." in trace["text"]
    assert set(trace) == set(items[0])
    assert "Three screens." in (zensical / "search.js").read_text()


def test_a_broken_link_stops_it_too(hostile: Path, tmp_path: Path) -> None:
    """Whatever the builder says of it, the site is not published."""
    root = tmp_path / "workspace"
    shutil.copytree(hostile, root)
    (root / "site" / "docs").mkdir(parents=True)
    (root / "site" / "docs" / "own.md").write_text("# Own\n\n[gone](nowhere.md)\n")
    with pytest.raises(BadInputError, match="nowhere"):
        site.build(find(root), Options(builder="zensical"))
    assert not (root / "site" / "public" / "own.html").exists()
