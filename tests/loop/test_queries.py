"""Queries by hand, through the command line."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pexpect
import pytest

from cli import run_cli
from dimensioned import dimensioned
from editors import editor
from query_model import shop
from workspaces import trace_text, workspace


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    return dimensioned(tmp_path)


def test_queries_are_written_under_their_tuples(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query may start with a number sign, have several lines, and stand beside another."""
    run_cli("tuples", "--count", "6", cwd=folder)
    typed = '#1042 is late!\\n\\nhello: \\"where\\"\\nis it?\\n'
    editor(
        folder,
        monkeypatch,
        f'head, tail = text.split("#| t02", 1)\ntext = head + "{typed}\\n#| t02" + tail',
    )

    result = run_cli("queries", "--write", cwd=folder)

    assert (result.code, result.err) == (0, "")
    queries = json.loads(run_cli("queries", "--json", cwd=folder).out)["queries"]
    assert [(q["id"], q["tuple"], q["text"]) for q in queries] == [
        ("q001", "t01", "#1042 is late!"),
        ("q002", "t01", 'hello: "where"\nis it?'),
    ]
    assert run_cli("check", cwd=folder).code == 0


def test_what_was_typed_survives_an_editor_that_fails(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The draft is offered the next time, then removed."""
    run_cli("tuples", "--count", "6", cwd=folder)
    write = 'text = text.replace("#| t02", "where is it?\\n\\n#| t02", 1)'
    editor(folder, monkeypatch, f"{write}\npath.write_text(text)\nsys.exit(3)")

    failed = run_cli("queries", "--write", cwd=folder)
    editor(folder, monkeypatch, "")
    again = run_cli("queries", "--write", cwd=folder)

    assert failed.code == 2
    assert "exit code 3" in failed.err
    assert "1 query added" in again.out
    assert "where is it?" in (folder / "traces/dataset/queries.yaml").read_text()
    assert not (folder / ".casefiles/drafts/queries.txt").exists()


def test_a_query_under_no_tuple_is_refused_and_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line is named and the draft stays."""
    run_cli("tuples", "--count", "6", cwd=folder)
    editor(folder, monkeypatch, 'text = "lost query\\n" + text')

    result = run_cli("queries", "--write", cwd=folder)

    assert result.code == 2
    assert "line 1: this query stands under no tuple: 'lost query'" in result.err
    assert "lost query" in (folder / ".casefiles/drafts/queries.txt").read_text()


# ---------------------------------------------------------------- deciding

QUERIES = """\
# ours
queries:
- {id: q001, tuple: t01, text: where is it}   # mine
- id: q002
  tuple: t01
  text: As a user I would like
  doubt: no user talks so
- {id: q003, tuple: t02, text: gone, keep: no, why: twice}
- {id: q004, text: free}
"""


def test_the_doubted_come_first_and_decisions_get_into_their_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything else in the file stays, byte for byte."""
    folder = shop(tmp_path, queries=QUERIES)
    path = folder / "traces/dataset/queries.yaml"
    editor(
        folder,
        monkeypatch,
        'text = text.replace("keep q001\\n    where is it", "edit q001\\n    where is my tent")\n'
        'text = text.replace("keep q004", "d q004 of no tuple: why")',
    )

    result = run_cli("queries", "--review", cwd=folder)

    assert (result.code, result.out) == (0, "1 kept (1 of them edited), 2 dropped, 0 undecided\n")
    assert path.read_text() == (
        QUERIES.replace(
            "text: where is it}   # mine",
            "text: where is my tent, keep: yes, origin: {edited: human}}   # mine",
        )
        .replace("talks so\n", "talks so\n  keep: no\n  why: no user talks so\n")
        .replace("text: free}", 'text: free, keep: no, why: "of no tuple: why"}')
    )


def test_a_buffer_that_comes_back_as_it_was_decides_nothing_unless_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing an editor is no decision; --yes says it was one."""
    folder = shop(tmp_path, queries=QUERIES)
    editor(folder, monkeypatch, "")

    shy = run_cli("queries", "--review", cwd=folder)
    assert (folder / "traces/dataset/queries.yaml").read_text() == QUERIES
    sure = run_cli("queries", "--review", "--yes", "--json", cwd=folder)

    assert "nothing is decided" in shy.err
    assert json.loads(sure.out) == {
        "decisions": [
            {"name": "q002", "keep": False, "why": "no user talks so", "edited": False},
            {"name": "q001", "keep": True, "why": "", "edited": False},
            {"name": "q004", "keep": True, "why": "", "edited": False},
        ],
        "undecided": 0,
    }


def test_at_a_terminal_an_untouched_buffer_is_asked_about(tmp_path: Path) -> None:
    """Yes takes the decisions as they stood there."""
    folder = shop(tmp_path, queries=QUERIES)
    terminal = pexpect.spawn(
        sys.executable,
        ["-c", "from casefiles.commands.main import main; main()", "queries", "--review"],
        cwd=str(folder),
        env={**os.environ, "VISUAL": "true"},
        encoding="utf-8",
        timeout=30,
        dimensions=(24, 100),
    )
    terminal.expect(r"You changed nothing. Take the 3 decisions as they stood there\? \[y/N\]")
    terminal.sendline("y")
    terminal.expect("2 kept, 1 dropped, 0 undecided")
    terminal.expect("Next: casefiles run")
    terminal.expect(pexpect.EOF)
    assert "keep: no" in (folder / "traces/dataset/queries.yaml").read_text()


def test_a_buffer_that_cannot_be_read_is_kept_and_offered_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was typed is never lost."""
    folder = shop(tmp_path, queries=QUERIES)
    editor(folder, monkeypatch, 'text = text.replace("keep q001", "edit q01")')
    failed = run_cli("queries", "--review", cwd=folder)
    editor(folder, monkeypatch, 'text = text.replace("edit q01", "drop q001 no")')
    again = run_cli("queries", "--review", cwd=folder)

    assert failed.code == 2
    assert "nothing called 'q01'" in failed.err
    assert "what you typed is kept in" in failed.err
    assert again.out == "1 kept, 2 dropped, 0 undecided\n"
    assert not (folder / ".casefiles/drafts/queries-review.txt").exists()


def test_a_query_that_has_traces_keeps_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its traces would speak of another question."""
    folder = shop(tmp_path, queries=QUERIES)
    workspace(
        folder,
        {
            "casefiles.toml": (folder / "casefiles.toml").read_text(),
            "traces/r/q001.md": trace_text(query="q001"),
        },
    )
    editor(
        folder, monkeypatch, 'text = text.replace("keep q001\\n    where is it", "e q001\\n    x")'
    )

    result = run_cli("queries", "--review", cwd=folder)

    assert result.code == 2
    assert "q001 has traces, which hold the text as it was; drop it" in result.err
    assert (folder / "traces/dataset/queries.yaml").read_text() == QUERIES


def test_nothing_to_decide_is_said(tmp_path: Path) -> None:
    """Without opening an editor."""
    result = run_cli("queries", "--review", cwd=shop(tmp_path))
    assert (result.code, result.err) == (2, "there are no queries without a decision\n")


def test_the_list_says_how_many_wait(tmp_path: Path) -> None:
    """Doubted ones are not used until a person keeps them."""
    folder = shop(tmp_path, queries=QUERIES)

    assert "2 of 4 queries used, 1 wait for a decision" in run_cli("queries", cwd=folder).out
    found = json.loads(run_cli("queries", "--json", cwd=folder).out)["queries"]
    assert found[1] == {
        "id": "q002",
        "tuple": "t01",
        "text": "As a user I would like",
        "used": False,
        "keep": None,
        "why": "",
        "doubt": "no user talks so",
        "origin": {},
        "plan": False,
    }


def test_one_way_at_a_time(tmp_path: Path) -> None:
    """Two ways to write queries are asked about."""
    result = run_cli("queries", "--write", "--method", "model", cwd=shop(tmp_path))
    assert (result.code, result.err) == (
        2, "choose one of --write, --review, --method, --answers and --from\n",
    )  # fmt: skip
