"""The conversation of `label`: trace by trace, one question per mode, every answer kept at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from casefiles.documents.mode import Mode
from casefiles.documents.note import Note, Value
from casefiles.documents.trace import Trace
from casefiles.loop.label import Work, judge
from casefiles.loop.own_note import read_trace
from casefiles.review.arrangement import arrange
from casefiles.review.judging import Case, Question, Why
from casefiles.review.shown import lines_of
from casefiles.text.names import shorten
from casefiles.workspace.find import Workspace

KEYS = {
    "y": "yes",
    "n": "no",
    "u": "unsure: kept, counts as not judged",
    "-": "no to this and all the rest of this trace",
    "s": "skip for now",
    "e": "show the evidence and the trace",
    "q": "quit; every answer so far is saved",
    "?": "this help",
}
VALUES: dict[str, Value] = {"y": "yes", "n": "no", "u": "unsure"}
_REASONS: dict[Why, str] = {
    "new": "",
    "stale": "the definition changed since you judged it",
    "split": "it was split off a mode you judged yes",
    "edited": "the observation it was coded from is no longer in your note",
    "unsure": "you were unsure",
}


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

    def run(self) -> int:
        """Ask until everything is judged or the person quits; return the judgements saved."""
        for place, case in enumerate(self.work.cases, 1):
            trace = read_trace(self.workspace, case.trace)
            self.show("\n".join(_case(case, trace, f"{place} of {len(self.work.cases)}")))
            if not self._judge(case, trace):
                break
        return self.judged

    def _judge(self, case: Case, trace: Trace) -> bool:
        """Ask every question about one trace; False: the person quits."""
        for place, question in enumerate(case.questions):
            self.show("\n".join(self._question(question)))
            key = self._key(question, trace)
            if key in (None, "q"):
                return False
            if key == "-":
                self._save(case, case.questions[place:], "no")
                return True
            if key in VALUES:
                self._save(case, (question,), VALUES[key])
        return True

    def _key(self, question: Question, trace: Trace) -> str | None:
        while (key := self.ask()) in ("e", "?"):
            self.show("\n".join(self._evidence(question, trace) if key == "e" else _help()))
        return key

    def _save(self, case: Case, questions: tuple[Question, ...], value: Value) -> None:
        judge(self.workspace, self.me, case.trace, questions, value)
        self.judged += len(questions)

    def _question(self, question: Question) -> Iterator[str]:
        mode = self.work.corpus.modes[question.mode]
        yield f"\n{mode.name}   ({question.mode}@{question.version})"
        yield from _indented(mode.definition.text)
        said = ", ".join(map(str, question.before))
        reasons = (f"you said {said}" if said else "", _REASONS[question.why])
        if reason := "; ".join(filter(None, reasons)):
            yield f"  ({reason})"

    def _evidence(self, question: Question, trace: Trace) -> Iterator[str]:
        yield from _examples(self.work.corpus.modes[question.mode])
        yield from lines_of(arrange(trace, self.workspace.config.view))


def _case(case: Case, trace: Trace, position: str) -> Iterator[str]:
    yield f"\n{'─' * 60}\n{case.trace}   {position}"
    asked = (part.text for turn in trace.turns if turn.role == "user" for part in turn.parts)
    yield f"asked: {shorten(next(filter(None, asked), trace.head.title), 400)}"
    yield from _note(case.note)


def _note(note: Note) -> Iterator[str]:
    at = f", first in turn {note.first_failure}" if note.first_failure else ""
    yield f"your note: {note.verdict or 'no verdict'}{at}"
    yield from _indented(note.body)


def _indented(text: str) -> Iterator[str]:
    for line in text.strip("\r\n").split("\n"):
        if line.strip():
            yield f"  {line.rstrip()}"


def _examples(mode: Mode) -> Iterator[str]:
    for title, examples in (
        ("yes", mode.yes_examples),
        ("no", mode.no_examples),
        ("borderline", mode.borderline),
    ):
        for example in examples:
            yield f"{title}: {example}"


def _help() -> Iterator[str]:
    return (f"  {key}  {meaning}" for key, meaning in KEYS.items())
