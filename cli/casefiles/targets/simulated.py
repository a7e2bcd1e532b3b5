"""A user played by a model after a plan: one message a turn, nothing invented, and an end.

The rules (facts only when asked, one message at a time, words that end the conversation, the roles
swapped for the model that plays) are those of tau-bench, https://arxiv.org/abs/2406.12045, and its
successor tau2-bench, https://arxiv.org/abs/2506.07982.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from casefiles.documents.dataset import PersonaPlan
from casefiles.targets.conversation import Ended, Exchange, Reason, Said, Step, approved
from casefiles.targets.transcript import reply_of, text_of

Chat = Callable[[Sequence[Mapping[str, str]]], str]
"""Messages -> what the model that plays writes. Raises NoUserError where it will not go on."""
STOP = "###STOP###"
"""The user reached the goal, or saw that it cannot be reached."""
OUT_OF_SCOPE = "###OUT-OF-SCOPE###"
"""The user was asked for what the plan does not say, and does not invent it."""
_ENDS: dict[str, Reason] = {STOP: "goal", OUT_OF_SCOPE: "out_of_scope"}
_BEGIN = "The conversation begins. Write your first message."
_SILENCE = "(the assistant said nothing)"


class NoUserError(Exception):
    """The model that plays the user would not go on; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """How a simulated user and an approver are told what they are: the texts of prompt files."""

    user: str
    """For the user."""
    approver: str
    """For the human whom the application asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedUser:
    """Goes on after the query as its plan says."""

    text: str
    """The query: the first message."""
    plan: PersonaPlan
    """What the user wants, knows, and keeps to themselves."""
    chat: Chat
    """The model that plays."""
    roles: Roles
    """Its instructions."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Dimension to value: who the user is."""
    approver: str = ""
    """What is always answered for a human, if the plan says nothing of one."""

    def next(self, before: Sequence[Exchange]) -> Step:
        """Say the query first, then what the model makes of the plan."""
        if not before:
            return Said(text=self.text)
        if len(before) >= self.plan.max_turns:
            return Ended(reason="max_turns")
        try:
            text = self.chat(self._messages(before))
        except NoUserError as error:
            return Ended(reason="no_user", error=f"the simulated user would not go on: {error}")
        return said_or_ended(text)

    def approve(self, asked: str, before: Sequence[Exchange]) -> Step:
        """Answer for a human: by the plan's persona, else by the fixed answer."""
        if not self.plan.approver:
            return approved(self.approver, asked, before, self.plan.max_turns)
        if len(before) >= self.plan.max_turns:
            return Ended(reason="max_turns")
        try:
            answer = self.chat(self._approval(asked, before))
        except NoUserError as error:
            return Ended(reason="no_user", error=f"the approver would not answer: {error}")
        return approved(answer.strip(), asked, before, self.plan.max_turns)

    def _messages(self, before: Sequence[Exchange]) -> list[dict[str, str]]:
        """The conversation as the user sees it: the application is the one who is answered.

        Models play a user badly from the user's role, so the roles are swapped.
        """
        swapped = {"user": "assistant", "assistant": "user"}
        history = [m for m in self.plan.history if m.get("role") in swapped]
        said = [_message(swapped[m["role"]], text_of(m) or _SILENCE) for m in history]
        for turn in before:
            if turn.said.actor != "approver":  # the user does not see what colleagues say
                said.append(_message("assistant", turn.said.text))
            said.append(_message("user", reply_of(turn) or _SILENCE))
        begin = [] if said[0]["role"] == "user" else [_message("user", _BEGIN)]
        who = _message("system", f"{self.roles.user.strip()}\n\n{_data(self._who())}")
        return [who, *begin, *_joined(said)]

    def _who(self) -> dict[str, object]:
        return {
            "who_you_are": dict(self.variables),
            "goal": self.plan.goal,
            "facts": list(self.plan.facts),
            "never_say": list(self.plan.never_says),
        }

    def _approval(self, asked: str, before: Sequence[Exchange]) -> list[dict[str, str]]:
        said = [{"user": turn.said.text, "assistant": reply_of(turn)} for turn in before]
        case = {"how_you_decide": self.plan.approver, "asked": asked, "conversation": said}
        return [
            _message("system", self.roles.approver.strip()),
            _message("user", _data(case)),
        ]


def said_or_ended(text: str) -> Step:
    """Read what the model wrote: a word that ends the conversation is never sent."""
    for word, reason in _ENDS.items():
        if word in text:
            return Ended(reason=reason)
    if not text.strip():
        return Ended(reason="no_user", error="the simulated user wrote nothing")
    return Said(text=text.strip(), actor="simulated")


def _joined(messages: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Make one message of those in a row that have one role: many providers insist on it."""
    runs = groupby(messages, key=lambda message: message["role"])
    return [
        _message(role, "\n\n".join(message["content"] for message in run)) for role, run in runs
    ]


def _data(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _message(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}
