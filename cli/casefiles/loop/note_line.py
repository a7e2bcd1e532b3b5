"""A note in one line, without an editor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from casefiles.documents.note import Verdict
from casefiles.documents.paths import trace_path
from casefiles.errors import BadInputError
from casefiles.loop import desk, undo
from casefiles.loop.own_note import Saved, moment, planned, read_note, read_trace
from casefiles.loop.sitting import utc_now
from casefiles.review import bodies
from casefiles.review.reading import Reading
from casefiles.review.saving import Stamp
from casefiles.workspace.find import Workspace


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
    if not dry_run:
        undo.remember(workspace, me, [reference], saved.plan)
    return saved
