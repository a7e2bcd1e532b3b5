"""What a branch or a dirty tree means, over real git repositories."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from casefiles.errors import BadInputError
from casefiles.loop.desk import open_corpus
from casefiles.loop.difference import Difference, Labels, difference
from casefiles.loop.difference_document import document
from casefiles.workspace.find import find
from casefiles.workspace.history import changed_since
from casefiles.workspace.load import amended
from casefiles.workspace.tree import FOLDERS
from cli import run_cli
from repositories import Repository, repository
from workspaces import CONFIG, mode_text, trace_text


def note(*labels: str, verdict: str = "fail", text: str = "said") -> str:
    """Write a note with labels such as ``"a: yes@1"``."""
    judged = "labels:\n" + "".join(f"  {label}\n" for label in labels) if labels else ""
    return f"---\nverdict: {verdict}\nreviewed: 2026-01-01T10:00:00Z\n{judged}---\n{text}\n"


@pytest.fixture
def git(tmp_path: Path) -> Repository:
    """Make a workspace on main: three traces, a mode, two notes with labels."""
    made = repository(tmp_path)
    files = {f"traces/r/t{n}.md": trace_text(query=f"q{n}") for n in (1, 2, 3)}
    made.commit(
        {
            "casefiles.toml": CONFIG,
            **files,
            "taxonomy/a.md": mode_text("A"),
            "notes/ana/r/t1.md": note("a: yes@1"),
            "notes/ana/r/t2.md": note("a: no@1", verdict="pass"),
        }
    )
    return made


def compared(git: Repository, base: str | None = None, head: str | None = None) -> Difference:
    """Compare two states of a repository's workspace."""
    return difference(find(git.root), base, head)


def told(found: Difference) -> list[str]:
    """Write the events as text."""
    return [str(event) for event in found.events]


def test_a_branch_is_compared_with_where_it_left_main(git: Repository) -> None:
    """What main gained since is none of it; a dirty tree counts, untracked files too."""
    git.git("checkout", "-q", "-b", "work")
    git.commit({"taxonomy/b.md": mode_text("B"), "notes/ana/r/t1.md": note("a: yes@1", "b: no@1")})
    git.git("checkout", "-q", "main")
    git.commit({"taxonomy/c.md": mode_text("C")})
    git.git("checkout", "-q", "work")
    git.write({"notes/ben/r/t2.md": note("a: no@1"), "notes/ana/r/t2.md": None})

    found = compared(git)

    assert told(found) == ["created: b"]
    assert found.labels == {
        "a": Labels(gained=1, lost=1, changed=0),
        "b": Labels(gained=1, lost=0, changed=0),
    }
    assert (found.before.notes, found.after.notes) == (2, 2)
    assert found.new_definitions == {"b": "Yes if the reply shows b.\nNo if it does not."}
    before, after = found.before.of("a"), found.after.of("a")
    assert before is not None
    assert after is not None
    assert (before.yes, before.judged, after.yes, after.judged) == (1, 2, 1, 2)


def test_two_commits_are_compared_without_touching_the_tree(git: Repository) -> None:
    """Not even a dirty or broken file of it plays a part, nor the index."""
    base = git.git("rev-parse", "HEAD")
    git.commit({"taxonomy/a.md": mode_text("A", version=2) + "Always.\n"}, "redefine")
    head = git.git("rev-parse", "HEAD")
    git.commit({"taxonomy/z.md": mode_text("Z")})
    git.write({"taxonomy/a.md": b"\xff", "notes/ana/r/t1.md": None, "notes/x/r/t1.md": note()})
    status = git.git("status", "--porcelain")

    found = compared(git, base, head)

    assert told(found) == ["redefined: a"]
    assert (found.base, found.head) == (base, head)
    assert found.labels == {}
    assert found.broken == ()
    assert found.after.stale == 2
    assert git.git("status", "--porcelain") == status
    assert not (git.root / ".git" / "index.lock").exists()


