"""`note`: the queue, the editor loop with real editors, drafts that survive, and the one line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from textwrap import dedent
from typing import Any

import pexpect
import pytest

from casefiles.errors import BadInputError
from casefiles.loop import note
from casefiles.loop.own_note import Saved
from casefiles.workspace.find import find
from cli import run_cli
from require import require
from workspaces import CONFIG, trace_text, workspace

CASEFILES = str(Path(sys.executable).with_name("casefiles"))
ONE = "traces/round-1/q001.md"


def three(folder: Path, **files: str) -> Path:
    """Write a workspace of three traces."""
    traces = {f"traces/round-1/q00{n}.md": trace_text(f"question {n}") for n in (1, 2, 3)}
    return workspace(folder, {**traces, **files})


def note_text(root: Path, name: str = "q001") -> str:
    """Return ana's note."""
    return (root / f"notes/ana/round-1/{name}.md").read_text("utf-8")


def notes_of(root: Path) -> list[str]:
    """Name the notes there are."""
    return sorted(path.relative_to(root).as_posix() for path in root.glob("notes/*/*/*.md"))


def drafts_of(root: Path) -> list[str]:
    """Name the drafts there are."""
    return sorted(path.name for path in root.glob(".casefiles/drafts/ana/*/*.md"))


def typed(text: str) -> Callable[[Path], None]:
    """Make an editor in which a person types below the help, then saves and closes."""

    def edit(path: Path) -> None:
        before = path.read_text("utf-8")
        path.write_text(before.replace("your note.\n", f"your note.\n{text}\n", 1), "utf-8")

    return edit


def sitting(root: Path, edit: Callable[[Path], None], **settings: Any) -> note.Sitting:
    """Sit down as ana, at a fixed time."""
    now = datetime(2026, 11, 24, 3, 20, tzinfo=timezone(timedelta(hours=2)))
    given = {"now": lambda: now, "clock": lambda: 0.0, **settings}
    return note.Sitting(workspace=find(root), me="ana", edit=edit, **given)


def opened(root: Path, edit: Callable[[Path], None], **settings: Any) -> Saved | None:
    """Open the note on q001, picked by hand."""
    return note.open_note(sitting(root, edit, **settings), note.Next(reference="round-1/q001"))


def script(folder: Path, body: str) -> str:
    """Write an editor as a Python program: `text` is the buffer, what it leaves is saved."""
    path = folder / "editor.py"
    head = "import sys, pathlib\npath = pathlib.Path(sys.argv[1])\ntext = path.read_text('utf-8')\n"
    path.write_text(f"{head}{dedent(body)}\npath.write_text(text, 'utf-8')\n", "utf-8")
    return f"'{sys.executable}' '{path}'"


TYPE = "text = text.replace('your note.\\n', 'your note.\\n{}\\n', 1)"


# ---------------------------------------------------------------- the queue


def test_the_queue_gives_each_trace_once_then_ends(tmp_path: Path) -> None:
    """Random order is the same every day; all notes bear that they were drawn."""
    root = three(tmp_path)
    saved = list(note.sit(sitting(root, typed("p"))))
    assert sorted(s.reference for s in saved) == [f"round-1/q00{n}" for n in (1, 2, 3)]
    assert all("drawn: random\n" in note_text(root, f"q00{n}") for n in (1, 2, 3))
    assert note.next_trace(find(root), "ana") is None
    other = note.next_trace(find(root), "ben")
    assert other is not None
    assert other.reference == saved[0].reference


def test_path_order_is_no_random_draw(tmp_path: Path) -> None:
    """Who goes by the path gets the traces by the path, and says nothing of a draw."""
    root = three(tmp_path)
    saved = list(note.sit(sitting(root, typed("p"), order="path"), batch=2))
    assert [s.reference for s in saved] == ["round-1/q001", "round-1/q002"]
    assert "drawn" not in note_text(root)


def test_the_queue_looks_at_names_only(tmp_path: Path) -> None:
    """Broken traces, notes and rounds of others do not matter while another trace is next."""
    root = three(
        tmp_path,
        **{
            "traces/round-1/q002.md": "no trace at all",
            "traces/round-1/round.yaml": "{{{",
            "notes/ben/round-1/q001.md": "---\nverdict: maybe\n---\n",
            "notes/ana/round-1/q003.md": "---\nverdict: maybe\n---\n",
        },
    )
    (saved,) = note.sit(sitting(root, typed("p"), order="path"), batch=1)
    assert saved.reference == "round-1/q001"


