"""One turn of the conversation: what a desk gets to work with, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from casefiles.demo.records import Shop
from casefiles.demo.state import State
from casefiles.demo.tools import Toolbox
from casefiles.demo.understand import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The new message in its conversation."""

    reading: Reading
    """The message, understood."""
    state: State
    """The conversation before it."""
    tools: Toolbox
    """The tools, which remember their calls."""
    shop: Shop
    """The shop's settings."""

    @property
    def order(self) -> str | None:
        """The order that is meant: named, picked from the last reply's, or talked about."""
        shown, place = self.state.orders_shown, self.reading.entities.place
        if self.reading.entities.orders:
            return self.reading.entities.orders[0]
        if place is not None and len(shown) > 1 and -len(shown) <= place < len(shown):
            return shown[place]
        return self.state.order


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the assistant answers."""

    text: str
    """The words for the customer."""
    intent: str
    """What the message was taken for."""
    needs_human: str | None = None
    """Why a colleague has to take over; none if nobody has to."""
    done: bool = False
    """Whether the conversation is over."""


Handler = Callable[[Turn], Reply]
"""Answers a turn."""


def reply(intent: str, *sentences: str) -> Reply:
    """A reply of some sentences; empty ones are left out."""
    return Reply(text=" ".join(filter(None, sentences)), intent=intent)


def hand_over(turn: Turn, *, reason: str) -> str:
    """Pass the conversation on with what the customer said last; gives the ticket number."""
    summary = " / ".join((*turn.state.said, turn.reading.text)[-3:])[:500]
    result = turn.tools.call("hand_over", reason=reason, summary=summary, order=turn.order)
    return str(result["ticket"])
