"""Queries that exist elsewhere, brought in from a table through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casefiles.documents.dataset_reader import parse_queries
from cli import run_cli
from workspaces import workspace

ROWS = [
    {"id": "a1", "query": "where is it", "meta": {"persona": "upset", "plan": "free"}},
    {"id": "a2", "query": "  mail me at ana@example.com\n", "meta": {"persona": "brief"}},
    {"id": "a3", "query": "WHERE is it?", "meta": {"persona": "brief"}},
    {"id": "a4", "note": "no query here"},
]
DIMENSIONS = "# ours\ndimensions:\n- {name: persona, values: [upset]}   # one\n"


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    lines = "".join(f"{json.dumps(row)}\n" for row in ROWS)
    return workspace(
        tmp_path, {"traces/dataset/dimensions.yaml": DIMENSIONS, "logs.jsonl": lines + "{broken\n"}
    )


def test_queries_come_with_their_tuples_and_values(folder: Path) -> None:
    """Secrets are hidden, what cannot be used is named, comments stay."""
    result = run_cli(
        "queries", "--from", "logs.jsonl", "--dimension", "persona=meta.persona", cwd=folder
    )

    assert result.code == 0
    assert result.out == (
        "added: 3 queries, 2 tuples, 0 dimensions, 1 value\n"
        "1 nearly repeat another (all the same added)\n"
        "1 secrets or personal data hidden\n"
        "2 rows that could not be used\n"
    )
    assert "logs.jsonl:4: no query in it" in result.err
    assert "logs.jsonl:5: " in result.err
    assert "nearly the same: 'WHERE is it?' and 'where is it'" in result.err
    text = (folder / "traces/dataset/dimensions.yaml").read_text()
    assert text == DIMENSIONS.replace("[upset]", "[upset, brief]")
    queries, _ = parse_queries((folder / "traces/dataset/queries.yaml").read_text(), "q.yaml")
    assert [(q.id, q.tuple_id, q.text) for q in queries or ()] == [
        ("q001", "t01", "where is it"),
        ("q002", "t02", "mail me at [email-1]"),
        ("q003", "t02", "WHERE is it?"),
    ]
    assert (queries or ())[0].origin == {"by": "import", "file": "logs.jsonl", "id": "a1"}
    again = run_cli(
        "queries", "--from", "logs.jsonl", "--dimension", "persona=meta.persona", cwd=folder
    )
    assert "added: 0 queries, 0 tuples, 0 dimensions, 0 values\n3 left out" in again.out


def test_an_object_of_values_and_columns_named_like_dimensions_are_found(folder: Path) -> None:
    """Without being told where they are."""
    rows = 'query,persona,tuple\nropes,upset,\nsocks,,"{""feature"": ""return""}"\n'
    (folder / "a.csv").write_text(rows)

    found = json.loads(run_cli("queries", "--from", "a.csv", "--json", cwd=folder).out)

    assert (found["queries"], found["tuples"], found["dimensions"]) == (2, 2, 1)
    tuples = (folder / "traces/dataset/tuples.yaml").read_text()
    assert "values: {persona: upset}}" in tuples
    assert "values: {feature: return}}" in tuples


def test_the_first_path_that_leads_to_a_value_counts(folder: Path) -> None:
    """Logs change their keys over time."""
    rows = [
        {"said": {"text": "ropes"}, "persona": "a"},
        {"said": {"text": "socks"}, "personas": "b"},
    ]
    (folder / "a.json").write_text(json.dumps(rows))
    paths = ("--dimension", "persona=persona", "--dimension", "persona=personas")
    run_cli("queries", "--from", "a.json", "--text", "said.text", *paths, cwd=folder)

    tuples = (folder / "traces/dataset/tuples.yaml").read_text()
    assert "values: {persona: a}}" in tuples
    assert "values: {persona: b}}" in tuples


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    """It shows all three files."""
    shown = run_cli("queries", "--from", "logs.jsonl", "--dry-run", cwd=folder).out
    assert "+- {id: q001, text: where is it" in shown
    assert not (folder / "traces/dataset/queries.yaml").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--text", "nothing"), "holds no query: logs.jsonl:1: no query in it; name the column"),
        (("--dimension", "persona"), "--dimension 'persona' is not NAME=PATH"),
    ],
)
def test_what_is_wrong_is_said(folder: Path, options: tuple[str, ...], said: str) -> None:
    """Nothing is written."""
    result = run_cli("queries", "--from", "logs.jsonl", *options, cwd=folder)
    assert result.code == 2
    assert said in result.err
    assert not (folder / "traces/dataset/queries.yaml").exists()
