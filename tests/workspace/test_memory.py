"""Nothing remembered outlives what it was computed from."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from casefiles.workspace.find import Workspace, find
from casefiles.workspace.memory import remembering
from repositories import repository
from workspaces import workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    number: int
    parts: tuple[str, ...] = ()


class Counting:
    """Computes, and counts how often."""

    def __init__(self, made: Workspace) -> None:
        """Begin at none."""
        self.made = made
        self.times = 0

    def ask(self, asked: object = "x") -> Found:
        """Ask for the result, remembered or not."""
        return remembering(self.made, "test", asked, Found, self.compute)

    def compute(self) -> Found:
        """Compute anew."""
        self.times += 1
        return Found(number=self.times, parts=("a", "ü\n"))


@pytest.fixture
def counting(tmp_path: Path) -> Counting:
    """Make a workspace whose files are old."""
    workspace(tmp_path, {"notes/ana/r/t1.md": "said\n", "taxonomy/a.md": "x\n"})
    age(tmp_path)
    return Counting(find(tmp_path))


def age(folder: Path) -> None:
    """Wait until no file below a folder is new any more."""
    newest = max(p.stat().st_ctime_ns for p in folder.rglob("*"))
    while time.time_ns() < newest + 80_000_000:
        time.sleep(0.01)


def test_the_same_files_are_computed_once(counting: Counting) -> None:
    """The second result equals the first, records and all."""
    first = counting.ask()

    assert counting.ask() == first == Found(number=1, parts=("a", "ü\n"))
    assert counting.times == 1


def test_git_does_not_see_what_is_kept(counting: Counting) -> None:
    """Even where the workspace does not ignore .casefiles/."""
    git = repository(counting.made.root)
    git.commit({})
    age(counting.made.root)
    counting.ask()

    assert (counting.made.root / ".casefiles/memory/test.json").exists()
    assert git.git("status", "--porcelain") == ""


@pytest.mark.parametrize("change", ["edit", "touch", "add", "remove", "link"])
def test_any_change_of_a_file_computes_anew(counting: Counting, change: str) -> None:
    """Even of one that keeps its size and its time."""
    counting.ask()
    note = counting.made.root / "notes/ana/r/t1.md"
    before = note.stat()
    if change == "edit":
        note.write_text("sAid\n")
        os.utime(note, ns=(before.st_atime_ns, before.st_mtime_ns))
    elif change == "touch":
        os.utime(note)
    elif change == "add":
        (note.parent / "t2.md").write_text("more\n")
    elif change == "remove":
        note.unlink()
    else:
        note.unlink()
        note.symlink_to("/etc/hosts")
    counting.ask()

    assert counting.times == 2


def test_another_question_or_setting_computes_anew(counting: Counting) -> None:
    """Only the last result of a name is kept."""
    counting.ask("x")
    counting.ask("y")
    counting.ask("x")
    (counting.made.root / "casefiles.toml").write_text('[review]\nannotators = ["eve"]\n')
    counting.made = find(counting.made.root)
    counting.ask("x")

    assert counting.times == 4


def test_files_just_written_are_not_trusted(counting: Counting) -> None:
    """A second change could hide behind the same time stamp."""
    note = counting.made.root / "notes/ana/r/t1.md"
    note.write_text("now\n")
    counting.ask()
    counting.ask()

    assert counting.times == 2
    age(counting.made.root)
    counting.ask()
    counting.ask()
    assert counting.times == 3


@pytest.mark.parametrize("content", [b"", b"nonsense", b"{}\n{}"])
def test_a_damaged_memory_is_as_none(counting: Counting, content: bytes) -> None:
    """It is replaced."""
    counting.ask()
    kept = counting.made.root / ".casefiles/memory/test.json"
    head = kept.read_bytes().partition(b"\n")[0]
    kept.write_bytes(head + b"\n" + content)

    assert counting.ask().number == 2
    assert counting.ask().number == 2


def test_where_nothing_can_be_kept_it_still_computes(counting: Counting, tmp_path: Path) -> None:
    """A file, or a link out of the workspace, in the folder's place is left alone."""
    place = tmp_path / ".casefiles"
    place.write_text("a file\n")
    assert counting.ask().number == 1
    place.unlink()
    outside = tmp_path.parent / "outside"
    outside.mkdir()
    place.symlink_to(outside)
    assert counting.ask().number == 2
    assert list(outside.iterdir()) == []
