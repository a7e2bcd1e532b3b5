"""The files of a workspace on disk."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from casefiles.documents.paths import place_of
from casefiles.workspace.tree import FOLDERS, WorkingTree, is_linked


def fill(root: Path, *paths: str) -> None:
    """Make files that hold their own path."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)


def test_paths_below_the_three_folders_come_sorted_as_wholes(tmp_path: Path) -> None:
    """As git lists them, so that a commit and the disk give the same order."""
    paths = [
        "notes/ana/r/q.md",
        "taxonomy/a.md",
        "taxonomy/proposals/p.md",
        "traces/r/q1-b.md",
        "traces/r/q1.md",
        "traces/r/q1/4-1.txt",
        "traces/r/q10.md",
    ]
    fill(tmp_path, *reversed(paths), "site/docs/index.md", "casefiles.toml")

    assert list(WorkingTree(tmp_path).paths()) == paths == sorted(paths)
    assert list(WorkingTree(tmp_path).paths(("traces",))) == paths[3:]
    assert list(WorkingTree(tmp_path).paths(("notes/ana",))) == paths[:1]
    assert sorted(FOLDERS) == list(FOLDERS)


def test_an_empty_folder_has_no_paths(tmp_path: Path) -> None:
    """A fresh workspace has no folders at all; a file in place of one is none."""
    (tmp_path / "notes").write_text("a file")
    (tmp_path / "traces" / "r").mkdir(parents=True)

    assert list(WorkingTree(tmp_path).paths()) == []


def test_hidden_files_are_left_out(tmp_path: Path) -> None:
    """Temporary files, editors' swap files, `.DS_Store`."""
    fill(
        tmp_path, "traces/.r/q.md", "traces/r/.q.md.12ab.tmp", "traces/r/.q.md.swp", "notes/.git/x"
    )

    assert list(WorkingTree(tmp_path).paths()) == []


def test_links_are_not_followed(tmp_path: Path) -> None:
    """Neither to files nor to folders, nor where a whole folder of ours is one."""
    outside = tmp_path / "outside"
    fill(outside, "q.md", "taxonomy/secret.md")
    root = tmp_path / "root"
    fill(root, "traces/r/real.md")
    (root / "traces" / "r" / "linked.md").symlink_to(outside / "q.md")
    (root / "traces" / "s").symlink_to(outside)
    (root / "traces" / "loop").symlink_to(root / "traces")
    (root / "taxonomy").symlink_to(outside / "taxonomy")

    assert list(WorkingTree(root).paths()) == ["traces/r/real.md"]
    assert is_linked(root, "taxonomy/secret.md")
    assert is_linked(root, "traces/r/linked.md")
    assert not is_linked(root, "traces/r/real.md")
    assert not is_linked(root, "traces/r/missing.md")


def test_other_things_than_files_are_left_out(tmp_path: Path) -> None:
    """Reading a pipe would wait for ever."""
    (tmp_path / "notes").mkdir()
    os.mkfifo(tmp_path / "notes" / "pipe.md")

    assert list(WorkingTree(tmp_path).paths()) == []


def test_folders_may_be_nested_deeper_than_python_recurses(tmp_path: Path) -> None:
    """A hostile archive ends no command."""
    place = tmp_path / "traces"
    place.mkdir()
    here = os.open(place, os.O_RDONLY)
    try:
        for _ in range(1_500):  # step by step: the whole path is longer than systems allow
            os.mkdir("d", dir_fd=here)
            inner = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = inner
    finally:
        os.close(here)

    try:
        assert list(WorkingTree(tmp_path).paths()) == []
    finally:  # pytest would recurse when it cleans up
        subprocess.run(["rm", "-rf", str(place)], check=True)


def test_names_that_are_not_utf8_are_listed(tmp_path: Path) -> None:
    """They can be named in a problem; nothing crashes."""
    fill(tmp_path, "traces/r/q.md")
    (tmp_path / "traces" / "r" / os.fsdecode(b"\xff.md")).write_text("x")

    assert list(WorkingTree(tmp_path).paths()) == ["traces/r/q.md", "traces/r/\udcff.md"]


def test_content_is_read_as_bytes(tmp_path: Path) -> None:
    """Line ends and broken encodings are the reader's matter."""
    fill(tmp_path, "notes/a.md")
    (tmp_path / "notes/a.md").write_bytes(b"a\r\n\xff")

    assert WorkingTree(tmp_path).read("notes/a.md") == b"a\r\n\xff"
    with pytest.raises(FileNotFoundError):
        WorkingTree(tmp_path).read("notes/b.md")


def test_documents_are_what_the_paths_stand_for(tmp_path: Path) -> None:
    """Two levels down, Markdown, not hidden, no README, no link: the traces and notes there are."""
    fill(
        tmp_path,
        *("traces/r/q.md", "traces/r/q.2.md", "traces/r-2/q.md", "traces/r/round.yaml"),
        *("traces/README.md", "traces/r/README.md", "traces/r/.q.md", "traces/.r/q.md"),
        *("traces/r/q/4-1.md", "traces/r/q.txt", "traces/dataset/x.md", "traces/x.md"),
        *("notes/ana/r/q.md", "notes/ana/dataset/q.md", "notes/ana/q.md", "notes/ben/r/q.md"),
    )
    (tmp_path / "traces/r/link.md").symlink_to(tmp_path / "traces/r/q.md")
    tree = WorkingTree(tmp_path)
    places = [place_of(path) for path in tree.paths()]

    traces = {place.reference for place in places if place.kind == "trace"}
    notes = {place.reference for place in places if place.annotator == "ana"}
    assert set(tree.documents("traces")) == traces | {"dataset/x"}
    assert set(tree.documents("notes/ana")) == notes
    assert list(tree.documents("notes/zoe")) == []
    assert sorted(tree.folders("traces")) == ["dataset", "r", "r-2"]
