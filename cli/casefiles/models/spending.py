"""What calls cost: an estimate before the first, the sum after each, and the user's limits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from casefiles.documents.question import Message
from casefiles.models.reply import Reply

REPLY_TOKENS = 500
"""Tokens a reply is taken to have before any came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the user allows."""

    max_calls: int | None = None
    """Calls of the provider, those that are asked again included."""
    max_cost_usd: float | None = None
    """US dollars."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What questions will take, said before the first is asked."""

    calls: int
    """Calls, if no reply is bad; questions whose answer is kept already are not among them."""
    kept: int
    """Questions whose answer is kept already."""
    tokens_in: int
    """Tokens of the prompts, at four characters each."""
    tokens_out: int
    """Tokens of the replies."""
    cost_usd: float | None
    """US dollars; None where the model's price is not known."""


@dataclass(slots=True, kw_only=True)
class Spent:
    """What was used so far."""

    calls: int = 0
    """Calls of the provider, failed ones not counted."""
    kept: int = 0
    """Answers taken from the cache."""
    retries: int = 0
    """Calls sent again after a failure of the provider or the network."""
    tokens_in: int = 0
    """Tokens of prompts."""
    tokens_out: int = 0
    """Tokens of replies."""
    cost_usd: float = 0.0
    """US dollars, of the calls whose price is known."""
    unpriced: int = 0
    """Calls whose price is not known."""

    def add(self, reply: Reply) -> None:
        """Count one finished call."""
        self.calls += 1
        self.tokens_in += reply.tokens_in or 0
        self.tokens_out += reply.tokens_out or 0
        self.cost_usd += reply.cost_usd or 0.0
        self.unpriced += reply.cost_usd is None


@dataclass(slots=True, kw_only=True)
class Budget:
    """Limits, what was spent, and what the calls in flight may still cost."""

    limits: Limits
    """What the user allows."""
    price: tuple[float, float] | None = None
    """US dollars per token of prompt and of reply; needed for a cost limit only."""
    spent: Spent = field(default_factory=Spent)
    """What finished calls used."""
    in_flight: int = 0
    """Calls begun and not finished."""
    reserved_usd: float = 0.0
    """What those may cost."""

    def reserve(self, messages: Iterable[Message]) -> float | None:
        """Set aside the price of a call; None if a limit does not allow it."""
        cost = price_of(tokens_of(messages), self._reply_tokens(), self.price) or 0.0
        calls = self.spent.calls + self.in_flight
        if self.limits.max_calls is not None and calls >= self.limits.max_calls:
            return None
        committed = self.spent.cost_usd + self.reserved_usd + cost
        if self.limits.max_cost_usd is not None and committed > self.limits.max_cost_usd:
            return None
        self.in_flight += 1
        self.reserved_usd += cost
        return cost

    def settle(self, reserved: float, reply: Reply | None) -> None:
        """Give back what was set aside, and count the call if it brought a reply."""
        self.in_flight -= 1
        self.reserved_usd -= reserved
        if reply is not None:
            self.spent.add(reply)

    def _reply_tokens(self) -> int:
        calls = self.spent.calls
        return max(1, self.spent.tokens_out // calls) if calls else REPLY_TOKENS


def total(estimates: Sequence[Estimate]) -> Estimate:
    """Add estimates up; the cost is unknown if one is."""
    costs = [estimate.cost_usd for estimate in estimates]
    known = [cost for cost in costs if cost is not None]
    return Estimate(
        calls=sum(estimate.calls for estimate in estimates),
        kept=sum(estimate.kept for estimate in estimates),
        tokens_in=sum(estimate.tokens_in for estimate in estimates),
        tokens_out=sum(estimate.tokens_out for estimate in estimates),
        cost_usd=sum(known) if len(known) == len(costs) else None,
    )


def tokens_of(messages: Iterable[Message]) -> int:
    """Estimate tokens at four characters each, the usual rule of thumb for English."""
    return sum(len(message["content"]) // 4 + 4 for message in messages)


def price_of(tokens_in: int, tokens_out: int, price: tuple[float, float] | None) -> float | None:
    """Return US dollars for so many tokens; None without a price."""
    return None if price is None else tokens_in * price[0] + tokens_out * price[1]
