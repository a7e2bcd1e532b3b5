"""Open coding: the next trace in an editor, or a note in one line."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from casefiles.documents.config import Order, View
from casefiles.documents.note import Verdict
from casefiles.documents.paths import note_path, trace_path
from casefiles.documents.trace import Trace
from casefiles.errors import BadInputError, CasefilesError
from casefiles.loop import desk, drafts
from casefiles.loop.drafts import Opened
from casefiles.loop.own_note import Saved, moment, planned, read_note, read_trace
from casefiles.loop.pick import no_traces, shelf
from casefiles.review import bodies
from casefiles.review.arrangement import system_prompt
from casefiles.review.buffer import Reading, parse_buffer, render_buffer, with_faults
from casefiles.review.queue import unreviewed
from casefiles.review.saving import Stamp
from casefiles.workspace.find import Workspace

Editor = Callable[[Path], None]
"""Lets a person edit a file; raises CasefilesError if the editor failed."""
IDLE_S = 600
"""Seconds that count at most each time the editor is open: people leave for lunch."""
ATTEMPTS = 5
"""How often the editor is opened again on the same trace after a verdict nobody can read."""


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One person reading traces, one after another."""

    workspace: Workspace
    """Where."""
    me: str
    """Who: the folder of their notes."""
    edit: Editor
    """Opens the editor."""
    order: Order | None = None
    """Order of the queue; None: as configured."""
    final_first: bool = False
    """Show the query and the final answer first."""
    attempts: int = ATTEMPTS
    """How often the editor is opened on one trace; 1 where nobody sits in front of it."""
    dry_run: bool = False
    """Write no note; drafts are kept."""
    tell: Callable[[str], None] = lambda _: None
    """Says to the person what happens."""
    clock: Callable[[], float] = time.monotonic
    """Seconds that never run backwards."""
    now: Callable[[], datetime] = utc_now
    """The time, in UTC."""
    systems: set[str] = field(default_factory=set)
    """System prompts shown in this sitting; they are folded the next time."""

    @property
    def view(self) -> View:
        """How traces are shown."""
        view = self.workspace.config.view
        return replace(view, final_first=view.final_first or self.final_first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """The trace that comes next."""

    reference: str
    """Its reference."""
    position: str = ""
    """Where it stands in the queue, for people: ``46 of 100``."""
    drawn: bool = False
    """Whether the queue gave it, in random order."""
    draft: bool = False
    """Whether an unfinished draft of it is taken up again."""


# ---------------------------------------------------------------- the queue


def next_trace(
    workspace: Workspace,
    me: str,
    *,
    order: Order | None = None,
    skip: frozenset[str] = frozenset(),
) -> Next | None:
    """Return the trace to read next, or None when all have a note of mine.

    Unfinished drafts come first, then traces without a note, then those whose note reviews
    nothing yet (``defer``, or labels only). Notes are read only when nothing else is left.
    ``skip`` leaves out what this sitting had already. Raises BadInputError if there are no traces
    at all.
    """
    traces = shelf(workspace, me)
    if not traces.traces:
        raise no_traces()
    order = order or workspace.config.review.order
    position = f"{len(traces.noted) + 1} of {len(traces.traces)}"
    for reference in drafts.kept(workspace, me):
        if reference not in skip and (workspace.root / trace_path(reference)).is_file():
            return Next(reference=reference, position=position, draft=True)
    seed = workspace.config.review.seed
    waiting = unreviewed(traces.traces, traces.noted | skip, order=order, seed=seed)
    if waiting:
        return Next(reference=waiting[0], position=position, drawn=order == "random")
    again = unreviewed(traces.noted, skip, order=order, seed=seed)
    still_open = next((ref for ref in again if not _is_reviewed(workspace, me, ref)), None)
    return None if still_open is None else Next(reference=still_open, position="put off before")


def sit(sitting: Sitting, *, batch: int | None = None) -> Iterator[Saved]:
    """Open one trace after another; yield each note written.

    Ends when the reviewer saves nothing (an empty or untouched buffer), after ``batch`` notes,
    or when all traces have a note. Raises CasefilesError when the editor fails or a file that is
    needed is broken; what was typed is in the draft the message names.
    """
    had: set[str] = set()
    while batch is None or len(had) < batch:
        step = next_trace(sitting.workspace, sitting.me, order=sitting.order, skip=frozenset(had))
        saved = open_note(sitting, step) if step else None
        if step is None or saved is None:
            return
        had.add(step.reference)
        yield saved
        if sitting.dry_run:
            return


def _is_reviewed(workspace: Workspace, me: str, reference: str) -> bool:
    note = read_note(workspace, me, reference)[1]
    return note is not None and note.reviews


# ---------------------------------------------------------------- one trace in the editor


def open_note(sitting: Sitting, step: Next) -> Saved | None:
    """Let a person write a note on one trace; None if they saved nothing.

    A buffer that cannot be read is opened again with the reason on top. Raises BadInputError if
    the trace or the note is broken, the editor fails, or the note changed meanwhile; the draft
    keeps what was typed.
    """
    trace = read_trace(sitting.workspace, step.reference)
    opened = _opened(sitting, step, trace)
    for _ in range(sitting.attempts):
        opened, text = _edited(sitting, step.reference, opened)
        reading = parse_buffer(text, opened.buffer, turns=len(trace.turns))
        untouched = reading == parse_buffer(opened.buffer, opened.buffer, turns=len(trace.turns))
        if reading.emptied or reading.says_nothing or untouched:
            drafts.discard(sitting.workspace, sitting.me, step.reference)
            return None
        if not reading.faults:
            return _save(sitting, step.reference, opened, reading)
        text, buffer = with_faults(text, opened.buffer, reading.faults)
        opened = replace(opened, buffer=buffer)
        drafts.begin(sitting.workspace, sitting.me, step.reference, opened, text)
    raise _kept(sitting, step.reference, BadInputError("; ".join(reading.faults)))


def _opened(sitting: Sitting, step: Next, trace: Trace) -> Opened:
    """Take up the draft of a trace, or begin one."""
    workspace, me, reference = sitting.workspace, sitting.me, step.reference
    before, note = read_note(workspace, me, reference)
    draft = drafts.resume(workspace, me, reference)
    if draft is not None and draft.note == before:
        sitting.tell(f"{reference}: taking up your unfinished draft")
        return draft
    if draft is not None and not _is_in_note(sitting, reference, draft, before):
        path = desk.relative(workspace, drafts.path_of(workspace, me, reference))
        message = f"the note changed since the draft {path} was begun"
        remedy = "copy what you need of the draft into the note, then delete the draft"
        raise BadInputError(message, where=note_path(me, reference), remedy=remedy)
    system = system_prompt(trace)
    buffer = render_buffer(
        trace,
        note,
        reference=reference,
        position=step.position,
        view=sitting.view,
        system_known=system in sitting.systems,
    )
    sitting.systems.add(system)
    opened = Opened(buffer=buffer, note=before, drawn=step.drawn)
    drafts.begin(workspace, me, reference, opened, buffer)
    return opened


def _is_in_note(sitting: Sitting, reference: str, draft: Opened, note_text: str | None) -> bool:
    """Whether a left-over draft was saved before the tool could remove it."""
    text = drafts.read(drafts.path_of(sitting.workspace, sitting.me, reference))
    body = parse_buffer(text, draft.buffer, turns=10**6).body
    return note_text is not None and bodies.body_of(note_text) == body


def _edited(sitting: Sitting, reference: str, opened: Opened) -> tuple[Opened, str]:
    """Open the editor; return what the reviewer left, the time counted."""
    path = drafts.path_of(sitting.workspace, sitting.me, reference)
    began = sitting.clock()
    try:
        sitting.edit(path)
    except CasefilesError as error:
        if drafts.resume(sitting.workspace, sitting.me, reference) is None:
            raise
        raise _kept(sitting, reference, error) from error
    spent = min(max(sitting.clock() - began, 0.0), IDLE_S)
    opened = replace(opened, seconds=opened.seconds + spent)
    drafts.update(sitting.workspace, sitting.me, reference, opened)
    return opened, drafts.read(path)


def _save(sitting: Sitting, reference: str, opened: Opened, reading: Reading) -> Saved:
    stamp = Stamp(reviewed=moment(sitting.now()), seconds=round(opened.seconds), drawn=opened.drawn)
    try:
        saved = planned(sitting.me, reference, opened.note, reading, stamp=stamp)
        desk.carry_out(sitting.workspace, saved.plan, dry_run=sitting.dry_run)
    except BadInputError as error:
        raise _kept(sitting, reference, error) from error
    if not sitting.dry_run:
        drafts.discard(sitting.workspace, sitting.me, reference)
    return saved


def _kept(sitting: Sitting, reference: str, error: CasefilesError) -> BadInputError:
    """The same error, saying where the text is."""
    path = drafts.path_of(sitting.workspace, sitting.me, reference)
    where = desk.relative(sitting.workspace, path)
    remedy = f"your text is kept in {where}: `casefiles note {reference}` goes on with it"
    return BadInputError(error.message, where=error.where, remedy=remedy)


# ---------------------------------------------------------------- one line


def write_note(
    workspace: Workspace,
    me: str,
    reference: str,
    *,
    verdict: Verdict | None = None,
    turn: int | None = None,
    texts: Sequence[str] = (),
    dry_run: bool = False,
    now: Callable[[], datetime] = utc_now,
) -> Saved:
    """Write a note without an editor; to an older note the texts are added as paragraphs.

    Raises BadInputError if the trace or the note is broken, or has no such turn.
    """
    trace = read_trace(workspace, reference)
    if turn is not None and not 1 <= turn <= len(trace.turns):
        message = f"there is no turn {turn}: the trace has {len(trace.turns)}"
        raise BadInputError(message, where=trace_path(reference))
    before, note = read_note(workspace, me, reference)
    body = bodies.body_of(before or "")
    for text in texts:
        body = bodies.add_general(body, bodies.trim(text))
    if note is not None and verdict in (None, note.verdict):
        verdict, turn = note.verdict, turn or note.first_failure
    reading = Reading(verdict=verdict, first_failure=turn, body=body)
    stamp = Stamp(reviewed=moment(now()))
    saved = planned(me, reference, before, reading, stamp=stamp)
    desk.carry_out(workspace, saved.plan, dry_run=dry_run)
    return saved
