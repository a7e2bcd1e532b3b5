"""`note` with the editors people have."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from cli import run_cli
from reading import (
    CASEFILES,
    ONE,
    TYPE,
    note_text,
    notes_of,
    opened,
    script,
    three,
)
from require import require
from workspaces import trace_text


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, "no editor is set and this is no terminal"),
        ({"EDITOR": "no-such-editor -w"}, "the editor 'no-such-editor' ($EDITOR) was not found"),
        ({"EDITOR": "vi 'x"}, '$EDITOR is "vi \'x", which is no command'),
        ({"VISUAL": "no-such-visual", "EDITOR": "true"}, "'no-such-visual' ($VISUAL)"),
    ],
)
def test_an_editor_that_cannot_be_run_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str
) -> None:
    """Exit 2, and which setting is to blame."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    result = run_cli("note", "--as", "ana", cwd=three(tmp_path))
    assert result.code == 2
    assert said in result.err


def test_git_s_editor_is_used_where_none_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """core.editor is what people have set up for commits."""
    root = three(tmp_path / "w")
    config = tmp_path / "gitconfig"
    editor = script(tmp_path, TYPE.format("p"))
    config.write_text(f'[core]\n\teditor = "{editor}"\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    result = run_cli("note", "--as", "ana", cwd=root)
    assert (result.code, len(notes_of(root))) == (0, 3), result.err


def run_editor(
    root: Path, editor: str, stdin: str, *words: str
) -> subprocess.CompletedProcess[str]:
    """Run `note` as a process with a real editor that reads its commands from standard input."""
    environment = {**os.environ, "EDITOR": editor}
    return subprocess.run(
        [CASEFILES, "note", "--as", "ana", "--order", "path", *words],
        cwd=root,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def test_ed_writes_a_note(tmp_path: Path) -> None:
    """The oldest editor: the verdict on the empty line, a remark under a turn."""
    require("ed")
    root = three(tmp_path)
    commands = "/^$/c\nf 2\n\nToo curt.\n.\n/on its way/a\nNo date.\n.\nw\nq\n"
    done = run_editor(root, "ed -s", commands)
    assert done.returncode == 0, done.stderr
    assert note_text(root).endswith("---\nToo curt.\n\n## at 2\nNo date.\n")
    assert "first_failure: 2\n" in note_text(root)
    assert notes_of(root) == [
        "notes/ana/round-1/q001.md"
    ]  # at its end ed left the second as it was


def test_vim_writes_a_note(tmp_path: Path) -> None:
    """Vim without a screen, driven by its own commands."""
    require("vim")
    root = three(tmp_path)
    commands = "/^$/s/^/f 2/\n$a\nAll in all curt.\n.\nx\n"
    done = run_editor(root, "vim -u NONE -i NONE -n -N -es", commands, "q001")
    assert done.returncode == 0, done.stderr
    assert note_text(root).endswith("---\nAll in all curt.\n")


def test_a_trace_cannot_set_options_of_vim(tmp_path: Path) -> None:
    """A modeline in the last words of a trace is a command to vim; the buffer ends with help."""
    vim = require("vim")
    modeline = "# vim: set textwidth=33 :"
    root = three(tmp_path, **{ONE: trace_text(modeline, modeline, title=modeline)})

    def width(file: Path) -> str:
        shown = tmp_path / "shown"
        ask = ["-c", f"call writefile([&textwidth], '{shown}')", "-c", "qa!"]
        options = [
            "-u",
            "NONE",
            "-i",
            "NONE",
            "-n",
            "-N",
            "-es",
            "--cmd",
            "set modeline modelines=5",
        ]
        subprocess.run([vim, *options, *ask, str(file)], check=True)
        return shown.read_text().strip()

    widths: list[str] = []
    opened(root, lambda path: widths.append(width(path)))
    assert widths == ["0"]
    bare = tmp_path / "bare"
    bare.write_text(f"| {modeline}\n")
    assert width(bare) == "33"  # what would happen without the help around it
