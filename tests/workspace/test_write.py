"""A plan is carried out as a whole or not at all, and never over somebody else's edit."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from casefiles.documents.plan import Change, Plan
from casefiles.errors import BadInputError
from casefiles.workspace import write as writing
from casefiles.workspace.tree import WorkingTree
from casefiles.workspace.write import locked, write, write_bytes
from hostile import PIECES, is_encodable
from processes import eventually


def plan(*changes: tuple[str, str | None, str | None]) -> Plan:
    """Make a plan of (path, before, after)."""
    return Plan(changes=tuple(Change(path=p, before=b, after=a) for p, b, a in changes))


def files(root: Path) -> dict[str, bytes]:
    """Return every file below a folder, hidden ones too, but for the lock."""
    found = (path for path in root.rglob("*") if path.is_file())
    names = {path.relative_to(root).as_posix(): path.read_bytes() for path in found}
    names.pop(".casefiles/lock", None)
    return names


@contextmanager
def before_replacing(number: int, happens: Callable[[], None]) -> Iterator[None]:
    """Let something happen at one exact moment: right before the n-th file is replaced."""
    seen = 0

    def watch(_frame: FrameType, event: str, what: object) -> None:
        nonlocal seen
        if event == "c_call" and what is os.replace:
            seen += 1
            if seen == number:
                sys.setprofile(None)
                happens()

    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(None)
    assert seen >= number


class TestCarryingOut:
    @pytest.mark.parametrize("durable", [True, False])
    def test_files_come_change_and_go_together(self, tmp_path: Path, *, durable: bool) -> None:
        """Folders are made where they lack; line ends stay as they are."""
        (tmp_path / "old.md").write_bytes(b"a\r\n")
        (tmp_path / "gone.md").write_bytes(b"x")
        changes = plan(
            ("notes/ana/r/new.md", None, "é\n"),
            ("old.md", "a\r\n", "b\r\n"),
            ("gone.md", "x", None),
            ("same.md", "not looked at", "not looked at"),
        )

        write(changes, tmp_path, durable=durable)

        assert files(tmp_path) == {"notes/ana/r/new.md": "é\n".encode(), "old.md": b"b\r\n"}

    def test_permissions_are_kept(self, tmp_path: Path) -> None:
        """A private note stays private, a script stays one."""
        note = tmp_path / "note.md"
        for mode in (0o600, 0o755):
            note.write_text("a")
            note.chmod(mode)

            write(plan(("note.md", "a", "b")), tmp_path)

            assert stat.S_IMODE(note.stat().st_mode) == mode

    @pytest.mark.parametrize("piece", [piece for piece in PIECES if is_encodable(piece)])
    def test_any_text_is_written_as_it_is(self, tmp_path: Path, piece: str) -> None:
        """Nothing is translated on the way."""
        write(plan(("a.md", None, piece), ("b.md", None, f"{piece}\n{piece}")), tmp_path)

        assert (tmp_path / "a.md").read_bytes() == piece.encode()

    def test_half_a_character_is_refused(self, tmp_path: Path) -> None:
        """An argument that is not UTF-8 gives a lone surrogate; no file can hold it."""
        (tmp_path / "a.md").write_text("a")

        with pytest.raises(BadInputError, match="half a character"):
            write(plan(("a.md", "a", "b"), ("b.md", None, "x\udcff")), tmp_path)

        assert files(tmp_path) == {"a.md": b"a"}


class TestRefusing:
    @pytest.mark.parametrize(
        ("path", "before"),
        [("edited.md", "old"), ("made.md", None), ("removed.md", "old"), ("other.md", "old")],
    )
    def test_a_file_that_changed_meanwhile_is_not_overwritten(
        self, tmp_path: Path, path: str, before: str | None
    ) -> None:
        """Edited, made or removed by somebody since the plan was made: nothing is written."""
        for name, text in (("edited.md", "new"), ("made.md", "new"), ("other.md", "old ")):
            (tmp_path / name).write_text(text)
        was = files(tmp_path)

        for after in ("mine", None):
            if before is None and after is None:
                continue
            with pytest.raises(BadInputError, match="changed since it was read") as caught:
                write(plan(("first.md", None, "x"), (path, before, after)), tmp_path)
            assert caught.value.where == path
            assert files(tmp_path) == was

    @pytest.mark.parametrize(
        "path",
        [
            *("", "/etc/x", "../x.md", "notes/../../x.md", "notes//x.md", "./x.md", "notes/"),
            *("a\\..\\b", ".git/config", "notes/.git/hooks/pre-commit", "a\x00b"),
        ],
    )
    def test_a_path_that_leads_elsewhere_is_refused(self, tmp_path: Path, path: str) -> None:
        """Names come from files and from platforms."""
        root = tmp_path / "workspace"
        root.mkdir()

        with pytest.raises(BadInputError, match="no place in the workspace"):
            write(plan((path, None, "x")), root)

        assert files(tmp_path) == {}

    def test_links_are_not_followed(self, tmp_path: Path) -> None:
        """Neither a linked file nor a linked folder: what lies behind is not ours."""
        root, outside = tmp_path / "root", tmp_path / "outside"
        root.mkdir()
        outside.mkdir()
        (outside / "secret.md").write_text("s")
        (root / "notes").symlink_to(outside)
        (root / "linked.md").symlink_to(outside / "secret.md")
        (root / "dangling.md").symlink_to(outside / "new.md")

        for path, before in (
            ("notes/secret.md", "s"),
            ("notes/new.md", None),
            ("linked.md", "s"),
            ("dangling.md", None),
        ):
            with pytest.raises(BadInputError, match="no place"):
                write(plan((path, before, "x")), root)

        assert files(outside) == {"secret.md": b"s"}
        assert (root / "linked.md").is_symlink()

    def test_a_plan_changes_a_file_once(self, tmp_path: Path) -> None:
        """Two changes of one file could not be put back."""
        with pytest.raises(AssertionError):
            write(plan(("a.md", None, "x"), ("a.md", None, "y")), tmp_path)


class TestFailing:
    def test_a_failure_in_the_middle_puts_everything_back(self, tmp_path: Path) -> None:
        """A folder stands where the third file should go; the first two were replaced already."""
        (tmp_path / "a.md").write_text("a")
        (tmp_path / "a.md").chmod(0o640)
        (tmp_path / "gone.md").write_text("g")
        (tmp_path / "blocked.md" / "inside").mkdir(parents=True)
        was = files(tmp_path)

        with pytest.raises(BadInputError, match="nothing was changed") as caught:
            write(
                plan(
                    ("a.md", "a", "b"),
                    ("new.md", None, "n"),
                    ("gone.md", "g", None),
                    ("blocked.md", None, "x"),
                    ("z.md", None, "z"),
                ),
                tmp_path,
            )

        assert caught.value.where == "blocked.md"
        assert files(tmp_path) == was
        assert stat.S_IMODE((tmp_path / "a.md").stat().st_mode) == 0o640

    def test_a_file_where_a_folder_should_be_changes_nothing(self, tmp_path: Path) -> None:
        """It fails before the first file is replaced."""
        (tmp_path / "a.md").write_text("a")

        with pytest.raises(BadInputError, match="nothing was changed") as caught:
            write(plan(("b.md", None, "b"), ("a.md/x.md", None, "x")), tmp_path)

        assert caught.value.where == "a.md/x.md"
        assert files(tmp_path) == {"a.md": b"a"}

    def test_an_interrupt_in_the_middle_puts_everything_back(self, tmp_path: Path) -> None:
        """Ctrl-C right before the second file is replaced."""
        (tmp_path / "a.md").write_text("a")

        def interrupt() -> None:
            assert (tmp_path / "a.md").read_text() == "x"
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt), before_replacing(2, interrupt):
            write(plan(("a.md", "a", "x"), ("b.md", None, "x")), tmp_path)

        assert files(tmp_path) == {"a.md": b"a"}

    def test_what_cannot_be_put_back_is_named(self, tmp_path: Path) -> None:
        """Somebody interferes while a plan fails; a person must know which files to look at."""
        (tmp_path / "a.md").write_text("a")
        (tmp_path / "b.md").write_text("b")
        (tmp_path / "blocked.md").mkdir()

        def interfere() -> None:
            (tmp_path / "a.md").unlink()
            (tmp_path / "a.md" / "inside").mkdir(parents=True)

        changes = plan(("a.md", "a", "x"), ("b.md", "b", "x"), ("blocked.md", None, "x"))
        with (
            pytest.raises(BadInputError, match=r"could not be put back: a\.md"),
            before_replacing(3, interfere),
        ):
            write(changes, tmp_path)

        assert files(tmp_path) == {"b.md": b"b"}

    def test_one_file_that_cannot_be_replaced_leaves_nothing_behind(self, tmp_path: Path) -> None:
        """No temporary file either."""
        (tmp_path / "a.md" / "inside").mkdir(parents=True)

        with pytest.raises(OSError, match="directory"):
            write_bytes(tmp_path / "a.md", b"x")

        assert files(tmp_path) == {}


WRITER = """
import sys
from pathlib import Path
from casefiles.documents.plan import Change, Plan
from casefiles.workspace.write import write

