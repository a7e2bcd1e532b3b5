from __future__ import annotations

from pathlib import Path

from casefiles.workspace.history import (
    LARGEST,
    CommitTree,
    changed_since,
    common_ancestor,
    main_branch,
    read_blobs,
    read_history,
    resolve,
)
from repositories import repository

FOLDERS = ("notes", "taxonomy")


def test_commits_come_oldest_first_with_what_they_changed(tmp_path: Path) -> None:
    """Each commit names its author, date, subject, and the files it wrote or removed."""
    git = repository(tmp_path)
    first = git.commit({"notes/ana/r/t1.md": "one\n"}, "first note")
    git.commit({"README.md": "elsewhere\n"}, "nothing of ours")
    second = git.commit({"notes/ana/r/t1.md": None, "taxonomy/m.md": "mode\n"}, "é: a mode")
    history = read_history(tmp_path, FOLDERS)
    assert history is not None
    assert [commit.id for commit in history.commits] == [first, second]
    assert [commit.subject for commit in history.commits] == ["first note", "é: a mode"]
    assert history.commits[0].author == "Tester"
    assert history.commits[0].when.startswith("2026-01-01T00:01")
    changes = {change.path: change.blob for change in history.commits[1].changes}
    assert changes["notes/ana/r/t1.md"] is None
    assert dict(read_blobs(tmp_path, [changes["taxonomy/m.md"] or ""])) == {
        changes["taxonomy/m.md"]: b"mode\n"
    }
    assert not history.is_shallow


def test_a_merge_is_one_step_with_all_it_brought(tmp_path: Path) -> None:
    """A merge of three branches shows their files at once, and their own commits are no steps."""
    git = repository(tmp_path)
    git.commit({"notes/ana/r/t0.md": "zero\n"})
    for name in ("one", "two", "three"):
        git.git("checkout", "-q", "-b", name, "main")
        git.commit({f"notes/{name}/r/t1.md": f"{name}\n"}, f"branch {name}")
    git.git("checkout", "-q", "main")
    git.git("merge", "-q", "--no-ff", "-m", "octopus", "one", "two", "three")
    history = read_history(tmp_path, FOLDERS)
    assert history is not None
    assert [commit.subject for commit in history.commits] == ["change", "octopus"]
    assert {change.path for change in history.commits[1].changes} == {
        "notes/one/r/t1.md",
        "notes/two/r/t1.md",
        "notes/three/r/t1.md",
    }


def test_a_workspace_below_the_top_has_paths_of_its_own(tmp_path: Path) -> None:
    """Paths are relative to the workspace, and files beside it are not seen."""
    git = repository(tmp_path)
    inner = tmp_path / "analysis of ours"
    base = git.commit({"analysis of ours/notes/ana/r/ü.md": "in\n", "notes/b/r/t.md": "out\n"})
    history = read_history(inner, FOLDERS)
    assert history is not None
    assert [change.path for change in history.commits[0].changes] == ["notes/ana/r/ü.md"]
    assert list(CommitTree(inner, base).paths()) == ["notes/ana/r/ü.md"]
    git.write({"analysis of ours/notes/ana/r/ü.md": "new\n"})
    assert changed_since(inner, base, None) == {"notes/ana/r/ü.md": b"in\n"}


def test_links_and_submodules_are_no_files(tmp_path: Path) -> None:
    """A link, or a submodule where a file was, reads as a file that is gone."""
    git = repository(tmp_path)
    git.commit({"notes/ana/r/t1.md": "one\n", "notes/ana/r/t2.md": "two\n"})
    for name in ("t1.md", "t2.md"):
        (tmp_path / "notes/ana/r" / name).unlink()
    (tmp_path / "notes/ana/r/t1.md").symlink_to("/etc/passwd")
    sub = repository(tmp_path / "notes/ana/r/t2.md")
    sub.commit({"inside.md": "x\n"})
    head = git.commit({}, "in the way")
    history = read_history(tmp_path, FOLDERS)
    assert history is not None
    assert {c.path: c.blob for c in history.commits[-1].changes} == {
        "notes/ana/r/t1.md": None,
        "notes/ana/r/t2.md": None,
    }
    assert list(CommitTree(tmp_path, head).paths()) == []


