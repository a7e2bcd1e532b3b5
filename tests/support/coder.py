"""A made-up model that codes by key words: a perfect one, whose replies a test may spoil."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from model_server import Sent

Data = Mapping[str, Any]
Reply = dict[str, Any]
Spoil = Callable[[str, Data, Reply], Any]
"""(step, data of the question, right reply) -> what is replied: a reply, a text or a `Sent`."""

KINDS = {"refunds": "Refunds unasked", "english": "Switches language", "screens": "Writes too much"}
"""A word of a note to the title of the mode it shows."""


def as_it_is(step: str, data: Data, reply: Reply) -> Reply:
    """Leave a reply as it is."""
    del step, data
    return reply


@dataclass(kw_only=True)
class Coder:
    """Answers the four steps of the model route."""

    kinds: Mapping[str, str] = field(default_factory=lambda: KINDS)
    spoil: Spoil = as_it_is
    steps: list[str] = field(default_factory=list)

    def __call__(self, body: Mapping[str, Any], number: int) -> Sent | str:
        """Answer a request of an OpenAI-compatible server."""
        del number
        return self.answer(json.loads(body["messages"][1]["content"]))

    def answer(self, data: Data) -> Sent | str:
        """Answer the data of one question."""
        step = step_of(data)
        self.steps.append(step)
        right: Reply = getattr(self, f"_{step}")(data)
        said = self.spoil(step, data, right)
        return said if isinstance(said, str | Sent) else json.dumps(said)

    def _propose(self, data: Data) -> Reply:
        fixed = {mode["title"] for mode in data["fixed"]}
        modes = []
        for word, title in self.kinds.items():
            ids = [note for note in data["notes"] if word in note["text"].lower()]
            if len(ids) > 1 and title not in fixed:
                evidence = [{"id": note["id"], "quote": note["text"][:60]} for note in ids[:3]]
                yes_if, no_if = f"the reply {word}", f"it does not {word}"
                modes.append(
                    {"title": title, "yes_if": yes_if, "no_if": no_if, "evidence": evidence}
                )
        return {"modes": modes}

    def _consolidate(self, data: Data) -> Reply:
        return {"decisions": [{"key": mode["key"], "action": "keep"} for mode in data["proposed"]]}

    def _assign(self, data: Data) -> Reply:
        keys = {mode["title"]: mode["key"] for mode in data["modes"]}
        return {"rows": [self._row(note, keys) for note in data["notes"]]}

    def _row(self, note: Mapping[str, str], keys: Mapping[str, str]) -> dict[str, str]:
        titles = [title for word, title in self.kinds.items() if word in note["text"].lower()]
        found = [keys[title] for title in titles if title in keys]
        if not found:
            return {"id": note["id"], "mode": "none", "quote": ""}
        row = {"id": note["id"], "mode": found[0], "quote": note["text"][:40]}
        return row | ({"also": found[1]} if len(found) > 1 else {})

    def _contrast(self, data: Data) -> Reply:
        return {
            "rows": [
                {"key": trial["key"], "id": note["id"], "answer": "no"}
                for trial in data["trials"]
                for note in trial["notes"]
            ]
        }


def step_of(data: Data) -> str:
    """Tell which step a question belongs to, by its data."""
    keys = {"proposed": "consolidate", "trials": "contrast", "modes": "assign"}
    return next((step for key, step in keys.items() if key in data), "propose")


def only(step: str, spoil: Callable[[Data, Reply], Any]) -> Spoil:
    """Spoil the replies of one step."""

    def chosen(at: str, data: Data, reply: Reply) -> Any:
        return spoil(data, reply) if at == step else reply

    return chosen


def rows(reply: Reply) -> Sequence[dict[str, Any]]:
    """Return the list that a reply holds."""
    (found,) = reply.values()
    return list(found)
