"""What of a trace comes first, is open, folded or not shown: one decision for all who show it.

The editor buffer, the keyboard screen and the site's pages ask here, so that ``[view]`` means the
same everywhere. A name in ``[view]`` is a role, a kind of part, a tool, or a key of metadata
(``persona``, ``source``, ``source.file``). What nobody named is arranged by what it is: what user
and application said to each other is open, what neither saw is folded, and so is whatever is long.
Metadata that this program does not know is folded, never lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from casefiles.documents.config import View
from casefiles.documents.trace import Trace, TraceHead
from casefiles.documents.turns import Part, Turn

Fold = Literal["settings", "known", "inner", "long", "rest"]
LONG_LINES = 24
"""Lines from which what a machine said, or an operator wrote, is folded."""
LONG_CHARACTERS = 1_500
"""Characters from which it is."""

_OPERATOR = frozenset({"system", "developer"})
_MACHINE = frozenset({"tool", "function"})
_HEARD = ("text", "refusal", "image", "audio", "file")
_SHOWN_BY_NAME = frozenset({"id", "lang", "name", "error", "invalid_json", "is_error"})
"""Data of a part that every view shows in its own way, or that only joins a call to its result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing known about a trace, a turn or a piece."""

    key: str
    """Its name; inside others with dots: ``source.file``."""
    value: str
    """What is known, as text; it may be of several lines."""
    folded: bool = True
    """Whether it is folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a turn that is shown."""

    part: Part
    """What was said."""
    heard: bool
    """Whether the user could see it; calls, results, prompts and reasoning they could not."""
    fold: Fold | None = None
    """Why it is folded: named in the settings, known to the reader, not said aloud, long, or not
    the query or final answer where only these are wanted. None: it is open."""
    facts: tuple[Fact, ...] = ()
    """What else is known about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangedTurn:
    """A turn that is shown."""

    number: int
    """Its place in the trace, from 1."""
    turn: Turn
    """The turn."""
    pieces: tuple[Piece, ...] = ()
    """Its parts but the hidden ones."""
    facts: tuple[Fact, ...] = ()
    """When, how long, by which model, and what else is known about it."""

    @property
    def heard(self) -> bool:
        """Whether the user could see anything of it."""
        return any(piece.heard for piece in self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """How a trace is shown."""

    facts: tuple[Fact, ...] = ()
    """What is known about the whole, the open ones first."""
    first: tuple[ArrangedTurn, ...] = ()
    """What the settings want in front of the conversation, all of it open."""
    turns: tuple[ArrangedTurn, ...] = ()
    """The whole conversation in its order, what stands in ``first`` included."""
    hidden: int = 0
    """Turns and parts that the settings hide."""
    is_final: bool = False
    """Whether only the query and the final answer are wanted: all of ``turns`` is folded."""

    @property
    def open_facts(self) -> tuple[Fact, ...]:
        """The facts that are not folded."""
        return tuple(fact for fact in self.facts if not fact.folded)

    @property
    def folded_facts(self) -> tuple[Fact, ...]:
        """The facts that are folded."""
        return tuple(fact for fact in self.facts if fact.folded)


def arrange(trace: Trace, view: View, *, system_known: bool = False) -> Arrangement:
    """Decide what of a trace is first, open, folded or hidden.

    ``system_known`` says that the reader has seen this system prompt before. With
    ``view.final_first`` the query and the final answer come first and the rest is folded.
    """
    numbered = list(enumerate(trace.turns, 1))
    turns = [found for at, turn in numbered if (found := _turn(at, turn, view, known=system_known))]
    parts = sum(max(1, len(turn.parts)) for turn in trace.turns)
    shown = sum(max(1, len(turn.pieces)) for turn in turns)
    first = _first(turns, view)
    is_final = view.final_first and bool(first)
    return Arrangement(
        facts=_facts_of(trace.head, view),
        first=first,
        turns=tuple(map(_as_rest, turns) if is_final else turns),
        hidden=parts - shown,
        is_final=is_final,
    )


def system_prompt(trace: Trace) -> str:
    """Return the text of a trace's system turns: what ``system_known`` is about."""
    said = (turn for turn in trace.turns if turn.role in _OPERATOR and not turn.is_aside)
    parts = [part for turn in said for part in turn.parts]
    return "\n".join(part.text or "" for part in parts)


def query_turn(turns: tuple[Turn, ...]) -> int | None:
    """Return the number of the turn in which the user first says something."""
    places = ((at, turn) for at, turn in enumerate(turns, 1) if not turn.is_aside)
    return next((at for at, turn in places if turn.role == "user" and _says(turn)), None)


def answer_turn(turns: tuple[Turn, ...]) -> int | None:
    """Return the number of the turn in which the application last says something."""
    places = [(at, turn) for at, turn in enumerate(turns, 1) if not turn.is_aside][::-1]
    return next((at for at, turn in places if turn.role == "assistant" and _says(turn)), None)


# ---------------------------------------------------------------- turns


def _turn(number: int, turn: Turn, view: View, *, known: bool) -> ArrangedTurn | None:
    pieces = tuple(
        _piece(turn, part, view, known=known)
        for part in turn.parts
        if not names_of(turn, part) & set(view.hide)
    )
    if turn.role in view.hide or (turn.parts and not pieces):
        return None
    facts = _facts(turn.data, view, but=frozenset({"error"}))
    return ArrangedTurn(number=number, turn=turn, pieces=pieces, facts=facts)


def names_of(turn: Turn, part: Part) -> frozenset[str]:
    """Return the names by which ``[view]`` can speak of a part: role, kind and tool."""
    return frozenset({turn.role, part.type, str(part.data.get("name") or part.type)})


def _piece(turn: Turn, part: Part, view: View, *, known: bool) -> Piece:
    is_spoken = turn.role not in _OPERATOR | _MACHINE and not turn.is_aside
    heard = is_spoken and part.type in _HEARD
    return Piece(
        part=part,
        heard=heard,
        fold=_fold(turn, part, view, heard=heard, known=known),
        facts=_facts(part.data, view, but=_SHOWN_BY_NAME),
    )


def _fold(turn: Turn, part: Part, view: View, *, heard: bool, known: bool) -> Fold | None:
    names = names_of(turn, part)
    if names & set(view.fold):
        return "settings"
    if names & set(view.first) or heard:
        return None
    if turn.role in _OPERATOR and known:
        return "known"
    if part.type == "reasoning":
        return "inner"
    return "long" if _is_long(part.text or "") else None


def _is_long(text: str) -> bool:
    return len(text) > LONG_CHARACTERS or text.count("\n") >= LONG_LINES


def _first(turns: list[ArrangedTurn], view: View) -> tuple[ArrangedTurn, ...]:
    plain = tuple(turn.turn for turn in turns)
    ends = {query_turn(plain), answer_turn(plain)} if view.final_first else set()
    found = []
    for place, turn in enumerate(turns, 1):
        pieces = turn.pieces
        if place not in ends:
            wanted = set(view.first)
            pieces = tuple(p for p in pieces if names_of(turn.turn, p.part) & wanted)
        if pieces:
            opened = tuple(replace(piece, fold=None) for piece in pieces)
            found.append(replace(turn, pieces=opened))
    return tuple(found)


def _as_rest(turn: ArrangedTurn) -> ArrangedTurn:
    pieces = tuple(replace(piece, fold=piece.fold or "rest") for piece in turn.pieces)
    return replace(turn, pieces=pieces)


def _says(turn: Turn) -> bool:
    return any(part.type == "text" and part.text for part in turn.parts)


# ---------------------------------------------------------------- facts


def _facts_of(head: TraceHead, view: View) -> tuple[Fact, ...]:
    """What bears on a judgement is open, what else is known is folded."""
    status = head.status if head.status != "ok" else None
    telling = {
        **head.dimensions,
        "session": head.session,
        "app_version": head.app_version,
        "status": status,
        "error": head.error,
    }
    other = {
        "query": head.query,
        "repetition": head.repetition,
        "stratum": head.stratum,
        "target": head.target,
        "started": head.started,
        "ms": head.ms,
        "usage": head.usage,
        "source": head.source,
        **head.extra,
    }
    found = (*_named(telling, view, folded=False), *_named(other, view, folded=True))
    wanted = [fact for fact in found if _names(fact.key) & set(view.first)]
    return tuple(sorted(found, key=lambda fact: (fact.folded, fact not in wanted)))


def _facts(data: Mapping[str, Any], view: View, *, but: frozenset[str]) -> tuple[Fact, ...]:
    rest = {key: value for key, value in data.items() if key not in but}
    return tuple(_named(rest, view, folded=True))


def _named(data: Mapping[str, Any], view: View, *, folded: bool) -> Iterator[Fact]:
    for key, value in _flat(data):
        names = _names(key)
        if names & set(view.hide) or value in ("", None):
            continue
        closed = bool(names & set(view.fold)) or (folded and not names & set(view.first))
        yield Fact(key=key, value=_said(value), folded=closed)


def _flat(data: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{within}{key}.")
        else:
            yield f"{within}{key}", value


def _names(key: str) -> set[str]:
    """What a key may be called: itself, the outermost it stands in, and the innermost."""
    return {key, key.partition(".")[0], key.rpartition(".")[2]}


def _said(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)
