"""One person in front of an editor: who, where, how traces are shown, and what is kept track of."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from casefiles.documents.config import View
from casefiles.documents.note import Note
from casefiles.errors import BadInputError, CasefilesError
from casefiles.loop import desk, drafts
from casefiles.loop.drafts import Opened
from casefiles.loop.own_note import moment, others_notes, read_trace
from casefiles.review.arrangement import system_prompt
from casefiles.review.buffer import Sheet
from casefiles.review.mode_keys import KeyedMode
from casefiles.workspace.find import Workspace

if TYPE_CHECKING:
    from casefiles.review.saving import Stamp

Editor = Callable[[Path], None]
"""Lets a person edit a file; raises CasefilesError if the editor failed."""
IDLE_S = 600
"""Seconds that count at most for a trace each time the editor is open: people leave for lunch."""
ATTEMPTS = 5
"""How often the editor is opened again on a buffer that nobody can read."""


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
    final_first: bool = False
    """Show the query and the final answer first, the rest folded."""
    modes: tuple[KeyedMode, ...] = ()
    """Failure modes to be judged while reading; none in the first pass."""
    others: bool = False
    """Show colleagues' notes beside one's own; what is written then is not blind."""
    attempts: int = ATTEMPTS
    """How often the editor is opened on one buffer; 1 where nobody sits in front of it."""
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

    def sheet(self, reference: str, note: Note | None, position: str) -> Sheet:
        """Read a trace for a buffer. Raises BadInputError if it is broken."""
        trace = read_trace(self.workspace, reference)
        system = system_prompt(trace)
        known = system in self.systems
        self.systems.add(system)
        others = others_notes(self.workspace, self.me, reference) if self.others else {}
        return Sheet(
            reference=reference,
            trace=trace,
            note=note,
            position=position,
            system_known=known,
            others=others,
        )

    def edited(self, name: str, opened: Opened) -> tuple[Opened, str]:
        """Open the editor on a draft; return what the reviewer left, the time counted.

        Raises BadInputError, saying where the draft is, if the editor fails.
        """
        path = drafts.path_of(self.workspace, self.me, name)
        began = self.clock()
        try:
            self.edit(path)
        except CasefilesError as error:
            if drafts.resume(self.workspace, self.me, name) is None:
                raise
            raise self.kept(name, error) from error
        spent = min(max(self.clock() - began, 0.0), IDLE_S * max(len(opened.notes), 1))
        opened = replace(opened, seconds=opened.seconds + spent)
        drafts.update(self.workspace, self.me, name, opened)
        return opened, drafts.read(path)

    def stamp(self, reference: str, opened: Opened, *, shared_by: int = 1) -> Stamp:
        """Say how the note on a trace comes about; the time is shared by so many notes."""
        from casefiles.review.saving import Stamp

        return Stamp(
            reviewed=moment(self.now()),
            seconds=round(opened.seconds / shared_by),
            drawn=reference in opened.drawn,
            blind=opened.blind,
        )

    def kept(self, name: str, error: CasefilesError) -> BadInputError:
        """The same error, saying where the text is."""
        path = drafts.path_of(self.workspace, self.me, name)
        where = desk.relative(self.workspace, path)
        again = "casefiles note --batch" if name == drafts.BATCH else f"casefiles note {name}"
        remedy = f"your text is kept in {where}: `{again}` goes on with it"
        return BadInputError(error.message, where=error.where, remedy=remedy)
