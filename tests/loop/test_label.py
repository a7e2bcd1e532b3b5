"""`label`: the questions, the keys in a terminal, answers from a pipe, and single labels."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from cli import run_cli
from workspaces import mode_text, trace_text, workspace

CASEFILES = str(Path(sys.executable).with_name("casefiles"))
REVIEWED = "---\nverdict: fail  # sure\n---\nToo curt.\n"


def filled(folder: Path, **files: str) -> Path:
    """Write three traces, two of them reviewed by ana, and two modes."""
    return workspace(
        folder,
        {
            **{f"traces/round-1/q00{n}.md": trace_text(f"question {n}") for n in (1, 2, 3)},
            "notes/ana/round-1/q001.md": REVIEWED,
            "notes/ana/round-1/q002.md": REVIEWED,
            "taxonomy/rude.md": mode_text("Rude"),
            "taxonomy/too-long.md": mode_text("Too long", version=2),
            **files,
        },
    )


def labels(root: Path, name: str = "q001") -> list[str]:
    """Return the label lines of ana's note."""
    lines = (root / f"notes/ana/round-1/{name}.md").read_text().split("\n")
    return [line.strip() for line in lines if line.startswith("  ")]


def piped(
    root: Path, answers: str, *words: str, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Answer from a pipe, as a script does."""
    done = subprocess.run(
        [CASEFILES, "label", "--as", "ana", *words],
        cwd=root,
        input=answers,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 or not check, done.stderr
    return done


# ---------------------------------------------------------------- answers from a pipe


def test_each_answer_is_stamped_with_the_version_shown(tmp_path: Path) -> None:
    """yes, no and unsure by key or word; the note keeps its other bytes."""
    root = filled(tmp_path)
    done = piped(root, "y\nno\nunsure\ns\n")
    assert done.stdout == "3 judgements saved, 1 question open\n"
    assert (root / "notes/ana/round-1/q001.md").read_text() == (
        "---\nverdict: fail  # sure\nlabels:\n  rude: yes@1\n  too-long: no@2\n---\nToo curt.\n"
    )
    assert labels(root, "q002") == ["rude: unsure@1"]


def test_a_question_shows_query_note_and_definition(tmp_path: Path) -> None:
    """What is needed to judge is on the screen, control characters visible."""
    root = filled(tmp_path, **{"traces/round-1/q001.md": trace_text("where\x1b[2J is it?")})
    said = piped(root, "q\n").stderr
    assert "round-1/q001   1 of 2\nasked: where\\x1b[2J is it?" in said
    assert "your note: fail\n  Too curt.\n" in said
    assert "Rude   (rude@1)\n  Yes if the reply shows rude.\n  No if it does not.\n" in said


def test_none_of_the_rest_is_a_no_to_what_is_left_of_the_trace(tmp_path: Path) -> None:
    """One key; the next trace is asked afresh."""
    root = filled(tmp_path)
    assert piped(root, "y\n-\n-\n").stdout == "4 judgements saved, 0 questions open\n"
    assert labels(root) == ["rude: yes@1", "too-long: no@2"]
    assert labels(root, "q002") == ["rude: no@1", "too-long: no@2"]


def test_evidence_and_help_do_not_answer(tmp_path: Path) -> None:
    """The turns and examples, the whole trace, the keys; then the same question again."""
    root = filled(tmp_path)
    done = piped(root, "e\nt\n?\ny\n")
    assert done.stderr.count("|== 2 assistant") == 2
    assert "-  no to this and all the rest of this trace" in done.stderr
    assert labels(root) == ["rude: yes@1"]


def test_the_end_of_the_input_and_q_stop(tmp_path: Path) -> None:
    """What was answered is saved, the rest stays open."""
    root = filled(tmp_path)
    assert piped(root, "").stdout == "0 judgements saved, 4 questions open\n"
    assert piped(root, "y\nq\nn\n").stdout == "1 judgement saved, 3 questions open\n"
    assert labels(root) == ["rude: yes@1"]


def test_an_unknown_answer_is_refused_with_its_line(tmp_path: Path) -> None:
    """A script that is wrong stops; what it answered before is kept, and said."""
    root = filled(tmp_path)
    done = piped(root, "y\nmaybe\n", check=False)
    assert done.returncode == 2
    assert "line 2 of the input is 'maybe', not one of y n u -" in done.stderr
    assert "(1 judgement before it saved)" in done.stderr
    assert labels(root) == ["rude: yes@1"]


def test_only_the_modes_and_the_trace_named_are_asked(tmp_path: Path) -> None:
    """A mode by its id, an old id or its name; a trace by its reference or as an option."""
    root = filled(tmp_path, **{"taxonomy/rude.md": mode_text("Rude", aliases="[unkind]")})
    assert piped(root, "y\n", "unkind", "round-1/q002").stdout.startswith("1 judgement saved, 0")
    assert labels(root, "q002") == ["rude: yes@1"]
    assert piped(root, "n\n", "Too long", "--trace", "q002").stdout.startswith("1 judgement")
    assert labels(root, "q002") == ["rude: yes@1", "too-long: no@2"]
    assert labels(root) == []


def test_a_stale_judgement_says_why_it_is_asked(tmp_path: Path) -> None:
    """The older answer and the reason stand with the question; the new one is appended."""
    note = "---\nverdict: fail\nlabels:\n  too-long: no@1\n---\n"
    root = filled(tmp_path, **{"notes/ana/round-1/q001.md": note})
    done = piped(root, "y\n", "too-long", "round-1/q001")
    assert "(you said no@1; the definition changed since you judged it)" in done.stderr
    assert labels(root) == ["too-long: no@1, yes@2"]


def test_when_all_is_judged_it_says_so(tmp_path: Path) -> None:
    """Nothing to do is fine (exit 0)."""
    root = filled(tmp_path)
    piped(root, "-\n-\n")
    assert piped(root, "").stdout == "ana has judged every reviewed trace for 2 modes\n"


def test_json_and_dry_run(tmp_path: Path) -> None:
    """Counts for a script; a dry run asks nothing."""
    root = filled(tmp_path)
    assert piped(root, "y\n", "--dry-run").stdout == "would ask 4 questions about 2 traces\n"
    document = json.loads(piped(root, "y\nu\n", "--json").stdout)
    assert document == {"judged": 2, "open": 2, "modes": ["rude", "too-long"]}


def test_the_definition_stands_with_examples_where_a_mode_is_asked_first(tmp_path: Path) -> None:
    """Two of each kind, and how many more there are; the next question on it is short."""
    examples = "".join(f'- round-1/q003 at 2: "on its way {n}"\n' for n in range(4))
    rude = f"{mode_text('Rude')}\n## Yes examples\n{examples}\n## Borderline\n- round-1/q002\n"
    root = filled(tmp_path, **{"taxonomy/rude.md": rude})
    said = piped(root, "n\nq\n", "rude").stderr
    assert '  yes: round-1/q003 at 2: "on its way 1"\n  … 2 more (yes); e shows them\n' in said
    assert "  borderline: round-1/q002\n" in said
    assert said.count("Yes if the reply shows rude.") == 1
    assert said.count("Rude   (rude@1)") == 2
    assert 'yes: round-1/q003 at 2: "on its way 3"' in piped(root, "e\nq\n", "rude").stderr


def test_evidence_jumps_to_the_turns_the_note_speaks_of(tmp_path: Path) -> None:
    """Where things went wrong first, and where something is said or quoted."""
    long = trace_text("question 1", "\n".join(f"line {n}" for n in range(99)))
    note = "---\nverdict: fail\nfirst_failure: 2\n---\nToo long.\n"
    root = filled(tmp_path, **{"traces/round-1/q001.md": long, "notes/ana/round-1/q001.md": note})
    said = piped(root, "e\nq\n", "round-1/q001").stderr
    assert "| line 98\n" in said
    assert "|== 1 user" not in said


def test_back_takes_the_last_answer_back_and_asks_again(tmp_path: Path) -> None:
    """The file is what it was; the corrected answer is no repeat."""
    root = filled(tmp_path)
    before = (root / "notes/ana/round-1/q001.md").read_text()
    assert piped(root, "y\nb\nq\n").stdout == "0 judgements saved, 4 questions open\n"
    assert (root / "notes/ana/round-1/q001.md").read_text() == before
    piped(root, "y\nb\nn\nq\n")
    assert labels(root) == ["rude: no@1"]


def test_back_takes_all_answers_of_one_key_back_and_reaches_the_trace_before(
    tmp_path: Path,
) -> None:
    """`-` answered two; the trace is shown again. Before the first answer there is nothing."""
    root = filled(tmp_path)
    done = piped(root, "b\n-\nb\ny\nq\n")
    assert "there is no answer to take back" in done.stderr
    assert done.stderr.count("round-1/q001   1 of 2") == 2
    assert labels(root) == ["rude: yes@1"]


def test_a_new_mode_is_looked_for_where_it_is_likeliest(tmp_path: Path) -> None:
    """Notes that resemble its codes and its definition come first; passing traces last."""
    notes = {
        "q001": "---\nverdict: pass\n---\n",
        "q002": "---\nverdict: fail\n---\nLists boots first.\n",
        "q003": "---\nverdict: fail\n---\nThe reply shouts at the customer.\n",
    }
    root = filled(
        tmp_path, **{f"notes/ana/round-1/{name}.md": text for name, text in notes.items()}
    )
    (root / "taxonomy/rude.md").write_text(
        mode_text("Rude").replace("the reply shows rude", "the reply shouts at somebody")
    )
    assert piped(root, "y\nq\n", "rude").returncode == 0
    assert labels(root, "q003") == ["rude: yes@1"]


# ---------------------------------------------------------------- planted repeats


def judged(folder: Path, count: int, **files: str) -> Path:
    """Write traces that ana reviewed and judged for one of two modes."""
    note = "---\nverdict: fail\nlabels:\n  rude: no@1\n---\nToo curt.\n"
    each = range(count)
    return workspace(
        folder,
        {
            **{f"traces/r/q{n:02}.md": trace_text(f"question {n}") for n in each},
            **{f"notes/ana/r/q{n:02}.md": note for n in each},
            "taxonomy/rude.md": mode_text("Rude"),
            "taxonomy/too-long.md": mode_text(),
            **files,
        },
    )


def rude(root: Path) -> list[str]:
    """Return what ana said about rude, each trace once."""
    texts = [path.read_text() for path in sorted((root / "notes/ana/r").iterdir())]
    return [line for text in texts for line in text.split("\n") if line.startswith("  rude")]


TWO = '[review]\nannotators = ["ana", "ben"]\noverlap = 40\n'


def test_with_two_annotators_some_questions_come_twice_and_do_not_say_so(tmp_path: Path) -> None:
    """Of 40 open ones three more are repeats (7.5 %); the answer is appended, not put in place."""
    root = judged(tmp_path, 40, **{"casefiles.toml": TWO})
    done = piped(root, "n\n" * 99)
    assert done.stdout == "43 judgements saved, 0 questions open\n"
    assert sorted(set(rude(root))) == ["  rude: no@1", "  rude: no@1, no@1"]
    assert rude(root).count("  rude: no@1, no@1") == 3
    assert "you said" not in done.stderr
    assert "again" not in done.stderr


@pytest.mark.parametrize(
    ("config", "words", "asked"),
    [
        ('[review]\nannotators = ["ana"]\n', (), 20),
        ("", ("--repeats",), 22),
        (TWO, ("--no-repeats",), 20),
        (TWO, (), 22),
        (TWO, ("--trace", "q00"), 1),
    ],
)
def test_repeats_come_with_two_annotators_or_on_demand(
    tmp_path: Path, config: str, words: tuple[str, ...], asked: int
) -> None:
    """One annotator is not asked twice unless they want to; nor is a single trace."""
    root = judged(tmp_path, 20, **{"casefiles.toml": config})
    assert f"would ask {asked} question" in piped(root, "", "--dry-run", *words).stdout


def test_repeats_alone_can_be_asked_for(tmp_path: Path) -> None:
    """When all is judged, ten old questions; each of them at most once."""
    root = judged(tmp_path, 12)
    piped(root, "n\n" * 12)
    assert piped(root, "y\n" * 99, "--repeats").stdout.startswith("10 judgements saved")
    assert piped(root, "y\n" * 99, "--repeats").stdout.startswith("10 judgements saved")
    assert piped(root, "y\n" * 99, "--repeats").stdout.startswith("4 judgements saved")
    assert "judged every reviewed trace" in piped(root, "", "--repeats").stdout


# ---------------------------------------------------------------- what cannot be asked


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("too-lng",), "there is no mode 'too-lng'; did you mean 'too-long'?"),
        (("tone",), "tone was merged into rude; use 'rude'"),
        (("round-1/q003",), "ana has not reviewed round-1/q003"),
        (("round-1/q0033",), "did you mean round-1/q003?"),
        (("round-1/q001", "--trace", "q002"), "only one TRACE"),
        (("--set", "yes", "--trace", "q001"), "--set needs a MODE and a TRACE"),
        (("rude", "--set", "maybe"), "'maybe' is not one of"),
        (("gone", "--set", "yes", "--trace", "q001"), "there is no mode 'gone'"),
        (("rude", "--as", "ben"), "ben has not reviewed a trace yet"),
    ],
)
def test_bad_input_is_refused_with_a_reason(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    """Exit 2, what is wrong and where a mode went; nothing is written."""
    tone = mode_text("Tone", status="retired", merged_into="rude@1")
    root = filled(tmp_path, **{"taxonomy/tone.md": tone})
    result = run_cli("label", "--as", "ana", *words, cwd=root)
    assert result.code == 2
    assert said in result.err
    assert (labels(root), labels(root, "q002")) == ([], [])


def test_without_modes_it_says_what_to_do_first(tmp_path: Path) -> None:
    """Judging comes after grouping."""
    root = workspace(tmp_path, {"notes/ana/r/q1.md": REVIEWED, "traces/r/q1.md": trace_text()})
    result = run_cli("label", "--as", "ana", cwd=root)
    assert result.code == 2
    assert "no failure mode to judge by yet" in result.err
    assert "casefiles propose" in result.err


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("notes/ana/round-1/q001.md", "---\nlabels: {rude: maybe}\n---\n"),
        ("taxonomy/rude.md", "---\nversion: 1\nversion: 2\n---\n"),
        ("traces/round-1/q001.md", "---\nkind: trace/9\n---\n"),
        ("taxonomy/proposals/p.md", "no proposal"),
    ],
)
def test_a_broken_file_it_relies_on_stops_it(tmp_path: Path, path: str, text: str) -> None:
    """File and line are named and nothing is written; a colleague's broken note does not matter."""
    broken = {"notes/ben/round-1/q001.md": "---\nverdict: maybe\n---\n"}
    assert piped(filled(tmp_path / "a", **broken), "y\n").returncode == 0
    root = filled(tmp_path / "b", **{path: text})
    done = piped(root, "y\n", check=False)
    assert done.returncode == 2
    assert f"{path}:" in done.stderr
    assert labels(root, "q002") == []


# ---------------------------------------------------------------- one label, no questions


def test_a_label_can_be_set_without_being_asked(tmp_path: Path) -> None:
    """For scripts; the same label twice is written once, another is appended."""
    root = filled(tmp_path)
    words = ("rude", "too-long", "--trace", "q001", "--as", "ana")
    assert run_cli("label", *words, "--set", "no", cwd=root).out == "notes/ana/round-1/q001.md\n"
    assert run_cli("label", *words, "--set", "no", cwd=root).out.startswith("nothing to do")
    run_cli("label", "rude", "round-1/q001", "--set", "yes", "--as", "ana", cwd=root)
    assert labels(root) == ["rude: no@1, yes@1", "too-long: no@2"]
    result = run_cli("label", "rude", "round-1/q002", "--set", "yes", "--as", "ana", "-n", cwd=root)
    assert result.code == 2  # no such option: --dry-run has no short form
    dry = ("label", "rude", "round-1/q002", "--set", "yes", "--as", "ana", "--dry-run")
    assert "+  rude: yes@1" in run_cli(*dry, cwd=root).out
    assert labels(root, "q002") == []


def test_a_label_on_a_trace_i_did_not_review_reviews_nothing(tmp_path: Path) -> None:
    """The note holds the label alone, and the trace still comes up to be read."""
    root = filled(tmp_path)
    run_cli("label", "rude", "round-1/q003", "--set", "yes", "--as", "ana", cwd=root)
    text = (root / "notes/ana/round-1/q003.md").read_text()
    assert text == "---\nlabels:\n  rude: yes@1\n---\n"
    environment = {**os.environ, "EDITOR": "cat"}
    done = subprocess.run(
        [CASEFILES, "note", "--as", "ana"],
        cwd=root,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert "round-1/q003" in done.stdout + done.stderr


# ---------------------------------------------------------------- in a terminal


def terminal(root: Path) -> pexpect.spawn:
    """Start labelling in a terminal of its own."""
    return pexpect.spawn(
        CASEFILES,
        ["label", "--as", "ana"],
        cwd=str(root),
        env={**os.environ, "TERM": "xterm"},
        encoding="utf-8",
        codec_errors="replace",
        timeout=20,
        dimensions=(40, 100),
    )


PROMPT = r"\[y n u - s b e t q \?\] "


def test_single_keys_answer_in_a_terminal(tmp_path: Path) -> None:
    """No Enter; a wrong key is said and asked again; each answer is on disk at once."""
    root = filled(tmp_path)
    screen = terminal(root)
    screen.expect("1 of 2")
    screen.expect(PROMPT)
    screen.send("x")
    screen.expect("'x' is none of the keys")
    screen.expect(PROMPT)
    screen.send("Y")
    screen.expect("y  yes")
    screen.expect("Too long")
    screen.expect(PROMPT)
    assert labels(root) == ["rude: yes@1"]
    screen.send("-")
    screen.expect("2 of 2")
    screen.expect(PROMPT)
    assert labels(root) == ["rude: yes@1", "too-long: no@2"]
    screen.send("q")
    screen.expect("2 judgements saved, 2 questions open")
    screen.expect("Next: casefiles label")
    screen.expect(pexpect.EOF)
    screen.close()
    assert screen.exitstatus == 0


def test_keys_typed_ahead_wait_for_their_question(tmp_path: Path) -> None:
    """Fast fingers lose no answer."""
    root = filled(tmp_path)
    screen = terminal(root)
    screen.expect(PROMPT)
    screen.send("ynun")
    screen.expect("4 judgements saved, 0 questions open")
    screen.expect(pexpect.EOF)
    assert labels(root) == ["rude: yes@1", "too-long: no@2"]
    assert labels(root, "q002") == ["rude: unsure@1", "too-long: no@2"]


def test_ctrl_c_keeps_what_was_answered(tmp_path: Path) -> None:
    """Exit 130, and the answers before it stay."""
    root = filled(tmp_path)
    screen = terminal(root)
    screen.expect(PROMPT)
    screen.send("y")
    screen.expect("Too long")
    screen.expect(PROMPT)
    screen.sendintr()
    screen.expect("interrupted; what was finished is kept")
    screen.expect(pexpect.EOF)
    screen.close()
    assert screen.exitstatus == 130
    assert labels(root) == ["rude: yes@1"]


def test_ctrl_d_quits(tmp_path: Path) -> None:
    """The end of the input is the end of the sitting."""
    screen = terminal(filled(tmp_path))
    screen.expect(PROMPT)
    screen.sendeof()
    screen.expect("0 judgements saved, 4 questions open")
    screen.expect(pexpect.EOF)
