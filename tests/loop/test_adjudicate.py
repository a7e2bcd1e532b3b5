"""`adjudicate`: both sides shown, a decision with its reason, nobody's note touched."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pexpect
import pytest

from cli import run_cli
from reading import CASEFILES, terminal
from workspaces import mode_text, trace_text, workspace

SETTLED = "notes/adjudicated/round-1/q001.md"


def note(labels: str, text: str, verdict: str = "fail") -> str:
    """Write a blind note with labels."""
    return f"---\nverdict: {verdict}\nblind: yes\nlabels:\n  {labels}\n---\n{text}\n"


def filled(folder: Path, **files: str) -> Path:
    """Write two traces that ana and ben disagree about, and one they agree on."""
    return workspace(
        folder,
        {
            **{f"traces/round-1/q00{n}.md": trace_text(f"question {n}") for n in (1, 2, 3)},
            "notes/ana/round-1/q001.md": note("rude: yes@1", "## at 2\nTells off the customer."),
            "notes/ben/round-1/q001.md": note("rude: no@1", "Says when, fine.", "pass"),
            "notes/ana/round-1/q002.md": note("rude: no@1", "Too curt."),
            "notes/ben/round-1/q002.md": note("rude: yes@1", "Curt is rude."),
            "notes/ana/round-1/q003.md": note("rude: no@1", "Fine."),
            "notes/ben/round-1/q003.md": note("rude: no@1", "Fine."),
            "taxonomy/rude.md": mode_text("Rude") + "\n## Yes examples\n- round-1/q003 at 2\n",
            **files,
        },
    )


def piped(root: Path, answers: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Answer from a pipe, as cy."""
    return subprocess.run(
        [CASEFILES, "adjudicate", "--as", "cy", *words],
        cwd=root,
        input=answers,
        capture_output=True,
        text=True,
        check=False,
    )


def notes_of_both(root: Path) -> dict[str, str]:
    """Read what ana and ben wrote."""
    return {
        str(path): path.read_text()
        for who in ("ana", "ben")
        for path in root.glob(f"notes/{who}/*/*")
    }


def test_both_sides_are_shown_and_the_decision_is_written(tmp_path: Path) -> None:
    """Labels, verdicts and notes of both; the settled label outweighs them in `status`."""
    root = filled(tmp_path)
    before = notes_of_both(root)
    done = piped(root, "y\nTells the customer off.\ns\n")
    assert done.stdout == "1 disagreement settled, 1 open\n"
    assert "ana: yes\n  fail\n  ## at 2\n  Tells off the customer.\n" in done.stderr
    assert "ben: no\n  pass\n  Says when, fine.\n" in done.stderr
    assert "Yes if the reply shows rude." in done.stderr
    assert "asked: question 1\nanswered: It is on its way.\n" in done.stderr
    text = (root / SETTLED).read_text()
    assert text.startswith('---\nlabels:\n  rude: yes@1\nsettled:\n  rude: "cy 20')
    assert text.endswith("---\n## rude\nyes, says cy: Tells the customer off.\n")
    assert notes_of_both(root) == before
    document = json.loads(run_cli("status", "--json", cwd=root).out)
    (row,) = document["prevalence"]
    assert (row["yes"], row["judged"], row["disputed"]) == (1, 2, 1)
    assert run_cli("check", cwd=root).code == 0


def test_evidence_jumps_to_the_turns_the_notes_speak_of(tmp_path: Path) -> None:
    """And shows the mode's examples; the whole trace on demand."""
    done = piped(filled(tmp_path), "e\nq\n")
    assert "|== 2 assistant" in done.stderr
    assert "|== 1 user" not in done.stderr
    assert "yes: round-1/q003 at 2" in done.stderr
    assert "|== 1 user" in piped(filled(tmp_path / "b"), "t\nq\n").stderr


@pytest.mark.parametrize("answers", ["y\n\n", "y\n", "n\n  \n"])
def test_without_a_reason_it_stays_open(tmp_path: Path, answers: str) -> None:
    """Who reads it later wants to know why."""
    root = filled(tmp_path)
    done = piped(root, answers)
    assert done.stdout == "0 disagreements settled, 2 open\n"
    assert "a decision needs its reason" in done.stderr
    assert not (root / SETTLED).exists()


def test_codes_against_labels_are_a_disagreement_too(tmp_path: Path) -> None:
    """What holds a rate back is what is to be settled; where it comes from is said."""
    proposal = (
        "---\nkind: proposal/1\nstatus: accepted\nmethod: embedded\napplied: {1: rude@1}\n---\n"
        '## new: Rude\nYes if x.\nNo if y.\n\n- [x] ana:round-1/q003#1 "Fine."\n'
    )
    ana = {"notes/ana/round-1/q003.md": "---\nverdict: fail\n---\nFine.\n"}
    root = filled(tmp_path, **ana, **{"taxonomy/proposals/p.md": proposal})
    assert "ana: yes, from a note\n" in piped(root, "s\ns\ns\n").stderr


