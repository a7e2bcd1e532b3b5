"""How a step of the route asks, whoever answers: a model, or a person with a chat."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from casefiles.documents.question import Question
from casefiles.text import json_reply

T = TypeVar("T")
_SAID = 8
"""Faults told at once: a model mends few, and one that gets it all wrong needs no long list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined(Generic[T]):
    """What could be used of a reply, and what was wrong with it."""

    value: T
    """The part that can be relied on."""
    faults: tuple[str, ...] = ()
    """What was wrong, in words for whoever replied; empty for a reply without fault."""

    def said(self) -> str:
        """Tell the faults on one line."""
        more = len(self.faults) - _SAID
        return "; ".join(self.faults[:_SAID]) + (f"; and {more} more like it" if more > 0 else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Generic[T]):
    """One question, and how a reply to it is examined."""

    question: Question
    """What is asked."""
    examine: Callable[[str], Examined[T]]
    """Reads a reply; raises ValueError if nothing in it can be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T]):
    """What came of one step."""

    value: T | None
    """The best reply; None: nothing that came could be used."""
    fault: str | None = None
    """What was wrong with it to the end, for a person."""


class Ask(Protocol):
    """Asks the questions of one stage and returns their answers in order.

    A reply with faults is asked for again, a bounded number of times; then its usable part counts.
    """

    def __call__(self, stage: str, steps: Sequence[Step[T]], /) -> list[Answer[T]]:
        """Ask; ``stage`` names the step of the method."""


class Strict(BaseModel):
    """A part of a reply: no key more, none less."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


S = TypeVar("S", bound=Strict)


def rows_of(reply: str, key: str) -> list[Any]:
    """Return the list that a reply holds under a key; a bare list will do.

    Raises ValueError if there is none.
    """
    found = json_reply.parse(reply)
    if isinstance(found, Mapping):
        found = found.get(key)
    if not isinstance(found, list):
        raise ValueError(f"the reply must be one JSON object with a list {key!r}")  # noqa: TRY004
    return found


def well_formed(rows: Iterable[Any], kind: type[S], faults: list[str]) -> list[S]:
    """Return the rows that have the right keys and types; what is wrong with others is added."""
    found = []
    for number, row in enumerate(rows, 1):
        try:
            found.append(kind.model_validate(row))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "it"
            faults.append(f"entry {number}: {where}: {first['msg'].lower()}")
    return found


def schema_of(kind: type[Strict], **choices: Sequence[str]) -> Mapping[str, Any]:
    """Return the JSON Schema of a reply; ``Row__key=[…]`` limits a key of a part to choices."""
    schema: dict[str, Any] = json.loads(_schema_text(kind))
    for place, allowed in choices.items():
        part, _, key = place.partition("__")
        field = schema["$defs"][part]["properties"][key]
        field.clear()
        field["enum"] = list(allowed)
    return schema


@cache
def _schema_text(kind: type[Strict]) -> str:
    """Work the schema out once: it takes milliseconds, and there are many questions."""
    return json.dumps(kind.model_json_schema())
