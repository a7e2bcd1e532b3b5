"""The entries of all threads as one sequence of turns, for reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from casefiles.documents.turns import Turn
from casefiles.spans.threads import Entry, Thread
from casefiles.text.names import fold


def ordered(
    entries: Sequence[Entry], threads: Sequence[Thread], answer: str | None
) -> tuple[Turn, ...]:
    """Order entries by time, what a side thread says in one go kept together, and number them."""
    main = _main(entries, threads, answer)
    if threads:  # a message that the main thread shares with others is its own
        entries = [
            replace(entry, thread=main) if place in threads[main].members else entry
            for place, entry in enumerate(entries)
        ]
    places = _reading_order(entries, main, threads[main].first if threads else ())
    numbers = {place: number for number, place in enumerate(places, 1)}
    names = _names(entries, places, main)
    contexts = _contexts(entries, places)
    return tuple(
        _turn(
            entries[place],
            threads,
            names=names,
            context=[numbers[other] for other in contexts.get(place, ())],
        )
        for place in places
    )


def _main(entries: Sequence[Entry], threads: Sequence[Thread], answer: str | None) -> int:
    """The thread that talks with the user: it gives the answer, else it is the outermost one."""
    if answer is not None:
        wanted = fold(answer)
        for entry in reversed(entries):
            if (
                entry.thread is not None
                and entry.turn.role == "assistant"
                and wanted == _text(entry)
            ):
                return entry.thread
    ranks = [
        (-thread.depth, thread.calls, thread.ended, -number)
        for number, thread in enumerate(threads)
    ]
    return ranks.index(max(ranks)) if ranks else 0


def _text(entry: Entry) -> str:
    return fold("\n".join(p.text for p in entry.turn.parts if p.type == "text" and p.text))


def _reading_order(entries: Sequence[Entry], main: int, first: Sequence[int]) -> list[int]:
    # What the main thread began with was there from the start, in its own order.
    ranks = {place: rank - len(first) for rank, place in enumerate(first)}
    start = min((entry.when for entry in entries), default=0)
    times = [
        (start if place in ranks else entry.when, ranks.get(place, place))
        for place, entry in enumerate(entries)
    ]
    opened: dict[int, int] = {}  # thread to the place in time where its present passage began
    keys: dict[int, tuple[int, int, int]] = {}
    for rank, place in enumerate(sorted(range(len(entries)), key=lambda place: times[place])):
        thread = entries[place].thread
        if thread == main:
            opened.clear()
        if thread is None or thread == main:
            keys[place] = (rank, 0, rank)
        else:
            keys[place] = (opened.setdefault(thread, rank), thread + 1, rank)
    return sorted(keys, key=lambda place: keys[place])


def _names(entries: Sequence[Entry], places: Sequence[int], main: int) -> Mapping[int, int]:
    """Numbers of the side threads, from 2, in the order in which they come up."""
    sides = (entries[place].thread for place in places)
    found = [side for side in dict.fromkeys(sides) if side is not None and side != main]
    return {side: number for number, side in enumerate(found, 2)}


def _contexts(entries: Sequence[Entry], places: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """What answers were given, where that is not just what their thread said before."""
    told: dict[int, list[int]] = {}
    found = {}
    for place in places:
        entry = entries[place]
        if entry.thread is None or not entry.is_message:
            continue
        before = told.setdefault(entry.thread, [])
        if entry.context is not None:
            if list(entry.context) != before:
                found[place] = entry.context
            before[:] = entry.context
        if entry.turn.parts or "error" not in entry.turn.data:  # a failed call said nothing
            before.append(place)
    return found


def _turn(
    entry: Entry,
    threads: Sequence[Thread],
    *,
    names: Mapping[int, int],
    context: list[int],
) -> Turn:
    data = dict(entry.turn.data)
    thread = entry.thread
    if thread is not None:
        if threads[thread].agent is not None and (
            thread in names or entry.turn.role == "assistant"
        ):
            data["agent"] = threads[thread].agent
        if thread in names:
            data["thread"] = names[thread]
    if context:
        data["context"] = context
    return replace(entry.turn, data=data)
