"""Calls of models put together to conversations.

Every call carries the whole history it was given. What of it was not seen before becomes a new
entry; a call that goes on where another ended belongs to the same thread, any other begins one:
another agent, a router, a second try, a history that was cut. Where a call was not given just
what its thread held, its answer says what it was given (``context``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from casefiles.documents.turns import Part, Turn
from casefiles.spans.alignment import Gist, gist, matches
from casefiles.spans.dialect import ModelCall
from casefiles.spans.times import iso_of

_SHARING = 5
"""Latest threads in which messages of a new one are looked for."""
_INSTRUCTIONS = ("system", "developer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One turn to be."""

    turn: Turn
    """What was said."""
    when: int
    """When it came up, nanoseconds since 1970."""
    thread: int | None = None
    """Number of its thread, from 0; None for what belongs to no conversation."""
    is_message: bool = True
    """Whether a model was given it or answered it; what only a tool's span tells is none."""
    context: tuple[int, ...] | None = None
    """Places of the entries that it answers; None for what is no answer, or if not all is known."""


@dataclass(slots=True, kw_only=True)
class Thread:
    """One conversation with one model or agent."""

    agent: str | None
    """Who leads it."""
    depth: int
    """Spans above its first call."""
    history: list[int]
    """Places of the entries that its next call is expected to be given."""
    first: list[int]
    """Places of the entries that its first call was given."""
    members: set[int]
    """Places of all entries it was given or answered."""
    calls: int = 0
    """Calls so far."""
    ended: int = 0
    """When its last call ended."""


class Threads:
    """All conversations of a trace while they are put together."""

    def __init__(self) -> None:
        """Start with none."""
        self.entries: list[Entry] = []
        self.threads: list[Thread] = []
        self._gists: list[Gist] = []

    def add(self, call: ModelCall, *, agent: str | None, depth: int, error: str | None) -> int:
        """Add the next call in time; return the number of its thread."""
        given = [gist(turn) for turn in call.input]
        number, seen = self._home(call, given, agent)
        if number is None:
            number = len(self.threads)
            self.threads.append(
                Thread(agent=agent, depth=depth, history=[], first=[], members=set())
            )
        thread = self.threads[number]
        before, old = thread.history, len(self.entries)
        context = [
            self._again(seen[place], turn)
            if place in seen
            else self._new(turn, given[place], call.span.start, number)
            for place, turn in enumerate(call.input)
        ]
        is_known = bool(call.input) and not call.missing
        if not is_known:  # what is not there was left out on the way
            context = [*before, *(place for place in context if place not in set(before))]
        told = tuple(context) if is_known else None
        answers = self._answer(call, number, context=told, error=error)
        thread.history = [*context, *answers]
        thread.first = thread.first or context
        thread.members |= {*context, *range(old, len(self.entries))}
        thread.calls += 1
        thread.ended = max(thread.ended, call.span.end or 0)
        return number

    # ------------------------------------------------------------ where a call belongs

    def _home(
        self, call: ModelCall, given: Sequence[Gist], agent: str | None
    ) -> tuple[int | None, Mapping[int, int]]:
        """The thread that a call goes on with, and which entries its messages repeat."""
        if not given:
            numbers = [n for n, thread in enumerate(self.threads) if thread.agent == agent]
            return (numbers[-1] if numbers else None), {}
        best: tuple[bool, int] = (False, 0)
        home: int | None = None
        seen: dict[int, int] = {}
        for number in self._candidates(set(given)):
            history = self.threads[number].history
            pairs = matches([self._gists[place] for place in history], given)
            goes_on = self._goes_on(history, pairs, call)
            if pairs and (goes_on, len(pairs)) > best:
                best, home = (goes_on, len(pairs)), number
                seen = {place: history[other] for place, other in pairs.items()}
        return (home if best[0] else None), seen

    def _candidates(self, given: set[Gist]) -> list[int]:
        """Threads that may be gone on with, the latest first, else some that may share a piece."""
        last = ((n, thread.history[-1]) for n, thread in enumerate(self.threads) if thread.history)
        going_on = [number for number, place in last if self._gists[place] in given]
        sharing = [0, *range(len(self.threads))[-_SHARING:]] if self.threads else []
        return (going_on or sorted(set(sharing)))[::-1]

    def _goes_on(self, history: Sequence[int], pairs: Mapping[int, int], call: ModelCall) -> bool:
        """Whether the last message of a history is among those given, under like instructions."""
        if len(history) - 1 not in pairs.values():
            return False
        before = _instructions([self.entries[place].turn for place in history])
        return call.missing > 0 or _are_alike(before, _instructions(call.input))

    # ------------------------------------------------------------ entries

    def _new(self, turn: Turn, known: Gist, when: int | None, thread: int) -> int:
        self.entries.append(Entry(turn=turn, when=when or 0, thread=thread))
        self._gists.append(known)
        return len(self.entries) - 1

    def _again(self, place: int, turn: Turn) -> int:
        """A message that was seen: the ids of its calls may only be known now."""
        entry = self.entries[place]
        ids = [part.data.get("id") for part in turn.parts if part.type == "tool_call"]
        if any(ids):
            parts = tuple(_with_ids(entry.turn.parts, ids))
            self.entries[place] = replace(entry, turn=replace(entry.turn, parts=parts))
        return place

    def _answer(
        self, call: ModelCall, number: int, *, context: tuple[int, ...] | None, error: str | None
    ) -> list[int]:
        """Add what a call answered, or that it failed; return what the next one may go on from."""
        failed = (Turn(role="assistant"),) if error and not call.output else ()
        turns = list(call.output or failed)
        if turns:
            turns[-1] = replace(turns[-1], data={**turns[-1].data, **_facts(call, error)})
        when = call.span.end or call.span.start
        answered = [self._new(turn, gist(turn), when, number) for turn in turns]
        if answered:
            first = answered[0]
            self.entries[first] = replace(self.entries[first], context=context)
        return [] if failed else answered


def _facts(call: ModelCall, error: str | None) -> dict[str, Any]:
    """What is known of an answer, as the data of its turn."""
    span = call.span
    known = {
        "at": iso_of(span.start) if span.start else None,
        "ms": span.ms,
        "model": call.model,
        "usage": dict(call.usage) or None,
        "finish": call.finish,
        "span": span.span_id or None,
        "error": error,
    }
    return {key: value for key, value in known.items() if value is not None}


def _with_ids(parts: Sequence[Part], ids: Sequence[Any]) -> list[Part]:
    left = list(ids)
    found = []
    for part in parts:
        known = left.pop(0) if part.type == "tool_call" and left else None
        is_new = known is not None and "id" not in part.data
        found.append(replace(part, data={**part.data, "id": known}) if is_new else part)
    return found


def _instructions(turns: Sequence[Turn]) -> str:
    lead = [turn for turn in turns if turn.role in _INSTRUCTIONS]
    return "\n".join(part.text or "" for turn in lead for part in turn.parts)


def _are_alike(some: str, others: str) -> bool:
    """Whether two instructions are the same but for a piece, such as the time of day."""
    if some == others:
        return True
    front = _common(some, others)
    back = _common(some[front:][::-1], others[front:][::-1])
    return 2 * (front + back) >= max(len(some), len(others))


def _common(some: str, others: str) -> int:
    """Characters that two texts begin with alike."""
    pairs = zip(some, others, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
