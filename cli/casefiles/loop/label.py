"""Judging: which failure modes my reviewed traces show, one answer per mode."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from casefiles.documents.corpus import Corpus
from casefiles.documents.note import Judgement, Value
from casefiles.documents.paths import note_path, place_of
from casefiles.documents.plan import Change, Plan
from casefiles.errors import BadInputError
from casefiles.loop import desk, undo
from casefiles.loop.own_note import read_note
from casefiles.review.judging import Case, Question, label_queue
from casefiles.review.mode_keys import KeyedMode, keyed_modes
from casefiles.review.repeats import with_repeats
from casefiles.review.scanning import likeliest_first
from casefiles.review.splicing import with_judgement
from casefiles.taxonomy.working_copy import WorkingCopy
from casefiles.workspace.find import Workspace
from casefiles.workspace.load import load
from casefiles.workspace.tree import WorkingTree


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one annotator has to judge."""

    corpus: Corpus
    """The taxonomy, their notes, and the traces these are about; no colleague's note is read."""
    modes: tuple[str, ...]
    """Ids of the active modes asked about."""
    cases: tuple[Case, ...]
    """The traces with something to judge, in the order in which they are asked about."""

    @property
    def questions(self) -> int:
        """How many judgements are open."""
        return sum(len(case.questions) for case in self.cases)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """The files of a tree that the command relies on."""

    tree: WorkingTree
    keep: Callable[[str], bool]

    def paths(self) -> Iterator[str]:
        return (path for path in self.tree.paths() if self.keep(path))

    def read(self, path: str) -> bytes:
        return self.tree.read(path)


def open_work(
    workspace: Workspace,
    me: str,
    modes: Sequence[str] = (),
    *,
    trace: str | None = None,
    unsure: bool = False,
    repeats: bool | None = None,
) -> Work:
    """Find what I have to judge: the modes given (none: all active ones) on my reviewed traces.

    A mode may be said by its id, an old id or its name. The traces likeliest to show what is asked
    come first. Some judgements of mine are asked for again, unmarked, once two annotators are
    configured; ``repeats`` decides it otherwise. Raises BadInputError for an unknown or retired
    mode, if there is nothing to judge by or on yet, or if a file relied on is broken.
    """
    corpus, wanted = my_corpus(workspace, me, modes, trace=trace)
    cases = label_queue(corpus, me, wanted, trace=trace, unsure=unsure)
    if len(cases) > 1:
        from casefiles.clusters.scan import resemblance  # numpy takes a while to load

        cases = likeliest_first(cases, corpus, resemblance)
    shared = len(workspace.config.review.annotators) > 1
    if trace is None and (shared if repeats is None else repeats):
        cases = with_repeats(cases, corpus, me, wanted, demanded=bool(repeats))
    return Work(corpus=corpus, modes=wanted, cases=cases)


def my_corpus(
    workspace: Workspace, me: str, modes: Sequence[str], *, trace: str | None = None
) -> tuple[Corpus, tuple[str, ...]]:
    """Load what I judge by and on: my notes alone, and the modes given (none: all active ones).

    Raises BadInputError like `open_work`.
    """
    corpus = _load(workspace, me)
    wanted = _modes(workspace, corpus, modes)
    _insist_on_review(corpus, me, trace)
    return corpus, wanted


def _insist_on_review(corpus: Corpus, me: str, trace: str | None) -> None:
    mine = {reference for _, reference, note in corpus.human_notes() if note.reviews}
    if trace is not None and trace not in mine:
        message = f"{me} has not reviewed {trace}"
        raise BadInputError(message, remedy=f"read it first with `casefiles note {trace}`")
    if not mine:
        message = f"{me} has not reviewed a trace yet"
        raise BadInputError(message, remedy="read some first with `casefiles note`")


def open_modes(workspace: Workspace) -> tuple[KeyedMode, ...]:
    """Return the active modes with their keys, without reading anything but the taxonomy.

    Raises BadInputError if there is none yet, or if one is broken.
    """
    tree = WorkingTree(workspace.root)
    part = _Part(tree=tree, keep=lambda path: place_of(path).kind == "mode")
    corpus = load(part, workspace.config)
    desk.insist(corpus, lambda _: True)
    return keyed_modes(corpus.modes, _modes(workspace, corpus, ()))


def judge(
    workspace: Workspace,
    me: str,
    trace: str,
    questions: Sequence[Question],
    value: Value,
    *,
    dry_run: bool = False,
) -> Plan:
    """Write one answer to each question about a trace into my note, all at once; return the plan.

    Raises BadInputError if the note is broken or changed meanwhile.
    """
    before, _ = read_note(workspace, me, trace)
    after = before
    path = note_path(me, trace)
    try:
        for question in questions:
            after = with_judgement(after, question.mode, value, question.version)
    except ValueError as error:
        raise BadInputError(str(error), where=path, remedy="edit the file by hand") from error
    plan = Plan(changes=(Change(path=path, before=before, after=after),))
    desk.carry_out(workspace, plan, dry_run=dry_run)
    if not dry_run:
        undo.remember(workspace, me, [trace], plan)
    return plan


def set_label(
    workspace: Workspace,
    me: str,
    modes: Sequence[str],
    trace: str,
    value: Value,
    *,
    dry_run: bool = False,
) -> Plan:
    """Judge a trace for modes without being asked, whether it was reviewed or not.

    A judgement that is the last one already, under the same definition, is not repeated. Raises
    BadInputError for an unknown or retired mode, or if a file relied on is broken.
    """
    corpus = _load(workspace, me)
    note = corpus.notes.get((me, trace))
    questions = []
    for mode in _modes(workspace, corpus, modes):
        version = corpus.modes[mode].version
        before = note.labels.get(mode, ()) if note else ()
        if before[-1:] != (Judgement(value=value, version=version),):
            questions.append(Question(mode=mode, version=version, why="new", before=before))
    return judge(workspace, me, trace, questions, value, dry_run=dry_run)


def _load(workspace: Workspace, me: str) -> Corpus:
    tree = WorkingTree(workspace.root)
    mine = {place_of(path).reference for path in tree.paths((f"notes/{me}",))}

    def needed(path: str) -> bool:
        place = place_of(path)
        if place.kind == "note":
            return place.annotator == me
        return place.kind in ("mode", "proposal") or (
            place.kind == "trace" and place.reference in mine
        )

    corpus = load(_Part(tree=tree, keep=needed), workspace.config)
    desk.insist(corpus, lambda _: True)
    return corpus


def _modes(workspace: Workspace, corpus: Corpus, words: Sequence[str]) -> tuple[str, ...]:
    if not corpus.active_modes:
        remedy = "group your notes with `casefiles propose`, or add one with `casefiles mode new`"
        raise BadInputError("there is no failure mode to judge by yet", remedy=remedy)
    known = WorkingCopy(modes=corpus.modes, read=partial(desk.read_text, workspace))
    return tuple(dict.fromkeys(map(known.active, words))) or corpus.active_modes
