"""Turns without secrets and personal data: nothing else is ever written."""

from __future__ import annotations

from dataclasses import replace

from casefiles.targets.conversation import Exchange
from casefiles.targets.protocol import Answer, Outcome
from casefiles.text.redact import Redactor


def redacted(turn: Exchange, redactor: Redactor) -> Exchange:
    """Return a turn in which everything that is text is redacted."""
    said = turn.said
    said = replace(said, text=redactor.text(said.text), approves=_maybe(said.approves, redactor))
    return replace(turn, said=said, outcome=_outcome(turn.outcome, redactor))


def _outcome(outcome: Outcome, redactor: Redactor) -> Outcome:
    answer = outcome.answer
    return replace(
        outcome,
        answer=None if answer is None else _answer(answer, redactor),
        error=_maybe(outcome.error, redactor),
    )


def _answer(answer: Answer, redactor: Redactor) -> Answer:
    return replace(
        answer,
        output=_maybe(answer.output, redactor),
        messages=tuple(redactor.json(list(answer.messages))),
        session_id=_maybe(answer.session_id, redactor),
        error=_maybe(answer.error, redactor),
        needs_human=_maybe(answer.needs_human, redactor),
        metadata=redactor.json(dict(answer.metadata)),
    )


def _maybe(text: str | None, redactor: Redactor) -> str | None:
    return None if text is None else redactor.text(text)
