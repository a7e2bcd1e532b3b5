"""What tools and searches did, put beside the turns that speak of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from casefiles.documents.turns import Part, Turn
from casefiles.spans.alignment import part_gist
from casefiles.spans.content import result_parts
from casefiles.spans.dialect import Search, ToolRun
from casefiles.spans.json_text import pretty
from casefiles.spans.span import Span
from casefiles.spans.threads import Entry
from casefiles.spans.times import iso_of
from casefiles.spans.tools import call_part
from casefiles.spans.tree import error_of

_Place = tuple[int, int]
"""Place of an entry, and of a part in its turn."""


class Work:
    """Attaches what tools did to the entries of the conversations; adds entries for the rest."""

    def __init__(self, entries: Sequence[Entry], thread_of: Callable[[Span], int | None]) -> None:
        """Take the entries, and what says in which thread a span worked."""
        self.entries = list(entries)
        self._thread_of = thread_of
        self._taken: set[_Place] = set()

    def ran(self, run: ToolRun) -> None:
        """Add a tool that ran, in order of time.

        The conversation has its result already where the next call of the model was given it;
        else the result is known from the span only.
        """
        asked = self._asked(run)
        result = self._result(run, self._id(asked) or run.call)
        if result is None:
            self._add(run, asked)
        else:
            self._taken.add(result)
            self._describe(result, run.span)
        if asked is not None:
            self._taken.add(asked)

    def searched(self, found: Search) -> None:
        """Add a search."""
        documents = found.documents
        text = documents if isinstance(documents, str) else pretty(documents)
        data = {
            "lang": None if isinstance(documents, str) else "json",
            "query": found.query,
            "error": error_of(found.span) if found.span.failed else None,
        }
        known = {key: value for key, value in data.items() if value is not None}
        part = Part(type="retrieval", text=None if documents is None else text, data=known)
        self._append((part,), found.span)

    # ------------------------------------------------------------ which parts speak of a tool

    def _asked(self, run: ToolRun) -> _Place | None:
        """The call of the model that a tool ran for."""
        if run.call is not None:
            return self._first("tool_call", lambda part: part.data.get("id") == run.call)
        wanted = part_gist(_call(run))
        tests: tuple[Callable[[Part], bool], ...] = (
            lambda part: part_gist(part) == wanted,
            lambda part: part.data.get("name") == run.name,
        )
        # A history that is replayed may hold calls like it that ran long ago.
        found = (self._latest("tool_call", is_it, run.span) for is_it in tests)
        return next((place for place in found if place is not None), None)

    def _result(self, run: ToolRun, call: Any) -> _Place | None:
        """The result in the conversation that a tool returned."""
        if call is not None:
            return self._first("tool_result", lambda part: part.data.get("id") == call)
        returned = part_gist(Part(type="tool_result", text=_text(run.result)))

        def is_it(part: Part) -> bool:
            is_named = part.data.get("name") == run.name
            return "id" not in part.data and (is_named or part_gist(part) == returned)

        return self._first("tool_result", is_it, after=run.span.end or run.span.start or 0)

    def _first(self, kind: str, is_it: Callable[[Part], bool], *, after: int = 0) -> _Place | None:
        """The first part that is free, of the first turn after a time that has one."""
        turns = (place for place, entry in enumerate(self.entries) if entry.when >= after)
        return next(self._free(turns, kind, is_it), None)

    def _latest(self, kind: str, is_it: Callable[[Part], bool], span: Span) -> _Place | None:
        """The first part that is free, of the latest turn before the end of a span."""
        end = span.end or span.start or 0
        turns = [place for place, entry in enumerate(self.entries) if entry.when <= end]
        return next(self._free(reversed(turns), kind, is_it), None)

    def _free(
        self, turns: Iterable[int], kind: str, is_it: Callable[[Part], bool]
    ) -> Iterator[_Place]:
        for place in turns:
            for number, part in enumerate(self.entries[place].turn.parts):
                if part.type == kind and (place, number) not in self._taken and is_it(part):
                    yield place, number

    def _id(self, place: _Place | None) -> Any:
        return None if place is None else self.entries[place[0]].turn.parts[place[1]].data.get("id")

    # ------------------------------------------------------------ what is known now

    def _describe(self, place: _Place, span: Span) -> None:
        """Say how long a tool took and whether it failed, where its result stands."""
        entry = self.entries[place[0]]
        parts = list(entry.turn.parts)
        facts = dict(_facts(span))
        error = {"error": error_of(span)} if span.failed else {}
        if len(parts) > 1:
            error |= {key: facts[key] for key in ("ms",) if key in facts}
            facts = {}
        part = parts[place[1]]
        parts[place[1]] = replace(part, data={**part.data, **error})
        data = {**facts, **entry.turn.data}
        turn = replace(entry.turn, parts=tuple(parts), data=data)
        self.entries[place[0]] = replace(entry, turn=turn)

    def _add(self, run: ToolRun, asked: _Place | None) -> None:
        """Add what a tool returned, and what it was given where no model asked for it."""
        about = {
            "id": self._id(asked) or run.call,
            "name": run.name,
            "error": error_of(run.span) if run.span.failed else None,
        }
        known = {key: value for key, value in about.items() if value is not None}
        text = _text(run.result)
        own = () if asked is not None else (_call(run),)
        thread = None if asked is None else self.entries[asked[0]].thread
        self._append((*own, *result_parts(text, known)), run.span, thread)

    def _append(self, parts: Sequence[Part], span: Span, thread: int | None = None) -> None:
        turn = Turn(role="tool", parts=tuple(parts), data=dict(_facts(span)))
        self.entries.append(
            Entry(
                turn=turn,
                when=span.end or span.start or 0,
                thread=self._thread_of(span) if thread is None else thread,
                is_message=False,
            )
        )


def _text(result: Any) -> str | None:
    return result if result is None or isinstance(result, str) else pretty(result)


def _call(run: ToolRun) -> Part:
    given = {"id": run.call, "name": run.name, "arguments": run.arguments}
    return call_part({key: value for key, value in given.items() if value is not None})


def _facts(span: Span) -> Iterator[tuple[str, Any]]:
    if span.start:
        yield "at", iso_of(span.start)
    if span.ms is not None:
        yield "ms", span.ms
    if span.span_id:
        yield "span", span.span_id
