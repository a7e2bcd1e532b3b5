"""`status`: the document machines read, and what is said about broken files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli import run_cli
from repositories import repository
from workspaces import mode_text, trace_text, workspace

LABELLED = """\
---
verdict: {verdict}
reviewed: 2026-01-0{n}T00:00:00Z
labels:
  too-long: {value}@1
---
Said {n}.
"""


def filled(folder: Path) -> Path:
    """Write four traces, three of them reviewed and judged."""
    traces = {f"traces/round-1/q00{n}.md": trace_text(query=f"q00{n}") for n in range(1, 5)}
    notes = {
        f"notes/ana/round-1/q00{n}.md": LABELLED.format(
            n=n, verdict="fail" if n < 3 else "pass", value="yes" if n < 3 else "no"
        )
        for n in range(1, 4)
    }
    return workspace(
        folder,
        {
            **traces,
            **notes,
            "traces/round-1/round.yaml": "drawn: synthetic\n",
            "taxonomy/too-long.md": mode_text(),
        },
    )


def test_the_document_has_its_keys(tmp_path: Path) -> None:
    """Keys and types are fixed; more may be added."""
    result = run_cli("status", "--json", cwd=filled(tmp_path))
    found = json.loads(result.out)

    assert (result.code, result.err) == (0, "")
    assert (found["traces"], found["reviewed"], found["annotators"]) == (4, 3, 1)
    assert found["observations"] == 3
    assert found["modes"] == {"active": 1, "retired": 0}
    assert found["frame"] == {"units": 4, "random": 0, "rounds": ["round-1"]}
    assert found["saturation"]["traces"] == 3
    assert found["saturation"]["incidences"] == 2
    assert set(found["saturation"]) >= {
        "modes", "uniques", "duplicates", "coverage", "coverage_low", "detection_floor",
        "chao2", "new_in_last_20", "state", "caveats",
    }  # fmt: skip
    assert found["saturation"]["expected_new"]["traces"] == 20
    (mode,) = found["prevalence"]
    assert (mode["mode"], mode["yes"], mode["judged"], mode["unjudged"]) == ("too-long", 2, 3, 0)
    assert 0 < mode["low"] < mode["rate"] < mode["high"] < 1
    assert found["stale"] == 0
    assert {"code", "text"} == set(found["pitfalls"][0])
    assert set(found["next"]) == {"command", "why"}


def test_people_see_counts_rates_and_the_next_step(tmp_path: Path) -> None:
    """Every figure has its n and its interval."""
    out = run_cli("status", cwd=filled(tmp_path)).out

    assert "reviewed" in out
    assert "of 4 units" in out
    assert "67 %  [21 % to 94 %]" in out
    assert "Next: casefiles" in out


def test_a_broken_file_is_left_out_and_said_once(tmp_path: Path) -> None:
    """One line on stderr with the count and the first place; the figures go on."""
    folder = filled(tmp_path)
    (folder / "notes/ana/round-1/q003.md").write_text("---\nverdict: maybe\n---\n")
    (folder / "notes/ana/round-1/q004.md").write_text("---\n[\n---\n")

    result = run_cli("status", "--json", cwd=folder)

    assert result.code == 0
    assert json.loads(result.out)["reviewed"] == 2
    assert result.err.count("\n") == 1
    assert "2 files were left out, first notes/ana/round-1/q003.md:2: 'verdict' is" in result.err


def test_a_round_that_does_not_exist_is_bad_input(tmp_path: Path) -> None:
    """The nearest one is offered."""
    result = run_cli("status", "--round", "round-11", cwd=filled(tmp_path))

    assert result.code == 2
    assert "there is no round 'round-11'; did you mean 'round-1'?" in result.err


def test_a_broken_configuration_is_bad_input(tmp_path: Path) -> None:
    """File, line and the nearest known key are named."""
    folder = workspace(tmp_path, {"casefiles.toml": "[run]\nconcurency = 3\n"})

    result = run_cli("status", cwd=folder)

    assert result.code == 2
    assert "casefiles.toml:2: unknown key 'concurency' in [run]; did you mean 'concurrency'?" in (
        result.err
    )


def test_nothing_heavy_is_imported_for_an_empty_workspace(tmp_path: Path) -> None:
    """Start-up time is a feature."""
    workspace(tmp_path)
    heavy = (
        "litellm sklearn numpy mkdocs rich ruamel yaml filelock aiohttp vl_convert jinja2".split()
    )
    code = (
        "import sys\nfrom casefiles.commands.main import main\n"
        f"try: main(['-C', {str(tmp_path)!r}, 'status'])\n"
        f"except SystemExit as stop: print(stop.code, [m for m in {heavy} if m in sys.modules])\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "0 []"


CROSSED = {
    "traces/dataset/dimensions.yaml": """\
