"""A shown change is one that git can apply."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from casefiles.text.diff import unified, words
from hostile import utf8_texts

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository, so that git takes paths as they are."""
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


@needs_git
@given(before=utf8_texts, after=utf8_texts)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_git_applies_it(folder: Path, before: str, after: str) -> None:
    """Line ends, a missing last line feed and odd separators are kept."""
    before, after = before.replace("\x00", ""), after.replace("\x00", "")  # binary to git
    file = folder / "a.md"
    file.write_bytes(before.encode())
    text = unified(before, after, "a.md")
    assert bool(text) == (before != after)
    if not text:
        return

    applied = subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"],
        cwd=folder,
        input=text.encode(),
        capture_output=True,
        check=False,
    )

    assert applied.returncode == 0, applied.stderr
    assert file.read_bytes() == after.encode()


def test_a_new_file_and_a_removed_one_come_from_and_go_to_nothing() -> None:
    """As in git's own diffs."""
    assert unified(None, "a\n", "x/y.md") == "--- /dev/null\n+++ b/x/y.md\n@@ -0,0 +1 @@\n+a\n"
    assert unified("a\n", None, "x/y.md") == "--- a/x/y.md\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"


def test_an_empty_file_that_comes_or_goes_is_shown_too() -> None:
    """A plan with it is no empty plan."""
    assert unified(None, "", "x.md") == "--- /dev/null\n+++ b/x.md\n"
    assert unified("", None, "x.md") == "--- a/x.md\n+++ /dev/null\n"
    assert unified("a", "a", "x.md") == ""


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("a b c", "a x c", "a [-b-]{+x+} c"),
        ("a b", "a b", "a b"),
        ("", "a b", "{+a b+}"),
        (
            "Yes if so.\nNo if not.",
            "Yes if so.\nNo otherwise.",
            "Yes if so.\nNo [-if not.-]{+otherwise.+}",
        ),
        ("one  line", "one line", "one line"),
        ("a\nb", "a\nx\nb", "a\n{+x\n+} b"),
    ],
)
def test_words_show_what_changed_and_keep_lines(before: str, after: str, shown: str) -> None:
    """Removed words in brackets, new ones in braces; white space but for line ends is none."""
    assert words(before, after) == shown


def test_very_long_texts_are_shown_as_a_whole() -> None:
    """Word by word they would take seconds, and nobody would read it."""
    before, after = "x " * 30_000, "y " * 30_000

    shown = words(before, after)

    assert shown.startswith("[-x x")
    assert shown.endswith("y y+}")
