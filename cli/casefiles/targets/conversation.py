"""A conversation with the application, turn by turn, until somebody or something ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from casefiles.targets.protocol import Outcome

Reason = Literal[
    "answered",
    "goal",
    "out_of_scope",
    "max_turns",
    "app_done",
    "needs_human",
    "error",
    "limit",
    "no_user",
    "left",
]
"""Why a conversation ended: a single question was answered; the simulated user reached its goal, or
was asked for what its plan does not say; it sent as many messages as it may; the application took
it to be over, or wanted a human whom nobody plays; a turn failed; a limit of time or calls; the
simulated user's model would not go on; a person left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said to the application next."""

    text: str
    """The message."""
    actor: str | None = None
    """Who says it: ``simulated``, ``approver`` or a person's name; None: it is the query."""
    approves: str | None = None
    """What the application needed a human for, if this answers it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Nothing more is said."""

    reason: Reason
    """Why."""
    error: str | None = None
    """What went wrong, if something did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One turn: what was said, and what came of it."""

    said: Said
    """What was said to the application."""
    outcome: Outcome
    """What became of it."""
    started: str
    """When it was said, ISO 8601, UTC."""
    ms: int
    """How long the last try took, in milliseconds."""
    tries: int = 1
    """How often it was sent."""


Step = Said | Ended


class User(Protocol):
    """Who talks to the application: a query, a simulated user, a person."""

    def next(self, before: Sequence[Exchange]) -> Step:
        """Say the next thing, or end the conversation; ``before`` is empty at its beginning."""

    def approve(self, asked: str, before: Sequence[Exchange]) -> Step:
        """Answer where the application wants a human to decide something."""


def converse(
    user: User,
    ask: Callable[[Said, Sequence[Exchange]], Exchange | Ended],
    before: Sequence[Exchange] = (),
) -> Iterator[Exchange | Ended]:
    """Let a user talk; yield each turn as it is done, and at last why it ended.

    ``ask`` sends one message, with what went before it. ``before`` are the turns of a conversation
    that goes on where it was cut off.
    """
    turns = list(before)
    step = _step(user, turns)
    while isinstance(step, Said):
        exchange = ask(step, tuple(turns))
        if isinstance(exchange, Ended):
            step = exchange
            break
        turns.append(exchange)
        yield exchange
        step = _step(user, turns)
    yield step


def _step(user: User, turns: Sequence[Exchange]) -> Step:
    if not turns:
        return user.next(turns)
    last = turns[-1].outcome
    if last.status != "ok" or last.answer is None:
        return Ended(reason="error")
    if last.answer.needs_human is not None:
        return user.approve(last.answer.needs_human, turns)
    return Ended(reason="app_done") if last.answer.done else user.next(turns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A query that is asked once; an approver may answer what the application asks of a human."""

    text: str
    """The query."""
    approver: str = ""
    """What is always answered then; empty: the conversation ends there."""
    max_turns: int = 8
    """Messages at most, the query included."""

    def next(self, before: Sequence[Exchange]) -> Step:
        """Say the query, and nothing more."""
        return Said(text=self.text) if not before else Ended(reason="answered")

    def approve(self, asked: str, before: Sequence[Exchange]) -> Step:
        """Give the fixed answer."""
        return approved(self.approver, asked, before, self.max_turns)


def approved(answer: str, asked: str, before: Sequence[Exchange], max_turns: int) -> Step:
    """Answer for a human, as long as there is an answer and a turn left."""
    if not answer:
        return Ended(reason="needs_human")
    if len(before) >= max_turns:
        return Ended(reason="max_turns")
    return Said(text=answer, actor="approver", approves=asked)


def app_session(turns: Sequence[Exchange]) -> str | None:
    """Return the id by which the application knows the conversation; None: it gave none."""
    answers = (turn.outcome.answer for turn in turns)
    ids = [answer.session_id for answer in answers if answer and answer.session_id]
    return ids[-1] if ids else None