dimensions:
- {name: feature, values: [pay, return, search]}
- {name: persona, values: [adult, child]}
constraints:
- {when: {persona: child}, never: {feature: pay}, why: children have no invoices}
""",
    "traces/dataset/tuples.yaml": """\
tuples:
- {id: t1, values: {feature: pay, persona: adult}}
""",
    "traces/dataset/queries.yaml": "queries:\n- {id: q1, tuple: t1, text: pay}\n",
    "traces/r/q1.md": trace_text(query="q1", dimensions={"feature": "pay", "persona": "adult"}),
}


def test_coverage_is_counted_by_pair_of_values(tmp_path: Path) -> None:
    """Every cell has its counts; a pair that a constraint rules out is not expected."""
    found = json.loads(run_cli("status", "--json", cwd=workspace(tmp_path, CROSSED)).out)[
        "coverage"
    ]

    assert found["pairs"] == {"expected": 5, "queries": 1, "traces": 1, "reviewed": 0}
    assert found["dimensions"][0] == {
        "name": "feature",
        "values": [
            {"value": "pay", "queries": 1, "traces": 1, "reviewed": 0, "failing": 0},
            {"value": "return", "queries": 0, "traces": 0, "reviewed": 0, "failing": 0},
            {"value": "search", "queries": 0, "traces": 0, "reviewed": 0, "failing": 0},
        ],
    }
    (crossing,) = found["crossings"]
    assert (crossing["rows"], crossing["columns"]) == ("feature", "persona")
    assert crossing["cells"][:2] == [
        {"row": "pay", "column": "adult", "expected": True, "queries": 1, "traces": 1,
         "reviewed": 0, "failing": 0},
        {"row": "pay", "column": "child", "expected": False, "queries": 0, "traces": 0,
         "reviewed": 0, "failing": 0},
    ]  # fmt: skip
    assert {"feature": "return", "persona": "child"} in found["gaps"]["queries"]
    assert {"feature": "pay", "persona": "child"} not in found["gaps"]["reviewed"]


def test_queries_that_wait_for_a_decision_are_counted_and_come_first(tmp_path: Path) -> None:
    """Before the first run there is time to decide on them."""
    queries = "queries:\n- {id: q1, tuple: t1, text: pay}\n- {id: q2, text: odd, doubt: no user}\n"
    files = {**CROSSED, "traces/dataset/queries.yaml": queries}
    del files["traces/r/q1.md"]
    folder = workspace(tmp_path, files)

    found = json.loads(run_cli("status", "--json", cwd=folder).out)
    shown = run_cli("status", cwd=folder).out

    assert found["queries"] == {"used": 1, "waiting": 1, "dropped": 0}
    assert found["next"]["command"] == "casefiles queries --review"
    assert "queries             1  1 more wait for a decision" in shown


def test_coverage_is_shown_as_tables_with_the_empty_cells_named(tmp_path: Path) -> None:
    """Gaps of the first stage that has any: what was not asked cannot have been read."""
    folder = workspace(tmp_path, CROSSED)

    shown = run_cli("status", "--coverage", cwd=folder).out

    assert "1/1" in shown
    assert "queries in use / traces; – cannot occur" in shown  # nothing is reviewed yet
    assert "no query in use: 4 of 5 pairs of values" in shown
    assert "  feature: return × persona: adult, child" in shown
    assert "not read" not in shown
    assert "1  of 5 that can occur; 1 run, 0 read" in run_cli("status", cwd=folder).out


def test_a_wide_crossing_is_split_to_fit_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every column is there, no line is longer than the terminal, no name is broken."""
    names = [f"a-rather-long-value-{n}" for n in range(9)]
    dimensions = "dimensions:\n" + "".join(
        f"- {{name: {name}, values: [{', '.join(names)}]}}\n" for name in ("one", "two")
    )
    folder = workspace(tmp_path, {"traces/dataset/dimensions.yaml": dimensions})
    monkeypatch.setenv("COLUMNS", "80")

    shown = run_cli("status", "--coverage", cwd=folder).out

    tables = shown[: shown.index("queries in use")]
    assert all(len(line) <= 80 for line in tables.splitlines())
    assert all(name in tables for name in names)
    assert tables.count("one \\ two") > 1


