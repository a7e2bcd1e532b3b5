"""A review from the first trace to the last judgement, in a real terminal with real editors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli import run_cli
from reading import TYPE, drafts_of, note_text, notes_of, script, three
from require import require
from screens import Screen, screen
from workspaces import mode_text, trace_text, workspace

VIM = "vim -u NONE -i NONE -n -N -es"
ED = "ed -s -p ED>"


def hundred(folder: Path) -> Path:
    """Write a hundred traces and two failure modes."""
    traces = {f"traces/r/q{n:03}.md": trace_text(f"question {n}") for n in range(100)}
    modes = {"taxonomy/rude.md": mode_text("Rude"), "taxonomy/too-long.md": mode_text()}
    return workspace(folder, {**traces, **modes})


def with_ed(seen: Screen, number: int) -> None:
    """Type a verdict, a text on top and one under a turn, in the oldest editor."""
    seen.wait_for(r"ED>\s*$")
    seen.send(f"/^$/c\nf 2\n\nSeen by ed, {number}.\n.\n/on its way/a\nNo date here.\n.\nw\nq\n")


def with_vim(seen: Screen, number: int) -> None:
    """Type the same in vim without a screen: it takes its commands from the terminal."""
    seen.send(f"/^$/s/^/f 2/\n$a\nSeen by vim, {number}.\n.\nx\n")


@pytest.mark.timeout(180)
def test_a_hundred_traces_are_noted_and_labelled(tmp_path: Path) -> None:
    """With ed, with vim and with a script, then by key; all of it is on disk and sound."""
    require("ed")
    require("vim")
    root = hundred(tmp_path / "w")
    with screen(root, "note", EDITOR=ED) as seen:
        for number in range(1, 31):
            with_ed(seen, number)
            seen.wait_until(lambda: len(notes_of(root)) == number)  # noqa: B023  asked at once
        seen.wait_for(r"ED>\s*$")
        seen.send("q\n")
        seen.wait_for("ana has notes on 30 of 100 traces")
        assert seen.wait_for_end() == 0
    with screen(root, "note", EDITOR=VIM) as seen:
        for number in range(31, 61):
            with_vim(seen, number)
            seen.wait_until(lambda: len(notes_of(root)) == number)  # noqa: B023  asked at once
        seen.send("q\n")
        seen.wait_for("ana has notes on 60 of 100 traces")
        assert seen.wait_for_end() == 0
    with screen(root, "note", EDITOR=script(tmp_path, TYPE.format("p"))) as seen:
        seen.wait_for("ana has notes on 100 of 100 traces")
        seen.wait_for("Next: casefiles propose")
        assert seen.wait_for_end() == 0
    with screen(root, "label") as seen:
        for number in range(1, 101):
            seen.wait_for(rf" {number} of 100\n")
            seen.send("y-" if number % 10 == 0 else "nn")
        seen.wait_for("200 judgements saved, 0 questions open")
        assert seen.wait_for_end() == 0
    status = json.loads(run_cli("status", "--json", cwd=root).out)
    assert (status["traces"], status["reviewed"], status["observations"]) == (100, 100, 90)
    assert {row["mode"]: (row["yes"], row["judged"]) for row in status["prevalence"]} == {
        "rude": (10, 100),
        "too-long": (0, 100),
    }
    assert run_cli("check", cwd=root).code == 0
    texts = [(root / path).read_text() for path in notes_of(root)]
    assert sum("## at 2\nNo date here.\n" in text for text in texts) == 30
    assert sum("Seen by vim" in text for text in texts) == 30
    assert all("drawn: random\n" in text and "blind: yes\n" in text for text in texts)
    assert drafts_of(root) == []


# ---------------------------------------------------------------- kill -9


def test_killed_in_the_editor_only_the_unsaved_line_is_lost(tmp_path: Path) -> None:
    """Editor and tool die at once; what the editor had saved is offered by the next `note`."""
    require("ed")
    root = three(tmp_path / "w")
    with screen(root, "note", "--order", "path", EDITOR=ED) as seen:
        seen.wait_for("ED>")
        seen.send("/^$/c\nf 2\n\nSaved.\n.\nw\n/Saved/a\nNot saved.\n.\n=\n")
        seen.wait_for(r"ED>\d+\s+ED>\s*$")
        seen.kill()
    assert notes_of(root) == []
    with screen(root, "note", EDITOR="true") as seen:
        seen.wait_for("taking up your unfinished draft")
        assert seen.wait_for_end() == 0
    assert note_text(root).endswith("---\nSaved.\n")
    assert "first_failure: 2\n" in note_text(root)


def test_killed_while_labelling_every_answer_given_is_kept(tmp_path: Path) -> None:
    """The next `label` asks for the rest."""
    note = "---\nverdict: fail\n---\nX y.\n"
    notes = {f"notes/ana/round-1/q00{n}.md": note for n in (1, 2, 3)}
    root = three(tmp_path, **notes, **{"taxonomy/rude.md": mode_text("Rude")})
    with screen(root, "label") as seen:
        for number in (1, 2):
            seen.wait_for(rf" {number} of 3\n")
            seen.send("n")
        seen.wait_for(" 3 of 3\n")
        seen.kill()
    with screen(root, "label") as seen:
        seen.wait_for(" 1 of 1\n")
        seen.send("y")
        seen.wait_for("1 judgement saved, 0 questions open")
        assert seen.wait_for_end() == 0
    answers = sorted(note_text(root, f"q00{n}").count("rude: no@1") for n in (1, 2, 3))
    assert answers == [0, 1, 1]


def test_killed_while_settling_every_decision_made_is_kept(tmp_path: Path) -> None:
    """Half a reason is lost, and its disagreement stays open."""
    given = {("ana", 1): "yes", ("ben", 1): "no", ("ana", 2): "no", ("ben", 2): "yes"}
    notes = {
        f"notes/{who}/round-1/q00{n}.md": f"---\nverdict: fail\nlabels: {{rude: {said}@1}}\n---\n"
        for (who, n), said in given.items()
    }
    root = three(tmp_path, **notes, **{"taxonomy/rude.md": mode_text("Rude")})
    with screen(root, "adjudicate") as seen:
        seen.wait_for(" 1 of 2\n")
        seen.send("y")
        seen.wait_for("why:")
        seen.send("Because.\r")
        seen.wait_for(" 2 of 2\n")
        seen.send("n")
        seen.wait_for(r"why:\s*$")
        seen.send("Half a rea")
        seen.wait_for("Half a rea")
        seen.kill()
    assert "yes, says ana: Because." in note_text(root, by="adjudicated")
    with screen(root, "adjudicate") as seen:
        seen.wait_for(" 1 of 1\n")
        seen.send("q")
        assert seen.wait_for_end() == 0


# ---------------------------------------------------------------- a hostile trace

HOSTILE = (
    "\x1b]0;owned\x07\x1b[2J\x1b[1;1Hgone\x1b[?1049h\x1b[8m\x9b31m\x07\x08\x08\r"
    "\u202egnihtyreve\u2066 \u200f\u2028\x0e\x1b(0\x1bc\x1b[6n"
)


def hostile(root: Path) -> Path:
    """Write two traces and a note that would drive a terminal, with a megabyte on a line."""
    traces = {
        f"traces/round-1/q00{n}.md": trace_text(HOSTILE + "a" * 1_000_000, HOSTILE) for n in (1, 2)
    }
    note = "---\nverdict: fail\n---\nSays \x1b[2J\u202e here.\n"
    files = {"notes/ana/round-1/q001.md": note, "taxonomy/rude.md": mode_text("Rude")}
    return workspace(root, {**traces, **files})


def is_undisturbed(seen: Screen) -> bool:
    """Whether nothing drove the terminal: no control but line ends, no title, no mirrored text."""
    text = seen.received.decode()
    odd = {character for character in text if not character.isprintable()} - set("\r\n\t")
    return not odd and not seen.title


def test_a_trace_does_nothing_to_the_terminal_while_labelling(tmp_path: Path) -> None:
    """Its controls are shown as what they are; a megabyte on a line is cut."""
    with screen(hostile(tmp_path), "label") as seen:
        seen.wait_for(r"Rude   \(rude@1\)")
        for key in "et":
            seen.send(key)
            seen.wait_for(r"\\u202egnihtyreve")
        seen.send("y")
        seen.wait_for("1 judgement saved")
        assert seen.wait_for_end() == 0
        assert is_undisturbed(seen)
        assert len(seen.received) < 100_000


def test_a_trace_does_nothing_to_the_buffer_or_to_the_terminal_of_note(tmp_path: Path) -> None:
    """An editor that prints the buffer prints no control of it; no line of it is long."""
    root = hostile(tmp_path / "w")
    longest = "assert max(map(len, text.split('\\n'))) < 11_000"
    with screen(root, "note", EDITOR=script(tmp_path, f"print(text)\n{longest}")) as seen:
        seen.wait_for("nothing was written")
        assert seen.wait_for_end() == 0
        assert is_undisturbed(seen)
        assert "990,0" in seen.received.decode()


def test_vim_shows_a_hostile_trace_as_text(tmp_path: Path) -> None:
    """On its own screen, with nothing of the trace obeyed; the note is written."""
    require("vim")
    root = hostile(tmp_path)
    with screen(root, "note", TERM="linux", EDITOR="vim -u NONE -i NONE -n -N") as seen:
        seen.wait_for(r"\| 2 of 2   round-1/q002")
        seen.wait_for(r"\\x1b\[2J")
        seen.send("6GIp\x1b:x\r")
        seen.wait_for("q002.md  pass")
        assert seen.wait_for_end() == 0
        assert "owned" not in seen.title
