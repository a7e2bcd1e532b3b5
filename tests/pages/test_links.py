from __future__ import annotations

from pathlib import Path

import pytest

from casefiles.errors import BadInputError
from casefiles.pages.links import check

PAGES = {
    "index.html": '<h1 id="start">x</h1><a href="a/b.html#there">b</a>',
    "a/b.html": '<p id="there"><a href="../index.html#start">up</a><img src="../c.png">',
}


def _check(tmp_path: Path, **pages: str) -> None:
    known = {f"{name}.html": page for name, page in pages.items()}
    check({**PAGES, **known}, files={*PAGES, *known, "c.png", "s/index.html"}, docs=tmp_path)


@pytest.mark.parametrize(
    "address",
    [
        "index.html",
        "./index.html?x=1#start",
        "#own",
        "a/b.html#there",
        "s/",
        "s",
        "c.png",
        "https://example.com/gone",
        "mailto:a@b.c",
        "/absolute",
        "data:,x",
        "a/b.html#th%65re",
    ],
)
def test_addresses_that_lead_somewhere_or_elsewhere_are_right(tmp_path: Path, address: str) -> None:
    """Files, folders, anchors, queries; what leaves the site is not ours to check."""
    _check(tmp_path, x=f'<b id="own"></b><a class="k" href="{address}">x</a>')


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("gone.html", "gone.html is no file"),
        ("a/gone.png", "a/gone.png is no file"),
        ("../index.html", "../index.html is no file"),
        ("a/b.html#nowhere", "there is no 'nowhere' in a/b.html"),
        ("#nowhere", "there is no 'nowhere' in x.html"),
    ],
)
def test_addresses_that_lead_nowhere_are_named(tmp_path: Path, address: str, said: str) -> None:
    """With the page they stand in."""
    with pytest.raises(BadInputError) as failed:
        _check(tmp_path, x=f'<a href="{address}">x</a>')
    assert f"x.html: {address}" in str(failed.value)
    assert said in str(failed.value)


def test_many_broken_links_are_counted(tmp_path: Path) -> None:
    """The first ones are named, the rest is a number."""
    page = "".join(f'<a href="{n}.html">x</a>' for n in range(50))
    with pytest.raises(BadInputError, match="and 30 more"):
        _check(tmp_path, x=page)
