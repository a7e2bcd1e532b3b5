"""People talking to the application, by the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from cli import run_cli
from processes import eventually
from traces import read_trace
from workspaces import workspace

CASEFILES = (sys.executable, "-c", "from casefiles.commands.main import main; main()")
APP = """\
import json, sys, time
asked = json.load(sys.stdin)
query = asked["query"]
if query == "crash":
    sys.exit("no such order")
if query == "wait":
    time.sleep(60)
answer = {"output": f"{asked['turn']}: you said {query}", "session_id": "s-1"}
if query == "refund" and "approves" not in asked:
    answer["needs_human"] = "refund 84 EUR"
if query == "bye":
    answer["done"] = True
print(json.dumps(answer))
"""
QUERIES = """\
queries:
- {id: q001, tuple: t01, text: where is it?}
- id: q002
  text: i want my money back
  plan: {goal: a refund, facts: [the order is LF-1], never_says: [the card number]}
- {id: q003, text: hello}
- {id: q004, text: dropped, keep: no}
"""


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    command = json.dumps([sys.executable, "-S", "-E", "app.py"])
    return workspace(
        tmp_path,
        {
            "casefiles.toml": f'[app]\nversion = "1"\n[targets.app]\ncommand = {command}\n',
            "traces/dataset/queries.yaml": QUERIES,
            "traces/dataset/tuples.yaml": "tuples:\n- {id: t01, values: {persona: novice}}\n",
            "app.py": APP,
        },
    )


def record(folder: Path, said: str, *arguments: str, who: str = "ana") -> tuple[int, str, str]:
    """Play; ``said`` is what is typed, a line a message."""
    command = [*CASEFILES, "record", "--as", who, *arguments]
    done = subprocess.run(
        command, cwd=folder, input=said, capture_output=True, text=True, timeout=30, check=False
    )
    return done.returncode, done.stdout, done.stderr


def made(folder: Path) -> list[str]:
    """Return the traces that are there."""
    return sorted(f"{path.parent.name}/{path.stem}" for path in folder.glob("traces/*/*.md"))


def test_a_conversation_becomes_a_trace_of_a_person(folder: Path) -> None:
    """With who it was, what was said by whom, and how it ended."""
    code, out, err = record(folder, "hi\n\nmore\\\nlines\n/end\n/quit\n", "--only", "q001")

    assert (code, out) == (0, "traces/people-1/q001.ana.md  2 turns\n")
    assert "You are: persona: novice" in err
    assert "app> 1: you said hi" in err
    trace = read_trace(folder, "people-1/q001.ana")
    head = trace.head
    assert (head.query, head.target, head.app_version) == ("q001", "app", "1")
    assert head.source == {"kind": "human", "by": "ana"}
    assert (head.status, head.end, head.session) == ("ok", "left", "s-1")
    assert head.dimensions == {"persona": "novice"}
    assert [(turn.role, turn.parts[0].text, turn.data.get("actor")) for turn in trace.turns] == [
        ("user", "hi", "ana"),
        ("assistant", "1: you said hi", None),
        ("user", "more\nlines", "ana"),
        ("assistant", "2: you said more\nlines", None),
    ]
    record_text = (folder / "traces/people-1/round.yaml").read_text()
    assert record_text.startswith("source: people\n")
    assert run_cli("check", cwd=folder).code == 0


def test_what_was_played_is_not_asked_for_again(folder: Path) -> None:
    """By that person; asked for by its id it is played again, under a name of its own."""
    record(folder, "hi\n/end\n/skip\nhello\nbye\n")
    assert made(folder) == ["people-1/q001.ana", "people-1/q003.ana"]
    assert read_trace(folder, "people-1/q003.ana").head.end == "app_done"

    _, _, err = record(folder, "money\n/end\n")
    assert "3 of 3: q002" in err
    assert "You never say: the card number" in err
    code, out, err = record(folder, "")
    assert (code, out, err.strip()) == (0, "", "ana has played all 3 scenarios")
    record(folder, "again\n/end\n", "--only", "q001")
    record(folder, "hi\n/quit\n", who="ben")

    assert made(folder)[:2] == ["people-1/q001.ana", "people-1/q001.ana.2"]
    assert "people-1/q001.ben" in made(folder)


def test_run_and_record_keep_to_rounds_of_their_own(folder: Path) -> None:
    """Neither goes on with the other's."""
    record(folder, "hi\n/quit\n")
    assert run_cli("run", "--only", "q003", cwd=folder).code == 0
    record(folder, "hi\n/quit\n", who="ben")

    assert made(folder) == ["people-1/q001.ana", "people-1/q001.ben", "round-1/q003"]
    assert json.loads(run_cli("run", "--json", "--dry-run", cwd=folder).out)["round"] == "round-1"


def test_the_person_decides_what_the_application_asks_of_a_human(folder: Path) -> None:
    """The answer says what it answers."""
    _, _, err = record(folder, "refund\nyes, do it\n/end\n", "--only", "q002")

    assert "it wants a human to decide: refund 84 EUR" in err
    turns = read_trace(folder, "people-1/q002.ana").turns
    assert turns[2].data == {"actor": "ana", "approves": "refund 84 EUR"}


