"""An application that is a system prompt and a model."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from casefiles.documents.targets import Model
from casefiles.errors import BadInputError
from casefiles.targets.protocol import Conversation, Exchanges, Message, Outcome, Request
from casefiles.targets.template import with_environment

Complete = Callable[[str, Sequence[Message], Mapping[str, Any], float], Outcome]
"""(model, messages, options, seconds) -> what the model answered; handed in by the caller."""
_SENT = ("role", "content", "name", "tool_calls", "tool_call_id")
"""What providers take of a message; the rest is ours."""


class ModelTarget:
    """Sends the conversation so far to a model, the system prompt before it."""

    def __init__(self, target: Model, root: Path, complete: Complete) -> None:
        """Read the system prompt. Raises BadInputError if it cannot be read, or is empty."""
        self._target = target
        self._complete = complete
        self._options = with_environment(target.options, f"[targets.{target.name}] options")
        self._system = _system_prompt(target, root)
        self._closed = threading.Event()

    def open(self, conversation: Conversation) -> Exchanges:  # noqa: ARG002  it is in every request
        """Begin a conversation."""
        return Exchanges(send=self._ask)

    def close(self) -> None:
        """Call the model no more; a call under way ends by its own limit of time."""
        self._closed.set()

    def _ask(self, request: Request) -> Outcome:
        if self._closed.is_set():
            return Outcome(status="error", error="it was stopped")
        said = [
            {key: message[key] for key in _SENT if message.get(key) is not None}
            for message in request.messages
            if self._system is None or message.get("role") not in ("system", "developer")
        ]
        lead = [] if self._system is None else [{"role": "system", "content": self._system}]
        outcome = self._complete(
            self._target.model, [*lead, *said], self._options, request.timeout_s
        )
        if request.turn > 1 or outcome.answer is None:
            return outcome
        # The trace tells by which instructions the model answered.
        answer = replace(outcome.answer, messages=(*lead, *outcome.answer.messages))
        return replace(outcome, answer=answer)


def _system_prompt(target: Model, root: Path) -> str | None:
    if not target.system:
        return None
    where = f"[targets.{target.name}] system"
    try:
        text = (root / target.system).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{where}: {target.system} cannot be read ({error})"
        raise BadInputError(message, remedy="mend the path, relative to the workspace") from error
    if not text.strip():
        raise BadInputError(f"{where}: {target.system} is empty", remedy="write the prompt")
    return text.strip()
