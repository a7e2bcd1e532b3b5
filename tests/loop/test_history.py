"""The saturation history over real git repositories, gentle ones and hostile ones."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from casefiles.documents.judgements import judge
from casefiles.errors import BadInputError
from casefiles.insight.figures import figures
from casefiles.loop.desk import open_corpus
from casefiles.loop.history import HistoryReport, Point, document, history
from casefiles.workspace.find import find
from cli import run_cli
from repositories import Repository, repository
from workspaces import CONFIG, mode_text, trace_text


def note(
    text: str = "said",
    *,
    labels: Mapping[str, str] | None = None,
    day: int = 1,
    verdict: str = "fail",
    **label: str,
) -> str:
    """Write a note; a keyword that is none of its own is a label."""
    given = {**(labels or {}), **label}
    lines = "".join(f"  {mode}: {said}\n" for mode, said in given.items())
    judged = f"labels:\n{lines}" if lines else ""
    when = f"2026-01-{day:02}T10:00:00Z"
    return f"---\nverdict: {verdict}\nreviewed: {when}\n{judged}---\n{text}\n"


def traces(count: int, *, round_name: str = "r") -> dict[str, str]:
    """Write traces t1 … tN of a round, each a unit of its own."""
    return {
        f"traces/{round_name}/t{n}.md": trace_text(query=f"{round_name}-q{n}")
        for n in range(1, count + 1)
    }


def begun(folder: Path, count: int = 4) -> Repository:
    """Make a repository that holds a workspace with some traces."""
    git = repository(folder)
    git.commit({"casefiles.toml": CONFIG, **traces(count)}, "traces")
    return git


def told(git: Repository, **options: list[str]) -> HistoryReport:
    """Tell the history of a repository's workspace."""
    return history(find(git.root), **options)


def curve(report: HistoryReport) -> list[tuple[int, int, int, int]]:
    """(reviewed, modes as it happened, today's at least, at most) of each point."""
    return [
        (p.then.units, p.then.modes, p.today.modes_low, p.today.modes_high)
        for p in report.points
        if p.then is not None
    ]


def kinds(point: Point) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """What happened at a point."""
    return [(h.event.kind, h.event.modes, h.event.into) for h in point.events]


