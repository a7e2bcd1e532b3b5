"""One query of a run: all that is needed to send it, here or on another machine."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from casefiles.documents.config import Capture
from casefiles.documents.dataset import Query
from casefiles.loop.monitor import Captured, Monitor, captured_of
from casefiles.targets.budget import Budget
from casefiles.targets.conversation import Exchange, Question, User
from casefiles.targets.holding import Held, Kept, Terms, hold
from casefiles.targets.patience import Patience
from casefiles.targets.protocol import Conversation, Target
from casefiles.targets.simulated import Chat, Roles, SimulatedUser
from casefiles.text.names import short_hash
from casefiles.text.redact import Redactor


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One conversation that a run is to hold."""

    reference: str
    """Reference of the trace to be."""
    query: Query
    """The query it begins with, and its plan."""
    repetition: int | None
    """2 for the first repetition, None for the first run."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Dimension to value."""
    target: str = ""
    """Name of the target."""
    app_version: str | None = None
    """The application's version as the workspace says."""
    patience: Patience = field(default_factory=Patience)
    """How long and how often the application is asked."""
    approver: str = ""
    """What is always answered for a human."""
    roles: Roles | None = None
    """Instructions of the model that plays a user."""
    model: str = ""
    """That model."""
    patterns: Mapping[str, str] = field(default_factory=dict)
    """What the workspace redacts beside the usual."""
    capture: Capture = "output"
    """What of the application's work is received."""

    @property
    def is_played(self) -> bool:
        """Whether a model has to play a part of it."""
        plan = self.query.plan
        return plan is not None and (plan.max_turns > 1 or bool(plan.approver))

    @property
    def key(self) -> str:
        """What a conversation must have in common with one to go on with it."""
        facts = (self.query.text, self.query.plan and asdict(self.query.plan), dict(self.variables))
        settings = (self.target, self.app_version, self.approver, self.model)
        return short_hash(json.dumps([facts, settings], default=str, sort_keys=True), length=32)

    def user(self, chat: Chat | None) -> User:
        """Return who talks: the query alone, or a model after its plan."""
        plan = self.query.plan
        if plan is None:
            return Question(text=self.query.text, approver=self.approver)
        if chat is None or self.roles is None:  # nothing to play: a replay, then one message
            return Question(text=self.query.text, approver=self.approver, max_turns=1)
        return SimulatedUser(
            text=self.query.text,
            plan=plan,
            chat=chat,
            roles=self.roles,
            variables=self.variables,
            approver=self.approver,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A case, and what became of it."""

    case: Case
    """The case."""
    held: Held
    """The conversation, redacted."""
    captured: Captured | None = None
    """What its telemetry tells; None: it was not received."""
    calls: int = 0
    """Calls of the application, where they were not counted as they were made."""
    cost_usd: float = 0.0
    """What it cost, likewise."""

    @property
    def is_trace(self) -> bool:
        """Whether anything was said at all: a limit may come before."""
        return bool(self.held.turns)


def run_case(
    case: Case,
    target: Target,
    *,
    budget: Budget,
    secrets: Mapping[str, str],
    chat: Chat | None,
    monitor: Monitor | None = None,
    before: Sequence[Exchange] = (),
    keep: Callable[[Kept], None] = lambda _: None,
) -> Ran:
    """Hold the conversation of a case, see `hold`; ``secrets`` are patterns of known ones.

    With ``monitor``, what the application sends of its work is received, too.
    """
    redactor = Redactor({**case.patterns, **secrets})
    watching = monitor.begin(case.reference, redactor, is_resumed=bool(before)) if monitor else None
    conversation = Conversation(
        query_id=case.query.id,
        session_id=case.reference,
        variables=case.variables,
        headers=watching.headers if watching else {},
        environment=watching.environment if watching else {},
    )

    def keep_all(kept: Kept) -> None:
        if watching:  # first: once the turn is kept it is not asked again
            watching.turn()
        keep(kept)

    dialogue = target.open(conversation)
    try:
        held = hold(
            dialogue,
            conversation,
            case.user(chat),
            Terms(
                patience=case.patience,
                budget=budget,
                redactor=redactor,
                history=case.query.plan.history if case.query.plan else (),
            ),
            before=before,
            keep=keep_all,
        )
    finally:
        dialogue.close()
    captured = captured_of(watching, held, case.reference)
    budget.spend(_untold_cost(held, captured))
    return Ran(case=case, held=held, captured=captured)


def _untold_cost(held: Held, captured: Captured | None) -> float:
    """Cost that only the telemetry tells, in US dollars: what the application told is spent."""
    answers = [turn.outcome.answer for turn in held.turns]
    told = sum(answer.usage.get("cost_usd", 0.0) for answer in answers if answer)
    seen = captured.conversation.usage.get("cost_usd", 0.0) if captured else 0.0
    return max(0.0, seen - told)


def is_over(case: Case, turns: Sequence[Exchange]) -> bool:
    """Tell of a conversation that was cut off whether nothing more would have been said."""
    if not turns:
        return False
    last = turns[-1].outcome
    if last.status != "ok" or last.answer is None or last.answer.done:
        return True
    if last.answer.needs_human is not None:
        return not (case.approver or (case.query.plan and case.query.plan.approver))
    return case.query.plan is None or len(turns) >= case.query.plan.max_turns
