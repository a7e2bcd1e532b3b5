"""Tuples that cover the dimensions, through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli import run_cli
from dimensioned import dimensioned
from editors import editor
from workspaces import workspace


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    return dimensioned(tmp_path)


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


PAIRS = """\
dimensions:
- {name: feature, values: [pay, return]}
- {name: persona, values: [adult, child]}
"""


def test_a_drop_says_what_it_uncovered_and_what_covers_it_again(folder: Path) -> None:
    """A pair that only dropped tuples hold is named, with what to do about it."""
    run_cli("tuples", "--count", "6", cwd=folder)
    path = folder / "traces/dataset/tuples.yaml"
    lines = path.read_text().splitlines(keepends=True)
    row = next(line for line in lines if "feature: search, persona: expert" in line)
    path.write_text(
        path.read_text().replace(row, row.replace("}}", "}, keep: no, why: never seen}"))
    )

    again = run_cli("tuples", "--count", "6", cwd=folder)

    assert "is dropped (never seen), which left" in again.out
    assert "feature: search × persona: expert  → in no other tuple" in again.out
    assert "14 of 15 feasible pairs covered, 1 infeasible" in again.out
    assert "only dropped tuples hold: feature: search × persona: expert" in again.out
    assert "say so once as a constraint" in again.out


def test_a_dropped_tuple_is_replaced_by_others(tmp_path: Path) -> None:
    """With a third dimension its pairs can be covered without it."""
    text = PAIRS + "- {name: scenario, values: [clear, vague]}\n"
    folder = workspace(tmp_path, {"traces/dataset/dimensions.yaml": text})
    run_cli("tuples", "--count", "4", cwd=folder)
    path = folder / "traces/dataset/tuples.yaml"
    before = path.read_text().replace("}}\n", "}, keep: no, why: silly}\n", 1)
    path.write_text(before)

    dry = run_cli("tuples", "--count", "4", "--dry-run", cwd=folder)
    assert path.read_text() == before
    assert "+- {id: t05, values: {" in dry.out
    found = json.loads(run_cli("tuples", "--count", "4", "--json", cwd=folder).out)

    (left,) = found["uncovered"]
    assert (left["tuple"], left["why"]) == ("t01", "silly")
    assert len(left["pairs"]) == 3
    new = {item["id"]: item["values"] for item in found["new"]}
    for pair in left["pairs"]:
        assert pair["values"].items() <= new[pair["replaced_by"]].items()
    assert found["pairs"] == {"covered": 12, "feasible": 12, "infeasible": 0, "lost": []}
    assert path.read_text().startswith(before)
    assert run_cli("tuples", "--count", "4", cwd=folder).out.startswith("0 tuples added")


def test_many_tuples_are_decided_on_in_one_buffer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words get into the rows; comments stay."""
    folder = workspace(tmp_path, {"traces/dataset/dimensions.yaml": PAIRS})
    run_cli("tuples", cwd=folder)
    path = folder / "traces/dataset/tuples.yaml"
    path.write_text(path.read_text().replace("tuples:\n", "tuples:   # ours\n"))
    editor(folder, monkeypatch, 'text = text.replace("keep t02", "drop t02 has no money")')

    result = run_cli("tuples", "--review", cwd=folder)

    assert (result.code, result.out) == (0, "3 kept, 1 dropped, 0 undecided\n")
    text = path.read_text()
    assert text.startswith("tuples:   # ours\n- {id: t01, values: {")
    assert text.count("keep: yes}") == 3
    assert text.count("keep: no, why: has no money}") == 1
    assert run_cli("tuples", "--review", cwd=folder).code == 2
    assert run_cli("check", cwd=folder).code == 0


def test_suggested_dimensions_make_no_tuples(tmp_path: Path) -> None:
    """Not before a person has said `keep: yes`; constraints that name them wait too."""
    text = PAIRS + (
        "- {name: mood, values: [calm, cross], suggested: yes}\n"
        "constraints:\n- {when: {mood: calm}, never: {persona: child}, why: they never are}\n"
    )
    folder = workspace(tmp_path, {"traces/dataset/dimensions.yaml": text})
    path = folder / "traces/dataset/dimensions.yaml"
    before = json.loads(run_cli("tuples", "--json", "--dry-run", cwd=folder).out)
    path.write_text(text.replace("suggested: yes", "suggested: yes, keep: yes"))
    after = json.loads(run_cli("tuples", "--json", cwd=folder).out)

    assert {*before["new"][0]["values"]} == {"feature", "persona"}
    assert {*after["new"][0]["values"]} == {"feature", "persona", "mood"}
    assert after["pairs"]["infeasible"] == 1
