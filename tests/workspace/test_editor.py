from __future__ import annotations

from pathlib import Path

import pytest

from casefiles.errors import BadInputError
from casefiles.workspace.editor import split, waiting


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("code", ["code", "--wait"]),
        ("code --wait", ["code", "--wait"]),
        ("code -n -w", ["code", "-n", "-w"]),
        ("/usr/bin/codium", ["/usr/bin/codium", "--wait"]),
        ("subl", ["subl", "--wait"]),
        ("gvim -f", ["gvim", "-f"]),
        ("kate", ["kate", "--block"]),
        ("vim -u NONE", ["vim", "-u", "NONE"]),
        ("emacsclient", ["emacsclient"]),
        ("nano", ["nano"]),
    ],
)
def test_editors_with_a_window_are_told_to_wait(said: str, words: list[str]) -> None:
    """Or every trace would be closed before it is read; an option given already stays."""
    assert waiting(split(said, "$EDITOR", windows=False)) == words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (r"C:\Windows\notepad.exe", [r"C:\Windows\notepad.exe"]),
        (
            r'"C:\Program Files\VS Code\bin\code.cmd" --wait',
            [r"C:\Program Files\VS Code\bin\code.cmd", "--wait"],
        ),
        (r"C:\bin\Code.CMD", [r"C:\bin\Code.CMD", "--wait"]),
        ("'notepad++.exe' -nosession", ["notepad++.exe", "-nosession", "-multiInst"]),
    ],
)
def test_on_windows_a_backslash_is_a_backslash(said: str, words: list[str]) -> None:
    """Paths with blanks stand in quotes of either kind."""
    assert waiting(split(said, "$EDITOR", windows=True)) == words


def test_on_windows_a_path_with_blanks_needs_no_quotes(tmp_path: Path) -> None:
    """If it is a file that is there."""
    program = tmp_path / "my editor.exe"
    program.write_text("")
    assert split(str(program), "$VISUAL", windows=True) == [str(program)]


@pytest.mark.parametrize("windows", [True, False])
def test_quotes_that_do_not_match_are_an_error(windows: bool) -> None:  # noqa: FBT001
    """Which setting, and what it says."""
    with pytest.raises(BadInputError, match=r"\$EDITOR is"):
        split("vim 'x", "$EDITOR", windows=windows)
