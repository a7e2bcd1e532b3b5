"""One whole conversation: sent turn by turn, with patience, within limits, redacted as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from casefiles.targets.budget import Budget
from casefiles.targets.conversation import (
    Ended,
    Exchange,
    Said,
    User,
    app_session,
    converse,
)
from casefiles.targets.patience import Patience, persistently
from casefiles.targets.protocol import Conversation, Dialogue, Message, Outcome, Request
from casefiles.targets.redaction import redacted
from casefiles.targets.transcript import messages_of
from casefiles.text.redact import Redactor


class StoppedError(Exception):
    """Somebody stopped the run while this conversation was under way."""


class _LimitError(Exception):
    """No call is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A conversation that is over, without secrets."""

    turns: tuple[Exchange, ...]
    """Its turns."""
    ended: Ended
    """Why it ended."""
    history: tuple[Message, ...] = ()
    """What was replayed before its first turn."""

    @property
    def reached(self) -> bool:
        """Whether the application was reached at all."""
        return not self.turns or self.turns[-1].outcome.reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A turn as it may be written down."""

    turn: Exchange
    """The turn, redacted."""
    is_whole: bool
    """Whether the conversation can go on from here: nothing was redacted, nothing is elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a conversation is held with."""

    patience: Patience
    """How long and how often the application is asked."""
    budget: Budget
    """What the run may still do."""
    redactor: Redactor
    """Hides the secrets of this conversation."""
    history: tuple[Message, ...] = ()
    """Messages that are replayed before its first turn."""


def hold(
    dialogue: Dialogue,
    conversation: Conversation,
    user: User,
    terms: Terms,
    *,
    before: Sequence[Exchange] = (),
    keep: Callable[[Kept], None] = lambda _: None,
) -> Held:
    """Hold a conversation to its end; ``before`` are the turns of one that goes on.

    ``keep`` gets each new turn as soon as it is there, but for one in which the application was
    not reached. Raises StoppedError once the budget is stopped.
    """
    sender = _Sender(dialogue, conversation, terms)
    redactor = terms.redactor
    history = tuple(redactor.json([dict(message) for message in terms.history]))
    turns = list(before)
    for step in converse(user, sender.ask, before):
        if isinstance(step, Ended):
            return Held(turns=tuple(turns), ended=step, history=history)
        safe = redacted(step, redactor)
        turns.append(safe)
        if safe.outcome.reached:
            keep(Kept(turn=safe, is_whole=dialogue.continues and safe == step))
    raise AssertionError("a conversation ends by saying why")


class _Sender:
    """Sends the messages of one conversation."""

    def __init__(self, dialogue: Dialogue, conversation: Conversation, terms: Terms) -> None:
        self._dialogue = dialogue
        self._conversation = conversation
        self._terms = terms
        self._end = time.monotonic() + terms.patience.conversation_timeout_s

    def ask(self, said: Said, before: Sequence[Exchange]) -> Exchange | Ended:
        """Send one message and wait for what becomes of it."""
        left = self._end - time.monotonic()
        if left <= 0:
            seconds = self._terms.patience.conversation_timeout_s
            return Ended(reason="limit", error=f"the conversation took longer than {seconds:g} s")
        request = Request(
            conversation=self._conversation,
            query=said.text,
            turn=len(before) + 1,
            history=messages_of(self._terms.history, before),
            app_session=app_session(before),
            approves=said.approves,
            timeout_s=min(self._terms.patience.timeout_s, left),
        )
        timed = _Timed(said=said, send=lambda: self._send(request))
        try:
            outcome, tries = persistently(
                timed.ask, self._terms.patience.retries, self._terms.budget.pause
            )
        except _LimitError:
            return Ended(reason="limit", error="the limit of calls was reached")
        if self._terms.budget.stopped and outcome.status != "ok":
            raise StoppedError
        return timed.exchange(outcome, tries)

    def _send(self, request: Request) -> Outcome:
        if self._terms.budget.stopped:
            raise StoppedError
        if not self._terms.budget.take():
            raise _LimitError
        outcome = self._dialogue.ask(request)
        answer = outcome.answer
        self._terms.budget.spend(answer.usage.get("cost_usd", 0.0) if answer else 0.0)
        return outcome


@dataclass(slots=True, kw_only=True)
class _Timed:
    """One message; when it was sent last, and how long its answer took."""

    said: Said
    send: Callable[[], Outcome]
    started: str = ""
    ms: int = 0

    def ask(self) -> Outcome:
        self.started = _now()
        began = time.monotonic()
        outcome = self.send()
        self.ms = round((time.monotonic() - began) * 1000)
        return outcome

    def exchange(self, outcome: Outcome, tries: int) -> Exchange:
        return Exchange(
            said=self.said, outcome=outcome, started=self.started, ms=self.ms, tries=tries
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