def test_put_off_traces_come_last_and_once_a_sitting(tmp_path: Path) -> None:
    """`d` brings a trace back when nothing else is left, and not again and again."""
    root = three(tmp_path)
    assert run_cli("note", "q001", "defer", "--as", "ana", cwd=root).code == 0
    saved = list(note.sit(sitting(root, typed("d"), order="path")))
    assert [s.reference[-1] for s in saved] == ["2", "3", "1"]
    again = note.next_trace(find(root), "ana")
    assert again is not None


def test_a_superseded_round_is_not_given(tmp_path: Path) -> None:
    """A later round repeats its queries; it has left the figures."""
    root = workspace(
        tmp_path,
        {
            "traces/round-1/q001.md": trace_text(),
            "traces/round-2/q001.md": trace_text(),
            "traces/round-2/round.yaml": "supersedes: [round-1]\n",
        },
    )
    assert [s.reference for s in note.sit(sitting(root, typed("p")))] == ["round-2/q001"]


def test_without_traces_it_says_what_to_do_first(tmp_path: Path) -> None:
    """An empty workspace has nothing to read."""
    result = run_cli("note", "--as", "ana", cwd=workspace(tmp_path))
    assert result.code == 2


# ---------------------------------------------------------------- one trace in the editor


def test_a_note_is_written_with_moment_and_time_spent(tmp_path: Path) -> None:
    """The moment is in UTC; the seconds are those the editor was open."""
    root = three(tmp_path)
    clock = iter([100.0, 141.4])
    saved = opened(root, typed("f 2\nToo curt."), clock=lambda: next(clock))
    assert saved is not None
    assert (saved.path, saved.verdict, saved.added) == ("notes/ana/round-1/q001.md", "fail", False)
    assert note_text(root) == dedent("""\
        ---
        verdict: fail
        first_failure: 2
        reviewed: 2026-11-24T01:20:00Z
        seconds: 41
        blind: yes
        ---
        Too curt.
        """)
    assert drafts_of(root) == []


def test_idle_time_is_cut(tmp_path: Path) -> None:
    """An editor left open overnight was not read in all night."""
    clock = iter([0.0, 36_000.0])
    opened(three(tmp_path), typed("p"), clock=lambda: next(clock))
    assert f"seconds: {note.IDLE_S}\n" in note_text(tmp_path)


@pytest.mark.parametrize("left", ["", "\n\n", None])
def test_an_empty_or_untouched_buffer_writes_nothing(tmp_path: Path, left: str | None) -> None:
    """It ends the sitting; no note, no draft."""
    root = three(tmp_path)

    def edit(path: Path) -> None:
        if left is not None:
            path.write_text(left)

    assert list(note.sit(sitting(root, edit))) == []
    assert notes_of(root) == []
    assert drafts_of(root) == []


def test_a_verdict_nobody_can_read_opens_the_editor_again(tmp_path: Path) -> None:
    """The reason stands on top, the text is still there, and mending it is enough."""
    root = three(tmp_path)
    seen: list[str] = []

    def edit(path: Path) -> None:
        text = path.read_text("utf-8")
        seen.append(text)
        new = text.replace("f 7", "f 2") if len(seen) > 1 else ""
        path.write_text(new or text.replace("your note.\n", "your note.\nf 7\nToo curt.\n"))

    assert opened(root, edit) is not None
    assert seen[1].startswith("|! there is no turn 7: the trace has 2\n| ")
    assert "Too curt." in seen[1]
    assert "first_failure: 2\n" in note_text(root)
    assert "there is no turn" not in note_text(root)


def test_after_five_bad_verdicts_the_draft_is_kept(tmp_path: Path) -> None:
    """Nobody is asked for ever, and nothing typed is lost."""
    root = three(tmp_path)
    times: list[Path] = []

    def edit(path: Path) -> None:
        typed("fial\nToo curt." if not times else "")(path)
        times.append(path)

    with pytest.raises(BadInputError, match=r"kept in \.casefiles/drafts/ana/round-1/q001\.md"):
        opened(root, edit)
    assert len(times) == note.ATTEMPTS
    assert "fial\nToo curt." in times[0].read_text()
    assert times[0].read_text().count("|! ") == 1
    assert notes_of(root) == []


