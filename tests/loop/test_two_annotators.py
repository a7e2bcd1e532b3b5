"""Two clones, two people, any order of commits: their work merges by itself."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefiles.documents.judgements import judge
from casefiles.loop import assign, desk, label
from casefiles.loop.adjudicate import settle
from casefiles.loop.init import init
from casefiles.loop.note_line import write_note
from casefiles.loop.pile import Pile
from casefiles.workspace.find import find
from repositories import Repository, repository
from workspaces import mode_text, trace_text

TRACES = [f"r/q{n}" for n in range(4)]
PEOPLE = ("ana", "ben")

who = st.sampled_from(PEOPLE)
trace = st.sampled_from(TRACES)
acts = st.one_of(
    st.tuples(st.just("note"), trace, st.sampled_from(["pass", "fail", "defer"])),
    st.tuples(st.just("say"), trace, st.text("ab \n#>-", min_size=1, max_size=9)),
    st.tuples(st.just("label"), trace, st.sampled_from(["yes", "no", "unsure"])),
    st.tuples(st.just("commit"), st.just(""), st.just("")),
    st.tuples(st.just("pull"), st.just(""), st.just("")),
)
schedules = st.lists(st.tuples(who, acts), min_size=4, max_size=16)


def shared(folder: Path) -> Repository:
    """Make the repository both clone: an initialised workspace with traces and a mode."""
    init(folder)
    origin = repository(folder)
    files = {f"traces/{ref}.md": trace_text(f"question of {ref}") for ref in TRACES}
    origin.commit({**files, "taxonomy/rude.md": mode_text("Rude")})
    return origin


@dataclass
class Clone:
    """One person's clone, and what they wrote there."""

    name: str
    repo: Repository
    notes: dict[str, str] = field(default_factory=dict)

    def act(self, act: tuple[str, str, str], other: Clone) -> None:
        """Do one thing."""
        kind, ref, what = act
        workspace = find(self.repo.root)
        if kind == "note":
            write_note(workspace, self.name, ref, verdict=what)  # type: ignore[arg-type]
        elif kind == "say" and what.strip():
            write_note(workspace, self.name, ref, texts=[what])
        elif kind == "label":
            label.set_label(workspace, self.name, ["rude"], ref, what)  # type: ignore[arg-type]
        elif kind == "commit":
            self.commit()
        elif kind == "pull":
            self.merge(other)
        self.notes = {
            str(path.relative_to(self.repo.root)): path.read_text()
            for path in self.repo.root.glob(f"notes/{self.name}/*/*.md")
        }

    def commit(self) -> None:
        """Commit everything."""
        self.repo.git("add", "--all")
        self.repo.git("commit", "--quiet", "--allow-empty", "--message", "work")

    def merge(self, other: Clone) -> None:
        """Commit what is there and merge what the other has committed."""
        self.commit()
        self.repo.git("fetch", "--quiet", str(other.repo.root), "HEAD")
        self.repo.git("merge", "--quiet", "--no-edit", "FETCH_HEAD")


@functools.cache
def origin() -> Path:
    """Make the repository that both have, once: copies of it are clones of it."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    return shared(folder / "origin").root


def copied(folder: Path, name: str) -> Clone:
    """Give somebody a clone."""
    shutil.copytree(origin(), folder / name)
    return Clone(name=name, repo=Repository(root=folder / name))


def merges_without_conflict(schedule: list[tuple[str, tuple[str, str, str]]]) -> None:
    """Follow a schedule in two clones, merge both ways, and compare all that was written."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ana, ben = (copied(folder, who) for who in PEOPLE)
        for actor, act in schedule:
            me, other = (ana, ben) if actor == "ana" else (ben, ana)
            me.act(act, other)
        ben.commit()
        ana.merge(ben)
        ben.merge(ana)
        assert ana.repo.git("rev-parse", "HEAD^{tree}") == ben.repo.git("rev-parse", "HEAD^{tree}")
        for path, text in {**ana.notes, **ben.notes}.items():
            assert (ana.repo.root / path).read_text() == text
        corpus = desk.open_corpus(find(ana.repo.root))
        assert not corpus.broken
        assert len(corpus.notes) == len(ana.notes) + len(ben.notes)
        judge(corpus)


@settings(max_examples=6)
@given(schedules)
def test_what_two_people_write_in_any_order_merges_without_conflict(
    schedule: list[tuple[str, tuple[str, str, str]]],
) -> None:
    """Every note of both is there in both clones, byte for byte, and the corpus is sound."""
    merges_without_conflict(schedule)


@pytest.mark.slow
@settings(max_examples=200)
@given(schedules)
def test_what_two_people_write_merges_in_two_hundred_orders(
    schedule: list[tuple[str, tuple[str, str, str]]],
) -> None:
    """The same, at length."""
    merges_without_conflict(schedule)


def test_a_shared_review_from_assignment_to_settlement_merges(tmp_path: Path) -> None:
    """Both read and label their shares on branches of their own; the settled labels merge too."""
    ana, ben = (copied(tmp_path, who) for who in PEOPLE)
    assign.assign(find(ana.repo.root), PEOPLE, overlap=2)
    ana.commit()
    ben.merge(ana)
    for clone, said in ((ana, "yes"), (ben, "no")):
        pile = Pile(find(clone.repo.root), clone.name)
        for step in iter(pile.next, None):
            clone.act(("note", step.reference, "fail"), clone)
            clone.act(("label", step.reference, said), clone)
            clone.commit()
    ana.merge(ben)
    ben.merge(ana)
    assert len(disputed(ana)) == 2
    for clone, (ref, mode) in zip((ana, ben), sorted(disputed(ana)), strict=True):
        settle(find(clone.repo.root), clone.name, mode, ref, "no", "Agreed in the meeting.")
    ben.commit()
    ana.merge(ben)
    assert disputed(ana) == []
    assert len(ana.notes) + len(ben.notes) == len(TRACES) + 2


def disputed(clone: Clone) -> list[tuple[str, str]]:
    """Return what is open between annotators: (trace, mode)."""
    settled = judge(desk.open_corpus(find(clone.repo.root))).settled
    return [key for key, found in settled.items() if found.disputed]