def test_a_shallow_clone_says_so(tmp_path: Path) -> None:
    """What a shallow clone holds is read, and that the beginning is missing is told."""
    git = repository(tmp_path / "origin")
    for number in range(3):
        git.commit({f"notes/ana/r/t{number}.md": "x\n"})
    git.git("clone", "-q", "--depth", "1", f"file://{tmp_path}/origin", str(tmp_path / "clone"))
    history = read_history(tmp_path / "clone", FOLDERS)
    assert history is not None
    assert history.is_shallow
    assert len(history.commits) == 1
    assert len(history.commits[0].changes) == 3


def test_without_a_repository_or_a_commit_there_is_no_history(tmp_path: Path) -> None:
    """A plain folder and a repository without commits have none."""
    assert read_history(tmp_path, FOLDERS) is None
    repository(tmp_path)
    assert read_history(tmp_path, FOLDERS) is None
    assert resolve(tmp_path, "HEAD") is None
    assert main_branch(tmp_path) is None


def test_a_huge_version_is_skipped_and_the_next_is_read(tmp_path: Path) -> None:
    """A blob of a million lines is given as None; the ones around it come whole."""
    git = repository(tmp_path)
    huge = b"line\n" * (LARGEST // 5 + 1)
    git.commit({"notes/a/r/t1.md": "one\n", "notes/a/r/t2.md": huge, "notes/a/r/t3.md": "three\n"})
    history = read_history(tmp_path, FOLDERS)
    assert history is not None
    ids = {change.path: change.blob or "" for change in history.commits[0].changes}
    found = dict(read_blobs(tmp_path, [*ids.values(), "0" * 40]))
    assert found[ids["notes/a/r/t1.md"]] == b"one\n"
    assert found[ids["notes/a/r/t2.md"]] is None
    assert found[ids["notes/a/r/t3.md"]] == b"three\n"
    assert found["0" * 40] is None


def test_the_working_tree_differs_by_edits_removals_and_untracked_files(tmp_path: Path) -> None:
    """Every path that differs is given with the base's content, ignored files are not."""
    git = repository(tmp_path)
    base = git.commit(
        {".gitignore": "*.tmp\n", "notes/a/r/t1.md": "one\n", "notes/a/r/t2.md": "two\n"}
    )
    git.write({"notes/a/r/t1.md": "new\n", "notes/a/r/t2.md": None})
    git.write({"notes/a/r/t3.md": "three\n", "notes/a/r/t4.tmp": "four\n"})
    assert changed_since(tmp_path, base, None) == {
        "notes/a/r/t1.md": b"one\n",
        "notes/a/r/t2.md": b"two\n",
        "notes/a/r/t3.md": None,
    }
    head = git.commit({})
    assert changed_since(tmp_path, base, head) == changed_since(tmp_path, base, None)


def test_a_revision_is_never_taken_for_an_option(tmp_path: Path) -> None:
    """What a person names is looked up as a commit and nothing else."""
    git = repository(tmp_path)
    first = git.commit({"notes/a/r/t1.md": "one\n"})
    assert resolve(tmp_path, "HEAD") == first
    assert resolve(tmp_path, "--all") is None
    assert resolve(tmp_path, "nonsense") is None
    assert main_branch(tmp_path) == "main"


def test_unrelated_histories_have_no_ancestor(tmp_path: Path) -> None:
    """An orphan branch parted nowhere."""
    git = repository(tmp_path)
    first = git.commit({"notes/a/r/t1.md": "one\n"})
    git.git("checkout", "-q", "--orphan", "other")
    other = git.commit({"notes/a/r/t2.md": "two\n"})
    assert common_ancestor(tmp_path, first, other) is None
    assert common_ancestor(tmp_path, first, first) == first
