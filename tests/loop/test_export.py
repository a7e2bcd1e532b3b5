"""`export`: labelled traces with their splits, definitions and provenance."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from casefiles.documents.trace import TraceHead, render, seal
from casefiles.documents.turns import Part, Turn
from casefiles.insight.splits import split_of
from casefiles.loop.export import guarded
from cli import run_cli
from repositories import repository
from workspaces import mode_text, trace_text, workspace


def note(*labels: str, verdict: str = "fail", text: str = "said") -> str:
    """Write a note with labels such as ``"a: yes@1"``."""
    judged = "labels:\n" + "".join(f"  {label}\n" for label in labels) if labels else ""
    return f"---\nverdict: {verdict}\n{judged}---\n{text}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make twelve traces of eleven queries, most of them labelled for two modes."""
    files = {
        "taxonomy/a.md": mode_text("A") + '\n## Yes examples\n- r/t03 at 2: "on its way"\n',
        "taxonomy/b.md": mode_text("B", version=2),
        "traces/r/round.yaml": "drawn: synthetic\nsource: queries\n",
        "traces/r/t01.2.md": trace_text("again", query="q1"),
        "notes/ana/r/t01.2.md": note("a: no@1"),
    }
    for n in range(1, 12):
        files[f"traces/r/t{n:02}.md"] = trace_text(
            f"question {n}", query=f"q{n}", dimensions={"persona": "upset"}
        )
        said = "yes" if n % 2 else "no"
        files[f"notes/ana/r/t{n:02}.md"] = note(f"a: {said}@1", f"b: {said}@2")
    files["notes/ana/r/t09.md"] = note(text="never judged")
    files["notes/ana/r/t10.md"] = note("a: unsure@1", "b: yes@1")
    files["notes/ben/r/t11.md"] = note("a: no@1", "b: yes@2")
    return workspace(tmp_path, files)


def rows(text: str) -> list[dict[str, Any]]:
    """Read JSONL."""
    return [json.loads(line) for line in text.splitlines()]


def exported(root: Path, *words: str) -> Path:
    """Export into a folder outside the workspace; return it."""
    folder = root.parent / f"{root.name}-export"
    done = run_cli("export", folder, *words, cwd=root)
    assert done.code == 0, done.err
    return folder


def test_a_row_is_a_labelled_trace_with_all_it_takes(root: Path) -> None:
    """Messages, settled labels, who said what, how it was drawn, and the split of its unit."""
    found = {row["trace"]: row for row in rows(run_cli("export", cwd=root).out)}

    row = found["r/t01"]
    assert row["labels"] == {"a": "yes", "b": "yes"}
    assert [part["text"] for message in row["messages"] for part in message["parts"]] == [
        "question 1",
        "It is on its way.",
    ]
    assert (row["unit"], row["split"]) == ("query q1", split_of("query q1"))
    assert (row["drawn"], row["random"], row["weight"]) == ("synthetic", False, 1.0)
    assert row["dimensions"] == {"persona": "upset"}
    assert row["details"]["b"] == {
        "version": 2,
        "stale": False,
        "adjudicated": False,
        "coded": False,
        "by": {"ana": "yes"},
    }
    assert row["notes"][0]["observations"] == [{"turn": None, "text": "said"}]
    assert found["r/t01.2"]["split"] == row["split"]


def test_what_is_not_settled_is_no_label(root: Path) -> None:
    """Not judged, unsure and disputed ones are left out; nothing implies a no."""
    found = {row["trace"]: row["labels"] for row in rows(run_cli("export", cwd=root).out)}

    assert "r/t09" not in found
    assert found["r/t10"] == {"b": "yes"}
    assert found["r/t11"] == {"b": "yes"}
    fresh = rows(run_cli("export", "--no-stale", cwd=root).out)
    assert "r/t10" not in {row["trace"] for row in fresh}