def test_a_state_read_through_git_is_the_one_checked_out(git: Repository, tmp_path: Path) -> None:
    """Every record but what problems say of files is the same."""
    first = git.git("rev-parse", "HEAD")
    git.git("mv", "notes/ana", "notes/maria")
    git.commit({"traces/r/t1.md": None, "traces/r/round.yaml": "drawn: random\n"})
    git.commit({"taxonomy/a.md": None, "traces/dataset/dimensions.yaml": "dimensions: []\n"})
    now = open_corpus(find(git.root))

    through_git = amended(now, changed_since(git.root, first, None, FOLDERS))

    git.git("worktree", "add", "-q", str(tmp_path / "then"), first)
    assert through_git == open_corpus(find(tmp_path / "then"))


def test_a_redefinition_makes_judgements_stale_and_says_so(git: Repository) -> None:
    """Old and new definition stand word by word."""
    git.write({"taxonomy/a.md": mode_text("A", version=2).replace("reply", "last reply")})

    found = compared(git)
    redefined = document(found)["modes"]["redefined"]

    assert redefined[0]["mode"] == "a"
    assert "the {+last+} reply" in redefined[0]["words"]
    assert (found.before.stale, found.after.stale) == (0, 2)
    assert "! stale: 2 judgements more" in run_cli("diff", cwd=git.root).out


def test_a_definition_changed_without_a_version_is_named(git: Repository) -> None:
    """It is the reviewer who must ask which it was."""
    defined = find(git.root)
    hash_ = open_corpus(defined).modes["a"].definition.hash
    git.commit({"taxonomy/a.md": mode_text("A", defined=hash_)})
    git.write({"taxonomy/a.md": mode_text("A", defined=hash_) + "Never mind the tone.\n"})

    found = compared(git)

    assert found.unversioned == ("a",)
    assert told(found) == ["reworded: a"]
    assert "casefiles mode redefine a" in run_cli("diff", cwd=git.root).out


def test_a_rename_moves_neither_labels_nor_prevalence(git: Repository) -> None:
    """Figures before are those of the old name."""
    git.write({"taxonomy/a.md": None, "taxonomy/z.md": mode_text("A", aliases="[a]")})

    found = compared(git)

    assert told(found) == ["renamed: a → z"]
    assert found.labels == {}
    was = found.was("z")
    assert was is not None
    assert (was.yes, was.judged) == (1, 2)


def test_a_changed_answer_is_neither_gained_nor_lost(git: Repository) -> None:
    """It is a change."""
    git.write({"notes/ana/r/t1.md": note("a: yes@1, no@1")})

    assert compared(git).labels == {"a": Labels(gained=0, lost=0, changed=1)}


def test_a_merge_conflict_in_the_tree_is_broken_and_said(git: Repository) -> None:
    """In the middle of a merge, what can be read is compared."""
    git.git("checkout", "-q", "-b", "work")
    git.commit({"taxonomy/a.md": mode_text("A", version=2) + "One.\n"})
    git.git("checkout", "-q", "main")
    git.commit({"taxonomy/a.md": mode_text("A", version=2) + "Two.\n"})
    with pytest.raises(Exception, match="merge"):
        git.git("merge", "work")

    found = compared(git)

    assert found.broken == ("taxonomy/a.md",)
    assert "taxonomy/a.md: cannot be read" in run_cli("diff", cwd=git.root).out


def test_unrelated_histories_are_compared_as_they_are(git: Repository) -> None:
    """With a remark."""
    git.git("checkout", "-q", "--orphan", "other")
    git.commit({"taxonomy/b.md": mode_text("B")})

    found = compared(git, "main", "other")

    assert told(found) == ["created: b"]
    assert found.remarks[0].startswith("apart:")


