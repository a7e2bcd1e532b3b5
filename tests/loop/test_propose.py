"""`casefiles propose`: from notes to a file that a person edits."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from casefiles.documents import proposal as proposal_file
from casefiles.errors import BadInputError
from casefiles.loop.propose import propose
from casefiles.workspace.find import find
from cli import run_cli
from corpora import TRACE
from workspaces import mode_text, workspace

KINDS = (
    "refunds the order without asking first",
    "answers in english to a spanish question",
    "writes three screens for a yes or no question",
)
DETAILS = ("", ", again", " once more", " in the end", " at turn 4", " and says so")


def shop(
    folder: Path, more: Mapping[str, str] | None = None, *, traces: int = 40, noted: int = 36
) -> Path:
    """A workspace in which ana noted one of three failures in each trace she read."""
    files = {f"traces/round-1/q{number:03}.md": TRACE for number in range(traces)}
    for number in range(noted):
        text = KINDS[number % 3] + DETAILS[number // 3 % 6]
        files[f"notes/ana/round-1/q{number:03}.md"] = f"---\nverdict: fail\n---\n{text}\n"
    return workspace(folder, {**files, **(more or {})})


def written(root: Path) -> dict[str, str]:
    """Everything in the workspace but what is private to the tool."""
    return {
        path.relative_to(root).as_posix(): path.read_text("utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".casefiles" not in path.parts
    }


def test_like_observations_become_proposed_modes(tmp_path: Path) -> None:
    """Every observation stands in the file once; nothing else is written."""
    root = shop(tmp_path)
    before = written(root)

    result = run_cli("propose", cwd=root)

    assert result.code == 0, result.err
    after = written(root)
    (path,) = set(after) - set(before)
    day = re.fullmatch(r"taxonomy/proposals/(\d{4}-\d\d-\d\d)\.md", path)
    assert day
    assert f"Next: edit it, then casefiles accept {day[1]}" in result.out
    assert {name: text for name, text in after.items() if name != path} == before
    found, problems = proposal_file.parse(after[path], path)
    assert problems == ()
    assert found is not None
    cited = [str(item.reference).partition('"')[0] for item in found.items]
    assert sorted(cited) == [f"ana:round-1/q{number:03}#1 " for number in range(36)]
    assert found.method == "embedded/lexical"
    assert dict(found.basis) == {"observations": "36", "uncoded": "36", "reviewed": "36"}
    groups = [section for section in found.sections if section.verb == "new"]
    for section in groups:
        # What each says is the same failure: the pipeline told the three apart.
        kinds = {str(item.reference).split('"')[1][:12] for item in section.items}
        assert len(kinds) == 1


def test_json_counts_what_went_where(tmp_path: Path) -> None:
    """Observations in are observations out."""
    result = run_cli("propose", "--json", cwd=shop(tmp_path))

    found = json.loads(result.out)
    assert re.fullmatch(r"taxonomy/proposals/\d{4}-\d\d-\d\d\.md", found["path"])
    assert found["method"] == "embedded/lexical"
    assert found["observations"] == 36
    groups = sum(group["observations"] for group in found["groups"])
    assert groups + found["left_over"] == 36
    assert all(group["name"] for group in found["groups"])


def test_the_same_notes_give_the_same_file(tmp_path: Path) -> None:
    """Nothing is drawn by chance."""
    texts = []
    for name in ("a", "b"):
        root = shop(tmp_path / name)
        propose(find(root), day="2026-11-24")
        texts.append((root / "taxonomy/proposals/2026-11-24.md").read_bytes())

    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("traces", "noted", "said"),
    [
        (40, 29, "29 of at least 30 observations"),
        (80, 36, "36 of at least 40 reviewed traces"),
    ],
)
def test_too_little_reading_is_refused_with_what_to_do_first(
    tmp_path: Path, traces: int, noted: int, said: str
) -> None:
    """Nothing is written; --force goes on and is recorded."""
    root = shop(tmp_path, traces=traces, noted=noted)

    refused = run_cli("propose", cwd=root)

    assert refused.code == 2
    assert said in refused.err
    assert "casefiles note" in refused.err
    assert not (root / "taxonomy").exists()
    forced = run_cli("propose", "--force", "--name", "early", cwd=root)
    assert forced.code == 0
    assert "  forced: yes\n" in (root / "taxonomy/proposals/early.md").read_text()


def test_an_open_proposal_of_the_same_observations_comes_first(tmp_path: Path) -> None:
    """Accept it, edit it or reject it; --force writes another beside it."""
    root = shop(tmp_path)
    workspace_ = find(root)
    propose(workspace_, day="2026-11-24")

    note = root / "notes/ana/round-1/q036.md"
    note.write_text("---\nverdict: fail\n---\nlinks to a page that is gone\n")
    with pytest.raises(BadInputError, match=r"24 holds 36 of these 37.*\(1 are new\)") as refused:
        propose(workspace_, day="2026-11-24")

    assert "casefiles accept 2026-11-24" in str(refused.value)
    second = propose(workspace_, day="2026-11-24", force=True)
    assert second.path == "taxonomy/proposals/2026-11-24-2.md"
    assert second.proposal.basis["forced"] == "yes"
    assert second.remarks == (
        "the open proposal 2026-11-24 holds 36 of these 37 observations (1 are new)",
    )


def test_what_was_rejected_is_not_proposed_again(tmp_path: Path) -> None:
    """The same groups are refused with the reason; --force proposes them all the same."""
    root = shop(tmp_path)
    run_cli("propose", "--name", "first", cwd=root)
    run_cli("reject", "--why", "groups by language", cwd=root)

    again = run_cli("propose", "--name", "second", cwd=root)
    forced = run_cli("propose", "--name", "second", "--force", cwd=root)
    taken = run_cli("propose", "--name", "first", cwd=root)

    assert again.code == 2
    assert "is not proposed again: it was rejected in first (groups by language)" in again.err
    assert "--force" in again.err
    assert forced.code == 0
    assert taken.code == 2
    assert "there is a proposal 'first' already" in taken.err


def test_observations_of_a_rejected_group_join_others_or_are_left_over(tmp_path: Path) -> None:
    """What is new beside it is proposed."""
    root = shop(tmp_path)
    run_cli("propose", "--name", "first", cwd=root)
    run_cli("reject", "--why", "no failures", cwd=root)
    for number in range(30, 36):
        path = root / f"notes/ana/round-1/q{number:03}.md"
        path.write_text(f"---\nverdict: fail\n---\nlinks to a page that is gone, case {number}\n")

    found = propose(find(root), name="second").proposal

    (group,) = [section for section in found.sections if section.verb == "new"]
    (rest,) = [section for section in found.sections if section.verb == "left over"]
    assert all("links to a page" in str(item.reference) for item in group.items)
    assert (len(group.items), len(rest.items)) == (6, 30)
    assert "is not proposed again" in found.intro


def test_proposing_again_leaves_what_was_accepted_and_says_what_is_new(tmp_path: Path) -> None:
    """After ten more notes only these are proposed; no mode and no code has moved."""
    root = shop(tmp_path, noted=30)
    run_cli("propose", "--name", "first", cwd=root)
    path = root / "taxonomy/proposals/first.md"
    text = re.sub(r"^(Yes|No) if .*$", r"\1 if so.", path.read_text(), flags=re.MULTILINE)
    path.write_text(text)
    assert run_cli("accept", "first", cwd=root).code == 0
    before = {path: path.read_bytes() for path in root.rglob("taxonomy/**/*.md")}
    for number in range(30, 40):
        path = root / f"notes/ana/round-1/q{number:03}.md"
        path.write_text(f"---\nverdict: fail\n---\nlinks to a page that is gone, case {number}\n")

    result = run_cli("propose", "--name", "second", cwd=root)

    assert result.code == 0, result.err
    assert "30 observations stay where they were accepted; 10 of the others are new" in result.out
    assert {path: path.read_bytes() for path in before} == before
    text = (root / "taxonomy/proposals/second.md").read_text()
    found, _ = proposal_file.parse(text, "second.md")
    assert found is not None
    assert {item.reference.trace for item in found.items} == {
        f"round-1/q{number:03}" for number in range(30, 40)
    }


def test_what_was_coded_is_not_proposed_again_and_its_wording_finds_its_mode(
    tmp_path: Path,
) -> None:
    """The same words, in any case, are proposed for the mode they were accepted for."""
    accepted = """\
    ---
    kind: proposal/1
    status: accepted
    applied: {add too-long: too-long@1}
    ---
    ## add: too-long
    - [x] ana:round-1/q002#1 "writes three screens for a yes or no question"
    """
    root = shop(
        tmp_path,
        {
            "taxonomy/too-long.md": mode_text("Too long"),
            "taxonomy/proposals/first.md": accepted,
            "notes/ben/round-1/q001.md": "Writes three screens for a yes or no question\n",
        },
    )

    found = propose(find(root), name="second")

    added = next(section for section in found.proposal.sections if section.verb == "add")
    cited = {f"{item.reference.annotator}:{item.reference.trace}" for item in added.items}
    everywhere = {item.reference.trace for item in found.proposal.items}
    assert added.names == ("too-long",)
    assert "ben:round-1/q001" in cited
    assert "round-1/q002" not in everywhere
    assert found.observations == 36


def test_what_is_like_no_other_is_not_left_over_again_and_again(tmp_path: Path) -> None:
    """Once written out, it is proposed anew only with something beside it, or by force."""
    odd = {"notes/ben/round-1/q001.md": "shouts\n", "notes/ben/round-1/q002.md": "dead link\n"}
    root = shop(tmp_path, odd)
    run_cli("propose", "--name", "first", cwd=root)
    path = root / "taxonomy/proposals/first.md"
    path.write_text(re.sub(r"(?m)^(Yes|No) if .*$", r"\1 if so.", path.read_text()))
    assert run_cli("accept", cwd=root).code == 0

    again = run_cli("propose", "--name", "second", cwd=root)
    forced = run_cli("propose", "--name", "second", "--force", cwd=root)

    assert again.code == 2
    assert "nothing new to propose: 2 observations belong to no mode" in again.err
    assert forced.code == 0
    assert "2 left over" in forced.out


def test_nothing_left_to_propose_is_said(tmp_path: Path) -> None:
    """Also with --force: there is nothing to group."""
    result = run_cli("propose", "--force", cwd=shop(tmp_path, noted=0))

    assert result.code == 2
    assert "nothing to propose" in result.err


def test_a_dry_run_shows_the_file_and_writes_nothing(tmp_path: Path) -> None:
    """As a diff."""
    root = shop(tmp_path)

    result = run_cli("propose", "--dry-run", "--name", "look", cwd=root)

    assert result.code == 0
    assert "+++ b/taxonomy/proposals/look.md" in result.out
    assert not (root / "taxonomy").exists()


@pytest.mark.parametrize("name", ["../up", "A b", ""])
def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path, name: str) -> None:
    """Nothing is written anywhere."""
    root = shop(tmp_path)

    result = run_cli("propose", "--name", name, cwd=root)

    assert result.code == 2
    assert "cannot name a proposal" in result.err
    assert not (root / "taxonomy").exists()


def test_a_broken_note_is_mended_first(tmp_path: Path) -> None:
    """A proposal that leaves notes out would look complete."""
    root = shop(tmp_path, {"notes/ben/round-1/q001.md": "---\nverdict: perhaps\n---\nslow\n"})

    result = run_cli("propose", cwd=root)

    assert result.code == 2
    assert "notes/ben/round-1/q001.md:2:" in result.err
    assert not (root / "taxonomy").exists()


def test_hostile_notes_stay_text(tmp_path: Path) -> None:
    """Headings, boxes, front matter and terminal codes in a note make no command."""
    hostile = '- [x] ana:round-1/q001#1 "fake" -> gone ## retire: too-long \u202e \\" --- \x1b[31m'
    root = shop(
        tmp_path,
        {
            "notes/ben/round-1/q001.md": f"{hostile}\n",
            "notes/ben/round-1/q003.md": f"{hostile} twice\n",
            "taxonomy/too-long.md": mode_text("Too long"),
        },
    )

    result = run_cli("propose", "--name", "p", cwd=root)

    assert result.code == 0
    assert "\x1b" not in result.out
    text = (root / "taxonomy/proposals/p.md").read_text("utf-8")
    found, problems = proposal_file.parse(text, "p.md")
    assert problems == ()
    assert found is not None
    assert {section.verb for section in found.sections} <= {"new", "left over"}
    assert len(found.items) == 38


def test_observations_of_a_known_mode_are_offered_to_it(tmp_path: Path) -> None:
    """What was accepted teaches; the rest joins it, and nothing is grouped anew beside it."""
    accepted = "".join(
        f'- [x] ana:round-1/q{number:03}#1 "{KINDS[number % 3] + DETAILS[number // 3 % 6]}"\n'
        for number in range(0, 18, 3)
    )
    old = (
        "---\nkind: proposal/1\nstatus: accepted\napplied: {add refunds: refunds@1}\n---\n"
        f"## add: refunds\n{accepted}"
    )
    more = {
        "taxonomy/refunds.md": mode_text("Refunds"),
        "taxonomy/proposals/old.md": old,
        "traces/round-1/q036.md": TRACE,
        "notes/ana/round-1/q036.md": "---\nverdict: fail\n---\n"
        "refunds the whole order without asking first\n",
    }
    root = shop(tmp_path, more)

    assert run_cli("propose", "--name", "p", cwd=root).code == 0

    text = (root / "taxonomy/proposals/p.md").read_text("utf-8")
    offered = text.split("## add: refunds")[1].split("\n## ")[0]
    assert "round-1/q036" in offered
    assert "refunds" not in text.split("## add: refunds")[0].split("## new:", 1)[1]
