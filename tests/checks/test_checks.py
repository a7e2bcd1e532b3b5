"""Each check finds its fault with file and line, and is silent without it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli import run_cli
from workspaces import mode_text, trace_text, workspace

ROUND = "source: queries\ndrawn: synthetic\n"
SOUND = {
    "traces/round-1/round.yaml": ROUND,
    "traces/round-1/q001.md": trace_text("where is it?", "On its way, so wait.", query="q001"),
    "traces/round-1/q002.md": trace_text("refund me", "I refunded 84 EUR.", query="q002"),
    "notes/ana/round-1/q001.md": """\
        ---
        verdict: fail
        labels:
          too-long: yes@1
        ---
        Tells the user to wait.

        ## at 2
        > so wait

        Gives no date.
        """,
    "taxonomy/too-long.md": mode_text("Too long"),
    "taxonomy/proposals/first.md": """\
        ---
        kind: proposal/1
        status: accepted
        applied:
          new too-long: too-long@1
        ---
        ## new: Too long
        Yes if so.
        No if not.

        - [x] ana:round-1/q001#1 "Tells the user to wait."
        """,
}


def found(folder: Path, *arguments: str) -> list[dict[str, object]]:
    """Run check and return its problems, advice left out."""
    result = run_cli("check", "--json", *arguments, cwd=folder)
    problems = json.loads(result.out)["problems"]
    errors = [problem for problem in problems if problem["level"] == "error"]
    assert result.code == (1 if errors else 0)
    return [problem for problem in problems if problem["level"] != "advice"]


def test_a_sound_workspace_has_no_problem(tmp_path: Path) -> None:
    """What the tool and a careful person write is clean."""
    assert found(workspace(tmp_path, SOUND)) == []


@pytest.mark.parametrize(
    ("path", "text", "code", "line"),
    [
        ("notes/ana/round-1/q003.md", "Late.\n", "dangling-note", 1),
        ("notes/ana/round-1/q002.md", "---\nverdict: bad\n---\n", "verdict", 2),
        ("notes/ana/round-1/q002.md", "---\nverdict: [\n---\n", "yaml", 3),
        ("notes/ana/round-1/q002.md", "---\na: 1\na: 2\n---\n", "duplicate-key", 3),
        ("notes/ana/round-1/q002.md", "---\nlabels:\n  too-lon: yes\n---\n", "unknown-mode", 3),
        ("notes/ana/round-1/q002.md", "---\nlabels:\n  too-long: perhaps\n---\n", "label", 3),
        (
            "notes/ana/round-1/q002.md",
            "---\nlabels:\n  too-long: no@1, no@2\n---\n",
            "label-ahead",
            3,
        ),
        ("notes/ana/round-1/q002.md", "---\nfirst_failure: 9\n---\nx\n", "unknown-turn", 1),
        ("notes/ana/round-1/q002.md", "a\n\n## at 7\nb\n", "unknown-turn", 4),
        ("notes/ana/round-1/q002.md", "a\n\n## at 2\n> nope\n", "quote-missing", 4),
        (
            "notes/ana/round-1/q002.md",
            "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n",
            "merge-conflict",
            1,
        ),
        ("notes/ana/stray.md", "x\n", "misplaced", 1),
        ("notes/Ana/round-1/q002.md", "x\n", "unsafe-name", 1),
        ("taxonomy/sub/dir/x.md", "x\n", "misplaced", 1),
        ("taxonomy/vague.md", "---\nname: Vague\n---\nYes if so.\n", "definition", 1),
        ("taxonomy/very-long.md", mode_text("Too long"), "name-clash", 1),
        ("taxonomy/other.md", mode_text("Other", aliases="[too-long]"), "name-clash", 1),
        ("taxonomy/other.md", mode_text("Other", defined="abc"), "definition-changed", 1),
        ("taxonomy/other.md", mode_text("Other", merged_into="gone@2"), "unknown-mode", 1),
        ("taxonomy/other.md", mode_text("Other", split_into="[too-long@1]"), "tombstone", 1),
        ("taxonomy/other.md", mode_text("Other", merged_from="[too-long@1]"), "tombstone", 1),
        ("taxonomy/other.md", mode_text("Other", split_from="too-long@1"), "tombstone", 1),
        (
            "taxonomy/other.md",
            mode_text("Other", status="retired", merged_into="too-long@1"),
            "tombstone",
            1,
        ),
        (
            "taxonomy/other.md",
            mode_text("Other", status="retired", merged_into="too-long@2"),
            "tombstone",
            1,
        ),
        (
            "taxonomy/other.md",
            mode_text("Other", status="retired", split_into="[too-long@1]"),
            "tombstone",
            1,
        ),
        (
            "taxonomy/other.md",
            mode_text("Other") + "\n## Yes examples\n- round-1/q009 at 1\n",
            "dangling-example",
            10,
        ),
        (
            "taxonomy/other.md",
            mode_text("Other") + '\n## Yes examples\n- round-1/q001 at 2: "never said"\n',
            "quote-missing",
            10,
        ),
        ("traces/round-2/round.yaml", "supersedes: [round-9]\n", "unknown-round", 1),
        ("traces/round-2/round.yaml", "drawn: somehow\n", "schema", 1),
        (
            "traces/dataset/queries.yaml",
            "queries:\n- {id: q1, tuple: t9, text: a}\n",
            "unknown-tuple",
            2,
        ),
        ("traces/dataset/queries.yaml", "queries:\n- {id: q1}\n", "missing-key", 2),
        ("traces/round-1/q004.md", "---\nkind: trace/1\n---\n\n## 2. user\n", "trace-grammar", 5),
    ],
)
def test_a_fault_is_found_with_its_line(
    tmp_path: Path, path: str, text: str, code: str, line: int
) -> None:
    """One fault in an otherwise sound workspace is the one that is named."""
    folder = workspace(tmp_path, {**SOUND, path: text})

    problems = [problem for problem in found(folder) if problem["path"] == path]

    assert (code, line) in [(problem["code"], problem["line"]) for problem in problems]


def test_a_mode_moved_by_hand_is_mended_as_its_problem_says(tmp_path: Path) -> None:
    """The old name becomes an alias; until then label and code are reported, not lost."""
    folder = workspace(tmp_path, SOUND)
    path = folder / "taxonomy/too-long.md"
    path.rename(folder / "taxonomy/wordy.md")

    problems = found(folder)

    assert {str(problem["path"]) for problem in problems} == {
        "notes/ana/round-1/q001.md",
        "taxonomy/proposals/first.md",
    }
    assert all("add `aliases: [too-long]`" in str(problem["remedy"]) for problem in problems)
    moved = folder / "taxonomy/wordy.md"
    moved.write_text(moved.read_text().replace("status:", "aliases: [too-long]\nstatus:"))
    assert found(folder) == []


def test_a_trace_changed_by_hand_is_found(tmp_path: Path) -> None:
    """One other word in a turn, and the hash no longer fits."""
    changed = str(SOUND["traces/round-1/q002.md"]).replace("84 EUR", "85 EUR")
    folder = workspace(tmp_path, {**SOUND, "traces/round-1/q002.md": changed})

    assert [problem["code"] for problem in found(folder)] == ["trace-changed"]


def test_edited_dimensions_are_no_change_of_the_trace(tmp_path: Path) -> None:
    """People may correct what a trace is filed under."""
    text = str(SOUND["traces/round-1/q002.md"])
    edited = text.replace("query: q002\n", "query: q002\ndimensions:\n  persona: expert\n")
    folder = workspace(tmp_path, {**SOUND, "traces/round-1/q002.md": edited})

    assert found(folder) == []


def test_an_observation_edited_after_coding_is_a_warning(tmp_path: Path) -> None:
    """The code still counts; the reader is told that its words are gone."""
    note = str(SOUND["notes/ana/round-1/q001.md"]).replace("Tells the user", "Asks the user")
    folder = workspace(tmp_path, {**SOUND, "notes/ana/round-1/q001.md": note})

    problems = found(folder)

    assert [(p["code"], p["level"]) for p in problems] == [("observation-changed", "warning")]
    assert problems[0]["line"] == 11


def test_strict_makes_warnings_fail(tmp_path: Path) -> None:
    """Exit 1 for warnings only when asked for."""
    folder = workspace(tmp_path, {**SOUND, "notes/ana/stray.md": "x\n"})

    assert run_cli("check", cwd=folder).code == 0
    assert run_cli("check", "--strict", cwd=folder).code == 1


def test_secrets_are_named_by_place_and_never_printed(tmp_path: Path) -> None:
    """The value itself must not reach a log."""
    key = "sk-" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6"
    note = f"---\nverdict: fail\n---\nPrints the key {key} to the user.\n"
    folder = workspace(tmp_path, {**SOUND, "notes/ana/round-1/q002.md": note})

    plain = run_cli("check", "--secrets", cwd=folder)

    assert plain.code == 1
    assert "q002.md:4: error: this looks like" in plain.out
    assert key not in plain.out + plain.err
    assert run_cli("check", cwd=folder).code == 0


def test_github_annotations_cannot_be_broken_out_of(tmp_path: Path) -> None:
    """Text of a file stays inside the message of its workflow command."""
    note = "---\nverdict: 'x%0A::error::y'\n---\n"
    folder = workspace(tmp_path, {**SOUND, "notes/ana/round-1/q002.md": note})

    lines = run_cli("check", "--format", "github", cwd=folder).out.splitlines()

    assert [line for line in lines if line.startswith("::error ")] == lines[:1]
    assert "%250A" in lines[0]