def test_a_dimension_without_values_covers_nothing(tmp_path: Path) -> None:
    """It is a draft; status goes on."""
    files = {"traces/dataset/dimensions.yaml": "dimensions:\n- name: feature\n- name: persona\n"}
    folder = workspace(tmp_path, files)

    assert run_cli("status", cwd=folder).code == 0
    assert run_cli("status", "--coverage", cwd=folder).code == 0


def test_two_rounds_are_compared_query_by_query(tmp_path: Path) -> None:
    """For machines and people; one round alone is compared with nothing."""
    folder = filled(tmp_path)
    for n in (1, 3):
        verdict, value = ("pass", "no") if n == 1 else ("fail", "yes")
        files = {
            f"traces/round-2/q00{n}.md": trace_text(query=f"q00{n}"),
            f"notes/ana/round-2/q00{n}.md": LABELLED.format(n=n, verdict=verdict, value=value),
        }
        workspace(folder, {"casefiles.toml": "", **files})
    both = ("status", "--round", "round-1", "--round", "round-2")

    found = json.loads(run_cli(*both, "--json", cwd=folder).out)["comparison"]
    text = run_cli(*both, cwd=folder).out

    assert (found["before"], found["after"]) == ("round-1", "round-2")
    assert found["verdicts"] == {
        "fixed": 1,
        "still_failing": 0,
        "newly_failing": 1,
        "fine": 0,
        "not_comparable": 0,
    }
    assert found["modes"]["too-long"] == found["verdicts"]
    assert found["only_before"] == ["q002", "q004"]
    assert found["queries"][0] == {
        "query": "q001",
        "before": ["round-1/q001"],
        "after": ["round-2/q001"],
        "verdict": "fixed",
        "modes": {"too-long": "fixed"},
    }
    for line in ("newly failing: q003", "fixed: q001", "only in round-1: q002, q004"):
        assert line in text
    assert "round-1 → round-2, 2 queries in both" in text
    alone = run_cli("status", "--round", "round-1", "--json", cwd=folder)
    assert json.loads(alone.out)["comparison"] is None


