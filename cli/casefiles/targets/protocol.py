"""What goes to an application, and what comes back: conversations of one or several turns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

OutcomeStatus = Literal["ok", "error", "timeout"]
Message = Mapping[str, Any]
"""A chat message in the form of OpenAI chat completions: ``role``, ``content``, ``tool_calls``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What stays the same from the first turn of a conversation to its last."""

    query_id: str
    """Id of the query it starts from."""
    session_id: str
    """Our id of the conversation: ``round-1/q042``."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Dimension to value."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """``traceparent`` and ``baggage`` (W3C Trace Context), for an application that joins its spans.

    Sent as HTTP headers; ``traceparent`` stands in the JSON request too.
    """
    environment: Mapping[str, str | None] = field(default_factory=dict)
    """Variables for the processes of this conversation alone, over all others; None unsets one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One turn on its way to the application."""

    conversation: Conversation
    """The conversation it belongs to."""
    query: str
    """What the user says now."""
    turn: int = 1
    """Number of the turn, from 1; a retry has the number of the turn it repeats."""
    history: tuple[Message, ...] = ()
    """Everything said before, without ``query``."""
    app_session: str | None = None
    """The application's own id of the conversation, once it gave one."""
    approves: str | None = None
    """What the application needed a human for, if ``query`` is that human's answer."""
    timeout_s: float = 120
    """Seconds the answer may take."""

    @property
    def session_id(self) -> str:
        """The application's own id of the conversation, else ours."""
        return self.app_session or self.conversation.session_id

    @property
    def messages(self) -> list[Message]:
        """Everything said so far, ``query`` last."""
        return [*self.history, {"role": "user", "content": self.query}]

    def document(self) -> dict[str, Any]:
        """Return the JSON object that an application reads."""
        traceparent = self.conversation.headers.get("traceparent")
        rare = {"traceparent": traceparent, "approves": self.approves}
        return {
            "query_id": self.conversation.query_id,
            "session_id": self.session_id,
            "turn": self.turn,
            "query": self.query,
            "messages": [dict(message) for message in self.messages],
            "vars": dict(self.conversation.variables),
            **{key: value for key, value in rare.items() if value is not None},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an application answered in one turn."""

    output: str | None = None
    """Its final text."""
    messages: tuple[Message, ...] = ()
    """New messages, in the form of OpenAI chat completions."""
    session_id: str | None = None
    """Its own id of the conversation."""
    usage: Mapping[str, float] = field(default_factory=dict)
    """Tokens ``in`` and ``out``, ``cost_usd``."""
    error: str | None = None
    """What it says went wrong."""
    done: bool = False
    """Whether it takes the conversation to be over."""
    needs_human: str | None = None
    """What it wants a human to decide before it goes on; None: nothing."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Anything else it says about the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one turn ended."""

    status: OutcomeStatus
    """ok, error or timeout."""
    answer: Answer | None = None
    """The answer; None if there is none that can be understood."""
    error: str | None = None
    """What went wrong, not yet redacted."""
    temporary: bool = False
    """Whether the same request may go through later: it never reached the application, or the
    application was too busy (HTTP 429) or broken (5xx). A bad answer is data and never temporary.
    """
    wait_s: float | None = None
    """Seconds it asked to wait before the next try (``Retry-After``)."""
    reached: bool = True
    """Whether the application was reached at all; False: this says nothing about it."""


class Dialogue(Protocol):
    """One conversation with an application; used by one thread at a time."""

    @property
    def continues(self) -> bool:
        """Whether another dialogue could go on from what was said alone.

        Not so where memory or cookies of this one hold a part of the conversation. A run that was
        killed goes on with a conversation only if this was true.
        """

    def ask(self, request: Request) -> Outcome:
        """Send one turn and wait for what becomes of it. Never raises for a bad answer."""

    def close(self) -> None:
        """End the conversation; let go of what it holds."""


class Target(Protocol):
    """A way to hold conversations with an application; used by several threads at once."""

    def open(self, conversation: Conversation) -> Dialogue:
        """Begin a conversation; nothing is sent yet."""

    def close(self) -> None:
        """Stop at once whatever still runs: conversations under way end with an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanges:
    """A dialogue that keeps nothing between its turns."""

    send: Callable[[Request], Outcome]
    """Sends one turn."""
    continues: bool = True
    """Nothing of it is anywhere but in what was said."""

    def ask(self, request: Request) -> Outcome:
        """Send one turn and wait for what becomes of it."""
        return self.send(request)

    def close(self) -> None:
        """Hold nothing, so let go of nothing."""
