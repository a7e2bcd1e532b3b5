"""Two accounts of one conversation as one: its telemetry, and what the application told itself.

The telemetry counts where it has what was told; what it lacks is put in where it belongs, so that
nothing is missing. A turn that was only told says so: ``source: answer``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from casefiles.documents.turns import Part, Turn
from casefiles.spans.alignment import gist, matches, part_gist
from casefiles.text.names import fold

LONG = 40
"""Characters from which a text is the same answer, though the telemetry has more around it."""
_LEADING = ("system", "developer")


def merged(captured: Sequence[Turn], told: Sequence[Turn]) -> tuple[Turn, ...]:
    """Put what was told and is not captured where it belongs among what is captured."""
    homes = _homes(captured, told)
    turns = list(captured)
    for place, home in homes.items():
        turns[home] = _enriched(turns[home], told[place])
    new = _newcomers(captured, told, homes)
    found: list[Turn] = []
    numbers: list[int] = []  # of the captured turns, as they are now
    for place in range(len(turns) + 1):
        found += new.get(place, ())
        numbers.append(len(found) + 1)
        found += turns[place : place + 1]
    return tuple(_renumbered(turn, numbers) for turn in found)


def _homes(captured: Sequence[Turn], told: Sequence[Turn]) -> dict[int, int]:
    """Which captured turn says what a told one says."""
    homes = matches([gist(turn) for turn in captured], [gist(turn) for turn in told])
    for place, turn in enumerate(told):
        if place not in homes:
            first, last = _gap(homes, place, len(captured))
            home = next((n for n in range(first, last) if _contains(captured[n], turn)), None)
            if home is None and _is_scattered(captured[first:last], turn):
                home = first
            if home is not None:
                homes[place] = home
    return homes


def _gap(homes: Mapping[int, int], place: int, end: int) -> tuple[int, int]:
    """The captured turns between those that say what comes before and after a told turn."""
    before = max((homes[other] + 1 for other in homes if other < place), default=0)
    after = min((homes[other] for other in homes if other > place), default=end)
    return before, max(before, after)


def _contains(captured: Turn, told: Turn) -> bool:
    """Whether a turn says what was told, with something around it: a template, a schema."""
    if captured.role != told.role or any(part.type != "text" for part in told.parts):
        return False
    said, around = _text(told), _text(captured)
    if not said or (told.role != "user" and len(said) < LONG):
        return False
    return re.search(rf"(?<!\w){re.escape(said)}(?!\w)", around) is not None


def _is_scattered(captured: Sequence[Turn], told: Turn) -> bool:
    """Whether all that was told in one turn is captured in several, or the other way round."""
    parts = {part_gist(part) for turn in captured for part in turn.parts}
    return bool(told.parts) and all(part_gist(part) in parts for part in told.parts)


def _text(turn: Turn) -> str:
    return fold("\n".join(part.text for part in turn.parts if part.type == "text" and part.text))


def _enriched(captured: Turn, told: Turn) -> Turn:
    """A captured turn with the data and the parts that only the told one has."""
    known = {part_gist(part) for part in captured.parts}
    more = [part for part in told.parts if _is_rare(part) and part_gist(part) not in known]
    data = {**told.data, **captured.data}
    return replace(captured, parts=(*more, *captured.parts), data=data)


def _is_rare(part: Part) -> bool:
    """Parts that two accounts of the same message may have or lack."""
    return part.type not in {"text", "tool_call", "tool_result"}


def _newcomers(
    captured: Sequence[Turn], told: Sequence[Turn], homes: Mapping[int, int]
) -> dict[int, list[Turn]]:
    """The turns that are only told, by the captured turn in front of which they belong."""
    lead = next((n for n, t in enumerate(captured) if t.role not in _LEADING), len(captured))
    found: dict[int, list[Turn]] = {}
    for place, turn in enumerate(told):
        if place not in homes:
            before, after = _gap(homes, place, len(captured))
            # What a user says comes first, what is answered last.
            at = max(before, lead if before == 0 else 0) if turn.role == "user" else after
            only = replace(turn, data={**turn.data, "source": "answer"})
            found.setdefault(at, []).append(only)
    return found


def _renumbered(turn: Turn, numbers: Sequence[int]) -> Turn:
    """A turn whose ``context`` names captured turns by their new places."""
    context = turn.data.get("context")
    if not isinstance(context, list) or turn.data.get("source") == "answer":
        return turn
    moved = [numbers[number - 1] for number in context]
    return replace(turn, data={**turn.data, "context": moved})
