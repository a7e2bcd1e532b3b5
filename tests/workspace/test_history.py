from __future__ import annotations

from pathlib import Path

import pytest

from casefiles.workspace import history
from casefiles.workspace.git import GitError
from casefiles.workspace.history import (
    LARGEST,
    History,
    changed_since,
    common_ancestor,
    main_branch,
    open_repository,
    read_blobs,
    resolve,
    written_by,
)
from repositories import repository

FOLDERS = ("notes", "taxonomy")


def read_history(root: Path) -> History:
    """Read the history of notes and taxonomy."""
    return history.read_history(root, open_repository(root), FOLDERS)


def test_commits_come_oldest_first_with_what_they_changed(tmp_path: Path) -> None:
    """Each commit names its author, date, subject, and the files it wrote or removed."""
    git = repository(tmp_path)
    first = git.commit({"notes/ana/r/t1.md": "one\n"}, "first note")
    git.commit({"README.md": "elsewhere\n"}, "nothing of ours")
    second = git.commit({"notes/ana/r/t1.md": None, "taxonomy/m.md": "mode\n"}, "é: a mode")
    found = read_history(tmp_path)
    assert [commit.id for commit in found.commits] == [first, second]
    assert [commit.subject for commit in found.commits] == ["first note", "é: a mode"]
    assert found.commits[0].author == "Tester"
    assert found.commits[0].when.startswith("2026-01-01T00:01")
    changes = {change.path: change.blob for change in found.commits[1].changes}
    assert changes["notes/ana/r/t1.md"] is None
    assert dict(read_blobs(tmp_path, [changes["taxonomy/m.md"] or ""])) == {
        changes["taxonomy/m.md"]: b"mode\n"
    }
    assert not found.is_shallow


def test_a_merge_is_one_step_with_all_it_brought(tmp_path: Path) -> None:
    """A merge of three branches shows their files at once, and their own commits are no steps."""
    git = repository(tmp_path)
    git.commit({"notes/ana/r/t0.md": "zero\n"})
    for name in ("one", "two", "three"):
        git.git("checkout", "-q", "-b", name, "main")
        git.commit({f"notes/{name}/r/t1.md": f"{name}\n"}, f"branch {name}")
    git.git("checkout", "-q", "main")
    git.git("merge", "-q", "--no-ff", "-m", "octopus", "one", "two", "three")
    found = read_history(tmp_path)
    assert [commit.subject for commit in found.commits] == ["change", "octopus"]
    assert {change.path for change in found.commits[1].changes} == {
        "notes/one/r/t1.md",
        "notes/two/r/t1.md",
        "notes/three/r/t1.md",
    }


def test_a_workspace_below_the_top_has_paths_of_its_own(tmp_path: Path) -> None:
    """Paths are relative to the workspace, and files beside it are not seen."""
    git = repository(tmp_path)
    inner = tmp_path / "analysis of ours"
    base = git.commit({"analysis of ours/notes/ana/r/ü.md": "in\n", "notes/b/r/t.md": "out\n"})
    found = read_history(inner)
    assert [change.path for change in found.commits[0].changes] == ["notes/ana/r/ü.md"]
    git.write({"analysis of ours/notes/ana/r/ü.md": "new\n"})
    assert changed_since(inner, base, None, FOLDERS) == {"notes/ana/r/ü.md": b"in\n"}


def test_links_and_submodules_are_no_files(tmp_path: Path) -> None:
    """A link, or a submodule where a file was, reads as a file that is gone."""
    git = repository(tmp_path)
    git.commit({"notes/ana/r/t1.md": "one\n", "notes/ana/r/t2.md": "two\n"})
    for name in ("t1.md", "t2.md"):
        (tmp_path / "notes/ana/r" / name).unlink()
    (tmp_path / "notes/ana/r/t1.md").symlink_to("/etc/passwd")
    sub = repository(tmp_path / "notes/ana/r/t2.md")
    sub.commit({"inside.md": "x\n"})
    git.commit({}, "in the way")
    found = read_history(tmp_path)
    assert {c.path: c.blob for c in found.commits[-1].changes} == {
        "notes/ana/r/t1.md": None,
        "notes/ana/r/t2.md": None,
    }


def test_a_shallow_clone_says_so(tmp_path: Path) -> None:
    """What a shallow clone holds is read, and that the beginning is missing is told."""
    git = repository(tmp_path / "origin")
    for number in range(3):
        git.commit({f"notes/ana/r/t{number}.md": "x\n"})
    git.git("clone", "-q", "--depth", "1", f"file://{tmp_path}/origin", str(tmp_path / "clone"))
    found = read_history(tmp_path / "clone")
    assert found.is_shallow
    assert len(found.commits) == 1
    assert len(found.commits[0].changes) == 3


def test_without_a_repository_or_a_commit_there_is_no_history(tmp_path: Path) -> None:
    """A plain folder and a repository without commits have none, and it is said which."""
    with pytest.raises(GitError, match="no git repository"):
        read_history(tmp_path)
    repository(tmp_path)
    with pytest.raises(GitError, match="nothing is committed yet"):
        read_history(tmp_path)
    assert resolve(tmp_path, "HEAD") is None
    assert main_branch(tmp_path) is None


