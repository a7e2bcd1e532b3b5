"""Dimensions, tuples and queries by hand, through the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from cli import run_cli
from workspaces import workspace

DIMENSIONS = """\
# ours
dimensions:
- name: feature
  values:
  - {name: order, weight: 3}
  - {name: return}
  - {name: search}
- name: persona
  values: [expert, novice]
- name: scenario
  values: [clear, vague]
constraints:
- {when: {persona: expert}, never: {scenario: vague}, why: experts say what they need}
"""


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    return workspace(tmp_path, {"traces/dataset/dimensions.yaml": DIMENSIONS})


def editor(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Make a Python script the editor; ``text`` is the buffer, ``path`` its file."""
    script = folder / "editor.py"
    script.write_text(
        "import pathlib, sys\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "text = path.read_text()\n"
        f"{body}\n"
        "path.write_text(text)\n"
    )
    monkeypatch.setenv("VISUAL", f'"{sys.executable}" "{script}"')


def test_dimensions_shows_values_with_their_use(folder: Path) -> None:
    """Nothing is used before there are tuples."""
    found = json.loads(run_cli("dimensions", "--json", cwd=folder).out)

    assert [d["name"] for d in found["dimensions"]] == ["feature", "persona", "scenario"]
    assert found["dimensions"][0]["values"][0] == {
        "name": "order",
        "weight": 3,
        "tuples": 0,
        "queries": 0,
        "traces": 0,
    }
    assert "persona" in run_cli("dimensions", cwd=folder).out


def test_tuples_cover_every_feasible_pair_and_say_so(folder: Path) -> None:
    """The pair that the constraint rules out is counted as infeasible."""
    result = run_cli("tuples", "--count", "6", cwd=folder)

    assert result.code == 0
    assert "15 of 15 feasible pairs covered, 1 infeasible" in result.out
    text = (folder / "traces/dataset/tuples.yaml").read_text()
    assert text.startswith("tuples:\n- {id: t01, values: {")
    assert run_cli("check", "--strict", cwd=folder).code == 0


def test_tuples_again_keeps_what_is_there_byte_for_byte(folder: Path) -> None:
    """A dropped tuple stays on file, and what it covered is covered anew."""
    run_cli("tuples", "--count", "6", cwd=folder)
    path = folder / "traces/dataset/tuples.yaml"
    text = path.read_text().replace("}}\n", "}, keep: no, why: silly}  # mine\n", 1)
    path.write_text(text)

    result = run_cli("tuples", "--count", "6", cwd=folder)

    assert path.read_text().startswith(text)
    assert "15 of 15 feasible pairs covered" in result.out


def test_tuples_need_dimensions(tmp_path: Path) -> None:
    """The message says where to write them."""
    result = run_cli("tuples", cwd=workspace(tmp_path))

    assert result.code == 2
    assert "traces/dataset/dimensions.yaml: there are no dimensions yet; name three" in result.err


def test_a_broken_dataset_file_is_refused(folder: Path) -> None:
    """Nothing is written on top of a file that cannot be read."""
    (folder / "traces/dataset/tuples.yaml").write_text("tuples:\n- {id: t01\n")

    result = run_cli("tuples", cwd=folder)

    assert result.code == 2
    assert "traces/dataset/tuples.yaml:" in result.err
    assert (folder / "traces/dataset/tuples.yaml").read_text() == "tuples:\n- {id: t01\n"


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
