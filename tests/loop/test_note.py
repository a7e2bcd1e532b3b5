"""`note` in the editor: real editors, drafts that survive, going back and on."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent

import pexpect
import pytest

from casefiles.errors import BadInputError
from casefiles.loop import note
from casefiles.loop.label import open_modes
from casefiles.loop.pile import Pile
from casefiles.loop.sitting import ATTEMPTS, IDLE_S, utc_now
from casefiles.workspace.find import find
from cli import run_cli
from reading import (
    CASEFILES,
    ONE,
    TYPE,
    drafts_of,
    names,
    note_text,
    notes_of,
    one_after_another,
    opened,
    sat,
    script,
    sitting,
    terminal,
    three,
    typed,
)
from require import require
from workspaces import CONFIG, mode_text, trace_text

N = "\\n"


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
    assert f"seconds: {IDLE_S}\n" in note_text(tmp_path)


@pytest.mark.parametrize("left", ["", "\n\n", None])
def test_an_empty_or_untouched_buffer_writes_nothing(tmp_path: Path, left: str | None) -> None:
    """It ends the sitting; no note, no draft."""
    root = three(tmp_path)

    def edit(path: Path) -> None:
        if left is not None:
            path.write_text(left)

    assert sat(root, edit) == []
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
    assert len(times) == ATTEMPTS
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

    sat(root, edit)
    assert ["| rule 8" in text for text in seen] == [True, False, False]
    assert "|== 1 system (9 lines, shown before): rule 0 says" in seen[1]


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
    result = run_cli("note", "--as", "ana", cwd=root)
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
    result = run_cli("note", "--as", "ana", cwd=root)
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


# ---------------------------------------------------------------- going back and on


def test_back_opens_the_note_before_then_goes_on_where_it_was(tmp_path: Path) -> None:
    """The reviewer corrects what they just wrote; the trace they were at comes next."""
    root = three(tmp_path)
    seen: list[str] = []

    def edit(path: Path) -> None:
        seen.append(path.stem)
        text = {1: "f\nFirst.", 2: "b", 4: "p"}.get(len(seen), "")
        if len(seen) == 3:
            path.write_text(path.read_text().replace("First.", "Second thoughts."))
        else:
            typed(text)(path)

    assert names(sat(root, edit, order="path")) == ["q001", "q001", "q002"]
    assert seen == ["q001", "q002", "q001", "q002", "q003"]
    assert note_text(root).endswith("---\nSecond thoughts.\n")
    assert note_text(root, "q002").count("verdict: pass") == 1


def test_a_note_looked_at_again_and_left_as_it_is_does_not_end_the_sitting(tmp_path: Path) -> None:
    """Going back only to look is fine."""
    root = three(tmp_path)
    edit = one_after_another("p", "b", "", "f\nSeen.")
    assert names(sat(root, edit, order="path")) == ["q001", "q002"]
    assert note_text(root, "q002").endswith("---\nSeen.\n")


def test_back_reaches_notes_of_an_earlier_sitting(tmp_path: Path) -> None:
    """The file that changed last comes first; before the first there is none, and it says so."""
    root = three(tmp_path, **{"notes/ana/round-1/q003.md": "verdict\n"})
    told: list[str] = []
    edit = one_after_another("b", "b", "", "p")
    assert names(sat(root, edit, order="path", tell=told.append)) == ["q001"]
    assert told == ["there is no trace before this one"]


def test_what_was_typed_beside_back_is_a_draft(tmp_path: Path) -> None:
    """Half a thought waits until the reviewer returns."""
    root = three(tmp_path)
    edit = one_after_another("p", "b\n\nHalf a thought.", "", "f")
    assert names(sat(root, edit, order="path")) == ["q001", "q002"]
    assert note_text(root, "q002").endswith("---\nHalf a thought.\n")


def test_skip_goes_on_without_a_note_and_keeps_what_was_typed(tmp_path: Path) -> None:
    """The trace is unread still, and the next `note` begins with its draft."""
    root = three(tmp_path)
    assert names(sat(root, one_after_another("s\nHm.", "p", "p"), order="path")) == ["q002", "q003"]
    assert drafts_of(root) == ["q001.md"]
    assert names(sat(root, one_after_another("f"), order="path")) == ["q001"]
    assert note_text(root).endswith("---\nHm.\n")


def test_undo_makes_the_last_save_undone_and_opens_that_trace_anew(tmp_path: Path) -> None:
    """The note is gone, the trace is read again, then comes the one that was open."""
    root = three(tmp_path)
    seen: list[str] = []

    def edit(path: Path) -> None:
        seen.append(path.stem)
        if len(seen) == 3:
            assert notes_of(root) == []
        typed({1: "f\nOops.", 2: "u", 3: "p", 4: "f\nBad."}.get(len(seen), ""))(path)

    sat(root, edit, order="path")
    assert seen == ["q001", "q002", "q001", "q002", "q003"]
    assert "verdict: pass" in note_text(root)
    assert "Oops" not in note_text(root)
    assert len(notes_of(root)) == 2


def test_undo_gives_an_older_note_its_bytes_back(tmp_path: Path) -> None:
    """What the file held before the save, comments included."""
    before = "---\nverdict: fail  # sure\n---\n\nToo curt.\n"
    root = three(tmp_path, **{"notes/ana/round-1/q001.md": before})
    events = note.sit(
        sitting(root, one_after_another("p", "b", "p", "u")),
        Pile(find(root), "ana", order="path"),
    )
    kinds = [type(event).__name__ for event in events]
    assert kinds == ["Saved", "Saved", "Undone"]
    assert note_text(root) == before


def test_undo_of_nothing_says_so_and_stays(tmp_path: Path) -> None:
    """The same trace opens again."""
    told: list[str] = []
    saved = sat(three(tmp_path), one_after_another("u", "p"), order="path", tell=told.append)
    assert names(saved) == ["q001"]
    assert told[0] == "nothing was saved that could be undone"


def test_undo_reaches_what_was_saved_before_this_sitting(tmp_path: Path) -> None:
    """A note of an hour ago, in one line or in the editor."""
    root = three(tmp_path)
    run_cli("note", "q003", "fail", "-m", "Too early.", "--as", "ana", cwd=root)
    assert names(sat(root, one_after_another("u", "p"), order="path")) == ["q003"]
    assert "Too early" not in note_text(root, "q003")


def test_back_as_an_option_opens_the_last_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one written last, then the queue."""
    root = three(tmp_path / "w")
    assert run_cli("note", "--back", "--as", "ana", cwd=root).code == 2
    run_cli("note", "q003", "fail", "-m", "First.", "--as", "ana", cwd=root)
    monkeypatch.setenv("EDITOR", script(tmp_path, "text = text.replace('First.', 'Second.')"))
    result = run_cli("note", "--back", "--as", "ana", cwd=root)
    assert (result.code, result.out) == (0, "notes/ana/round-1/q003.md  fail\n")
    assert note_text(root, "q003").endswith("---\nSecond.\n")


