from __future__ import annotations

from pathlib import Path

from casefiles.pages.templating import GENERATED
from casefiles.pages.writing import remove_empty_folders, writing
from casefiles.workspace.write import write


def _page(text: str) -> str:
    return f"{GENERATED}\n{text}\n"


def _put(root: Path, path: str, text: str) -> None:
    target = root / "site" / "docs" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)


def test_only_what_changed_is_written_and_what_is_stale_goes(tmp_path: Path) -> None:
    """Pages equal to those on disk are left; generated ones nobody renders any more are removed."""
    _put(tmp_path, "index.md", _page("same"))
    _put(tmp_path, "method.md", _page("old"))
    _put(tmp_path, "traces/gone/q1.html", _page("trace"))
    pages = [
        ("index.md", _page("same")),
        ("method.md", _page("new")),
        ("taxonomy/a.md", _page("a")),
    ]
    done = writing(tmp_path, pages)
    assert (done.written, done.unchanged, done.removed) == (2, 1, 1)
    write(done.plan, tmp_path)
    remove_empty_folders(tmp_path)
    assert (tmp_path / "site/docs/method.md").read_text() == _page("new")
    assert not (tmp_path / "site/docs/traces/gone").exists()
    assert writing(tmp_path, pages).plan.changes == ()


def test_a_persons_page_in_a_generated_place_is_left_alone(tmp_path: Path) -> None:
    """Without our first line a file is the team's: neither overwritten nor removed, but named."""
    _put(tmp_path, "index.md", "# Our own start page\n")
    _put(tmp_path, "taxonomy/about.md", "# About\n")
    (tmp_path / "site/docs/traces").mkdir()
    (tmp_path / "site/docs/traces/blob.bin").write_bytes(b"\xff\xfe")
    done = writing(tmp_path, [("index.md", _page("generated"))])
    assert done.plan.changes == ()
    assert sorted(done.kept) == [
        "site/docs/index.md",
        "site/docs/taxonomy/about.md",
        "site/docs/traces/blob.bin",
    ]


def test_pages_beside_the_generated_ones_are_none_of_ours(tmp_path: Path) -> None:
    """The team's own pages are not even looked at."""
    _put(tmp_path, "handbook/reading.md", _page("copied from somewhere"))
    assert writing(tmp_path, []).plan.changes == ()