def test_an_older_note_is_opened_again_and_spliced(tmp_path: Path) -> None:
    """Labels, comments and unknown keys of the file stay when the text changes."""
    before = "---\nverdict: fail  # sure\nmood: tired\nlabels: {too-long: no@1}\n---\nToo curt.\n"
    root = three(tmp_path, **{"notes/ana/round-1/q001.md": before})

    def edit(path: Path) -> None:
        text = path.read_text("utf-8")
        assert "\nfail\n\nToo curt.\n" in text
        path.write_text(text.replace("Too curt.", "Too curt, and wrong."), "utf-8")

    saved = opened(root, edit)
    assert saved is not None
    assert saved.added
    after = note_text(root)
    assert after.startswith("---\nverdict: fail  # sure\nmood: tired\nlabels: {too-long: no@1}\n")
    assert after.endswith("---\nToo curt, and wrong.\n")


def test_a_note_that_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    """A colleague's pull, or another window: the draft keeps what was typed."""
    root = three(tmp_path)

    def edit(path: Path) -> None:
        typed("f\nToo curt.")(path)
        (root / "notes/ana/round-1").mkdir(parents=True)
        (root / "notes/ana/round-1/q001.md").write_text("From elsewhere.\n")

    with pytest.raises(BadInputError, match=r"changed since .*kept in"):
        opened(root, edit)
    assert note_text(root) == "From elsewhere.\n"
    assert drafts_of(root) == ["q001.md"]
    with pytest.raises(BadInputError, match=r"copy what you need"):
        opened(root, typed("p"))
    assert note_text(root) == "From elsewhere.\n"


def test_a_draft_that_is_in_the_note_already_is_dropped(tmp_path: Path) -> None:
    """The tool may be killed between writing the note and removing the draft."""
    root = three(tmp_path)
    with pytest.raises(BadInputError):
        opened(root, typed("fial\nToo curt."), attempts=1)
    draft = root / ".casefiles/drafts/ana/round-1/q001.md"
    draft.write_text(draft.read_text().replace("fial\n", "f\n"))
    assert run_cli("note", "q001", "fail", "-m", "Too curt.", "--as", "ana", cwd=root).code == 0
    assert opened(root, typed("")) is None
    assert drafts_of(root) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (ONE, "no trace"),
        (ONE, "---\nkind: trace/1\n---\n## 1. user\n```text\nnever closed"),
        ("notes/ana/round-1/q001.md", "---\nverdict: maybe\n---\nTyped by hand.\n"),
        ("notes/ana/round-1/q001.md", "<<<<<<< HEAD\nmine\n=======\nyours\n>>>>>>> x\n"),
    ],
)
def test_a_broken_file_is_named_and_left_alone(tmp_path: Path, path: str, text: str) -> None:
    """The editor does not open on what cannot be saved; file and line are said."""
    root = three(tmp_path, **{path: text})

    def edit(path: Path) -> None:
        raise AssertionError(path)

    with pytest.raises(BadInputError, match=rf"^{path}:\d+: "):
        opened(root, edit)
    result = run_cli("note", "q001", "fail", "-m", "x", "--as", "ana", cwd=root)
    assert result.code == 2
    assert f"{path}:" in result.err
    assert (root / path).read_text() == text


def test_the_same_system_prompt_is_folded_the_second_time(tmp_path: Path) -> None:
    """In one sitting it is read once."""
    long = "\n> ".join(f"rule {n} says to be kind and short" for n in range(9))
    trace = trace_text().replace("## 1. user", f"## 1. system\n\n> {long}\n\n## 2. user")
    trace = trace.replace("## 2. assistant", "## 3. assistant")
    files = {f"traces/round-1/q00{n}.md": trace for n in (1, 2, 3)}
    root = three(tmp_path, **files)
    seen: list[str] = []

    def edit(path: Path) -> None:
        seen.append(path.read_text("utf-8"))
        typed("p")(path)

    list(note.sit(sitting(root, edit)))
    assert ["| rule 8" in text for text in seen] == [True, False, False]
    assert "|-- 9 lines, shown before: rule 0 says" in seen[1]