root = Path(sys.argv[1])
text = (root / "notes/a.md").read_text()
print("ready", flush=True)
number = 0
while True:
    number += 1
    after = f"{number}\\n" * 20_000
    write(Plan(changes=(Change(path="notes/a.md", before=text, after=after),)), root, durable=False)
    text = after
"""


def test_a_killed_process_leaves_the_old_content_or_the_new(tmp_path: Path) -> None:
    """Never half a file; what it left over is seen by no listing and in nobody's way."""
    note = tmp_path / "notes" / "a.md"
    note.parent.mkdir()
    note.write_text("0\n" * 20_000)
    for delay in (0.0, 0.002, 0.005, 0.01, None):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        if delay is None:  # once it has written, however busy the machine is
            assert eventually(lambda: not note.read_text().startswith("0"), seconds=30)
        else:
            time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()

        lines = note.read_text().split("\n")
        assert len(lines) == 20_001
        assert len(set(lines[:-1])) == 1
        assert list(WorkingTree(tmp_path).paths()) == ["notes/a.md"]

    before = note.read_text()
    assert before[0] != "0"  # it did write
    write(plan(("notes/a.md", before, "mine")), tmp_path)
    assert note.read_text() == "mine"


def test_temporary_files_are_invisible_to_a_reader(tmp_path: Path) -> None:
    """A tree read in the middle of a write shows whole documents only."""
    target = tmp_path / "traces" / "r" / f"{'q' * 100}.md"
    temporary = writing._temporary(target, b"half", mode=None, durable=False)  # noqa: SLF001

    assert temporary.parent == target.parent
    assert list(WorkingTree(tmp_path).paths()) == []