class TestTwoHistories:
    def test_each_commit_that_changes_a_figure_is_a_point(self, tmp_path: Path) -> None:
        """With its commit, author, date, counts and what happened to the taxonomy."""
        git = begun(tmp_path)
        first = git.commit({"notes/ana/r/t1.md": note()}, "read one")
        git.commit({"README.md": "elsewhere\n"})
        second = git.commit(
            {"taxonomy/long.md": mode_text("Long"), "notes/ana/r/t1.md": note(long="yes@1")},
            "a mode",
        )

        report = told(git)

        assert report.source == "git"
        assert [point.commit for point in report.points] == [first, second]
        assert curve(report) == [(1, 0, 1, 1), (1, 1, 1, 1)]
        assert [(p.then.notes, p.then.labels, p.then.uncoded) for p in report.points if p.then] == [
            (1, 0, 1),
            (1, 1, 0),
        ]
        assert kinds(report.points[1]) == [("created", ("long",), ())]
        happened = report.points[1].events[0]
        assert (happened.commit, happened.author) == (second, "Tester")
        assert report.remarks == ()

    def test_a_merge_of_modes_falls_as_it_happened_and_not_today(self, tmp_path: Path) -> None:
        """Two names for one thing were two modes then, and are one mode all along today."""
        git = begun(tmp_path)
        modes = {f"taxonomy/{m}.md": mode_text(m.title()) for m in ("a", "b")}
        git.commit({**modes, "notes/ana/r/t1.md": note(a="yes@1")})
        git.commit({"notes/ana/r/t2.md": note(b="yes@1")})
        git.commit(
            {
                "taxonomy/a.md": mode_text("A", version=2, merged_from="[b@1]"),
                "taxonomy/b.md": mode_text("B", status="retired", merged_into="a@2"),
            }
        )

        report = told(git)

        assert curve(report) == [(1, 1, 1, 1), (2, 2, 1, 1), (2, 1, 1, 1)]
        assert kinds(report.points[-1]) == [("merged", ("b",), ("a",))]

    def test_a_split_is_a_range_until_its_traces_are_judged_again(self, tmp_path: Path) -> None:
        """It discovers nothing; how many kinds were meant is not known before."""
        git = begun(tmp_path)
        git.commit({"taxonomy/tone.md": mode_text("Tone")})
        git.commit({f"notes/ana/r/t{n}.md": note(tone="yes@1") for n in (1, 2, 3)})
        split = "[curt@1, sweet@1]"
        git.commit(
            {
                "taxonomy/tone.md": mode_text("Tone", status="retired", split_into=split),
                "taxonomy/curt.md": mode_text("Curt", split_from="tone@1"),
                "taxonomy/sweet.md": mode_text("Sweet", split_from="tone@1"),
            }
        )
        assert curve(told(git))[1:] == [(3, 1, 1, 2), (3, 1, 1, 2)]

        git.commit({"notes/ana/r/t1.md": note(tone="yes@1", curt="yes@1", sweet="no@1")})
        assert curve(told(git))[-1] == (3, 1, 1, 2)

        done = {"curt": "no@1", "sweet": "yes@1"}
        git.commit({f"notes/ana/r/t{n}.md": note(labels=done, tone="yes@1") for n in (2, 3)})
        assert curve(told(git))[1:] == [(3, 1, 2, 2)] * 3 + [(3, 2, 2, 2)]

    def test_a_rename_moves_no_figure(self, tmp_path: Path) -> None:
        """Old labels go on counting under the new name, in both histories."""
        git = begun(tmp_path)
        git.commit({"taxonomy/a.md": mode_text("A"), "notes/ana/r/t1.md": note(a="yes@1")})
        git.commit({"taxonomy/a.md": None, "taxonomy/b.md": mode_text("A", aliases="[a]")})

        report = told(git)

        assert curve(report) == [(1, 1, 1, 1), (1, 1, 1, 1)]
        assert kinds(report.points[1]) == [("renamed", ("a",), ("b",))]

    def test_a_redefinition_tells_what_it_changed(self, tmp_path: Path) -> None:
        """With a new version it is one, without it is a rewording."""
        git = begun(tmp_path)
        git.commit({"taxonomy/a.md": mode_text("A")})
        git.commit({"taxonomy/a.md": mode_text("A", version=2) + "No exceptions.\n"})
        git.commit({"taxonomy/a.md": mode_text("A", version=2) + "No exceptions at all.\n"})

        points = told(git).points

        assert [kinds(point)[0][0] for point in points] == ["created", "redefined", "reworded"]
        assert points[1].events[0].event.after.endswith("No exceptions.")

    def test_what_is_not_committed_is_the_last_point(self, tmp_path: Path) -> None:
        """If it changes a figure."""
        git = begun(tmp_path)
        git.commit({"notes/ana/r/t1.md": note()})
        assert len(told(git).points) == 1
        git.write({"notes/ana/r/t2.md": note()})

        report = told(git)

        assert [(p.commit, p.then and p.then.units) for p in report.points][1:] == [(None, 2)]

    def test_codes_of_an_accepted_proposal_count_from_its_commit(self, tmp_path: Path) -> None:
        """The trace was uncoded before."""
        git = begun(tmp_path)
        git.commit({"notes/ana/r/t1.md": note("too much text")})
        proposal = (
            "---\nkind: proposal/1\nstatus: accepted\napplied:\n  new long: long@1\n---\n\n"
            '## new: Long\nYes if so.\nNo if not.\n\n- [x] ana:r/t1#1 "too much text"\n'
        )
        git.commit({"taxonomy/proposals/p.md": proposal, "taxonomy/long.md": mode_text("Long")})

        report = told(git)

        assert [p.then.uncoded for p in report.points if p.then] == [1, 0]
        assert curve(report)[-1] == (1, 1, 1, 1)

    def test_the_frame_is_that_of_status(self, tmp_path: Path) -> None:
        """--round narrows it; an unknown round is an error that offers the nearest."""
        git = begun(tmp_path, 2)
        git.commit({**traces(1, round_name="later"), "notes/ana/r/t1.md": note()})
        git.commit({"notes/ana/later/t1.md": note(day=2)})

        assert [units for units, *_ in curve(told(git, rounds=["later"]))] == [1]
        with pytest.raises(BadInputError, match="did you mean 'later'"):
            told(git, rounds=["laters"])


