"""A trace's turns as a page shows them: who spoke, what machines said, what is folded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from casefiles.documents.config import View
from casefiles.documents.turns import PROSE, Part
from casefiles.pages import inert, words
from casefiles.review.arrangement import LONG_LINES, ArrangedTurn, Piece
from casefiles.text.indented import indented
from casefiles.text.names import shorten, slug

_CLOCK = re.compile(r"T(\d\d:\d\d:\d\d)")
_ROLE = re.compile(r"[a-z][a-z0-9_-]*")
_DOES = {"tool_call": "calls", "tool_result": "result of", "retrieval": "retrieves"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """One piece of a turn."""

    kind: str
    """Its type, as a word for a class."""
    does: str
    """What it is, in words: ``calls``, ``reasoning``; empty for plain text."""
    name: str
    """The tool's name."""
    body: Markup
    """The text, inert; empty where there is none."""
    folded: str
    """The line it is folded behind; empty if it is open."""
    length: int
    """Characters of the text."""
    lines: int
    """Its lines."""
    remarks: tuple[str, ...]
    """Facts: an error, a file that holds the whole output."""
    failed: bool
    """Whether the tool reported an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnView:
    """What one speaker said at once."""

    number: int
    """Place in the conversation, from 1."""
    anchor: str
    """Id of the turn in the page: ``5-assistant``."""
    role: str
    """Who spoke."""
    is_aside: bool
    """Whether the user heard nothing of it: another agent's conversation."""
    facts: tuple[str, ...]
    """Model, time and tokens, in words."""
    error: str
    """What went wrong in this turn; empty if nothing is known."""
    parts: tuple[PartView, ...]
    """The pieces."""


def turn_views(arranged: Iterable[ArrangedTurn], view: View) -> tuple[TurnView, ...]:
    """Turn arranged turns into what the page shows; ``[view]`` hides facts of turns."""
    return tuple(_turn(turn, view) for turn in arranged)


def anchor(number: int, role: str) -> str:
    """Return the id of a turn, the same slug that its heading gets on a forge."""
    return f"{number}-{role if _ROLE.fullmatch(role) else slug(role, fallback='other')}"


def _turn(arranged: ArrangedTurn, view: View) -> TurnView:
    turn = arranged.turn
    return TurnView(
        number=arranged.number,
        anchor=anchor(arranged.number, turn.role),
        role=turn.role,
        is_aside=turn.is_aside,
        facts=tuple(_facts(turn.data, view)),
        error=str(turn.data.get("error") or ""),
        parts=tuple(map(_part, arranged.pieces)),
    )


def _facts(data: Mapping[str, Any], view: View) -> Iterator[str]:
    shown = {key: value for key, value in data.items() if key not in view.hide}
    if isinstance(at := shown.get("at"), str) and (clock := _CLOCK.search(at)):
        yield clock[1]
    if "thread" in shown:
        yield f"thread {shown['thread']}"
    for key in ("name", "actor", "agent", "model"):
        if isinstance(shown.get(key), str):
            yield shown[key]
    if isinstance(ms := shown.get("ms"), int | float):
        yield words.duration(ms)
    usage = shown.get("usage")
    if isinstance(usage, Mapping):
        yield from tokens(usage)
    finish = shown.get("finish")
    if isinstance(finish, str) and finish not in ("stop", "tool_calls"):
        yield f"finish: {finish}"


def tokens(usage: Mapping[str, Any]) -> Iterator[str]:
    """Say tokens and cost: ``512 → 64 tokens``, ``0.0031 USD``."""
    numbers = {key: value for key, value in usage.items() if isinstance(value, int | float)}
    if "in" in numbers or "out" in numbers:
        yield f"{numbers.get('in', 0):,.0f} → {numbers.get('out', 0):,.0f} tokens"
    if "cost_usd" in numbers:
        yield f"{numbers['cost_usd']:.4g} USD"


def _part(piece: Piece) -> PartView:
    part = piece.part
    prose = part.type in PROSE
    said = (part.text or "") if prose else indented(part.text or "")
    fold = piece.fold is not None or _is_tall(said, prose=prose)
    return PartView(
        kind=part.type if _ROLE.fullmatch(part.type) else "other",
        does=_DOES.get(part.type, "" if part.type == "text" else part.type),
        name=_name(part),
        body=_body(said, prose=prose) if said.strip() else Markup(),
        folded=shorten(said, 90) if fold and said.strip() else "",
        length=len(said),
        lines=said.count("\n") + 1,
        remarks=tuple(_remarks(part)),
        failed=bool(part.data.get("error") or part.data.get("is_error")),
    )


def _name(part: Part) -> str:
    return str(part.data.get("name") or part.data.get("query") or "")


def _body(said: str, *, prose: bool) -> Markup:
    if not prose:
        return inert.code(said)
    return Markup(f'<div class="cf-prose">{inert.prose(said)}</div>')  # noqa: S704  it is inert


def _is_tall(said: str, *, prose: bool) -> bool:
    """Whether it would fill the page once it is laid out: JSON is indented on it."""
    return len(said) > inert.LONG_PROSE if prose else said.count("\n") >= LONG_LINES


def _remarks(part: Part) -> Iterator[str]:
    if isinstance(error := part.data.get("error"), str):
        yield f"error: {error}"
    if isinstance(file := part.data.get("file"), str):
        size = part.data.get("bytes")
        size_said = f", {size:,} bytes" if isinstance(size, int) else ""
        yield f"whole text in {file}{size_said}" if part.text else f"file {file}{size_said}"
    elif part.text is None:
        known = ", ".join(f"{key}: {value}" for key, value in part.data.items() if key != "name")
        yield shorten(known, 200) if known else "no text"