def test_bytes_of_another_encoding_are_not_lost(tmp_path: Path) -> None:
    """An editor that saves Latin-1 gets its line read as Latin-1."""
    root = three(tmp_path)

    def edit(path: Path) -> None:
        path.write_bytes(path.read_bytes().replace(b"note.\n", b"note.\nf\ncaf\xe9\n", 1))

    opened(root, edit)
    assert note_text(root).endswith("---\ncafé\n")


# ---------------------------------------------------------------- drafts


def test_a_crashed_editor_leaves_a_draft_that_the_next_note_takes_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 2 names the draft; the next `note` says it goes on with it, and all text is there."""
    root = three(tmp_path / "w")
    crash = TYPE.format("f\\nSaid before the crash.") + "\npath.write_text(text)\nsys.exit(3)"
    monkeypatch.setenv("EDITOR", script(tmp_path, crash))
    result = run_cli("note", "q002", "--as", "ana", cwd=root)
    assert result.code == 2
    assert "ended with exit code 3" in result.err
    assert ".casefiles/drafts/ana/round-1/q002.md" in result.err
    assert notes_of(root) == []
    more = "text = text.replace('crash.', 'crash. And after.')"
    monkeypatch.setenv("EDITOR", script(tmp_path, more))
    result = run_cli("note", "--batch", "1", "--as", "ana", cwd=root)
    assert result.code == 0, result.err
    assert "round-1/q002: taking up your unfinished draft" in result.err
    assert note_text(root, "q002").endswith("---\nSaid before the crash. And after.\n")
    assert "drawn" not in note_text(root, "q002")  # it was picked by hand, days ago or not
    assert drafts_of(root) == []


def test_an_editor_that_fails_without_a_change_leaves_nothing_to_take_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`:cq` in vim: nothing was typed, so the next trace is not called a draft."""
    root = three(tmp_path)
    monkeypatch.setenv("EDITOR", "false")
    result = run_cli("note", "--as", "ana", cwd=root)
    assert (result.code, notes_of(root)) == (2, [])
    assert "ended with exit code 1" in result.err
    monkeypatch.setenv("EDITOR", "true")
    result = run_cli("note", "--as", "ana", cwd=root)
    assert result.code == 0
    assert "draft" not in result.err