def test_a_failure_of_the_application_is_a_trace_too(folder: Path) -> None:
    """It is what one is here for."""
    code, _, err = record(folder, "hi\ncrash\n", "--only", "q001")

    assert (code, "no such order" in err) == (0, True)
    head = read_trace(folder, "people-1/q001.ana").head
    assert (head.status, head.end) == ("error", "error")


def test_every_turn_is_saved_at_once(folder: Path) -> None:
    """Killed in the middle, what was said is there; Ctrl-C says so."""
    for number, code in ((signal.SIGKILL, -9), (signal.SIGINT, 130)):
        process = subprocess.Popen(
            [*CASEFILES, "record", "--as", "ana", "--only", "q001"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdin
        process.stdin.write("hi\nwait\n")
        process.stdin.flush()
        reference = "people-1/q001.ana" if number == signal.SIGKILL else "people-1/q001.ana.2"
        path = folder / f"traces/{reference}.md"
        assert eventually(path.exists, seconds=20)
        process.send_signal(number)
        _, err = process.communicate(timeout=20)

        assert process.returncode == code
        assert [turn.role for turn in read_trace(folder, reference).turns] == ["user", "assistant"]
    assert "stopped; turns saved: 1" in err


def test_in_a_terminal_card_and_prompt_come_before_the_first_word(folder: Path) -> None:
    """As a person sees it."""
    child = pexpect.spawn(
        CASEFILES[0],
        [*CASEFILES[1:], "record", "--as", "ana", "--only", "q002"],
        cwd=str(folder),
        encoding="utf-8",
        timeout=20,
        env={**os.environ, "TERM": "xterm"},
    )
    child.expect("You want: a refund")
    child.expect("you> ")
    child.sendline("give it back")
    child.expect("app> 1: you said give it back")
    child.expect("you> ")
    child.sendline("bye")
    child.expect("takes the conversation to be over")
    child.expect("traces/people-1/q002.ana.md  2 turns")
    child.expect("Next: casefiles note")
    child.expect(pexpect.EOF)
    child.close()

    assert child.exitstatus == 0


def test_sheets_are_dealt_and_show_how_far_everybody_is(folder: Path) -> None:
    """Dealing the same again changes nothing; who did what is read off the traces."""
    first = run_cli("record", "--sheet", "2x2", cwd=folder)
    assert first.out == (
        "traces/people-1/sheets/sheet-1.md  not begun\n"
        "traces/people-1/sheets/sheet-2.md  not begun\n"
    )
    before = [path.read_bytes() for path in sorted(folder.glob("traces/people-1/sheets/*"))]

    code, out, _ = record(folder, "hi\n/end\nhi\n/quit\n", "--sheet", "2", who="ben")
    assert (code, out.count("traces/people-1/")) == (0, 2)
    dealt = json.loads(run_cli("record", "--sheet", "2x2", "--json", cwd=folder).out)

    assert dealt["sheets"][1]["played"] == {"ben": 2}
    assert sorted(f"people-1/{name}.ben" for name in dealt["sheets"][1]["scenarios"]) == made(
        folder
    )
    assert before == [path.read_bytes() for path in sorted(folder.glob("traces/people-1/sheets/*"))]
    text = run_cli("record", "--sheet", "2x2", cwd=folder).out
    assert "sheet-2.md  ben 2 of 2" in text
    assert run_cli("check", cwd=folder).code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--sheet", "0x2"), "write 5x12"),
        (("--sheet", "two"), "write 5x12"),
        (("--sheet", "1x2x3"), "write 5x12"),
        (("--sheet", "2x9"), "there are 3 scenarios, fewer than 9"),
        (("--sheet", "7"), "there is no sheet 7 in people-1"),
        (("--only", "q004"), "there is no used query 'q004'"),
        (("--target", "ap"), "did you mean 'app'?"),
        (("Bad Name",), "cannot name a round"),
    ],
)
def test_bad_input_is_said_before_anybody_talks(
    folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    """With what to write instead."""
    result = run_cli("record", "--as", "ana", *arguments, cwd=folder)

    assert (result.code, said in result.err) == (2, True), result.err
    assert made(folder) == []


def test_other_sheets_are_not_dealt_over(folder: Path) -> None:
    """Somebody may be playing from them; a sheet for one more person is no trouble."""
    run_cli("record", "--sheet", "2x2", cwd=folder)
    assert run_cli("record", "--sheet", "3x2", cwd=folder).code == 0

    result = run_cli("record", "--sheet", "2x1", cwd=folder)

    assert (result.code, "has other sheets already" in result.err) == (2, True)


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    """Neither sheets nor traces."""
    sheets = run_cli("record", "--sheet", "1x1", "--dry-run", cwd=folder)
    traces = run_cli("record", "--as", "ana", "--dry-run", cwd=folder)

    assert "+# Sheet 1" in sheets.out
    assert traces.out.startswith("traces/people-1/q001.ana.md would be made\n")
    assert not (folder / "traces/people-1").exists()
