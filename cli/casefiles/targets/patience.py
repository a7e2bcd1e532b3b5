"""How long and how often an application is asked."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from casefiles.targets.protocol import Outcome

LONGEST_WAIT_S = 120.0
"""An application that asks to wait longer than this has no answer for now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """What the user's settings allow."""

    timeout_s: float = 120
    """Seconds a turn may take."""
    conversation_timeout_s: float = 600
    """Seconds all turns of a conversation may take together."""
    retries: int = 2
    """How often a turn is sent again that may go through later."""


def persistently(
    ask: Callable[[], Outcome],
    retries: int,
    pause: Callable[[float], bool],
) -> tuple[Outcome, int]:
    """Ask again what may go through later; return the last outcome and the number of tries.

    ``pause`` waits so many seconds and tells whether to go on. The wait is what the application
    asks for, else 0.5, 1, 2 … seconds, of which half is drawn at random, so that turns which failed
    together do not return together.
    """
    for tried in range(1, retries + 2):
        outcome = ask()
        asked = outcome.wait_s
        if not outcome.temporary or tried > retries or (asked or 0) > LONGEST_WAIT_S:
            break
        wait = asked if asked is not None else 0.5 * 2 ** (tried - 1) * random.uniform(0.5, 1)
        if not pause(wait):
            break
    return outcome, tried