def test_no_git_process_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`status` runs no git, in a repository or not, while `history` does."""
    repository(tmp_path).commit({})
    filled(tmp_path)
    note = LABELLED.format(n=1, verdict="fail", value="yes")
    timed = note.replace("labels", "seconds: 9\nlabels")
    workspace(tmp_path, {"casefiles.toml": "", "notes/ana/round-1/q001.md": timed})
    marker, folder = tmp_path / "git-ran", tmp_path / "bin"
    folder.mkdir()
    (folder / "git").write_text(f"#!/bin/sh\ntouch '{marker}'\nexit 1\n")
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    assert run_cli("status", cwd=tmp_path).code == 0
    assert run_cli("status", "--json", cwd=tmp_path).code == 0
    assert run_cli("status", "--time", "--coverage", cwd=tmp_path).code == 0
    assert not marker.exists()
    run_cli("history", cwd=tmp_path)
    assert marker.exists()


def test_a_claim_of_saturation_carries_what_it_rests_on(tmp_path: Path) -> None:
    """T, S, the taxonomy, how the traces were drawn, what is ahead, and what is no rule."""
    folder = filled(tmp_path)

    text = run_cli("status", cwd=folder).out
    found = json.loads(run_cli("status", "--json", cwd=folder).out)

    assert "slowing down, after 3 reviewed and 1 mode:" in text
    assert "no rule to stop by: nothing new in the last 2; Guest's ratio – in the last 20" in text
    assert "too little is known to say when the bound reaches 90 %" in text
    seen = found["saturation"]
    assert f"(taxonomy {seen['taxonomy']}, 1 in use; written queries)" in text
    assert seen["drawn"] == {"synthetic": 3}
    assert seen["more_until"] == {"90": None, "95": None}
    assert seen["no_stopping_rule"] == {"quiet": 2, "new_share": None}
    assert seen["new_at_most"] > seen["expected_new"]["modes"]
    assert found["drift"] == {
        "stale": {},
        "audits": [],
        "corrected": [],
        "consistency": {},
        "trends": {},
    }


def test_drift_is_told(tmp_path: Path) -> None:
    """Stale judgements, an audit of them, and what an annotator answered otherwise."""
    folder = filled(tmp_path)
    workspace(
        folder,
        {
            "casefiles.toml": "",
            "taxonomy/too-long.md": mode_text(version=2),
            "notes/ana/round-1/q001.md": LABELLED.format(
                n=1, verdict="fail", value="yes@1, no@2, yes@2, yes"
            ).replace("yes@1\n", "yes@2\n"),
        },
    )

    text = run_cli("status", cwd=folder).out
    found = json.loads(run_cli("status", "--json", cwd=folder).out)["drift"]

    assert "drift: 2 judgements under an older definition (too-long 2)" in text
    assert "repeats: ana answered 1 of 2 the same" in text
    assert found["stale"] == {"too-long": 2}
    assert found["consistency"]["ana"]["repeats"] == 2
    assert {audit["stale"] for audit in found["audits"]} == {3}

    listed = run_cli("status", "--stale", cwd=folder).out.splitlines()
    assert listed == [
        "notes/ana/round-1/q002.md: too-long yes, now at version 2",
        "notes/ana/round-1/q003.md: too-long no, now at version 2",
    ]
    told = json.loads(run_cli("status", "--stale", "--json", cwd=folder).out)["stale"]
    assert [one["trace"] for one in told] == ["round-1/q002", "round-1/q003"]


def test_each_annotator_has_a_line(tmp_path: Path) -> None:
    """Read of their share, passes, fails, put off, observations, and what is judged."""
    note = "---\nverdict: fail\nseconds: {}\nlabels:\n  too-long: yes@1\n---\nToo long, again.\n"
    root = workspace(
        tmp_path,
        {
            "casefiles.toml": '[review]\nannotators = ["ana", "ben"]\noverlap = 4\n',
            **{f"traces/r/q{n}.md": trace_text() for n in range(4)},
            "notes/ana/r/q0.md": note.format(40),
            "notes/ana/r/q1.md": "---\nverdict: pass\nseconds: 20\n---\n",
            "notes/ana/r/q2.md": "---\nverdict: defer\n---\n",
            "notes/cy/r/q3.md": note.format(60),
            "taxonomy/too-long.md": mode_text(),
        },
    )
    people = json.loads(run_cli("status", "--json", cwd=root).out)["people"]
    assert [one["annotator"] for one in people] == ["ana", "ben", "cy"]
    assert people[0] == {
        "annotator": "ana",
        "to_read": 4,
        "read": 2,
        "pass": 1,
        "fail": 1,
        "deferred": 1,
        "observations": 1,
        "judged": 1,
        "asked": 2,
    }
    assert (people[1]["read"], people[1]["to_read"]) == (0, 4)
    rows = [line.split() for line in run_cli("status", cwd=root).out.split("\n")]
    assert ["ana", "2", "of", "4", "1", "1", "1", "1", "1", "of", "2"] in rows


def test_how_long_reading_takes_is_told_to_oneself_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others' times only if asked for."""
    note = "---\nverdict: pass\nreviewed: 2026-11-24T01:0{}:00Z\nseconds: {}\n---\n"
    notes = {f"notes/ana/r/q{n}.md": note.format(n, 60 - 5 * n) for n in range(10)}
    root = workspace(
        tmp_path,
        {
            **{f"traces/r/q{n}.md": trace_text() for n in range(10)},
            **notes,
            "notes/ben/r/q0.md": note.format(1, 33),
        },
    )
    assert " s each" not in run_cli("status", cwd=root).out
    monkeypatch.setenv("CASEFILES_ANNOTATOR", "ana")
    out = run_cli("status", cwd=root).out
    said = "10 notes in 6 min, 38 s each in the middle (50 s in the first half, 25 s in the second)"
    assert f"ana: {said}\n" in out
    assert "ben:" not in out
    assert "ben: 1 note in 33 s\n" in run_cli("status", "--time", cwd=root).out
    people = json.loads(run_cli("status", "--json", cwd=root).out)["people"]
    assert people[0]["seconds"]["median"] == 37.5
    assert "seconds" not in people[1]
