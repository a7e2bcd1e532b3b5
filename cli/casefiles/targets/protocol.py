"""What goes to an application, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

OutcomeStatus = Literal["ok", "error", "timeout"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One query on its way to the application."""

    query_id: str
    """Id of the query."""
    session_id: str
    """Id of the conversation, ours: ``round-1/q042``."""
    query: str
    """What the user says."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Dimension to value."""

    def document(self) -> dict[str, Any]:
        """Return the JSON object that an application reads."""
        return {
            "query_id": self.query_id,
            "session_id": self.session_id,
            "turn": 1,
            "query": self.query,
            "messages": [{"role": "user", "content": self.query}],
            "vars": dict(self.variables),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an application answered."""

    output: str | None = None
    """Its final text."""
    messages: tuple[Mapping[str, Any], ...] = ()
    """New messages in the form of OpenAI chat completions."""
    session_id: str | None = None
    """Its own id of the conversation."""
    usage: Mapping[str, float] = field(default_factory=dict)
    """Tokens ``in`` and ``out``, ``cost_usd``."""
    error: str | None = None
    """What it says went wrong."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Anything else it says about the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one query ended."""

    status: OutcomeStatus
    """ok, error or timeout."""
    answer: Answer | None = None
    """The answer; None if there is none that can be understood."""
    error: str | None = None
    """What went wrong, not yet redacted."""


class Target(Protocol):
    """A way to send queries to an application; used by several threads at once."""

    def ask(self, request: Request) -> Outcome:
        """Send one query and wait for what becomes of it. Never raises for a bad answer."""

    def close(self) -> None:
        """Stop every child process that is still running."""