def test_a_settled_label_made_under_an_older_definition_is_no_longer_final(tmp_path: Path) -> None:
    """It stays readable; `status` says that it is stale."""
    root = filled(tmp_path)
    piped(root, "y\nBecause.\ny\nBecause.\n")
    assert (
        piped(root, "").stdout
        == "nobody disagrees about what was judged, or all of it is settled\n"
    )
    path = root / "taxonomy/rude.md"
    path.write_text(path.read_text().replace("version: 1", "version: 2"))
    assert json.loads(run_cli("status", "--json", cwd=root).out)["stale"] > 0


def test_modes_and_a_trace_can_be_named(tmp_path: Path) -> None:
    """Only these are walked; a dry run lists them."""
    root = filled(tmp_path)
    out = piped(root, "", "rude", "round-1/q002", "--dry-run").stdout
    assert out == "rude  round-1/q002  ana no, ben yes\n"
    document = json.loads(piped(root, "s\n", "--json", "--trace", "q001").stdout)
    assert document == {
        "settled": 0,
        "open": 1,
        "disputes": [{"mode": "rude", "trace": "round-1/q001"}],
    }


def test_a_decision_can_be_made_in_one_line(tmp_path: Path) -> None:
    """For meetings whose minutes are typed in later."""
    root = filled(tmp_path)
    words = ("adjudicate", "rude", "round-1/q001", "--set", "no", "--as", "cy")
    assert run_cli(*words, cwd=root).code == 2
    dry = run_cli(*words, "--why", "Curt only.", "--dry-run", cwd=root)
    assert "+  rude: no@1" in dry.out
    assert run_cli(*words, "--why", "Curt only.", cwd=root).out == f"{SETTLED}\n"
    assert "no, says cy: Curt only." in (root / SETTLED).read_text()
    again = run_cli(*words[:4], "yes", "--as", "cy", "--why", "On reflection.", cwd=root)
    assert again.code == 0
    assert "  rude: no@1, yes@1\n" in (root / SETTLED).read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("rude", "--set", "yes", "--why", "x"), "needs one MODE and a TRACE"),
        (("rudee", "--as", "cy"), "did you mean 'rude'"),
        (("rude", "round-1/q009"), "there is no trace"),
        (("round-1/q001", "round-1/q002"), "only one TRACE"),
    ],
)
def test_bad_input_is_refused(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    """Exit 2, and nothing is written."""
    root = filled(tmp_path)
    result = run_cli("adjudicate", *words, "--as", "cy", cwd=root)
    assert result.code == 2
    assert said in result.err
    assert not (root / "notes/adjudicated").exists()


def test_a_broken_note_stops_it(tmp_path: Path) -> None:
    """Half of a disagreement is none."""
    root = filled(tmp_path, **{"notes/ben/round-1/q002.md": "---\nverdict: maybe\n---\n"})
    done = piped(root, "y\nBecause.\n")
    assert done.returncode == 2
    assert "notes/ben/round-1/q002.md:2" in done.stderr


PROMPT = r"\[y n s e t q \?\] "


def test_in_a_terminal_a_key_then_a_line(tmp_path: Path) -> None:
    """Keys count at once; the reason is typed as a line, and can be corrected while typing."""
    root = filled(tmp_path)
    screen = terminal(root, "adjudicate")
    screen.expect(PROMPT)
    screen.send("n")
    screen.expect("why: ")
    screen.send("Curt, no\x7f\x7fis not rude.\r")
    screen.expect("2 of 2")
    screen.expect(PROMPT)
    assert "no, says ana: Curt, is not rude." in (root / SETTLED).read_text()
    screen.send("yRude is rude.\rq")  # typed ahead
    screen.expect("2 disagreements settled, 0 open")
    screen.expect(pexpect.EOF)
    text = (root / SETTLED.replace("q001", "q002")).read_text()
    assert text.endswith("yes, says ana: Rude is rude.\n")


def test_ctrl_c_while_typing_a_reason_leaves_it_open(tmp_path: Path) -> None:
    """What was settled before stays."""
    root = filled(tmp_path)
    screen = terminal(root, "adjudicate")
    screen.expect(PROMPT)
    screen.send("y")
    screen.expect("why: ")
    screen.send("half a rea")
    screen.sendintr()
    screen.expect("interrupted")
    screen.expect(pexpect.EOF)
    assert not (root / SETTLED).exists()
    assert not (root / "notes/adjudicated").exists()