# ---------------------------------------------------------------- judging while reading


def test_the_first_reading_knows_no_modes(tmp_path: Path) -> None:
    """The taxonomy is not shown, and what looks like a judgement is text."""
    root = three(tmp_path, **{"taxonomy/too-long.md": mode_text()})
    seen: list[str] = []

    def edit(path: Path) -> None:
        seen.append(path.read_text())
        typed("f\n+too-long")(path)

    opened(root, edit)
    assert "too-long" not in seen[0]
    assert note_text(root).endswith("---\n+too-long\n")


def test_with_modes_they_are_judged_in_the_buffer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Listed with keys; the judgement is stamped with the version shown, beside the verdict."""
    modes = {"taxonomy/rude.md": mode_text("Rude"), "taxonomy/too-long.md": mode_text(version=3)}
    root = three(tmp_path / "w", **modes)
    body = f"assert '|    2  too-long' in text\n{TYPE.format('f 2' + N + '+2 -rude' + N + 'Long.')}"
    monkeypatch.setenv("EDITOR", script(tmp_path, body))
    result = run_cli("note", "q001", "--with-modes", "--as", "ana", cwd=root)
    assert result.code == 0, result.err
    assert "labels:\n  too-long: yes@3\n  rude: no@1\n" in note_text(root)
    assert note_text(root).endswith("---\nLong.\n")


def test_with_modes_needs_modes(tmp_path: Path) -> None:
    """Before the first is accepted there is nothing to judge by."""
    result = run_cli("note", "--with-modes", "--as", "ana", cwd=three(tmp_path))
    assert result.code == 2
    assert "no failure mode to judge by yet" in result.err


def test_a_draft_with_modes_is_taken_up_with_the_keys_it_was_opened_with(tmp_path: Path) -> None:
    """A mode accepted meanwhile must not change what `+1` meant."""
    root = three(tmp_path, **{"taxonomy/rude.md": mode_text("Rude")})
    modes = open_modes(find(root))
    with pytest.raises(BadInputError):
        opened(root, typed("fial\n+1\nSeen."), attempts=1, modes=modes)
    (root / "taxonomy/aloof.md").write_text(mode_text("Aloof"))

    def edit(path: Path) -> None:
        path.write_text(path.read_text().replace("fial", "f"))

    opened(root, edit)
    assert "labels:\n  rude: yes@1\n" in note_text(root)


# ---------------------------------------------------------------- colleagues


BEN = "---\nverdict: fail\nfirst_failure: 2\n---\nShouts.\n\n## at 2\nIn capitals\x1b[2J.\n"


def test_nobody_sees_another_s_note_before_their_own_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in the buffer, and not on demand."""
    root = three(tmp_path, **{"notes/ben/round-1/q001.md": BEN})
    seen: list[str] = []
    opened(root, lambda path: seen.append(path.read_text()))
    assert "Shouts" not in seen[0]
    monkeypatch.setenv("EDITOR", "true")
    result = run_cli("note", "q001", "--others", "--as", "ana", cwd=root)
    assert result.code == 2
    assert "write your own note first" in result.err


