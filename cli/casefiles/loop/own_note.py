"""One annotator's note and the trace it is about: read insistently, written by splices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from casefiles.documents import note as note_file
from casefiles.documents.note import Note, Verdict
from casefiles.documents.paths import note_path, trace_path
from casefiles.documents.problem import Problem
from casefiles.documents.trace import Trace
from casefiles.errors import BadInputError
from casefiles.loop import desk
from casefiles.review.reading import Reading
from casefiles.workspace.find import Workspace
from casefiles.workspace.load import decode, load_trace
from casefiles.workspace.tree import WorkingTree

if TYPE_CHECKING:
    from casefiles.documents.plan import Plan
    from casefiles.review.saving import Stamp


class BrokenFileError(BadInputError):
    """A trace or a note cannot be read: another one can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A note that was written (or would be)."""

    reference: str
    """Of the trace."""
    path: str
    """The note's file, relative to the workspace."""
    verdict: Verdict | None
    """The verdict given."""
    added: bool
    """Whether there was a note before."""
    plan: Plan
    """What changed."""
    seconds: int | None = None
    """Time spent on it this time, idle time cut off; None: not measured."""

    @property
    def advice(self) -> tuple[Problem, ...]:
        """What the note could say better."""
        from casefiles.checks import notes, wording

        (change,) = self.plan.changes
        note = note_file.parse(change.after or "", self.path)[0]
        if note is None:
            return ()
        return (*notes.incomplete(note, self.path), *wording.advice(note, self.path))


def planned(
    me: str, reference: str, before: str | None, reading: Reading, *, stamp: Stamp
) -> Saved:
    """Plan what a reading of a buffer (or one line) makes of a note. ``before``: the file so far.

    Raises BadInputError if the front matter cannot be changed without touching other text.
    """
    from casefiles.documents.plan import Change, Plan  # a trace only looked at writes nothing
    from casefiles.review.saving import saved_text

    path = note_path(me, reference)
    note = note_file.parse(before, path)[0] if before is not None else None
    try:
        after = saved_text(before, note, reading, stamp)
    except ValueError as error:
        raise BadInputError(str(error), where=path, remedy="edit the file by hand") from error
    plan = Plan(changes=(Change(path=path, before=before, after=after),))
    return Saved(
        reference=reference,
        path=path,
        verdict=reading.verdict,
        added=before is not None,
        plan=plan,
        seconds=stamp.seconds,
    )


def read_note(workspace: Workspace, me: str, reference: str) -> tuple[str | None, Note | None]:
    """Return my note on a trace, as text and as a record; (None, None) if there is none.

    Raises BrokenFileError with every problem if it is broken.
    """
    path = note_path(me, reference)
    text = desk.read_text(workspace, path)
    if text is None:
        return None, None
    note, problems = note_file.parse(text, path)
    _insist(problems)
    return text, note


def others_notes(workspace: Workspace, me: str, reference: str) -> dict[str, Note]:
    """Return colleagues' notes on a trace by their names; broken ones are left out."""
    found: dict[str, Note] = {}
    for name in sorted(WorkingTree(workspace.root).folders("notes")):
        path = note_path(name, reference)
        if name != me and (workspace.root / path).is_file():
            text, _ = decode((workspace.root / path).read_bytes(), path)
            note = note_file.parse(text, path)[0] if text is not None else None
            found |= {name: note} if note else {}
    return found


def read_trace(workspace: Workspace, reference: str) -> Trace:
    """Return a trace. Raises BrokenFileError with every problem if it is broken."""
    trace, problems = load_trace(WorkingTree(workspace.root), trace_path(reference))
    _insist(problems)
    assert trace is not None
    return trace


def _insist(problems: tuple[Problem, ...]) -> None:
    errors = [str(problem) for problem in problems if problem.level == "error"]
    if errors:
        raise BrokenFileError("\n".join([*errors, "nothing was written; mend the file first"]))


def moment(now: datetime) -> str:
    """Write a time as notes do: ``2026-11-24T01:20:00Z``."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
