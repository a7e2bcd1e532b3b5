"""`casefiles mode`: failure modes by hand."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pexpect
import pytest

from casefiles.documents.judgements import judge
from casefiles.loop.desk import open_corpus
from casefiles.review.judging import label_queue
from casefiles.workspace.find import find
from cli import run_cli
from corpora import TRACE
from workspaces import mode_text, workspace

CASEFILES = str(Path(sys.executable).with_name("casefiles"))


def shop(folder: Path) -> Path:
    """A workspace with two modes, both judged in one trace."""
    return workspace(
        folder,
        {
            "traces/r/t1.md": TRACE,
            "notes/ana/r/t1.md": "---\nverdict: fail\nlabels: {too-long: yes@1, misc: no@1}\n---\n",
            "taxonomy/too-long.md": mode_text("Too long"),
            "taxonomy/misc.md": mode_text("Misc"),
        },
    )


def test_new_writes_a_complete_definition(tmp_path: Path) -> None:
    """From its two halves, with the reason in the memo."""
    root = shop(tmp_path)

    result = run_cli(
        "mode", "new", "Rambles", "--yes-if", "it rambles", "--no-if", "otherwise",
        "--why", "seen twice", cwd=root,
    )  # fmt: skip

    assert result.code == 0, result.err
    text = (root / "taxonomy/rambles.md").read_text()
    assert "\nYes if it rambles.\nNo otherwise.\n" in text
    assert text.endswith("v1: new (seen twice)\n")


def test_new_with_a_taken_name_is_refused(tmp_path: Path) -> None:
    """And writes nothing."""
    root = shop(tmp_path)
    before = (root / "taxonomy/misc.md").read_bytes()

    result = run_cli("mode", "new", "MISC", "--yes-if", "a", "--no-if", "b", cwd=root)

    assert result.code == 2
    assert "there is a mode 'misc' already" in result.err
    assert (root / "taxonomy/misc.md").read_bytes() == before


def test_rename_moves_the_file_and_labels_stay_readable(tmp_path: Path) -> None:
    """The note is not touched."""
    root = shop(tmp_path)
    note = (root / "notes/ana/r/t1.md").read_bytes()

    result = run_cli("mode", "rename", "too-long", "Three screens", "--json", cwd=root)

    assert json.loads(result.out) == {
        "mode": "three-screens",
        "version": 1,
        "changed": ["taxonomy/too-long.md", "taxonomy/three-screens.md"],
        "stale": 0,
    }
    assert not (root / "taxonomy/too-long.md").exists()
    assert (root / "notes/ana/r/t1.md").read_bytes() == note
    assert judge(open_corpus(find(root))).of("r/t1", "three-screens").value == "yes"


def test_merge_into_a_new_mode_takes_a_definition(tmp_path: Path) -> None:
    """Without one it is refused; what was yes under a source is yes."""
    root = shop(tmp_path)
    arguments = ("mode", "merge", "too-long", "misc", "--into", "Wordy")

    refused = run_cli(*arguments, cwd=root)
    merged = run_cli(*arguments, "--yes-if", "it is wordy", "--no-if", "it is not", cwd=root)

    assert refused.code == 2
    assert "needs a definition" in refused.err
    assert merged.code == 0
    assert "too-long, misc merged into wordy@1" in merged.out
    assert judge(open_corpus(find(root))).of("r/t1", "wordy").value == "yes"


def test_merge_into_an_existing_mode_raises_its_version(tmp_path: Path) -> None:
    """And leaves its definition."""
    root = shop(tmp_path)

    result = run_cli("mode", "merge", "misc", "--into", "too-long", cwd=root)

    assert result.code == 0
    assert open_corpus(find(root)).modes["too-long"].version == 2


def test_retire_needs_a_reason_and_keeps_the_file(tmp_path: Path) -> None:
    """The reason stands in the memo."""
    root = shop(tmp_path)

    without = run_cli("mode", "retire", "misc", cwd=root)
    result = run_cli("mode", "retire", "misc", "--why", "a grab bag", cwd=root)

    assert without.code == 2
    assert result.code == 0
    text = (root / "taxonomy/misc.md").read_text()
    assert "status: retired\n" in text
    assert "retired (a grab bag)" in text


def test_split_opens_a_proposal_and_changes_no_mode(tmp_path: Path) -> None:
    """What was judged yes is to be sorted; accepting it is another step."""
    root = shop(tmp_path)
    before = {path: path.read_bytes() for path in root.rglob("*.md")}
    arguments = ("mode", "split", "too-long", "--into", "Repeats", "--into", "wanders-off")

    result = run_cli(*arguments, "--why", "two kinds", cwd=root)
    again = run_cli(*arguments, cwd=root)

    assert result.code == 0, result.err
    assert "split-too-long.md is written: 0 observations and 1 judged trace to sort" in result.out
    assert "Next: edit it, then casefiles accept split-too-long" in result.out
    assert {path: path.read_bytes() for path in before} == before
    text = (root / "taxonomy/proposals/split-too-long.md").read_text()
    assert "## split: too-long -> Repeats + Wanders off\ntwo kinds\n" in text
    assert text.count("- [ ] ana:r/t1 (label)") == 2
    assert again.code == 2
    assert "the open proposal split-too-long splits too-long already" in again.err


def test_split_counts_for_a_machine_what_is_to_be_sorted(tmp_path: Path) -> None:
    """One document."""
    parts = ("--into", "A", "--into", "B", "--name", "s")
    result = run_cli("mode", "split", "too-long", *parts, "--json", cwd=shop(tmp_path))

    assert json.loads(result.out) == {
        "path": "taxonomy/proposals/s.md",
        "mode": "too-long",
        "observations": 0,
        "labels": 1,
    }


def test_redefine_with_a_new_meaning_makes_judgements_stale(tmp_path: Path) -> None:
    """The half that is not given stays; what was judged is to be judged again."""
    root = shop(tmp_path)

    result = run_cli(
        "mode", "redefine", "too-long", "--meaning", "--yes-if", "it takes two screens",
        "--why", "one is fine", cwd=root,
    )  # fmt: skip

    assert result.code == 0, result.err
    assert "too-long@2 has a new meaning\nstale now: 1 judgement\n" in result.out
    assert "git commit -m 'taxonomy: redefine too-long'" in result.err
    text = (root / "taxonomy/too-long.md").read_text()
    assert "\nYes if it takes two screens.\nNo if it does not.\n" in text
    assert text.endswith("v2: redefined (one is fine)\n")
    corpus = open_corpus(find(root))
    assert judge(corpus).of("r/t1", "too-long").stale
    renamed = run_cli("mode", "rename", "too-long", "Long", "--json", cwd=root)
    assert json.loads(renamed.out)["stale"] == 0  # it was before, and is no more so by a new name
    (case,) = label_queue(corpus, "ana", ["too-long"])
    assert [(asked.mode, asked.why) for asked in case.questions] == [("too-long", "stale")]


def test_redefine_in_other_words_leaves_judgements_current(tmp_path: Path) -> None:
    """The version stays."""
    root = shop(tmp_path)

    result = run_cli(
        "mode", "redefine", "too-long", "--wording", "--no-if", "otherwise", "--json", cwd=root
    )

    assert json.loads(result.out)["version"] == 1
    assert not judge(open_corpus(find(root))).of("r/t1", "too-long").stale
    assert run_cli("check", "--strict", cwd=root).code == 0


@pytest.mark.parametrize(("say", "version"), [("--meaning", 2), ("--wording", 1), ("--yes", 2)])
def test_an_edit_by_hand_is_noticed_and_its_meaning_said(
    tmp_path: Path, say: str, version: int
) -> None:
    """`check` offers the command that mends it."""
    root = shop(tmp_path)
    run_cli("mode", "new", "Late", "--yes-if", "late", "--no-if", "otherwise", cwd=root)
    path = root / "taxonomy/late.md"
    path.write_text(path.read_text().replace("Yes if late.", "Yes if a day late."))

    noticed = run_cli("check", cwd=root)
    unsaid = run_cli("mode", "redefine", "late", cwd=root)
    mended = run_cli("mode", "redefine", "late", say, cwd=root)

    assert "casefiles mode redefine late" in noticed.out
    assert unsaid.code == 2
    assert "say --meaning (older judgements become stale) or --wording" in unsaid.err
    assert mended.code == 0, mended.err
    assert open_corpus(find(root)).modes["late"].version == version
    assert "late" not in run_cli("check", cwd=root).out


def test_to_redefine_nothing_is_refused(tmp_path: Path) -> None:
    """From a pipe there is no editor to open."""
    result = run_cli("mode", "redefine", "misc", "--meaning", cwd=shop(tmp_path))

    assert result.code == 2
    assert "misc is defined so already; give --yes-if or --no-if" in result.err


def test_group_sets_the_group_of_several_modes(tmp_path: Path) -> None:
    """And an empty one takes them out."""
    root = shop(tmp_path)

    result = run_cli("mode", "group", "too-long", "misc", "Wordiness", cwd=root)
    assert "too-long, misc are in the group 'Wordiness'" in result.out
    modes = open_corpus(find(root)).modes
    assert {id_: mode.group for id_, mode in modes.items()} == {
        "too-long": "Wordiness",
        "misc": "Wordiness",
    }
    assert run_cli("mode", "group", "misc", "", cwd=root).code == 0
    assert open_corpus(find(root)).modes["misc"].group is None


def talk(root: Path, *arguments: str, editor: str = "true") -> pexpect.spawn[str]:
    """Start an operation in a real terminal."""
    environment = {**os.environ, "EDITOR": editor, "TERM": "dumb"}
    return pexpect.spawn(
        CASEFILES,
        ["mode", *arguments],
        cwd=str(root),
        env=environment,
        encoding="utf-8",
        timeout=20,
    )


def test_at_a_terminal_the_reason_and_the_meaning_are_asked_for(tmp_path: Path) -> None:
    """The definition is written in the editor; what is answered stands in the memo."""
    root = shop(tmp_path)
    editor = "sed -i s/misc\\./misc\\ twice./"

    terminal = talk(root, "redefine", "misc", editor=editor)
    terminal.expect("Yes if the reply shows misc twice")
    terminal.expect("mean something else now.*: ")
    terminal.sendline("y")
    terminal.expect("Why?.*: ")
    terminal.sendline("once is no harm")
    terminal.expect("misc@2 has a new meaning")
    terminal.expect("Next: casefiles label misc ")
    terminal.expect(pexpect.EOF)
    terminal.close()

    assert terminal.exitstatus == 0
    text = (root / "taxonomy/misc.md").read_text()
    assert "Yes if the reply shows misc twice.\n" in text
    assert "redefined (once is no harm)" in text
    assert not list(root.glob(".casefiles/drafts/*"))


def test_an_editor_that_changes_nothing_writes_nothing(tmp_path: Path) -> None:
    """It is said, and the next time starts afresh."""
    root = shop(tmp_path)
    before = (root / "taxonomy/misc.md").read_bytes()

    terminal = talk(root, "redefine", "misc")
    terminal.expect("the definition was not changed")
    terminal.expect(pexpect.EOF)
    terminal.close()

    assert terminal.exitstatus == 2
    assert (root / "taxonomy/misc.md").read_bytes() == before


def test_a_reason_may_be_left_out(tmp_path: Path) -> None:
    """Enter is an answer."""
    root = shop(tmp_path)

    terminal = talk(root, "rename", "misc", "Other")
    terminal.expect("Why?.*: ")
    terminal.sendline("")
    terminal.expect("misc is now other")
    terminal.expect(pexpect.EOF)
    terminal.close()

    assert (root / "taxonomy/other.md").read_text().endswith("renamed from 'Misc'\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("new", "Rambles", "--yes-if", "a", "--no-if", "b"),
        ("rename", "misc", "Other"),
        ("merge", "misc", "--into", "too-long"),
        ("split", "misc", "--into", "One", "--into", "Two"),
        ("redefine", "misc", "--meaning", "--no-if", "otherwise"),
        ("group", "misc", "Rest"),
        ("retire", "misc", "--why", "a grab bag"),
    ],
)
def test_a_dry_run_shows_the_change_and_makes_none(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """For each of the operations."""
    root = shop(tmp_path)
    before = {path: path.read_bytes() for path in (root / "taxonomy").rglob("*.md")}

    result = run_cli("mode", *arguments, "--dry-run", cwd=root)

    assert result.code == 0
    assert "+++ b/taxonomy/" in result.out
    assert {path: path.read_bytes() for path in (root / "taxonomy").rglob("*.md")} == before


def test_a_broken_mode_file_stops_every_operation(tmp_path: Path) -> None:
    """A name could be taken by what cannot be read."""
    root = shop(tmp_path)
    (root / "taxonomy/broken.md").write_text("---\nversion: none\n---\n")

    result = run_cli("mode", "retire", "misc", "--why", "no", cwd=root)

    assert result.code == 2
    assert "taxonomy/broken.md:" in result.err


@pytest.mark.parametrize("name", ["new", "rename", "merge", "split", "redefine", "group", "retire"])
def test_help_of_each_operation_shows_an_example(name: str) -> None:
    """And explains it in a sentence."""
    result = run_cli("mode", name, "--help")

    assert result.code == 0
    assert f"Example: casefiles mode {name}" in result.out