class TestByRound:
    def test_rounds_add_up_in_the_order_of_review(self, tmp_path: Path) -> None:
        """Each says how many of its modes no earlier round showed."""
        git = begun(tmp_path, 2)
        modes = {f"taxonomy/{m}.md": mode_text(m.title()) for m in ("a", "b")}
        git.commit(
            {
                **modes,
                **traces(3, round_name="b-second"),
                "traces/b-second/round.yaml": "drawn: random\napp_version: '2'\n",
                "notes/ana/r/t1.md": note(day=3, a="yes@1"),
                "notes/ana/r/t2.md": note(day=4, a="yes@1", b="yes@1"),
                "notes/ana/b-second/t1.md": note(day=1, a="yes@1"),
            }
        )

        found = told(git).rounds

        assert [(r.round, r.units, r.new, r.drawn, r.app_version) for r in found] == [
            ("b-second", 1, 1, "random", "2"),
            ("r", 2, 1, None, None),
        ]
        assert [(r.total.units, r.total.modes_low) for r in found] == [(1, 1), (3, 2)]


class TestMerges:
    def test_work_arrives_with_the_merge_and_keeps_its_author(self, tmp_path: Path) -> None:
        """A merge of three branches is one point; each event names the branch's own commit."""
        git = begun(tmp_path)
        git.commit({"notes/ana/r/t1.md": note()})
        made = {}
        for name in ("one", "two", "three"):
            git.git("checkout", "-q", "-b", name, "main")
            git.commit({f"notes/{name}/r/t2.md": note()})
            made[name] = git.commit({f"taxonomy/{name}.md": mode_text(name)}, f"mode {name}")
        git.git("checkout", "-q", "main")
        git.git("merge", "-q", "--no-ff", "-m", "octopus", "one", "two", "three")

        point = told(git).points[-1]

        assert point.subject == "octopus"
        assert {h.event.modes[0]: h.commit for h in point.events} == made
        assert point.then is not None
        assert (point.then.units, point.then.notes) == (2, 4)

    def test_a_rewritten_branch_is_told_as_it_is_now(self, tmp_path: Path) -> None:
        """After a forced push nothing of the old commits is left."""
        git = begun(tmp_path)
        git.commit({"notes/ana/r/t1.md": note()}, "to be rewritten")
        git.git("commit", "--amend", "-q", "-m", "rewritten")

        assert [point.subject for point in told(git).points] == ["rewritten"]