def test_others_notes_stand_beside_one_s_own_and_what_changes_is_not_blind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the tool's lines; a note that is only looked at stays blind."""
    root = three(tmp_path / "w", **{"notes/ben/round-1/q001.md": BEN})
    run_cli("note", "q001", "pass", "--as", "ana", cwd=root)
    before = note_text(root)
    said = "|-- ben: fail 2\\n|   Shouts.\\n|\\n|   ## at 2\\n|   In capitals\\\\x1b[2J.\\n"
    look = script(tmp_path, f"assert '{said}' in text")
    monkeypatch.setenv("EDITOR", look)
    assert run_cli("note", "q001", "--others", "--as", "ana", cwd=root).code == 0
    assert note_text(root) == before
    monkeypatch.setenv(
        "EDITOR", script(tmp_path, "text = text.replace('\\npass\\n', '\\nfail\\n')")
    )
    assert run_cli("note", "q001", "--others", "--as", "ana", cwd=root).code == 0
    assert "verdict: fail\n" in note_text(root)
    assert "blind: no\n" in note_text(root)
    assert "Shouts" not in note_text(root)


def test_others_needs_a_trace(tmp_path: Path) -> None:
    """It is no way to read on."""
    result = run_cli("note", "--others", "--as", "ana", cwd=three(tmp_path))
    assert (result.code, "--others needs a TRACE" in result.err) == (2, True)


# ---------------------------------------------------------------- what a note may be


@pytest.mark.parametrize(
    "made", ["", "\n", "---\nverdict: \n---\n", "Refunds without asking.\n", "---\n---\n", "\ufeff"]
)
def test_a_note_begun_elsewhere_is_taken_up_as_it_is(tmp_path: Path, made: str) -> None:
    """A link opens an empty file; somebody commits a sentence on the web."""
    root = three(tmp_path, **{"notes/ana/round-1/q001.md": made})
    assert run_cli("check", cwd=root).code == 0
    saved = opened(root, typed("f 2"))
    assert saved is not None
    text = note_text(root).removeprefix("\ufeff")
    front = [line.rstrip() for line in text.split("\n")[1:4]]
    assert front == ["verdict: fail", "first_failure: 2", "reviewed: 2026-11-24T01:20:00Z"]
    assert ("Refunds" in text) == ("Refunds" in made)


def test_a_sentence_is_a_review_and_an_empty_file_is_none(tmp_path: Path) -> None:
    """The empty one comes back when nothing else is left."""
    root = three(
        tmp_path,
        **{"notes/ana/round-1/q001.md": "", "notes/ana/round-1/q002.md": "Refunds unasked.\n"},
    )
    assert names(sat(root, typed("p"), order="path")) == ["q003", "q001"]


def test_advice_is_given_softly_after_saving(tmp_path: Path) -> None:
    """The note is saved; the exit code is 0; the advice stands on stderr."""
    root = three(tmp_path)
    words = ("note", "q001", "fail", "-m", "The retriever is broken", "--as", "ana")
    result = run_cli(*words, cwd=root)
    assert (result.code, result.out) == (0, "notes/ana/round-1/q001.md  fail\n")
    assert "'retriever is broken' is a cause, not a behaviour; say what can be seen" in result.err
    assert "say what goes wrong" in run_cli("note", "q002", "fail", "--as", "ana", cwd=root).err
    assert "cause" not in run_cli(*words, "--quiet", cwd=root).err


def test_the_time_spent_is_told_to_the_one_who_spent_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many notes, in what time."""
    root = three(tmp_path / "w")
    body = f"import time\ntime.sleep(1.1)\n{TYPE.format('p')}"
    monkeypatch.setenv("EDITOR", script(tmp_path, body))
    result = run_cli("note", "q001", "--as", "ana", cwd=root)
    assert re.search(r"^1 note in \d+ s$", result.err, re.MULTILINE)


# ---------------------------------------------------------------- in a terminal


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
    assert names(sat(root, typed(""))) == ["q001"]
    assert note_text(root).endswith("---\nToo curt.\n")


def test_the_clock_of_a_sitting_is_utc() -> None:
    """Without a clock handed in, the time is that of now, with its zone."""
    assert abs(utc_now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_seed_of_the_configuration_draws_the_order(tmp_path: Path) -> None:
    """Another seed is another order, on the same files."""
    orders = set()
    for seed in range(6):
        config = CONFIG.replace("seed = 7", f"seed = {seed}")
        root = three(tmp_path / str(seed), **{"casefiles.toml": config})
        orders.add(tuple(names(sat(root, typed("p")))))
    assert len(orders) > 1
