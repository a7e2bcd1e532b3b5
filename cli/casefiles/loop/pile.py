"""Which trace one person reads next, for as long as they sit.

What is unread follows from file names, so the folders are listed once and no note is opened while
a trace without one is left: the next trace comes as fast on ten thousand as on ten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from casefiles.documents.config import Order
from casefiles.documents.paths import note_path, trace_path
from casefiles.loop import drafts
from casefiles.loop.own_note import BrokenFileError, read_note
from casefiles.loop.pick import no_traces, shelf
from casefiles.review.queue import unreviewed
from casefiles.workspace.find import Workspace
from casefiles.workspace.tree import WorkingTree

_REVIEWS = re.compile(rb"---\n(?:[^-\n].*\n)*?verdict: (?:pass|fail) *\n")
"""How most notes say that they review their trace: these need no parsing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """The trace that comes next."""

    reference: str
    """Its reference."""
    position: str = ""
    """Where it stands in the queue, for people: ``46 of 100``."""
    drawn: bool = False
    """Whether the queue gave it, in random order."""
    again: bool = False
    """Whether the reviewer came back to it."""


class Pile:
    """My traces in the order of reading, and how far I am."""

    def __init__(
        self,
        workspace: Workspace,
        me: str,
        *,
        order: Order | None = None,
        everything: bool = False,
    ) -> None:
        """List the traces. Raises BadInputError if there are none at all.

        ``order`` None is the configured one; ``everything`` takes in what others are to read.
        """
        found = shelf(workspace, me, everything=everything)
        if not found.traces and not found.others:
            raise no_traces()
        self.workspace = workspace
        self.me = me
        self.order = order or workspace.config.review.order
        self.noted = set(found.noted)
        self.others = found.others
        self._mine = found.traces
        self._had: set[str] = set()
        self._unread = self._ordered(self._mine - found.noted)
        self._again = self._put_off(found.noted)

    @property
    def progress(self) -> str:
        """``45 of 100``."""
        return f"{len(self.noted)} of {self.total}"

    @property
    def total(self) -> int:
        """My traces, read or not."""
        return len(self._mine)

    @property
    def left(self) -> int:
        """Traces without a note of mine."""
        return self.total - len(self.noted)

    def next(self) -> Next | None:
        """Take the next trace; None when all have a note of mine that reviews it.

        Traces without a note come first, then those whose note reviews nothing yet (``defer``,
        labels only, or an empty file). No trace comes twice.
        """
        for step in self._steps():
            if step.reference not in self._had:
                self._had.add(step.reference)
                return step
        return None

    def drafts(self) -> Iterator[Next]:
        """Take the traces with an unfinished draft, one after the other."""
        for reference in drafts.kept(self.workspace, self.me):
            is_there = (self.workspace.root / trace_path(reference)).is_file()
            if is_there and reference not in self._had:
                self._had.add(reference)
                yield Next(reference=reference, position=self._position)

    def wrote(self, reference: str) -> None:
        """A note on this trace was written."""
        self.noted |= {reference} & self._mine

    def unwrote(self, reference: str) -> None:
        """The note on this trace was taken back."""
        self.noted.discard(reference)

    def _steps(self) -> Iterator[Next]:
        for reference in self._unread:
            yield Next(reference=reference, position=self._position, drawn=self.order == "random")
        for reference in self._again:
            yield Next(reference=reference, position="put off before")

    @property
    def _position(self) -> str:
        return f"{len(self.noted) + 1} of {self.total}"

    def _ordered(self, references: frozenset[str]) -> Iterator[str]:
        seed = self.workspace.config.review.seed
        yield from unreviewed(references, (), order=self.order, seed=seed)

    def _put_off(self, noted: frozenset[str]) -> Iterator[str]:
        """The traces with a note of mine that reviews nothing yet; looked for only at the end."""
        tree = WorkingTree(self.workspace.root)
        doubtful = (ref for ref in noted if not _REVIEWS.match(tree.read(note_path(self.me, ref))))
        yield from self._ordered(frozenset(ref for ref in doubtful if not self._reviews(ref)))

    def _reviews(self, reference: str) -> bool:
        try:
            note = read_note(self.workspace, self.me, reference)[1]
        except BrokenFileError:  # who opens it is told
            return False
        return note is not None and note.reviews