class TestHostile:
    def test_a_mode_deleted_and_made_again(self, tmp_path: Path) -> None:
        """Its labels count nothing while it is away, and again when it is back."""
        git = begun(tmp_path)
        git.commit({"taxonomy/a.md": mode_text("A"), "notes/ana/r/t1.md": note(a="yes@1")})
        git.commit({"taxonomy/a.md": None})
        git.commit({"taxonomy/a.md": mode_text("A")})

        report = told(git)

        assert [kinds(point)[0][0] for point in report.points] == ["created", "removed", "created"]
        assert [(p.then.modes, p.then.uncoded) for p in report.points if p.then] == [
            (1, 0),
            (0, 1),
            (1, 0),
        ]

    def test_a_broken_version_counts_as_the_one_before_and_is_said(self, tmp_path: Path) -> None:
        """Not UTF-8, cut front matter, a conflict marker, a million lines: skipped, with count."""
        git = begun(tmp_path)
        git.commit({"notes/ana/r/t1.md": note(), "taxonomy/a.md": mode_text("A")})
        huge = "---\nverdict: fail\n---\n" + "line\n" * 1_000_000
        git.commit({"notes/ana/r/t1.md": b"\xff\xfe not text"})
        git.commit({"taxonomy/a.md": "---\nname: A\n", "notes/ana/r/t2.md": huge})
        git.commit({"notes/ana/r/t1.md": "<<<<<<< ours\n=======\n>>>>>>> theirs\n"})
        good = {"notes/ana/r/t2.md": note(day=2), "taxonomy/a.md": mode_text("A")}
        git.commit({**good, "notes/ana/r/t1.md": note(day=3)})

        report = told(git)

        assert curve(report) == [(1, 0, 0, 0), (2, 0, 0, 0)]
        assert report.remarks[0].startswith("broken: 4 versions of files could not be read")

    def test_a_submodule_or_a_link_in_the_way(self, tmp_path: Path) -> None:
        """A note that became one of them is gone at that commit, and only then."""
        git = begun(tmp_path)
        git.commit({"notes/ana/r/t1.md": note(), "notes/ana/r/t2.md": note()})
        (tmp_path / "notes/ana/r/t1.md").unlink()
        repository(tmp_path / "notes/ana/r/t1.md").commit({"x.md": "x\n"})
        (tmp_path / "notes/ana/r/t2.md").unlink()
        (tmp_path / "notes/ana/r/t2.md").symlink_to("/etc/passwd")
        git.commit({}, "in the way")

        assert [units for units, *_ in curve(told(git))] == []  # nothing is reviewed today
        for name in ("t1", "t2"):
            path = f"notes/ana/r/{name}.md"
            git.git("rm", "-q", "--cached", path)
        (tmp_path / "notes/ana/r/t2.md").unlink()
        (tmp_path / "notes/ana/r/t1.md").rename(tmp_path / "elsewhere")
        git.write({"notes/ana/r/t1.md": note(), "notes/ana/r/t2.md": note()})
        git.git("add", "notes")
        git.git("commit", "-q", "-m", "back")

        assert [units for units, *_ in curve(told(git))] == [2, 0, 2]

    def test_a_renamed_round_and_annotator_go_on(self, tmp_path: Path) -> None:
        """Notes that moved unchanged are the same notes, codes that cite them too."""
        git = begun(tmp_path)
        proposal = (
            "---\nkind: proposal/1\nstatus: accepted\napplied:\n  new long: long@1\n---\n\n"
            '## new: Long\nYes if so.\nNo if not.\n\n- [x] ana:{}/t1#1 "said"\n'
        )
        git.commit({"notes/ana/r/t1.md": note()}, "one")
        git.commit(
            {
                "taxonomy/proposals/p.md": proposal.format("r"),
                "taxonomy/long.md": mode_text("Long"),
            },
            "two",
        )
        git.commit({"notes/ana/r/t2.md": note("else", long="no@1")}, "three")
        git.git("mv", "traces/r", "traces/pilot")
        git.git("mv", "notes/ana/r", "notes/ana/pilot")
        git.commit({"taxonomy/proposals/p.md": proposal.format("pilot")}, "renamed the round")
        assert [(u, m) for u, m, *_ in curve(told(git))] == [(1, 0), (1, 1), (2, 1)]

        git.git("mv", "notes/ana", "notes/ana-maria")
        proposal = proposal.replace("ana:", "ana-maria:")
        git.commit({"taxonomy/proposals/p.md": proposal.format("pilot")}, "renamed the annotator")

        assert [(u, m) for u, m, *_ in curve(told(git))] == [(1, 0), (1, 1), (2, 1)]

    def test_a_moved_workspace_says_that_it_was_followed(self, tmp_path: Path) -> None:
        """From the folder it was in before."""
        git = begun(tmp_path)
        git.commit({"notes/ana/r/t1.md": note("one")}, "one")
        git.commit({"notes/ana/r/t2.md": note("two")}, "two")
        (tmp_path / "evals").mkdir()
        git.git("mv", "casefiles.toml", "notes", "traces", "evals")
        git.commit({}, "move")

        report = history(find(tmp_path / "evals"))

        assert [point.subject for point in report.points] == ["one", "two"]
        assert report.remarks == ("moved: followed to where the workspace was before: .",)

    def test_bytes_that_are_no_utf8(self, tmp_path: Path) -> None:
        """In a path, an author or a subject they break nothing, and the rest is told."""
        git = begun(tmp_path)
        git.commit({"notes/ana/r/t1.md": note(), "taxonomy/a.md": mode_text("A")})
        (tmp_path / "notes/ana/r" / os.fsdecode(b"caf\xe9.md")).write_bytes(b"\xff")
        git.git("add", "-A")
        author = ("--author", os.fsdecode(b"Ren\xe9 <r@x.org>"))
        git.git("commit", "-q", "-F", "-", *author, given=b"subj\xe9ct\n")
        (tmp_path / "taxonomy/a.md").unlink()
        git.git("commit", "-qam", "gone", *author)

        report = told(git)

        assert report.points[-1].author.startswith("Ren")
        assert report.remarks[0].startswith("broken: 1 version of a file could not be read")
        for arguments in (["history"], ["history", "--json"], ["diff", "HEAD~1"], ["status"]):
            assert run_cli(*arguments, cwd=tmp_path).code == 0

    def test_a_shallow_clone_says_that_the_beginning_is_missing(self, tmp_path: Path) -> None:
        """What is there is told."""
        git = begun(tmp_path / "origin")
        git.commit({"notes/ana/r/t1.md": note()})
        git.commit({"notes/ana/r/t2.md": note()})
        git.git("clone", "-q", "--depth", "1", f"file://{git.root}", str(tmp_path / "clone"))

        report = history(find(tmp_path / "clone"))

        assert curve(report) == [(2, 0, 0, 0)]
        assert report.remarks[0].startswith("shallow: this clone is shallow")


