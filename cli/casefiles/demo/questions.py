"""The assistant's own questions, and how it knows from its last words which one it asked.

The conversation is all the state there is. A question is therefore a template that also reads:
what filled its slots is found again in the text, with or without the tool calls around it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

PURPOSES = {
    "order_status": "that you would like to follow",
    "cancel_order": "that you would like to cancel",
    "start_return": "from which you would like to send something back",
    "exchange": "from which you would like to exchange something",
    "refund_status": "whose refund you are waiting for",
    "not_received": "that has not arrived",
    "missing_item": "in which something was missing",
    "wrong_item": "in which something was wrong",
    "damaged": "in which something is faulty",
    "change_order": "that you would like to change",
    "invoice": "for which you need the invoice",
}
"""How the question for an order says what it is needed for, by intent."""

_QUESTIONS = {
    "order_for": "Which order is it {purpose}? Please send me its number (it looks like LF-10299) "
    "or the e-mail address you ordered with.",
    "one_of": "Which of these orders is it {purpose}?",
    "cancel": "Shall I cancel order {order}? (yes or no)",
    "items": "What would you like to send back from order {order}?",
    "return": "Shall I start the return of {items} from order {order}? (yes or no)",
    "faulty_item": "Which article of order {order} is faulty?",
    "remedy": "Would you like your money back or a replacement for {items} from order {order}?",
    "human": "Shall I pass you on to a colleague? (yes or no)",
    "product": "Which product do you mean?",
    "wish": "What are you looking for, and what do you need it for?",
}

_SLOTS = {"order": r"(?P<order>LF-\d{5})", "items": "(?P<items>.+?)", "purpose": "(?P<purpose>.+?)"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question that waits for the customer's answer."""

    kind: str
    """Which one, such as `cancel`."""
    slots: Mapping[str, str]
    """What it asked about: `order`, `items`, or the `intent` an order is needed for."""


def ask(kind: str, **slots: str) -> str:
    """The text of a question; `order_for` and `one_of` take the intent."""
    if "intent" in slots:
        slots = {"purpose": PURPOSES[slots["intent"]]}
    return _QUESTIONS[kind].format(**slots)


def asked(text: str) -> Question | None:
    """The question with which a text of the assistant ends; none if it does not end in one."""
    for kind, pattern in _PATTERNS.items():
        if found := pattern.search(text.rstrip()):
            return Question(kind=kind, slots=_slots(found.groupdict()))
    return None


def _slots(found: dict[str, str]) -> dict[str, str]:
    purpose = found.pop("purpose", None)
    intents = [intent for intent, phrase in PURPOSES.items() if phrase == purpose]
    return found | ({"intent": intents[0]} if intents else {})


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile(
        "".join(_SLOTS[part] if place % 2 else re.escape(part) for place, part in enumerate(parts))
        + "$"
    )


_PATTERNS = {kind: _pattern(template) for kind, template in _QUESTIONS.items()}
