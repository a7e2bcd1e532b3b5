"""Real files under git through any history of changes: nothing anybody said is lost or dangles."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from casefiles.documents.corpus import Corpus
from casefiles.documents.judgements import Settled, canonical_names, coded_items, judge, living
from casefiles.documents.mode import Definition
from casefiles.documents.problem import Problem
from casefiles.errors import BadInputError
from casefiles.loop import accept, check, mode, reject
from casefiles.loop.desk import open_corpus
from casefiles.review.splicing import with_judgement
from casefiles.text import front_matter
from casefiles.workspace.find import Workspace, find
from corpora import TRACE
from repositories import Repository, repository
from workspaces import CONFIG, mode_text

TRACES = ("r/t1", "r/t2", "r/t3")
PEOPLE = ("ana", "ben")
SEEN = ("it rambles", 'says "no"', "naïve — 日本語")
NAMES = ("One", "Two", "Too long!", "Zwölf — 12", "日本語", "one two", "a")
DAY = "2026-11-24"
Judged = dict[tuple[str, str], Settled]

numbers = st.integers(0, 60)


def definition(number: int) -> Definition:
    """A complete definition, another for every number."""
    return Definition(text=f"Yes if it is {number}.\nNo if it is not.")


class Histories(RuleBasedStateMachine):
    """A workspace that tools, people and git change in turn; a commit after each step."""

    @initialize()
    def begin(self) -> None:
        """Two modes, and two people's notes on three traces."""
        self.folder = Path(tempfile.mkdtemp())
        self.repo: Repository = repository(self.folder / "w")
        files: dict[str, str | bytes | None] = {
            "casefiles.toml": CONFIG,
            ".gitignore": "/.casefiles/\n",
        }
        files |= {f"traces/{trace}.md": TRACE for trace in TRACES}
        notes = {f"notes/{who}/{trace}.md": "\n\n".join(SEEN) for who in PEOPLE for trace in TRACES}
        self.repo.commit({**files, **notes, "taxonomy/a.md": mode_text("A")})
        self.repo.commit({"taxonomy/b.md": mode_text("B").replace("\n", "\r\n").encode()})
        self.by_tool: list[str] = []  # commits of tool-made changes, the last one last
        self.wrong_before: dict[str, list[str]] = {}  # what each of them mended
        self.names = self.known()

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    # ------------------------------------------------------------ what is there

    @property
    def root(self) -> Path:
        return self.repo.root

    @property
    def workspace(self) -> Workspace:
        return find(self.root)

    def corpus(self) -> Corpus:
        return open_corpus(self.workspace)

    def known(self) -> set[str]:
        return set(canonical_names(self.corpus().modes))

    def judged(self) -> Judged:
        return dict(judge(self.corpus()).settled)

    def notes(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in self.root.glob("notes/*/*/*.md")}

    def problems(self) -> list[Problem]:
        """What is wrong, advice and texts edited after coding left out."""
        found = check.check(self.workspace)
        return [p for p in found if p.level != "advice" and p.code != "observation-changed"]

    def codes(self) -> list[str]:
        return [problem.code for problem in self.problems()]

    def any_mode(self, number: int) -> str:
        """An id or old name, of a mode in use or not."""
        names = sorted(self.known())
        return names[number % len(names)]

    def active(self, number: int) -> str | None:
        ids = self.corpus().active_modes
        return ids[number % len(ids)] if ids else None

    # ------------------------------------------------------------ how it is changed

    def by_a_tool(self, change: Callable[[], object]) -> None:
        """Change by a command: it happens as a whole or is refused, and no note is touched."""
        before, notes, wrong = self.judged(), self.notes(), self.codes()
        try:
            change()
        except BadInputError as error:
            assert str(error)  # noqa: PT017 - it may be refused, and then it says why
            assert self.repo.git("status", "--porcelain") == ""
            return
        assert self.notes() == notes
        self.by_tool.append(self.repo.commit({}, "tool"))
        self.wrong_before[self.by_tool[-1]] = wrong
        self.assert_yes_stays_yes(before)
        assert self.problems() == []

    def by_hand(self, path: str, text: str | None) -> None:
        content = None if text is None else text.encode()
        self.repo.commit({path: content}, "hand")

    def assert_yes_stays_yes(self, before: Judged) -> None:
        """What was settled yes is yes for the one mode that the old one stands for today."""
        now, modes = self.judged(), self.corpus().modes
        for (trace, id_), settled in before.items():
            heirs = living(modes, id_)
            if settled.value == "yes" and len(heirs) == 1:
                assert now[trace, heirs[0]].value == "yes"

    # ------------------------------------------------------------ by commands

    @rule(name=st.sampled_from(NAMES), number=numbers)
    def new(self, name: str, number: int) -> None:
        yes_if = f"it is {number}"
        self.by_a_tool(
            lambda: mode.new(self.workspace, name, yes_if=yes_if, no_if="otherwise", day=DAY)
        )

    @rule(name=st.sampled_from(NAMES), number=numbers)
    def rename(self, name: str, number: int) -> None:
        old = self.any_mode(number)
        self.by_a_tool(lambda: mode.rename(self.workspace, old, name, day=DAY))

    @rule(one=numbers, other=numbers, into=st.sampled_from(("", *NAMES)))
    def merge(self, one: int, other: int, into: str) -> None:
        """Into a mode there is, or into one of another name."""
        sources = [self.any_mode(one)] + ([self.any_mode(other)] if into else [])
        target = into or self.any_mode(other)
        yes_if, no_if = (f"it is {one}", "otherwise") if into else ("", "")
        self.by_a_tool(
            lambda: mode.merge(
                self.workspace, sources, into=target, yes_if=yes_if, no_if=no_if, day=DAY
            )
        )

    @rule(number=numbers, first=st.sampled_from(NAMES), ticks=st.integers(0, 255))
    def split(self, number: int, first: str, ticks: int) -> None:
        """Open the proposal, sort its lines, complete it and accept it."""
        id_ = self.any_mode(number)
        try:
            made = mode.split(self.workspace, id_, [first, f"rest {number}"], why="two")
        except BadInputError:
            return
        path = self.root / made.path
        text = re.sub(r"^(Yes|No) if …$", r"\1 if so.", path.read_text("utf-8"), flags=re.MULTILINE)
        boxes = iter(range(999))
        text = re.sub(r"\[ \]", lambda _: "[x]" if ticks >> next(boxes) % 8 & 1 else "[ ]", text)
        self.by_hand(made.path, text)
        self.by_a_tool(lambda: accept.accept(self.workspace, made.name, day=DAY))

    @rule(number=numbers, other=numbers, new_meaning=st.booleans())
    def redefine(self, number: int, other: int, *, new_meaning: bool) -> None:
        id_ = self.any_mode(number)
        self.by_a_tool(
            lambda: mode.redefine(
                self.workspace, id_, definition(other), new_meaning=new_meaning, day=DAY
            )
        )

    @rule(number=numbers, name=st.sampled_from(("", "Speech", "Acts")))
    def group(self, number: int, name: str) -> None:
        id_ = self.any_mode(number)
        self.by_a_tool(lambda: mode.group(self.workspace, [id_], name, why="order", day=DAY))

    @rule(number=numbers)
    def retire(self, number: int) -> None:
        id_ = self.any_mode(number)
        self.by_a_tool(lambda: mode.retire(self.workspace, id_, why="rare", day=DAY))

    @rule(one=numbers, other=numbers, name=st.sampled_from(NAMES), second=st.integers(0, 5))
    def propose(self, one: int, other: int, name: str, second: int) -> None:
        """A proposal of two sections, many of which cannot be carried out; then it is rejected."""
        text = definition(one).text
        line = f'- [x] {PEOPLE[one % 2]}:{TRACES[other % 3]}#1 "{SEEN[one % 3]}"\n'
        first, last = self.any_mode(one), self.any_mode(other)
        parts = (f"x{one}", f"y{other}")
        sections = (
            f"## add: {first}\n{line}",
            f"## merge: {first} + {last} -> {self.any_mode(one + other)}\n{line}",
            f"## rename: {last} -> {name} again\n",
            f"## retire: {last}\n",
            f"## redefine: {first}\n{text}\n{line}",
            f"## split: {first} -> {' + '.join(parts)}\n"
            + "".join(f"### {part}\n{text}\n{line}" for part in parts),
        )
        path = f"taxonomy/proposals/p{self.repo.minute}.md"
        front = "---\nkind: proposal/1\nstatus: open\n---\n"
        self.by_hand(path, f"{front}## new: {name}\n{text}\n\n{line}\n{sections[second]}")
        commits = len(self.by_tool)
        self.by_a_tool(lambda: accept.accept(self.workspace, path, day=DAY))
        if len(self.by_tool) == commits:
            self.by_a_tool(lambda: reject.reject(self.workspace, path, why="no"))

    # ------------------------------------------------------------ by hand

    @rule(one=numbers, other=numbers, value=st.sampled_from(("yes", "no", "unsure")))
    def label(self, one: int, other: int, value: str) -> None:
        """A person judges a trace under the version of now."""
        id_ = self.active(one)
        path = f"notes/{PEOPLE[one % 2]}/{TRACES[other % 3]}.md"
        if id_ is not None:
            version = self.corpus().modes[id_].version
            text = (self.root / path).read_text("utf-8")
            self.by_hand(path, with_judgement(text, id_, value, version))  # type: ignore[arg-type]

    @rule(number=numbers, new_meaning=st.booleans())
    def edit_a_definition(self, number: int, *, new_meaning: bool) -> None:
        """Check notices it where a version was given to the old one, and its remedy mends it."""
        id_ = self.active(number)
        if id_ is None:
            return
        path = f"taxonomy/{id_}.md"
        stamped = self.corpus().modes[id_].defined is not None
        text = (self.root / path).read_bytes().decode()
        self.by_hand(path, re.sub(r"Yes if", f"Yes if on day {self.repo.minute}", text, count=1))
        found = self.problems()
        assert [p.code for p in found] == (["definition-changed"] if stamped else [])
        if found:
            assert f"casefiles mode redefine {id_}" in (found[0].remedy or "")
            now = mode.meaning(self.workspace, id_)
            self.by_a_tool(
                lambda: mode.redefine(
                    self.workspace, id_, now.definition, new_meaning=new_meaning, day=DAY
                )
            )

    @rule(number=numbers, name=st.sampled_from(("moved", "moved-2", "moved-3")))
    def move_a_file(self, number: int, name: str) -> None:
        """Labels and codes of the old name are reported one by one until it is an alias."""
        id_ = self.active(number)
        if id_ is None or name in self.known():
            return
        before, text = self.judged(), (self.root / f"taxonomy/{id_}.md").read_bytes().decode()
        self.repo.write({f"taxonomy/{id_}.md": None})
        self.by_hand(f"taxonomy/{name}.md", text)
        found = self.problems()
        self.assert_dangling_is_reported(found)
        assert all(p.code in ("unknown-mode", "tombstone") for p in found)
        aliases = [*self.corpus().modes[name].aliases, id_]
        mended = front_matter.set_key(text, ("aliases",), aliases)
        self.by_hand(f"taxonomy/{name}.md", mended)
        assert self.problems() == []
        now = self.judged()
        for (trace, old), settled in before.items():
            assert now[trace, name if old == id_ else old] == settled

    @rule(number=numbers)
    def retire_by_hand_and_take_up_again(self, number: int) -> None:
        """What was judged is there again as it was."""
        id_ = self.active(number)
        if id_ is None:
            return
        path, before = f"taxonomy/{id_}.md", self.judged()
        text = (self.root / path).read_bytes().decode()
        self.by_hand(path, front_matter.set_key(text, ("status",), "retired"))
        assert self.problems() == []
        self.by_hand(path, text)
        assert self.judged() == before

    @rule(one=numbers, other=numbers)
    def merge_by_hand(self, one: int, other: int) -> None:
        """Told on one side only, it is noticed; told on both, as check says, it is sound."""
        source, target = self.active(one), self.active(other)
        if source is None or target is None or source == target:
            return
        before, modes = self.judged(), self.corpus().modes
        into = f"{target}@{modes[target].version + 1}"
        path = f"taxonomy/{source}.md"
        text = (self.root / path).read_bytes().decode()
        text = front_matter.set_key(text, ("status",), "retired")
        self.by_hand(path, front_matter.set_key(text, ("merged_into",), into))
        assert [problem.code for problem in self.problems()] == ["tombstone", "tombstone"]
        path = f"taxonomy/{target}.md"
        text = (self.root / path).read_bytes().decode()
        text = front_matter.set_key(text, ("version",), modes[target].version + 1)
        merged = [*map(str, modes[target].merged_from), f"{source}@{modes[source].version}"]
        self.by_hand(path, front_matter.set_key(text, ("merged_from",), merged))
        assert self.problems() == []
        self.assert_yes_stays_yes(before)

    @rule(one=numbers, other=numbers)
    def edit_a_note(self, one: int, other: int) -> None:
        """What was coded from the old words counts on."""
        path = f"notes/{PEOPLE[one % 2]}/{TRACES[other % 3]}.md"
        before, text = self.judged(), (self.root / path).read_text("utf-8")
        self.by_hand(path, text.replace(SEEN[one % 3], f"{SEEN[one % 3]} often"))
        assert self.judged() == before

    # ------------------------------------------------------------ by git

    @precondition(lambda self: self.by_tool and self.head() == self.by_tool[-1])
    @rule()
    def undo_the_last_change(self) -> None:
        """Every file is as it was before; what the change mended is noticed again."""
        self.repo.git("revert", "--no-edit", "HEAD")
        assert self.repo.git("diff", "HEAD", "HEAD~2") == ""
        assert self.codes() == self.wrong_before[self.by_tool[-1]]
        if self.codes():
            self.repo.git("revert", "--no-edit", "HEAD")
        self.by_tool.pop()
        self.names = self.known()
        assert self.problems() == []

    @precondition(lambda self: self.by_tool and self.head() != self.by_tool[-1])
    @rule()
    def undo_a_change_and_think_better_of_it(self) -> None:
        """What was said meanwhile may dangle then: each is reported, none is lost."""
        before = self.judged()
        try:
            self.repo.git("revert", "--no-edit", self.by_tool[-1])
        except subprocess.CalledProcessError:
            self.repo.git("revert", "--abort")
            return
        self.assert_dangling_is_reported(self.problems())
        self.repo.git("revert", "--no-edit", "HEAD")
        assert self.judged() == before
        assert self.problems() == []

    def head(self) -> str:
        return self.repo.git("rev-parse", "HEAD")

    def assert_dangling_is_reported(self, found: list[Problem]) -> None:
        """Whatever label names no mode is an error at its line."""
        corpus = self.corpus()
        names = canonical_names(corpus.modes)
        reported = {(p.path, p.line) for p in found if p.code == "unknown-mode"}
        for (annotator, trace), note in corpus.notes.items():
            for name in set(note.labels) - set(names):
                line = note.label_lines[name]
                assert (f"notes/{annotator}/{trace}.md", line) in reported
        assert not corpus.broken

    # ------------------------------------------------------------ what always holds

    @invariant()
    def every_name_ever_used_stands_for_something(self) -> None:
        """Labels, codes and lineage name modes that are there; every file is sound."""
        if not hasattr(self, "repo"):
            return
        corpus = self.corpus()
        names = canonical_names(corpus.modes)
        assert corpus.problems == ()
        assert self.names <= set(names)
        self.names = set(names)
        for note in corpus.notes.values():
            assert set(note.labels) <= set(names)
        for found in corpus.proposals.values():
            ticked = sum(item.ticked for item in found.items)
            assert found.status != "accepted" or len(list(coded_items(found, names))) == ticked
        for one in corpus.modes.values():
            related = (*one.merged_from, *one.split_into, one.merged_into, one.split_from)
            assert {other.mode for other in related if other} <= set(names)


QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def run(*, examples: int, steps: int) -> None:
    """Draw so many histories of at most so many steps."""
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=QUIET,
        ),
    )


def test_no_history_loses_or_dangles_anything() -> None:
    """Commands, proposals, edits by hand and undoing by git, in any order."""
    run(examples=12, steps=12)


@pytest.mark.slow
def test_no_long_history_loses_or_dangles_anything() -> None:
    """The same, longer and more of them."""
    run(examples=80, steps=30)