def test_a_huge_version_is_skipped_and_the_next_is_read(tmp_path: Path) -> None:
    """A blob of a million lines is given as None; the ones around it come whole."""
    git = repository(tmp_path)
    huge = b"line\n" * (LARGEST // 5 + 1)
    git.commit({"notes/a/r/t1.md": "one\n", "notes/a/r/t2.md": huge, "notes/a/r/t3.md": "three\n"})
    found = read_history(tmp_path)
    ids = {change.path: change.blob or "" for change in found.commits[0].changes}
    contents = dict(read_blobs(tmp_path, [*ids.values(), "0" * 40]))
    assert contents[ids["notes/a/r/t1.md"]] == b"one\n"
    assert contents[ids["notes/a/r/t2.md"]] is None
    assert contents[ids["notes/a/r/t3.md"]] == b"three\n"
    assert contents["0" * 40] is None


def test_the_working_tree_differs_by_edits_removals_and_untracked_files(tmp_path: Path) -> None:
    """Every path that differs is given with the base's content, ignored files are not."""
    git = repository(tmp_path)
    base = git.commit(
        {".gitignore": "*.tmp\n", "notes/a/r/t1.md": "one\n", "notes/a/r/t2.md": "two\n"}
    )
    git.write({"notes/a/r/t1.md": "new\n", "notes/a/r/t2.md": None})
    git.write({"notes/a/r/t3.md": "three\n", "notes/a/r/t4.tmp": "four\n"})
    assert changed_since(tmp_path, base, None, FOLDERS) == {
        "notes/a/r/t1.md": b"one\n",
        "notes/a/r/t2.md": b"two\n",
        "notes/a/r/t3.md": None,
    }
    head = git.commit({})
    assert changed_since(tmp_path, base, head, FOLDERS) == changed_since(
        tmp_path, base, None, FOLDERS
    )


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


def test_who_wrote_what_a_merge_brought_is_known(tmp_path: Path) -> None:
    """The author of a merged change is the one who made it on the branch, not who merged."""
    git = repository(tmp_path)
    git.commit({"taxonomy/m.md": "old\n"})
    git.git("checkout", "-q", "-b", "branch")
    git.git("config", "user.name", "x")
    git.commit({"taxonomy/m.md": "new\n"}, "redefine")
    made = git.git("rev-parse", "HEAD")
    git.git("checkout", "-q", "main")
    git.git("merge", "-q", "--no-ff", "-m", "merge", "branch")
    change = read_history(tmp_path).commits[-1].changes[0]
    assert written_by(tmp_path, FOLDERS)[change.path, change.blob].id == made


@pytest.mark.parametrize("inner", ["", "deep/er"])
def test_a_moved_workspace_is_followed(tmp_path: Path, inner: str) -> None:
    """Moved as a whole, even twice, its history goes on; what was left behind is removed by it."""
    git = repository(tmp_path)
    note = "said {}\n"
    old = f"{inner}/" if inner else ""
    git.commit({"README.md": "before\n"})
    git.commit({f"{old}notes/ana/r/t{n}.md": note.format(n) for n in range(3)}, "one")
    git.commit({f"{old}taxonomy/m.md": "mode\n"}, "two")
    (tmp_path / "evals").mkdir()
    for folder in ("notes", "taxonomy"):
        git.git("mv", f"{old}{folder}", f"evals/{folder}")
    git.git("rm", "-q", "--cached", "evals/notes/ana/r/t2.md")
    (tmp_path / "evals/notes/ana/r/t2.md").unlink()
    git.commit({}, "move")
    git.commit({"evals/notes/ana/r/t3.md": "late\n"}, "three")
    (tmp_path / "my evals").mkdir()
    git.git("mv", "evals/notes", "evals/taxonomy", "my evals")
    git.commit({}, "move again")
    found = read_history(tmp_path / "my evals")
    assert [c.subject for c in found.commits] == ["one", "two", "move", "three", "move again"]
    assert found.moved_from == ("evals", inner or ".")
    assert {c.path for c in found.commits[0].changes} == {f"notes/ana/r/t{n}.md" for n in range(3)}
    gone = [c.path for c in found.commits[2].changes if c.blob is None]
    assert gone == ["notes/ana/r/t2.md"]


def test_a_copy_into_a_new_folder_is_no_move(tmp_path: Path) -> None:
    """A workspace of its own, in a repository that has another like it, begins there."""
    git = repository(tmp_path)
    git.commit({"a/notes/ana/r/t1.md": "one\n", "a/notes/ana/r/t2.md": "two\n"})
    git.commit({"b/notes/ana/r/t1.md": "one\n", "b/notes/ana/r/t2.md": "two\n"}, "copied")
    found = read_history(tmp_path / "b")
    assert [commit.subject for commit in found.commits] == ["copied"]
    assert found.moved_from == ()


def test_settings_of_the_user_change_nothing(tmp_path: Path) -> None:
    """The first commit, merges, renames and paths read the same whatever git was told."""
    git = repository(tmp_path)
    git.commit({"in/notes/ana/r/t1.md": "one\n"}, "root")
    git.git("checkout", "-q", "-b", "branch")
    git.commit({"in/notes/ana/r/t2.md": "two\n"})
    git.git("checkout", "-q", "main")
    git.git("merge", "-q", "--no-ff", "-m", "merge", "branch")
    plain = read_history(tmp_path / "in")
    settings = {
        "log.showRoot": "false",
        "log.diffMerges": "off",
        "log.showSignature": "true",
        "diff.relative": "true",
        "diff.renames": "copies",
        "diff.noprefix": "true",
        "color.ui": "always",
        "core.quotePath": "true",
        "i18n.logOutputEncoding": "latin1",
        "log.follow": "true",
    }
    for key, value in settings.items():
        git.git("config", key, value)
    assert read_history(tmp_path / "in") == plain
    assert [len(commit.changes) for commit in plain.commits] == [1, 1]


def test_an_unsafe_repository_is_no_missing_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What git refuses is told in git's words, not as an absence of history."""
    git = repository(tmp_path)
    git.commit({"notes/ana/r/t1.md": "one\n"})
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")  # git's own, for its own tests
    with pytest.raises(GitError, match="git says: detected dubious ownership"):
        read_history(tmp_path)