def test_a_killed_tool_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The editor works on the draft itself: even SIGKILL leaves what was saved in it."""
    root = three(tmp_path / "w")
    body = (
        f"{TYPE.format('f 2' + chr(92) + 'nTyped.')}\npath.write_text(text)\n"
        "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)"
    )
    environment = {**os.environ, "EDITOR": script(tmp_path, body)}
    command = [CASEFILES, "note", "--as", "ana"]
    done = subprocess.run(command, cwd=root, env=environment, check=False, capture_output=True)
    assert done.returncode == -9
    monkeypatch.setenv("EDITOR", "true")
    result = run_cli("note", "--batch", "1", "--as", "ana", cwd=root)
    assert "taking up" in result.err
    (written,) = notes_of(root)
    assert (root / written).read_text().endswith("---\nTyped.\n")
    assert "drawn: random" in (root / written).read_text()


def test_a_draft_without_what_the_tool_knew_keeps_what_was_typed(tmp_path: Path) -> None:
    """If the JSON beside it is gone, no line of the trace becomes a note either."""
    root = three(tmp_path)
    with pytest.raises(BadInputError):
        opened(root, typed("fial\nToo curt."), attempts=1)
    (root / ".casefiles/drafts/ana/round-1/q001.json").unlink()

    def edit(path: Path) -> None:
        path.write_text(path.read_text().replace("fial", "fail"))

    assert opened(root, edit) is not None
    assert note_text(root).endswith("---\nToo curt.\n")


# ---------------------------------------------------------------- one line


def test_a_note_in_one_line(tmp_path: Path) -> None:
    """Verdict, turn and paragraphs; the path and how far it is are said."""
    root = three(tmp_path)
    result = run_cli(
        "note", "q001", "fail", "2", "-m", "One.", "-m", "Two.", "--as", "ana", cwd=root
    )
    assert result.code == 0
    assert result.out == "notes/ana/round-1/q001.md  fail\n"
    assert "1 of 3" in result.err
    text = note_text(root)
    assert text.startswith("---\nverdict: fail\nfirst_failure: 2\nreviewed: 20")
    assert text.endswith("Z\nblind: yes\n---\nOne.\n\nTwo.\n")


def test_a_second_line_is_added_and_the_verdict_set(tmp_path: Path) -> None:
    """The older text stays, the new paragraph does not fall under a turn, and it is said."""
    before = "---\nverdict: fail # sure\nfirst_failure: 2\n---\nOne.\n\n## at 2\nHere.\n"
    root = three(tmp_path, **{"notes/ana/round-1/q001.md": before})
    result = run_cli("note", "q001", "-m", "Two.", "--as", "ana", cwd=root)
    assert "the text was added" in result.err
    text = note_text(root)
    assert text.startswith("---\nverdict: fail # sure\nfirst_failure: 2\n")
    assert text.endswith("---\nOne.\n\nTwo.\n\n## at 2\nHere.\n")
    run_cli("note", "q001", "p", "--as", "ana", cwd=root)
    assert note_text(root).startswith("---\nverdict: pass # sure\nreviewed: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("q001", "fial"), "'fial' is no verdict; did you mean 'fail'?"),
        (("q001", "fail", "3"), "there is no turn 3: the trace has 2"),
        (("q001", "fail", "two"), "'two' is no number of a turn"),
        (("q001", "pass", "2"), "only fail takes a turn"),
        (("q0011", "fail"), "there is no trace 'q0011'; did you mean round-1/q001?"),
        (("round-1/q0011", "fail"), "did you mean round-1/q001?"),
        (("q00", "fail"), "may mean 3 traces: round-1/q001, round-1/q002, round-1/q003"),
        (("q001", "-m", " "), "there is nothing to note"),
        (("-m", "x"), "-m needs a TRACE"),
        (("q001", "-m", "caf\udce9"), "not UTF-8"),
    ],
)
def test_bad_input_is_refused_with_a_reason(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    """Exit 2, what is wrong and the nearest right word; nothing is written."""
    root = three(tmp_path)
    result = run_cli("note", *words, "--as", "ana", cwd=root)
    assert result.code == 2
    assert said in result.err
    assert notes_of(root) == []


def test_dry_run_shows_the_note_and_writes_nothing(tmp_path: Path) -> None:
    """The diff of the file that would be written."""
    root = three(tmp_path)
    result = run_cli("note", "q001", "fail", "-m", "One.", "--dry-run", "--as", "ana", cwd=root)
    assert "+++ b/notes/ana/round-1/q001.md" in result.out
    assert "+One." in result.out
    assert notes_of(root) == []


def test_dry_run_in_the_editor_keeps_the_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was typed for the try is there for the real run."""
    root = three(tmp_path / "w")
    monkeypatch.setenv("EDITOR", script(tmp_path, TYPE.format("f\\nOne.")))
    result = run_cli("note", "--dry-run", "--as", "ana", cwd=root)
    assert "+One." in result.out
    assert notes_of(root) == []
    assert len(drafts_of(root)) == 1


def test_json_is_one_document(tmp_path: Path) -> None:
    """A script reads which notes were written and how far it is."""
    root = three(tmp_path)
    result = run_cli("note", "q001", "pass", "--json", "--as", "ana", cwd=root)
    assert json.loads(result.out) == {
        "notes": [
            {"trace": "round-1/q001", "path": "notes/ana/round-1/q001.md", "verdict": "pass"}
        ],
        "noted": 1,
        "traces": 3,
    }


# ---------------------------------------------------------------- which editor


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
    result = run_cli("note", "--batch", "1", "--as", "ana", cwd=root)
    assert (result.code, len(notes_of(root))) == (0, 1), result.err


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


# ---------------------------------------------------------------- in a terminal


def terminal(root: Path, *words: str, **variables: str) -> pexpect.spawn:
    """Start casefiles in a terminal of its own."""
    environment = {**os.environ, "TERM": "xterm", **variables}
    return pexpect.spawn(
        CASEFILES,
        [*words, "--as", "ana"],
        cwd=str(root),
        env=environment,
        encoding="utf-8",
        codec_errors="replace",  # under LC_ALL=C vim asks the terminal in single bytes
        timeout=20,
        dimensions=(40, 100),
    )


