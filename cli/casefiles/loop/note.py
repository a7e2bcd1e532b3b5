"""Open coding: one trace after another in an editor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from casefiles.documents.paths import note_path
from casefiles.errors import BadInputError
from casefiles.loop import desk, drafts
from casefiles.loop.drafts import Opened
from casefiles.loop.own_note import BrokenFileError, Saved, planned, read_note, read_trace
from casefiles.loop.pile import Next, Pile
from casefiles.loop.sitting import Sitting
from casefiles.review import bodies
from casefiles.review.buffer import render_buffer, with_faults
from casefiles.review.reading import Move, Reading, parse_buffer, without_move
from casefiles.workspace.find import Workspace
from casefiles.workspace.tree import WorkingTree

Nothing = Literal["stop", "untouched"]
"""The reviewer emptied the buffer, or closed it as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What was saved last is again what it was before."""

    traces: tuple[str, ...]
    """References of the traces."""
    paths: tuple[str, ...]
    """The files of the notes."""
    drawn: bool
    """Whether the queue had given them, in random order."""


# ---------------------------------------------------------------- one after another


def sit(
    sitting: Sitting, pile: Pile, *, first: Next | None = None, alone: bool = False
) -> Iterator[Saved | Undone]:
    """Open one trace after another; yield each note written, or taken back.

    Begins with ``first`` if it is given, and ends with it if ``alone``. Else it ends when the
    reviewer empties a buffer or closes it untouched, or when all traces of the pile have a note.
    A broken trace or note is named and left out, unless ``alone`` is about it. Raises
    CasefilesError when the editor fails; what was typed is in the draft the message names.
    """
    trail = _Trail(sitting=sitting, pile=pile, alone=alone)
    step = first or trail.next()
    while step is not None:
        outcome = _outcome(sitting, step, insist=alone)
        if isinstance(outcome, Saved):
            pile.wrote(step.reference)
            yield outcome
        if outcome == "undo" and (undone := trail.undo()):
            yield undone
            step = trail.anew(undone, step)
        else:
            step = trail.after(step, outcome)


def _outcome(sitting: Sitting, step: Next, *, insist: bool) -> Saved | Move | Nothing:
    try:
        return open_note(sitting, step)
    except BrokenFileError as error:
        if insist:
            raise
        sitting.tell(str(error))
        return "skip"


@dataclass(slots=True, kw_only=True)
class _Trail:
    """Where a sitting has been, and where it goes on."""

    sitting: Sitting
    pile: Pile
    alone: bool
    behind: list[Next] = field(default_factory=list)
    ahead: list[Next] = field(default_factory=list)
    knows_earlier: bool = False

    def next(self) -> Next | None:
        if self.ahead:
            return self.ahead.pop()
        return next(self.pile.drafts(), None) or self.pile.next()

    def after(self, step: Next, outcome: Saved | Move | Nothing) -> Next | None:
        """Return the trace that comes after what was done with one; None: it is enough."""
        if outcome == "back":
            return self._back(step)
        if outcome == "undo":
            return step
        if outcome == "stop" or (outcome == "untouched" and not step.again):
            return None
        if self.sitting.dry_run or (self.alone and not self.ahead):
            return None
        self.behind.append(_again(step.reference))
        return self.next()

    def _back(self, step: Next) -> Next:
        """Return the trace before this one, in this sitting or an earlier one."""
        if not self.behind and not self.knows_earlier:
            self.knows_earlier = True
            earlier = noted_in_order(self.sitting.workspace, self.sitting.me)
            self.behind = [_again(ref) for ref in earlier if ref != step.reference]
        if not self.behind:
            self.sitting.tell("there is no trace before this one")
            return step
        self.ahead.append(step)
        return self.behind.pop()

    def undo(self) -> Undone | None:
        """Take back what was saved last, in this sitting or before it."""
        undone = take_back(self.sitting)
        for trace in undone.traces if undone else ():
            if not (self.sitting.workspace.root / note_path(self.sitting.me, trace)).is_file():
                self.pile.unwrote(trace)
        return undone

    def anew(self, undone: Undone, step: Next) -> Next:
        """Return the trace whose note was taken back; the present one comes after it."""
        self.ahead.append(step)
        self.behind = [one for one in self.behind if one.reference not in undone.traces]
        return replace(by_hand(undone.traces[0]), drawn=undone.drawn)


def take_back(sitting: Sitting) -> Undone | None:
    """Make what I saved last, a note or answers of `label`, what it was before, and say so."""
    from casefiles.loop import undo

    last = undo.take_back(sitting.workspace, sitting.me)
    if last is None:
        sitting.tell("nothing was saved that could be undone")
        return None
    paths = tuple(change.path for change in last.plan.changes)
    sitting.tell(f"{', '.join(paths)}: undone")
    drawn = all("\ndrawn: random\n" in (change.after or "") for change in last.plan.changes)
    return Undone(traces=last.traces, paths=paths, drawn=drawn)


def by_hand(reference: str) -> Next:
    """Make a step of a trace that a person picked."""
    return Next(reference=reference, position="picked by hand")


def last_noted(sitting: Sitting) -> Next:
    """Make a step of the trace I wrote about last. Raises BadInputError if there is none."""
    found = noted_in_order(sitting.workspace, sitting.me)
    if not found:
        message = f"{sitting.me} has no note yet"
        raise BadInputError(message, remedy="write one with `casefiles note`")
    return _again(found[-1])


def _again(reference: str) -> Next:
    return Next(reference=reference, position="opened again", again=True)


def noted_in_order(workspace: Workspace, me: str) -> list[str]:
    """Return the traces with a note of mine, the one whose file changed last at the end."""
    found = WorkingTree(workspace.root).documents(f"notes/{me}")
    return sorted(found, key=lambda ref: (workspace.root / note_path(me, ref)).stat().st_mtime_ns)


# ---------------------------------------------------------------- one trace


def open_note(sitting: Sitting, step: Next) -> Saved | Move | Nothing:
    """Let a person write a note on one trace; return what they did.

    A buffer that cannot be read is opened again with the reason on top. Raises BadInputError if
    the trace or the note is broken, the editor fails, or the note changed meanwhile; the draft
    keeps what was typed.
    """
    turns = len(read_trace(sitting.workspace, step.reference).turns)
    opened = _opened(sitting, step)
    for _ in range(sitting.attempts):
        opened, text = sitting.edited(step.reference, opened)
        reading = parse_buffer(text, opened.buffer, turns=turns, modes=opened.modes)
        untouched = parse_buffer(opened.buffer, opened.buffer, turns=turns, modes=opened.modes)
        if reading.emptied or reading.says_nothing or reading == untouched:
            drafts.discard(sitting.workspace, sitting.me, step.reference)
            return "stop" if reading.emptied else "untouched"
        if reading.move:
            _keep_the_rest(sitting, step.reference, opened, text, reading, untouched)
            return reading.move
        if not reading.faults:
            return _save(sitting, step.reference, opened, reading)
        text, buffer = with_faults(text, opened.buffer, reading.faults)
        opened = replace(opened, buffer=buffer)
        drafts.begin(sitting.workspace, sitting.me, step.reference, opened, text)
    raise sitting.kept(step.reference, BadInputError("; ".join(reading.faults)))


def _opened(sitting: Sitting, step: Next) -> Opened:
    """Take up the draft of a trace, or begin one."""
    workspace, me, reference = sitting.workspace, sitting.me, step.reference
    before, note = read_note(workspace, me, reference)
    draft = drafts.resume(workspace, me, reference)
    if draft is not None and draft.notes.get(reference) == before:
        sitting.tell(f"{reference}: taking up your unfinished draft")
        return draft
    if draft is not None and not _is_in_note(sitting, reference, draft, before):
        path = desk.relative(workspace, drafts.path_of(workspace, me, reference))
        message = f"the note changed since the draft {path} was begun"
        remedy = "copy what you need of the draft into the note, then delete the draft"
        raise BadInputError(message, where=note_path(me, reference), remedy=remedy)
    if sitting.others and (note is None or not note.reviews):
        message = f"{me} has not reviewed {reference}"
        raise BadInputError(message, remedy="write your own note first, then look at the others'")
    sheet = sitting.sheet(reference, note, step.position)
    buffer = render_buffer(sheet, sitting.view, modes=sitting.modes)
    opened = Opened(
        buffer=buffer,
        notes={reference: before},
        drawn=(reference,) if step.drawn else (),
        modes=sitting.modes,
        blind=not sitting.others,
    )
    drafts.begin(workspace, me, reference, opened, buffer)
    return opened


def _is_in_note(sitting: Sitting, reference: str, draft: Opened, note_text: str | None) -> bool:
    """Whether a left-over draft was saved before the tool could remove it."""
    text = drafts.read(drafts.path_of(sitting.workspace, sitting.me, reference))
    body = parse_buffer(text, draft.buffer, turns=10**6, modes=draft.modes).body
    return note_text is not None and bodies.body_of(note_text) == body


def _keep_the_rest(
    sitting: Sitting,
    reference: str,
    opened: Opened,
    text: str,
    reading: Reading,
    untouched: Reading,
) -> None:
    """Keep as a draft what stands beside the word that says where to go, if anything does."""
    if reading.body == untouched.body and not reading.labels:
        drafts.discard(sitting.workspace, sitting.me, reference)
    else:
        rest = without_move(text, opened.buffer)
        drafts.begin(sitting.workspace, sitting.me, reference, opened, rest)


def _save(sitting: Sitting, reference: str, opened: Opened, reading: Reading) -> Saved:
    try:
        before, stamp = opened.notes.get(reference), sitting.stamp(reference, opened)
        saved = planned(sitting.me, reference, before, reading, stamp=stamp)
        desk.carry_out(sitting.workspace, saved.plan, dry_run=sitting.dry_run)
    except BadInputError as error:
        raise sitting.kept(reference, error) from error
    if not sitting.dry_run:
        from casefiles.loop import undo

        undo.remember(sitting.workspace, sitting.me, [reference], saved.plan)
        drafts.discard(sitting.workspace, sitting.me, reference)
    return saved
