"""The conversation of `adjudicate`: one disagreement after another, both sides shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from casefiles.documents.judgements import Answer
from casefiles.documents.mode import Mode
from casefiles.documents.trace import Trace
from casefiles.loop.adjudicate import Dispute, Disputes, settle
from casefiles.loop.own_note import read_trace
from casefiles.loop.telling import examples, indented, turns_of_interest, what_was_asked
from casefiles.review.arrangement import arrange
from casefiles.review.shown import lines_of, turns_of
from casefiles.workspace.find import Workspace

KEYS = {
    "y": "yes: the trace shows it",
    "n": "no: it does not",
    "s": "skip: leave it open",
    "e": "evidence: the turns the notes speak of, and the mode's examples",
    "t": "the whole trace",
    "q": "quit; every decision so far is saved",
    "?": "this help",
}
VALUES: dict[str, Answer] = {"y": "yes", "n": "no"}


@dataclass(slots=True, kw_only=True)
class Hearing:
    """One sitting of settling."""

    workspace: Workspace
    """Where."""
    who: str
    """Who settles."""
    disputes: Disputes
    """What is to be settled."""
    ask: Callable[[], str | None]
    """Returns the next key the person pressed, one of KEYS; None: they are gone."""
    ask_why: Callable[[], str | None]
    """Returns a line the person typed; None: they are gone."""
    show: Callable[[str], None]
    """Shows text to the person; it is not inert yet."""
    settled: int = 0
    """Decisions saved so far."""

    def run(self) -> int:
        """Ask until everything is settled or the person quits; return the decisions saved."""
        for place, dispute in enumerate(self.disputes.open, 1):
            trace = read_trace(self.workspace, dispute.trace)
            self._show(self._case(dispute, trace, f"{place} of {len(self.disputes.open)}"))
            key = self._key(dispute, trace)
            if key in (None, "q"):
                break
            if key in VALUES:
                self._settle(dispute, VALUES[key])
        return self.settled

    def _settle(self, dispute: Dispute, value: Answer) -> None:
        why = self.ask_why()
        if why is None or not why.strip():
            self.show("  left open: a decision needs its reason")
            return
        settle(self.workspace, self.who, dispute.mode, dispute.trace, value, why)
        self.settled += 1

    def _key(self, dispute: Dispute, trace: Trace) -> str | None:
        while (key := self.ask()) in ("e", "t", "?"):
            self._show(self._told(key or "", dispute, trace))
        return key

    def _told(self, key: str, dispute: Dispute, trace: Trace) -> Iterator[str]:
        arranged = arrange(trace, self.workspace.config.view)
        if key == "?":
            yield from (f"  {name}  {meaning}" for name, meaning in KEYS.items())
        elif key == "t":
            yield from lines_of(arranged)
        else:
            yield from turns_of(arranged, turns_of_interest(dispute.notes.values(), trace))
            yield from examples(self._mode(dispute), most=None)

    def _mode(self, dispute: Dispute) -> Mode:
        return self.disputes.corpus.modes[dispute.mode]

    def _case(self, dispute: Dispute, trace: Trace, position: str) -> Iterator[str]:
        mode = self._mode(dispute)
        yield f"\n{'─' * 60}\n{dispute.trace}   {position}"
        yield from what_was_asked(trace)
        yield f"\n{mode.name}   ({dispute.mode}@{mode.version})"
        yield from indented(mode.definition.text)
        yield from examples(mode, most=1)
        for who, standing in dispute.said.items():
            origin = ", from a note" if standing.coded else ""
            age = ", under an older definition" if standing.stale else ""
            yield f"\n{who}: {standing.value}{origin}{age}"
            note = dispute.notes.get(who)
            if note is not None:
                at = f", first in turn {note.first_failure}" if note.first_failure else ""
                yield f"  {note.verdict or 'no verdict'}{at}"
                yield from indented(note.body)

    def _show(self, lines: Iterator[str]) -> None:
        self.show("\n".join(lines))