def test_a_folder_gets_splits_definitions_and_provenance(root: Path) -> None:
    """Each trace is in one file, and the provenance has the hash of each."""
    folder = exported(root)

    assert {path.name for path in folder.iterdir()} == {
        "train.jsonl",
        "dev.jsonl",
        "test.jsonl",
        "definitions.json",
        "provenance.json",
    }
    found = {s: rows((folder / f"{s}.jsonl").read_text()) for s in ("train", "dev", "test")}
    assert sum(map(len, found.values())) == 11
    assert all(row["split"] == split for split, given in found.items() for row in given)
    definitions = json.loads((folder / "definitions.json").read_text())
    assert definitions[0]["definition"].startswith("Yes if the reply shows a.")
    assert definitions[0]["examples"][0]["split"] == split_of("query q3")
    provenance = json.loads((folder / "provenance.json").read_text())
    for name, digest in provenance["sha256"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert provenance["rounds"]["r"]["drawn"] == "synthetic"
    assert provenance["annotators"] == {"ana": "human", "ben": "human"}
    assert provenance["left_out"]["a"]["disputed"] == 1
    assert provenance["commit"] is None


def test_provenance_names_the_commit_and_what_is_not_in_it(root: Path) -> None:
    """So that the same data can be exported again."""
    git = repository(root)
    commit = git.commit({})
    told = json.loads((exported(root) / "provenance.json").read_text())
    assert (told["commit"], told["uncommitted"]) == (commit[:12], False)

    git.write({"notes/ana/r/t09.md": note("a: yes@1")})
    told = json.loads((exported(root) / "provenance.json").read_text())
    assert told["uncommitted"]


def test_more_data_move_no_trace(root: Path) -> None:
    """What was held out stays held out."""
    before = {row["trace"]: row["split"] for row in rows(run_cli("export", cwd=root).out)}
    more = {f"traces/s/u{n}.md": trace_text(query=f"new{n}") for n in range(20)}
    more |= {f"notes/ana/s/u{n}.md": note("a: yes@1") for n in range(20)}
    workspace(root, {"casefiles.toml": "", **more})

    after = {row["trace"]: row["split"] for row in rows(run_cli("export", cwd=root).out)}

    assert len(after) == len(before) + 20
    assert before.items() <= after.items()


def test_csv_and_parquet_hold_what_jsonl_holds(root: Path) -> None:
    """One column a mode, nested things as JSON."""
    plain = {row["trace"]: row for row in rows(run_cli("export", cwd=root).out)}
    text = run_cli("export", "--format", "csv", cwd=root).out
    table = list(csv.DictReader(io.StringIO(text)))
    folder = exported(root, "--format", "parquet")
    columns = [parquet.read_table(folder / f"{s}.parquet") for s in ("train", "dev", "test")]
    typed = [row for found in columns for row in found.to_pylist()]

    assert len(table) == len(typed) == len(plain)
    for row in (*table, *typed):
        same = plain[row["trace"]]
        assert (row["label:a"] or None) == same["labels"].get("a")
        assert json.loads(row["messages"]) == same["messages"]
        assert json.loads(row["details"]) == same["details"]
        assert row["split"] == same["split"]
    assert {row["random"] for row in typed} == {False}
    assert columns[0].schema == columns[1].schema == columns[2].schema


def test_strata_become_weights(root: Path) -> None:
    """A weighted mean over the rows speaks for the population."""
    heads = {n: "rare" if n < 4 else "usual" for n in range(1, 12)}
    files = {
        f"traces/r/t{n:02}.md": trace_text(query=f"q{n}", stratum=stratum)
        for n, stratum in heads.items()
    }
    files["traces/r/t01.2.md"] = trace_text("again", query="q1", stratum="rare")
    files["traces/r/round.yaml"] = "drawn: stratified\nstrata: {rare: 0.1, usual: 0.9}\n"
    workspace(root, {"casefiles.toml": "", **files})

    found = rows(run_cli("export", cwd=root).out)

    weights = {row["stratum"]: row["weight"] for row in found}
    assert weights == {"rare": pytest.approx(0.1 * 11 / 3), "usual": pytest.approx(0.9 * 11 / 8)}


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\uff1d1"])
def test_a_spreadsheet_runs_nothing_of_a_trace(root: Path, start: str) -> None:
    """A cell that begins like a formula gets an apostrophe, in CSV alone."""
    files = {"traces/r/t01.md": trace_text(query="q1", app_version=start)}
    workspace(root, {"casefiles.toml": "", **files})

    text = run_cli("export", "--format", "csv", cwd=root).out
    table = {row["trace"]: row for row in csv.DictReader(io.StringIO(text))}

    assert table["r/t01"]["app_version"] == f"'{start}"
    plain = {row["trace"]: row for row in rows(run_cli("export", cwd=root).out)}
    assert plain["r/t01"]["app_version"] == start


@given(st.text())
def test_no_cell_begins_like_a_formula(cell: str) -> None:
    """And nothing but an apostrophe is ever added."""
    kept = guarded(cell)

    assert kept in (cell, f"'{cell}")
    assert not kept.startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.lists(st.text(st.characters(exclude_characters="\x00")), min_size=1, max_size=4))
