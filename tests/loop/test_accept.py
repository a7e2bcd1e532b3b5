"""`casefiles accept` and `casefiles reject` on a workspace on disk."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pexpect
import pytest

from casefiles.documents.judgements import judge
from casefiles.loop.desk import open_corpus
from casefiles.workspace.find import find
from cli import run_cli
from corpora import TRACE
from workspaces import mode_text, workspace

PROPOSAL = """\
---
kind: proposal/1
status: open
---
## new: Rambles on
Yes if it rambles.
No if it does not.

- [x] ana:r/t1#1 "it rambles"

## merge: misc -> too-long
- [x] ana:r/t1#2 "it is \\"long\\""
"""


def shop(folder: Path, **more: str) -> Path:
    """A workspace with one note, two modes and an open proposal."""
    files = {
        "traces/r/t1.md": TRACE,
        "notes/ana/r/t1.md": 'it rambles\n\nit is "long"\n',
        "taxonomy/too-long.md": mode_text("Too long"),
        "taxonomy/misc.md": mode_text("Misc"),
        "taxonomy/proposals/p.md": PROPOSAL,
    }
    return workspace(folder, {**files, **more})


def content(root: Path) -> dict[str, bytes]:
    """Every file of the workspace but what is private to the tool."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".casefiles" not in path.parts
    }


def test_the_only_open_proposal_is_accepted(tmp_path: Path) -> None:
    """Mode files and the proposal are written; it says how to keep and how to undo it."""
    root = shop(tmp_path)
    before = content(root)

    result = run_cli("accept", cwd=root)

    assert result.code == 0, result.err
    after = content(root)
    assert {path for path in after if after[path] != before.get(path)} == {
        "taxonomy/rambles-on.md",
        "taxonomy/misc.md",
        "taxonomy/too-long.md",
        "taxonomy/proposals/p.md",
    }
    assert "p accepted: 2 commands, 2 codes" in result.out
    assert "too-long@2" in result.out
    assert "git add taxonomy && git commit" in result.err
    assert "git revert HEAD" in result.err
    settled = judge(open_corpus(find(root)))
    assert settled.of("r/t1", "rambles-on").value == "yes"
    assert settled.of("r/t1", "too-long").value == "yes"


def test_at_a_terminal_the_modes_to_label_are_named(tmp_path: Path) -> None:
    """Those the proposal was about: what it says nothing about is to be judged."""
    casefiles = str(Path(sys.executable).with_name("casefiles"))
    terminal = pexpect.spawn(
        casefiles, ["accept"], cwd=str(shop(tmp_path)), encoding="utf-8", timeout=20
    )
    terminal.expect("Next: casefiles label rambles-on too-long ")
    terminal.expect(pexpect.EOF)
    terminal.close()

    assert terminal.exitstatus == 0


def test_json_names_the_proposal_its_modes_and_the_number_of_codes(tmp_path: Path) -> None:
    """One document, and no word about git."""
    result = run_cli("accept", "taxonomy/proposals/p.md", "--json", cwd=shop(tmp_path))

    assert json.loads(result.out) == {
        "proposal": "p",
        "modes": [
            {"mode": "rambles-on", "version": 1, "command": "new: Rambles on"},
            {"mode": "too-long", "version": 2, "command": "merge: misc -> too-long"},
        ],
        "codes": 2,
    }
    assert result.err == ""


def test_a_dry_run_shows_all_changes_and_makes_none(tmp_path: Path) -> None:
    """As one diff."""
    root = shop(tmp_path)
    before = content(root)

    result = run_cli("accept", "p", "--dry-run", cwd=root)

    assert result.code == 0
    assert "+++ b/taxonomy/rambles-on.md" in result.out
    assert "+merged_into: too-long@2" in result.out
    assert "+status: accepted" in result.out
    assert content(root) == before


def test_any_error_leaves_every_file_as_it_was(tmp_path: Path) -> None:
    """Each error stands at its line; the good sections are not carried out either."""
    wrong = PROPOSAL + '- [x] ana:r/t1#3 "nobody wrote this"\n\n## add: to-long\n'
    root = shop(tmp_path, **{"taxonomy/proposals/p.md": wrong})
    before = content(root)

    result = run_cli("accept", cwd=root)

    assert result.code == 2
    lines = result.err.splitlines()
    assert lines[0].startswith("taxonomy/proposals/p.md:13: notes/ana/r/t1.md holds no observation")
    assert lines[1].startswith("taxonomy/proposals/p.md:15: there is no mode 'to-long'")
    assert "did you mean 'too-long'?" in lines[1]
    assert content(root) == before


def test_a_second_accept_is_refused(tmp_path: Path) -> None:
    """Versions would rise twice."""
    root = shop(tmp_path)
    run_cli("accept", cwd=root)
    before = content(root)

    by_name = run_cli("accept", "p", cwd=root)
    unnamed = run_cli("accept", cwd=root)

    assert by_name.code == 2
    assert "accepted already" in by_name.err
    assert unnamed.code == 2
    assert "no proposal is open" in unnamed.err
    assert content(root) == before


