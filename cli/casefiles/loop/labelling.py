"""The conversation of `label`: trace by trace, one question per mode, every answer kept at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from casefiles.documents.mode import Mode
from casefiles.documents.note import Note, Value
from casefiles.documents.plan import Plan
from casefiles.documents.trace import Trace, TraceHead
from casefiles.loop import undo
from casefiles.loop.label import Work, judge
from casefiles.loop.own_note import read_trace
from casefiles.loop.telling import examples, indented, turns_of_interest, what_was_asked
from casefiles.review.arrangement import arrange
from casefiles.review.judging import Case, Question, Why
from casefiles.review.shown import lines_of, turns_of
from casefiles.workspace.find import Workspace

KEYS = {
    "y": "yes",
    "n": "no",
    "u": "unsure: kept, counts as not judged",
    "-": "no to this and all the rest of this trace",
    "s": "skip for now",
    "b": "back: take the last answer back and ask again",
    "e": "evidence: the turns your note speaks of, and the mode's examples",
    "t": "the whole trace",
    "q": "quit; every answer so far is saved",
    "?": "this help",
}
VALUES: dict[str, Value] = {"y": "yes", "n": "no", "u": "unsure"}
_REASONS: dict[Why, str] = {
    "stale": "the definition changed since you judged it",
    "split": "it was split off a mode you judged yes",
    "edited": "the observation it was coded from is no longer in your note",
    "unsure": "you were unsure",
}
_FEW = 2
"""Examples of each kind that stand with a definition."""


@dataclass(slots=True, kw_only=True)
class Talk:
    """One sitting of judging."""

    workspace: Workspace
    """Where."""
    me: str
    """Who."""
    work: Work
    """What is to be judged."""
    ask: Callable[[], str | None]
    """Returns the next key the person pressed, one of KEYS; None: they are gone."""
    show: Callable[[str], None]
    """Shows text to the person; it is not inert yet."""
    judged: int = 0
    """Judgements saved so far."""
    _answered: list[_Answered] = field(default_factory=list)
    _explained: str = ""  # the mode whose definition was shown last

    def run(self) -> int:
        """Ask until everything is judged or the person quits; return the judgements saved."""
        steps = [(case, question) for case in self.work.cases for question in case.questions]
        at = 0
        open_case, trace = None, Trace(head=TraceHead(), turns=())
        while at < len(steps):
            case, question = steps[at]
            if case is not open_case:
                open_case, trace = case, read_trace(self.workspace, case.trace)
                self._show(_case(case, trace, self._position(case)))
            key = self._key(case, question, trace)
            if key in (None, "q"):
                break
            at = self._back(at) if key == "b" else self._answer(at, steps, key or "")
        return self.judged

    def _answer(self, at: int, steps: list[tuple[Case, Question]], key: str) -> int:
        """Save what a key means; return the place of the next question."""
        case = steps[at][0]
        last = at + 1
        while key == "-" and last < len(steps) and steps[last][0] is case:
            last += 1
        if key != "s":
            questions = [question for _, question in steps[at:last]]
            value = VALUES.get(key, "no")
            plan = judge(self.workspace, self.me, case.trace, questions, value)
            self._answered.append(_Answered(at=at, judged=len(questions), plan=plan))
            self.judged += len(questions)
        return last

    def _back(self, at: int) -> int:
        """Take the last answer back; return the place of its question."""
        if not self._answered:
            self.show("  there is no answer to take back")
            return at
        last = self._answered.pop()
        if undo.take_back(self.workspace, self.me, only=last.plan) is None:
            self.show("  something else was saved since; nothing was taken back")
            return at
        self.judged -= last.judged
        return last.at

    def _key(self, case: Case, question: Question, trace: Trace) -> str | None:
        self._show(self._question(question))
        while (key := self.ask()) in ("e", "t", "?"):
            self._show(self._told(key or "", case, question, trace))
        return key

    def _told(self, key: str, case: Case, question: Question, trace: Trace) -> Iterator[str]:
        if key == "?":
            yield from (f"  {name}  {meaning}" for name, meaning in KEYS.items())
        elif key == "t":
            yield from lines_of(arrange(trace, self.workspace.config.view))
        else:
            yield from self._evidence(case.note, self.work.corpus.modes[question.mode], trace)

    def _evidence(self, note: Note, mode: Mode, trace: Trace) -> Iterator[str]:
        """The turns a note speaks of (else the query and the answer), and all examples."""
        turns = turns_of_interest([note], trace)
        yield from turns_of(arrange(trace, self.workspace.config.view), turns)
        yield from examples(mode, most=None)

    def _question(self, question: Question) -> Iterator[str]:
        mode = self.work.corpus.modes[question.mode]
        yield f"\n{mode.name}   ({question.mode}@{question.version})"
        if question.mode != self._explained:
            yield from indented(mode.definition.text)
            yield from examples(mode, most=_FEW)
            self._explained = question.mode
        if question.is_blind:
            return
        said = ", ".join(map(str, question.before))
        reasons = (f"you said {said}" if said else "", _REASONS.get(question.why, ""))
        if reason := "; ".join(filter(None, reasons)):
            yield f"  ({reason})"

    def _position(self, case: Case) -> str:
        return f"{self.work.cases.index(case) + 1} of {len(self.work.cases)}"

    def _show(self, lines: Iterator[str]) -> None:
        self.show("\n".join(lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answered:
    """An answer that can be taken back."""

    at: int
    """Place of its (first) question."""
    judged: int
    """Judgements it made."""
    plan: Plan
    """What it wrote."""


def _case(case: Case, trace: Trace, position: str) -> Iterator[str]:
    yield f"\n{'─' * 60}\n{case.trace}   {position}"
    yield from what_was_asked(trace)
    at = f", first in turn {case.note.first_failure}" if case.note.first_failure else ""
    yield f"your note: {case.note.verdict or 'no verdict'}{at}"
    yield from indented(case.note.body)