def test_csv_reads_back(cells: list[str]) -> None:
    """Quotes, commas and line ends in text make no new cell."""
    from casefiles.loop.export import csv_line

    back = next(csv.reader(io.StringIO(csv_line(cells), newline="")))

    assert back == [guarded(cell) for cell in cells]


def test_half_a_character_is_kept_as_an_escape(root: Path) -> None:
    """What no encoding can hold, JSON can."""
    turns = (Turn(role="user", parts=(Part(text="\ud800 half"),)),)
    odd = render(seal(TraceHead(query="q1", source={"kind": "synthetic"}), turns))
    (root / "traces/r/t01.md").write_text(odd)

    folder = exported(root)
    exported(root, "--format", "parquet")

    files = [folder / f"{split}.jsonl" for split in ("train", "dev", "test")]
    found = [row for file in files for row in rows(file.read_text())]
    said = {row["trace"]: row["messages"][0]["parts"][0]["text"] for row in found}
    assert said["r/t01"] == "\ud800 half"


class TestRefusals:
    def test_a_folder_of_other_things_is_left_alone(self, root: Path, tmp_path: Path) -> None:
        """An earlier export may be written over."""
        mine = root.parent / f"{root.name}-mine"
        mine.mkdir()
        (mine / "train.jsonl").write_text("mine\n")

        done = run_cli("export", mine, cwd=root)

        assert done.code == 2
        assert "holds other things than an export" in done.err
        assert (mine / "train.jsonl").read_text() == "mine\n"
        exported(root)
        exported(root, "--format", "csv")
        assert run_cli("export", tmp_path / "casefiles.toml", cwd=root).code == 2

    @pytest.mark.parametrize("shares", ["1/2", "a/b/c", "0/0/0", "-1/2/3", "1/2/3/4"])
    def test_shares_must_be_three_numbers(self, root: Path, shares: str) -> None:
        """The message says how to write them."""
        done = run_cli("export", f"--split={shares}", cwd=root)

        assert done.code == 2
        assert "20/40/40" in done.err

    def test_parquet_needs_its_extra(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Which the message names; and a folder, because it is no text."""
        assert "name a FOLDER" in run_cli("export", "--format", "parquet", cwd=root).err
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        folder = root.parent / f"{root.name}-none"

        done = run_cli("export", folder, "--format", "parquet", cwd=root)

        assert (done.code, folder.exists()) == (2, False)
        assert "pip install 'casefiles[parquet]'" in done.err

    def test_dry_run_writes_nothing(self, root: Path) -> None:
        """And says how much there is."""
        folder = root.parent / f"{root.name}-dry"

        done = run_cli("export", folder, "--dry-run", cwd=root)

        assert "11 labelled traces would be written" in done.out
        assert not folder.exists()


def test_what_cannot_be_measured_yet_is_said(root: Path) -> None:
    """A mode without yes or no in dev or test."""
    done = run_cli("export", root.parent / f"{root.name}-said", "--split", "0/100/0", cwd=root)

    assert "b: no yes in test, no no in test" in done.err
    assert "a judge of it cannot be measured yet" in done.err
    assert "not drawn from real use" in done.err


def test_json_is_one_document(root: Path) -> None:
    """Rows, definitions and provenance, or what was written."""
    found = json.loads(run_cli("export", "--json", cwd=root).out)

    assert set(found) == {"rows", "definitions", "provenance"}
    assert len(found["rows"]) == 11