class TestOutsideGit:
    def test_dates_of_review_stand_in_and_what_is_missing_is_said(self, tmp_path: Path) -> None:
        """One point a day, by today's taxonomy; undated reviews come first."""
        git = Repository(root=tmp_path)
        git.write(
            {
                "casefiles.toml": CONFIG,
                **traces(4),
                "taxonomy/a.md": mode_text("A"),
                "notes/ana/r/t1.md": note(day=2, a="yes@1"),
                "notes/ana/r/t2.md": note(day=2),
                "notes/ana/r/t3.md": note(day=5),
                "notes/ana/r/t4.md": "undated\n",
            }
        )

        report = history(find(tmp_path))

        assert report.source == "dates"
        assert [(p.when, p.today.units, p.today.modes_low) for p in report.points] == [
            ("", 1, 0),
            ("2026-01-02", 3, 1),
            ("2026-01-05", 4, 1),
        ]
        assert report.remarks[0].startswith("no-git: this is no git repository; so the taxonomy's")
        assert report.remarks[1].startswith("undated: 1 ")

    def test_nothing_committed_is_no_history(self, tmp_path: Path) -> None:
        """A repository that does not hold the notes yet tells by dates, too."""
        git = begun(tmp_path)
        git.write({"notes/ana/r/t1.md": note()})

        report = told(git)

        assert report.source == "dates"
        assert report.remarks[0].startswith("no-git: no note or mode is committed yet")


def test_the_replay_agrees_with_figures_computed_afresh(tmp_path: Path) -> None:
    """Over a random history, each point is what `figures` says of that commit, checked out."""
    rng = random.Random(7)
    git = begun(tmp_path, 6)
    modes = {"a": mode_text("A"), "b": mode_text("B"), "c": mode_text("C")}
    git.commit({f"taxonomy/{id_}.md": text for id_, text in modes.items()})
    final = {f"notes/ana/r/t{n}.md": note(a="yes@1") for n in range(1, 7)}
    for number in range(40):
        git.commit(_random_change(rng, tmp_path), f"step {number}")
    git.commit({**final, "casefiles.toml": CONFIG})
    report = told(git)

    checked = 0
    for point in report.points:
        git.git("checkout", "-q", str(point.commit))
        corpus = open_corpus(find(tmp_path))
        now = figures(corpus, judge(corpus))
        then = point.then
        assert then is not None
        assert (then.units, then.uncoded, then.active) == (
            now.saturation.units,
            len(now.uncoded),
            now.active,
        ), point.subject
        assert then.modes == now.saturation.modes - len(now.uncoded), point.subject
        assert then.coverage == now.saturation.coverage
        assert then.coverage_low == now.saturation.coverage_low
        assert then.notes == sum(1 for _ in corpus.human_notes())
        checked += 1
    assert checked > 25


