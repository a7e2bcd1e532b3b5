"""`agreement`: what is printed, and the JSON document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli import run_cli
from workspaces import mode_text, trace_text, workspace


def filled(folder: Path, ana: str, ben: str, *, blind: str = "yes", **files: str) -> Path:
    """Write traces with ana's and ben's labels of one mode, a character a trace: y or n."""
    words = {"y": "yes", "n": "no"}
    notes = {
        f"notes/{who}/r/q{at:02}.md": (
            f"---\nverdict: fail\nblind: {blind}\nlabels:\n  rude: {words[answer]}@1\n---\nX y.\n"
        )
        for who, answers in (("ana", ana), ("ben", ben))
        for at, answer in enumerate(answers)
    }
    traces = {f"traces/r/q{at:02}.md": trace_text(f"question {at}") for at in range(len(ana))}
    return workspace(folder, {**traces, **notes, "taxonomy/rude.md": mode_text("Rude"), **files})


def test_counts_come_first_then_figures_then_disagreements(tmp_path: Path) -> None:
    """7 both, 2 + 1 one, 24 none: 82 %, with its interval."""
    root = filled(tmp_path, "y" * 9 + "n" * 25, "y" * 7 + "nn" + "y" + "n" * 24)
    result = run_cli("agreement", cwd=root)
    (row,) = [line for line in result.out.split("\n") if line.strip().startswith("Rude")]
    words = row.split()
    assert words[1:6] == ["7", "2", "+", "1", "24"]
    assert words[6:8] == ["82", "%"]
    assert words[-2:] == ["0.77", "0.86"]
    assert "34 traces labelled by two or more (ana, ben)" in result.out
    assert "3 disagreements, 0 settled:\n  rude  r/q07  ana yes, ben no\n" in result.out
    assert result.out.index("Rude") < result.out.index("disagreements")


def test_few_positives_have_counts_only(tmp_path: Path) -> None:
    """No coefficient, and it says why."""
    out = run_cli("agreement", cwd=filled(tmp_path, "yynn", "ynnn")).out
    (row,) = [line for line in out.split("\n") if line.strip().startswith("Rude")]
    assert row.split() == ["Rude", "1", "1", "+", "0", "2", "–", "–", "–", "–"]
    assert "in fewer than 5 traces somebody says yes" in out


def test_labels_that_are_not_blind_are_left_out_unless_asked_for(tmp_path: Path) -> None:
    """And then it is said."""
    root = filled(tmp_path, "yyyyyn", "yyyyyy", blind="no")
    out = run_cli("agreement", cwd=root).out
    assert "12 labels on common traces left out: not made blind (--all counts them)" in out
    assert "no trace has labels of two annotators" in out
    assert "not only blind labels are counted" in run_cli("agreement", "--all", cwd=root).out


def test_the_same_labels_give_the_same_document(tmp_path: Path) -> None:
    """The resamples have a fixed seed; all keys are there."""
    root = filled(tmp_path, "yyyyyynnnn", "yyyyynnnny")
    first = run_cli("agreement", "--json", cwd=root).out
    assert first == run_cli("agreement", "--json", cwd=root).out
    document = json.loads(first)
    (mode,) = document["modes"]
    assert mode["pairs"] == [
        {
            "annotators": ["ana", "ben"],
            "both_yes": 5,
            "first_only": 1,
            "second_only": 1,
            "both_no": 3,
        }
    ]
    assert mode["positive_agreement"] == pytest.approx(10 / 12)
    assert mode["low"] < 10 / 12 < mode["high"]
    assert set(mode) == {
        *("mode", "traces", "positives", "pairs", "positive_agreement", "low", "high"),
        *("undefined", "alpha", "ac1", "kappa"),
    }
    assert document["disagreements"][0] == {
        "mode": "rude",
        "trace": "r/q05",
        "labels": {"ana": "yes", "ben": "no"},
        "settled": None,
    }


def test_few_positives_are_null_in_the_document(tmp_path: Path) -> None:
    """Never a number that would say nothing."""
    root = filled(tmp_path, "yn", "nn")
    (mode,) = json.loads(run_cli("agreement", "--json", cwd=root).out)["modes"]
    for key in ("positive_agreement", "low", "high", "undefined", "alpha", "ac1", "kappa"):
        assert mode[key] is None


def test_a_workspace_without_labels_says_so(tmp_path: Path) -> None:
    """Exit 0."""
    result = run_cli("agreement", cwd=workspace(tmp_path))
    assert (result.code, result.out) == (
        0,
        "no trace has labels of two annotators that can be compared\n",
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [(("rudee",), "did you mean 'rude'"), (("--round", "s"), "there is no round 's'")],
)
def test_what_is_unknown_is_refused(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    """With the nearest known name."""
    result = run_cli("agreement", *words, cwd=filled(tmp_path, "y", "n"))
    assert result.code == 2
    assert said in result.err
