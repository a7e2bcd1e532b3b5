from __future__ import annotations

from pathlib import Path

import pytest

from casefiles.errors import BadInputError
from casefiles.pages.made import Made
from casefiles.pages.memory import Memory
from casefiles.pages.templating import GENERATED
from casefiles.pages.writing import DOCS, MANIFEST, Writer, Writing


def _page(text: str) -> str:
    return f"{GENERATED}\n{text}\n"


def _put(root: Path, path: str, text: str) -> None:
    target = root / DOCS / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)


def _write(root: Path, files: dict[str, str | bytes], *, dry_run: bool = False) -> Writing:
    made = [Made(path=path, content=content) for path, content in files.items()]
    writer = Writer(root, Memory(root, root / DOCS), dry_run=dry_run)
    writer.take(made)
    return writer.close()


def test_only_what_changed_is_written_and_what_is_stale_goes(tmp_path: Path) -> None:
    """Pages equal to those on disk are left; generated ones nobody renders any more are removed."""
    _put(tmp_path, "index.md", _page("same"))
    _put(tmp_path, "method.md", _page("old"))
    _put(tmp_path, "traces/gone/q1.html", _page("trace"))
    before = (tmp_path / DOCS / "index.md").stat().st_mtime_ns
    files: dict[str, str | bytes] = {
        "index.md": _page("same"),
        "method.md": _page("new"),
        "taxonomy/a.md": _page("a"),
    }
    done = _write(tmp_path, files)
    assert done.written == [f"{DOCS}/{n}" for n in ("method.md", "taxonomy/a.md", MANIFEST)]
    assert (done.unchanged, done.removed) == (1, [f"{DOCS}/traces/gone/q1.html"])
    assert (tmp_path / DOCS / "index.md").stat().st_mtime_ns == before
    assert (tmp_path / DOCS / "method.md").read_text() == _page("new")
    assert not (tmp_path / DOCS / "traces/gone").exists()
    again = _write(tmp_path, files)
    assert (again.written, again.removed, again.unchanged) == ([], [], 4)


def test_a_persons_page_in_a_generated_place_is_left_alone(tmp_path: Path) -> None:
    """Without our first line a file is the team's: neither overwritten nor removed, but named."""
    _put(tmp_path, "index.md", "# Our own start page\n")
    _put(tmp_path, "taxonomy/about.md", "# About\n")
    (tmp_path / DOCS / "traces").mkdir()
    (tmp_path / DOCS / "traces/blob.bin").write_bytes(b"\xff\xfe")
    done = _write(tmp_path, {"index.md": _page("generated")})
    assert sorted(done.kept) == [
        f"{DOCS}/index.md",
        f"{DOCS}/taxonomy/about.md",
        f"{DOCS}/traces/blob.bin",
    ]
    assert (tmp_path / DOCS / "index.md").read_text() == "# Our own start page\n"
    assert (tmp_path / DOCS / "traces/blob.bin").exists()


def test_files_that_cannot_say_whose_they_are_stand_in_a_list(tmp_path: Path) -> None:
    """A picture is replaced and removed while it is as it was written; one a person drew stays."""
    chart = "_casefiles/charts/a.png"
    _write(tmp_path, {chart: b"\x89PNG 1", "_casefiles/charts/b.csv": "a,b\n"})
    done = _write(tmp_path, {chart: b"\x89PNG 2"})
    assert done.removed == [f"{DOCS}/_casefiles/charts/b.csv"]
    assert (tmp_path / DOCS / chart).read_bytes() == b"\x89PNG 2"
    (tmp_path / DOCS / chart).write_bytes(b"\x89PNG drawn by hand")
    assert _write(tmp_path, {chart: b"\x89PNG 3"}).kept == [f"{DOCS}/{chart}"]
    assert (tmp_path / DOCS / chart).read_bytes() == b"\x89PNG drawn by hand"


def test_pages_beside_the_generated_ones_are_none_of_ours(tmp_path: Path) -> None:
    """The team's own pages are not even looked at."""
    _put(tmp_path, "handbook/reading.md", _page("copied from somewhere"))
    done = _write(tmp_path, {})
    assert (done.removed, done.kept) == ([], [])


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    """It says the same, and every file stays as it is."""
    _put(tmp_path, "traces/gone/q1.html", _page("trace"))
    done = _write(tmp_path, {"index.md": _page("new")}, dry_run=True)
    assert f"{DOCS}/index.md" in done.written
    assert done.removed == [f"{DOCS}/traces/gone/q1.html"]
    assert [path.name for path in (tmp_path / DOCS).rglob("*") if path.is_file()] == ["q1.html"]


def test_a_link_is_not_followed_out_of_the_workspace(tmp_path: Path) -> None:
    """Somebody else's folder is never written to."""
    (tmp_path / "elsewhere").mkdir()
    root = tmp_path / "workspace"
    (root / "site").mkdir(parents=True)
    (root / DOCS).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadInputError, match="link"):
        _write(root, {"index.md": _page("x")})
    assert not list((tmp_path / "elsewhere").iterdir())