def test_of_several_open_proposals_one_must_be_named(tmp_path: Path) -> None:
    """A wrong name offers the nearest."""
    root = shop(tmp_path, **{"taxonomy/proposals/other.md": PROPOSAL})

    unnamed = run_cli("accept", cwd=root)
    mistyped = run_cli("accept", "othr", cwd=root)

    assert unnamed.code == 2
    assert "other, p" in unnamed.err
    assert mistyped.code == 2
    assert "did you mean 'other'?" in mistyped.err
    assert run_cli("accept", "other", cwd=root).code == 0


@pytest.mark.parametrize(
    "path", ["taxonomy/proposals/p.md", "taxonomy/too-long.md", "notes/ana/r/t1.md"]
)
def test_a_merge_conflict_in_a_file_it_relies_on_is_refused(tmp_path: Path, path: str) -> None:
    """The proposal, any mode, any note it cites: exit 2, the line, and nothing written."""
    root = shop(tmp_path)
    file = root / path
    file.write_text(file.read_text() + "<<<<<<< HEAD\nmine\n=======\ntheirs\n>>>>>>> branch\n")
    before = content(root)

    result = run_cli("accept", "p", cwd=root)

    assert result.code == 2
    assert result.err.startswith(f"{path}:")
    assert "merge conflict" in result.err
    assert content(root) == before


def test_broken_files_it_does_not_rely_on_do_not_matter(tmp_path: Path) -> None:
    """Somebody else's note, another proposal."""
    broken = "---\nverdict: [\n---\n"
    root = shop(tmp_path, **{"notes/ben/r/t1.md": broken, "taxonomy/proposals/other.md": broken})

    assert run_cli("accept", "p", cwd=root).code == 0


def test_a_stale_line_without_a_tick_is_said_and_stops_nothing(tmp_path: Path) -> None:
    """A warning on stderr."""
    text = PROPOSAL + '\n## left over\n- ana:r/t1#3 "since reworded"\n'
    root = shop(tmp_path, **{"taxonomy/proposals/p.md": text})

    result = run_cli("accept", cwd=root)

    assert result.code == 0
    assert "taxonomy/proposals/p.md:15:" in result.err


def test_a_proposal_is_drafted_edited_and_accepted(tmp_path: Path) -> None:
    """The whole way: what propose wrote is refused until a person completed it."""
    notes = {
        f"notes/ana/r/t{number}.md": f"refunds without asking, order {number}\n"
        for number in range(4)
    }
    traces = {f"traces/r/t{number}.md": TRACE for number in range(4)}
    root = workspace(tmp_path, {**notes, **traces})
    run_cli("propose", "--force", "--name", "p", cwd=root)
    file = root / "taxonomy/proposals/p.md"

    refused = run_cli("accept", cwd=root)
    lines = file.read_text().split("\n")
    completed = [
        "Yes if it pays money back before the user agreed." if line.startswith("Yes if …")
        else "No otherwise." if line.startswith("No if …")
        else "## new: Refunds unasked" if line.startswith("## new:")
        else line
        for line in lines
    ]  # fmt: skip
    file.write_text("\n".join(completed))
    accepted = run_cli("accept", cwd=root)

    assert refused.code == 2
    assert "not completed" in refused.err
    assert accepted.code == 0, accepted.err
    settled = judge(open_corpus(find(root)))
    assert [settled.of(f"r/t{number}", "refunds-unasked").value for number in range(4)] == [
        "yes",
        "yes",
        "yes",
        "yes",
    ]


class TestReject:
    def test_the_file_stays_with_the_reason(self, tmp_path: Path) -> None:
        """Nothing else changes."""
        root = shop(tmp_path)
        before = content(root)

        result = run_cli("reject", "p", "--why", "groups by product", cwd=root)

        assert result.code == 0
        after = content(root)
        expected = PROPOSAL.replace("status: open\n", "status: rejected\nwhy: groups by product\n")
        assert after["taxonomy/proposals/p.md"].decode() == expected
        assert {path for path in after if after[path] != before[path]} == {
            "taxonomy/proposals/p.md"
        }

    def test_a_reason_must_be_given(self, tmp_path: Path) -> None:
        """Usage, exit 2."""
        assert run_cli("reject", "p", cwd=shop(tmp_path)).code == 2

    def test_json_says_what_was_rejected(self, tmp_path: Path) -> None:
        """One document."""
        result = run_cli("reject", "--why", "no", "--json", cwd=shop(tmp_path))

        assert json.loads(result.out) == {"proposal": "p", "status": "rejected", "why": "no"}

    def test_an_accepted_proposal_cannot_be_rejected(self, tmp_path: Path) -> None:
        """Its codes are in use."""
        root = shop(tmp_path)
        run_cli("accept", cwd=root)

        result = run_cli("reject", "p", "--why", "no", cwd=root)

        assert result.code == 2
        assert "accepted already" in result.err