class TestLocking:
    def test_two_writers_take_turns(self, tmp_path: Path) -> None:
        """The second waits; then it sees that the file changed."""
        (tmp_path / "a.md").write_text("a")
        ended: list[str] = []

        def second() -> None:
            with pytest.raises(BadInputError, match="changed since"):
                write(plan(("a.md", "a", "second")), tmp_path)
            ended.append("second")

        with locked(tmp_path):
            thread = threading.Thread(target=second)
            thread.start()
            time.sleep(0.15)
            assert ended == []
            (tmp_path / "a.md").write_text("first")
        thread.join()

        assert (tmp_path / "a.md").read_text() == "first"

    def test_who_holds_the_lock_may_write(self, tmp_path: Path) -> None:
        """A verb that reads and writes under one lock does not wait for itself."""
        with locked(tmp_path), locked(tmp_path):
            write(plan(("a.md", None, "a")), tmp_path)

        assert (tmp_path / "a.md").read_text() == "a"

    def test_processes_that_write_at_once_lose_nothing(self, tmp_path: Path) -> None:
        """Each reads, adds a line and writes, again when another was faster."""
        script = (
            "import sys\nfrom pathlib import Path\n"
            "from casefiles.documents.plan import Change, Plan\n"
            "from casefiles.errors import BadInputError\n"
            "from casefiles.workspace.write import write\n"
            "root, me = Path(sys.argv[1]), sys.argv[2]\n"
            "for number in range(15):\n"
            "    while True:\n"
            "        text = (root / 'a.md').read_text()\n"
            "        change = Change(path='a.md', before=text, after=f'{text}{me}{number}\\n')\n"
            "        try:\n"
            "            write(Plan(changes=(change,)), root, durable=False)\n"
            "            break\n"
            "        except BadInputError:\n"
            "            continue\n"
        )
        (tmp_path / "a.md").write_text("")
        processes = [
            subprocess.Popen([sys.executable, "-c", script, str(tmp_path), name]) for name in "xyz"
        ]
        assert [process.wait() for process in processes] == [0, 0, 0]

        lines = (tmp_path / "a.md").read_text().split()
        assert sorted(lines) == sorted(f"{me}{number}" for me in "xyz" for number in range(15))


@pytest.mark.skipif(os.name == "nt", reason="no such call there")
def test_a_root_that_cannot_hold_the_lock_is_an_error(tmp_path: Path) -> None:
    """With its path; nothing is written."""
    (tmp_path / ".casefiles").write_text("a file")

    with pytest.raises(OSError, match="casefiles"):
        write(plan(("a.md", None, "x")), tmp_path)

    assert files(tmp_path) == {".casefiles": b"a file"}
