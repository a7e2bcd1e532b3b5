"""Open coding of several traces in one buffer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from casefiles.documents.plan import Plan
from casefiles.errors import BadInputError
from casefiles.loop import desk, drafts
from casefiles.loop.drafts import BATCH, Opened
from casefiles.loop.own_note import BrokenFileError, Saved, planned, read_note, read_trace
from casefiles.loop.pile import Pile
from casefiles.loop.sitting import Sitting
from casefiles.review.batch import faults_of, parse_batch
from casefiles.review.buffer import Sheet, render_batch, with_faults
from casefiles.review.reading import Reading


def sit_batch(sitting: Sitting, pile: Pile, most: int) -> tuple[Saved, ...]:
    """Open the next traces, at most so many, in one buffer; return the notes written.

    An unfinished batch is taken up instead. All notes are written together; traces that were left
    as they are get none. A broken trace or note is named and left out. Raises BadInputError if the
    editor fails or a note changed meanwhile; the draft keeps what was typed.
    """
    opened = _opened(sitting, pile, most)
    if opened is None:
        return ()
    turns = {ref: len(read_trace(sitting.workspace, ref).turns) for ref in opened.notes}
    for _ in range(sitting.attempts):
        opened, text = sitting.edited(BATCH, opened)
        readings = parse_batch(text, opened.buffer, turns=turns, modes=opened.modes)
        faults = faults_of(readings)
        if not text.strip() or not readings:
            drafts.discard(sitting.workspace, sitting.me, BATCH)
            return ()
        if not faults:
            return _save(sitting, pile, opened, readings)
        text, buffer = with_faults(text, opened.buffer, faults)
        opened = replace(opened, buffer=buffer)
        drafts.begin(sitting.workspace, sitting.me, BATCH, opened, text)
    raise sitting.kept(BATCH, BadInputError("; ".join(faults)))


def _opened(sitting: Sitting, pile: Pile, most: int) -> Opened | None:
    draft = drafts.resume(sitting.workspace, sitting.me, BATCH)
    if draft is not None:
        sitting.tell("taking up your unfinished batch")
        return draft
    notes: dict[str, str | None] = {}
    sheets: list[Sheet] = []
    drawn: tuple[str, ...] = ()
    while len(sheets) < most and (step := pile.next()):
        try:
            before, note = read_note(sitting.workspace, sitting.me, step.reference)
            sheets.append(sitting.sheet(step.reference, note, f"{len(sheets) + 1} of {most}"))
        except BrokenFileError as error:
            sitting.tell(str(error))
            continue
        notes[step.reference] = before
        drawn += (step.reference,) if step.drawn else ()
    if not sheets:
        return None
    buffer = render_batch(sheets, sitting.view, modes=sitting.modes)
    opened = Opened(buffer=buffer, notes=notes, drawn=drawn, modes=sitting.modes)
    drafts.begin(sitting.workspace, sitting.me, BATCH, opened, buffer)
    return opened


def _save(
    sitting: Sitting, pile: Pile, opened: Opened, readings: Mapping[str, Reading]
) -> tuple[Saved, ...]:
    stamp = partial(sitting.stamp, opened=opened, shared_by=len(readings))
    try:
        saved = tuple(
            planned(sitting.me, ref, opened.notes[ref], reading, stamp=stamp(ref))
            for ref, reading in readings.items()
        )
        plan = Plan(changes=tuple(change for one in saved for change in one.plan.changes))
        desk.carry_out(sitting.workspace, plan, dry_run=sitting.dry_run)
    except BadInputError as error:
        raise sitting.kept(BATCH, error) from error
    for one in saved:
        pile.wrote(one.reference)
    if not sitting.dry_run:
        from casefiles.loop import undo

        undo.remember(sitting.workspace, sitting.me, list(readings), plan)
        drafts.discard(sitting.workspace, sitting.me, BATCH)
    return saved
