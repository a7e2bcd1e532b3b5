from __future__ import annotations

from pathlib import Path

from site_files import plain, site_files, site_pages
from workspaces import trace_text, workspace


def made(folder: Path) -> Path:
    """A workspace with two dimensions, one trace and a constraint."""
    files = {
        "traces/dataset/dimensions.yaml": (
            "dimensions:\n- {name: tone, values: [angry, calm]}\n- {name: who, values: [a, b]}\n"
            "constraints:\n- {when: {tone: calm}, never: {who: b}, why: never seen}\n"
        ),
        "traces/dataset/tuples.yaml": "tuples:\n- {id: t1, values: {tone: angry, who: a}}\n",
        "traces/dataset/queries.yaml": "queries:\n- {id: q1, tuple: t1, text: hey}\n",
        "traces/r/q1.md": trace_text(query="q1", dimensions={"tone": "angry", "who": "a"}),
        "notes/ana/r/q1.md": "---\nverdict: fail\nlabels:\n  shouts: yes@1\n---\nShouts back.\n",
        "taxonomy/shouts.md": "---\nname: Shouts\n---\nYes if loud.\nNo if not.\n",
    }
    return workspace(folder, files)


def test_each_value_says_what_was_tried_read_and_failed(tmp_path: Path) -> None:
    """A value with no trace stands out."""
    page = site_pages(made(tmp_path))["coverage.md"]
    assert page.count('class="cf-missing"') == 2
    assert "angry 1 1 1 1 of 1" in plain(page)


def test_each_pair_of_values_has_a_cell_and_gaps_are_named(tmp_path: Path) -> None:
    """What cannot be is no gap; the numbers of the chart are a file."""
    files = site_files(made(tmp_path))
    page = plain(str(files["coverage.md"]))
    assert "1 of 3 pairs of values that can occur were read" in page
    assert "tone angry with who b" in page
    assert "tone calm with who b" not in page
    assert str(files["_casefiles/charts/use-tone-who.csv"]).splitlines()[:2] == [
        "tone,who,Queries,Traces,Read,Went wrong",
        "angry,a,1,1,1,1",
    ]


def test_modes_by_kind_of_use_say_how_thin_they_are(tmp_path: Path) -> None:
    """A share of one conversation has its interval, and its cell is greyed."""
    files = site_files(made(tmp_path))
    rows = str(files["_casefiles/charts/modes-tone.csv"]).splitlines()
    assert rows[1].startswith("Shouts,angry,1,1,0,0,1.0,0.2")
    assert rows[2] == "Shouts,calm,0,0,0,0,,,"
    page = plain(str(files["coverage.md"]))
    assert "A dotted cell rests on fewer than 10 conversations" in page