def test_in_a_terminal_one_trace_follows_the_other(tmp_path: Path) -> None:
    """Vim on the screen: two notes, then an untouched buffer ends the sitting."""
    require("vim")
    root = three(tmp_path)
    screen = terminal(root, "note", "--order", "path", EDITOR="vim -u NONE -i NONE -n -N")
    screen.expect("1 of 3.*often follow from it")
    screen.send("6GIf 2\x1b:x\r")
    screen.expect("q001.md  fail")
    screen.expect("2 of 3.*often follow from it")
    screen.send("6GIp\x1b:x\r")
    screen.expect("q002.md  pass")
    screen.expect("3 of 3.*often follow from it")
    screen.send(":q\r")
    screen.expect("ana has notes on 2 of 3 traces")
    screen.expect("Next: casefiles note")
    screen.expect(pexpect.EOF)
    screen.close()
    assert screen.exitstatus == 0
    assert "first_failure: 2\n" in note_text(root)


def test_in_a_terminal_a_bad_verdict_comes_back(tmp_path: Path) -> None:
    """The reviewer reads why, mends it, and saves."""
    require("ed")
    root = three(tmp_path)
    screen = terminal(root, "note", "q001", EDITOR="ed -s -p ED>")
    screen.expect("ED>")
    screen.send("/^$/c\nfial\n.\nw\nq\n")
    screen.expect("ED>")
    screen.expect("ED>")
    screen.send("1p\n")
    screen.expect(r"\|! the first line is no verdict \(did you mean fail\?\)")
    screen.send("/^fial$/c\nfail\n.\nw\nq\n")
    screen.expect("q001.md  fail")
    screen.expect(pexpect.EOF)
    assert "verdict: fail\n" in note_text(root)


def test_ctrl_c_belongs_to_the_editor(tmp_path: Path) -> None:
    """An interrupt in the editor does not tear the tool away from under it."""
    root = three(tmp_path / "w")
    body = f"""
    import signal
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    print("READY", flush=True)
    signal.sigwait([signal.SIGINT])
    {TYPE.format("p")}
    """
    screen = terminal(root, "note", "q001", EDITOR=script(tmp_path, body))
    screen.expect("READY")
    screen.sendintr()
    screen.expect("q001.md  pass")
    screen.expect(pexpect.EOF)
    screen.close()
    assert screen.exitstatus == 0


def test_an_editor_that_opens_a_window_is_told_to_wait(tmp_path: Path) -> None:
    """It ends at once and nothing was typed; what the window saves later is a draft."""
    root = three(tmp_path)
    screen = terminal(root, "note", EDITOR="true")
    screen.expect("if the editor opened a window, it must wait for it")
    screen.expect("nothing was written")
    screen.expect(pexpect.EOF)
    assert notes_of(root) == []


def test_what_a_window_saves_after_the_tool_ended_is_taken_up(tmp_path: Path) -> None:
    """The editor kept the buffer open: its text turns up as a draft."""
    root = three(tmp_path)
    window: list[str] = []
    assert opened(root, lambda path: window.append(path.read_text("utf-8"))) is None
    draft = root / ".casefiles/drafts/ana/round-1/q001.md"
    draft.write_text(window[0].replace("your note.\n", "your note.\nf\nToo curt.\n"))
    (saved,) = note.sit(sitting(root, typed("")), batch=1)
    assert saved.reference == "round-1/q001"
    assert note_text(root).endswith("---\nToo curt.\n")


def test_the_clock_of_a_sitting_is_utc() -> None:
    """Without a clock handed in, the time is that of now, with its zone."""
    assert abs(note.utc_now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_seed_of_the_configuration_draws_the_order(tmp_path: Path) -> None:
    """Another seed is another order, on the same files."""
    orders = set()
    for seed in range(6):
        config = CONFIG.replace("seed = 7", f"seed = {seed}")
        root = three(tmp_path / str(seed), **{"casefiles.toml": config})
        orders.add(tuple(s.reference for s in note.sit(sitting(root, typed("p")))))
    assert len(orders) > 1