_PLACES = (
    {"status": "active"},
    {"status": "retired"},
    {"status": "retired", "merged_into": "a@2"},
    {"status": "retired", "split_into": "[d@1, e@1]"},
    {"status": "active", "aliases": "[old]"},
    {"status": "active", "version": 3},
)


def _random_change(rng: random.Random, root: Path) -> Mapping[str, str | None]:
    """Draw a note by one of two people, a mode's new place, or a removal."""
    pick = rng.random()
    if pick < 0.6:
        labels = {m: f"{rng.choice(['yes', 'no', 'unsure'])}@1" for m in rng.sample("abcde", 3)}
        labels |= {"old": "yes@1"} if rng.random() < 0.3 else {}
        path = f"notes/{rng.choice(['ana', 'ben', 'adjudicated'])}/r/t{rng.randint(1, 6)}.md"
        if (root / path).exists() and rng.random() < 0.3:
            return {path: None}
        return {path: note(labels=labels, verdict=rng.choice(["pass", "fail"]))}
    id_ = rng.choice("bcde")
    path = f"taxonomy/{id_}.md"
    if (root / path).exists() and rng.random() < 0.3:
        return {path: None}
    keys = dict(rng.choice(_PLACES))
    if id_ in "de" and rng.random() < 0.7:
        keys |= {"split_from": f"{rng.choice('bc')}@1"}
    return {path: mode_text(id_.upper(), **keys)}  # type: ignore[arg-type]


class TestCommand:
    def test_the_document_has_both_histories(self, tmp_path: Path) -> None:
        """`history --json` is what `document` says, with events, rounds and remarks."""
        git = begun(tmp_path)
        git.commit({"taxonomy/a.md": mode_text("A"), "notes/ana/r/t1.md": note(a="yes@1")})

        found = json.loads(run_cli("history", "--json", cwd=tmp_path).out)

        assert found == json.loads(json.dumps(document(told(git))))
        point = found["points"][0]
        assert (point["traces"], point["modes"], point["today"]["high"]) == (1, 1, 1)
        assert point["events"][0] == {
            "kind": "created",
            "modes": ["a"],
            "into": [],
            "commit": point["commit"],
            "author": "Tester",
            "when": point["when"],
        }
        assert found["rounds"][0]["round"] == "r"

    def test_events_and_rounds_can_be_asked_for(self, tmp_path: Path) -> None:
        """Long lists are cut at the last fifteen, and say so."""
        git = begun(tmp_path, 20)
        git.commit({"taxonomy/a-long-name-of-a-mode.md": mode_text("A")}, "mode")
        for number in range(1, 21):
            git.commit({f"notes/ana/r/t{number}.md": note()})

        told_all = run_cli("history", cwd=tmp_path).out
        events = run_cli("history", "--events", cwd=tmp_path).out
        rounds = run_cli("history", "--by-round", cwd=tmp_path).out

        assert "6 earlier points: --all" in told_all
        assert "created: a-long-name-of-a-mode  (Tester)" in events
        assert "0 in 20" in rounds

    def test_an_author_cannot_drive_the_terminal(self, tmp_path: Path) -> None:
        """Names are printed as visible text."""
        git = begun(tmp_path)
        git.write({"taxonomy/a.md": mode_text("A")})
        git.git("add", "-A")
        git.git("-c", "user.name=x", "commit", "-q", "-m", "m", "--author", "E\x1b[31mve <e@x.org>")

        assert "\x1b" not in run_cli("history", cwd=tmp_path).out
