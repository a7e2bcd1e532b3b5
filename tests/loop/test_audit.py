"""`label --audit`: blind, in a random order that is derived, and what it finds."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from casefiles.documents.judgements import judge
from casefiles.documents.staleness import stale_judgements
from casefiles.insight.audit import audit_order
from casefiles.loop.desk import open_corpus
from casefiles.workspace.find import find
from cli import run_cli
from workspaces import mode_text, trace_text, workspace

CASEFILES = str(Path(sys.executable).with_name("casefiles"))
COUNT = 30


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make thirty traces that ana judged under version 1 of two modes; one of them changed."""
    files = {"taxonomy/a.md": mode_text("Apple", version=2), "taxonomy/b.md": mode_text("Bread")}
    for n in range(COUNT):
        files[f"traces/r/t{n:02}.md"] = trace_text(f"question {n}", query=f"q{n}")
        said = "yes" if n % 3 == 0 else "no"
        head = f"verdict: fail\nlabels:\n  a: {said}@1\n  b: no@1\n"
        files[f"notes/ana/r/t{n:02}.md"] = f"---\n{head}---\nToo curt.\n"
    return workspace(tmp_path, files)


def audited(root: Path, answers: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Answer an audit from a pipe."""
    done = subprocess.run(
        [CASEFILES, "label", "--as", "ana", "--audit", *words],
        cwd=root,
        input=answers,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done


def order(root: Path) -> list[str]:
    """Return the traces in the order in which they are audited."""
    corpus = open_corpus(find(root))
    stale = stale_judgements(corpus, judge(corpus))
    return [item.trace for item in audit_order(stale, seed=7)]


def label(root: Path, trace: str) -> str:
    """Return ana's judgements of the mode that changed."""
    text = (root / f"notes/ana/{trace}.md").read_text()
    found: list[str] = re.findall(r"  a: (.+)", text)
    return found[0]


def test_it_asks_in_a_random_order_without_what_was_said(root: Path) -> None:
    """The new answer stands behind the old one, and no other byte of the note changes."""
    expected = order(root)[:8]
    before = {trace: label(root, trace) for trace in expected}

    done = audited(root, "n\n" * 8, "8")

    assert re.findall(r"^(r/t\d\d)   ", done.stderr, re.MULTILINE) == expected
    assert expected != sorted(expected)
    assert "Apple   (a@2)" in done.stderr
    assert "Bread" not in done.stderr
    assert "you said" not in done.stderr
    assert "changed since" not in done.stderr
    assert {trace: label(root, trace) for trace in expected} == {
        trace: f"{said}, no@2" for trace, said in before.items()
    }
    assert sum(label(root, f"r/t{n:02}").endswith("@2") for n in range(COUNT)) == 8


def test_it_says_how_many_of_all_are_wrong(root: Path) -> None:
    """What changed among those drawn, with exact limits for all that are stale."""
    wrong = sum(label(root, trace) == "yes@1" for trace in order(root)[:10])

    done = audited(root, "n\n" * 10, "10")
    told = json.loads(audited(root, "", "1", "--json").stdout)

    assert done.stdout.startswith("10 judgements saved\n")
    line = rf"audit of ana: {wrong} of 10 changed: about {3 * wrong} of 30 are wrong \[\d+ to \d+\]"
    assert re.search(line, done.stdout)
    assert told["audits"][0]["wrong"]["estimate"] == 3 * wrong
    assert told["audits"][0]["became_no"] == wrong
    status = run_cli("status", cwd=root).out
    assert re.search(line, status)
    assert "corrected: Apple" in status


def test_it_goes_on_where_it_stopped(root: Path) -> None:
    """A second audit draws the next of the same order; a skipped one comes first."""
    first = order(root)
    audited(root, "n\ns\nn\n", "3")

    done = audited(root, "y\nn\n", "2")

    assert re.findall(r"^(r/t\d\d)   ", done.stderr, re.MULTILINE) == [first[1], first[3]]
    assert "of 4 changed" in done.stdout


def test_taking_an_answer_back_is_possible(root: Path) -> None:
    """As in any labelling."""
    trace = order(root)[0]
    was = label(root, trace)

    audited(root, "n\nb\ny\nq\n", "2")

    assert label(root, trace) == f"{was}, yes@2"


def test_one_mode_alone_can_be_audited(root: Path) -> None:
    """A mode that did not change has nothing to audit."""
    assert audited(root, "", "5", "b").stdout == "no judgement of ana is stale\n"
    assert audited(root, "n\n", "1", "a").stdout.startswith("1 judgement saved\n")


def test_only_my_own_notes_are_read(root: Path) -> None:
    """Another annotator's stale judgements are theirs to audit."""
    workspace(root, {"notes/ben/r/t00.md": "---\nverdict: fail\nlabels:\n  a: no@1\n---\nx\n"})

    told = json.loads(audited(root, "", "1", "--json").stdout)

    assert [audit["annotator"] for audit in told["audits"]] == ["ana", "ana"]
    assert told["open"] == 1


@pytest.mark.parametrize("words", [["--unsure"], ["--trace", "r/t00"], ["r/t00"]])
def test_it_draws_from_all_that_is_stale(root: Path, words: list[str]) -> None:
    """One trace, or what one was unsure of, is no draw."""
    done = run_cli("label", "--as", "ana", "--audit", "5", *words, cwd=root)

    assert done.code == 2
    assert "--audit draws from all your stale judgements" in done.err


def test_dry_run_writes_nothing(root: Path) -> None:
    """It says what it would ask."""
    done = run_cli("label", "--as", "ana", "--audit", "5", "--dry-run", cwd=root)

    assert done.out == "would ask 5 questions\n"
    assert label(root, order(root)[0]).endswith("@1")
