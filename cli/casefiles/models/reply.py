"""What a model answered, and the ways a call can fail."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One finished answer of a provider."""

    text: str
    """What the model wrote; empty for a refusal without words."""
    refusal: str | None = None
    """Why the model or its provider would not answer; None: it did."""
    cut: bool = False
    """Whether it ended at the longest reply that the model may give."""
    tokens_in: int | None = None
    """Tokens of the prompt, as the provider counts them."""
    tokens_out: int | None = None
    """Tokens of the reply."""
    cost_usd: float | None = None
    """Price of the call in US dollars; None where the model's price is not known."""


class CallError(Exception):
    """A call that brought no reply, so none was paid for."""


class TemporaryError(CallError):
    """The provider or the network failed; the same call may go through later."""

    def __init__(self, message: str, *, wait_s: float | None = None) -> None:
        """Say what failed, and how many seconds the provider asked to wait, if it did."""
        super().__init__(message)
        self.wait_s = wait_s


class RejectedError(CallError):
    """The provider will not take this request, however often it is sent."""


class SettingsError(CallError):
    """No request can go through: no key, a wrong key, an unknown model."""