def test_bad_revisions_and_no_repository_are_errors(git: Repository, tmp_path: Path) -> None:
    """Each with what to do."""
    with pytest.raises(BadInputError, match="git knows no commit 'nowhere'"):
        compared(git, "nowhere")
    with pytest.raises(BadInputError, match="git knows no commit '--all'"):
        compared(git, "main", "--all")
    shutil.rmtree(tmp_path / ".git")
    with pytest.raises(BadInputError, match="no git repository"):
        compared(git)


def test_nothing_changed_says_so(git: Repository) -> None:
    """One line."""
    done = run_cli("diff", cwd=git.root)

    assert (done.code, done.out.count("\n")) == (0, 1)
    assert done.out.startswith("nothing changed in meaning since ")


def test_the_document_has_the_keys_of_the_contract(git: Repository) -> None:
    """Modes by what happened to them, labels by mode, figures before and after."""
    git.write({"taxonomy/b.md": mode_text("B"), "notes/ana/r/t3.md": note("b: yes@1")})

    found = json.loads(run_cli("diff", "--json", cwd=git.root).out)

    assert found["modes"] == {
        "added": ["b"],
        **{kind: [] for kind in ("retired", "renamed", "merged", "split", "redefined")},
        **{kind: [] for kind in ("reworded", "revived", "removed")},
    }
    assert found["labels"] == {"b": {"gained": 1, "lost": 0, "changed": 0}}
    assert found["saturation"]["after"]["traces"] == 3
    assert {item["mode"] for item in found["prevalence"]} == {"a", "b"}
    assert found["notes"] == {"before": 2, "after": 3}
    assert found["head"] is None


class TestComment:
    def test_it_is_short_and_folds_the_details(self, git: Repository) -> None:
        """The marker first, what happened as a list, definitions and figures folded."""
        git.write({"taxonomy/b.md": mode_text("B"), "notes/ana/r/t3.md": note("b: yes@1")})

        lines = run_cli("diff", "--format", "markdown", cwd=git.root).out.split("\n")

        assert lines[0] == "<!-- casefiles diff -->"
        assert "- created: `b`" in lines
        assert lines.count("<details>") == lines.count("</details>") == 2
        assert lines.index("<details>") < 10

    def test_hostile_text_stays_inside_its_fence(self, git: Repository) -> None:
        """A definition cannot close the fence, and ids cannot leave their code span."""
        evil = "Yes if `````\n</details><script>x</script> @team #1 ![](https://evil.example/p)\n"
        name = "taxonomy/x` @all <img src=y>.md"
        git.write(
            {
                "taxonomy/b.md": f"---\nname: B\n---\n{evil}\nNo if not.\n",
                name: mode_text("Odd"),
                "taxonomy/c\nd.md": mode_text("Odd"),
            }
        )

        text = run_cli("diff", "--format", "markdown", cwd=git.root).out
        outside = _outside_code(text)

        assert "script" in text
        for mark in ("script", "@", "evil.example", "<img", "![", "d.md"):
            assert mark not in outside
        assert "\x1b" not in text

    def test_a_giant_change_fits_into_a_comment(self, git: Repository) -> None:
        """GitHub takes 65,536 characters; what is cut says so."""
        lines = "".join(f"Yes if case {n} of very many cases.\n" for n in range(2_000))
        git.write({f"taxonomy/m{n}.md": mode_text(f"M{n}") + lines for n in range(60)})

        text = run_cli("diff", "--format", "markdown", cwd=git.root).out

        assert len(text) < 65_536
        assert "… and 35 more" in text
        assert "(cut; casefiles diff shows all)" in text


def _outside_code(markdown: str) -> str:
    """What a Markdown renderer makes of it outside code, as HTML."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True})
    kept = []
    for token in parser.parse(markdown):
        if token.type == "inline":
            kept += [child.content for child in token.children or [] if child.type != "code_inline"]
        elif token.type not in {"fence", "code_block"}:
            kept.append(token.content)
    return "\n".join(kept)
