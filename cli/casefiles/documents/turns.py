"""The turns of a trace as Markdown that content can never break out of.

The grammar is line oriented and lossless:

1. ``## 3. assistant`` starts turn 3.
2. ``<!-- word {json} -->`` is machine data on one line: ``turn`` describes the turn, any other
   word starts a part of that type.
3. A run of lines with ``>`` in front is text; a fence longer than any run of backticks inside
   it holds what tools said. Either belongs to the part just started, else to a new text part.
4. Text with odd characters (`casefiles.text.odd`) is one JSON string in a ``json-string`` fence.
5. A role that cannot stand in a heading is the ``role`` of the turn's data; a type that cannot
   stand in a comment is the ``type`` of a ``part`` comment. Data keys that would be mistaken for
   these get a ``=`` in front.
6. Everything else is decoration for people and ignored on reading.

Two lone surrogates side by side that make a pair are read back as the character they stand for,
as in JSON.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from casefiles.documents.fields import Source
from casefiles.text.names import slug
from casefiles.text.odd import ODD, is_odd, replace_odd

PROSE = ("text", "reasoning", "refusal")
"""Parts that read as prose; the others are what machines said, and go into fences."""
LONG = 4000
"""Characters from which a fence is folded in a rendered page."""

MAX_DEPTH = 100
"""Deeper nested data are not written: readers could not rely on reading them back."""

_HEADING = re.compile(r"## ([0-9]+)\. (\S+)")
_COMMENT = re.compile(r"<!-- (\S+) (\{.*\}) -->")
_FENCE = re.compile(r"(`{3,})(json|text|json-string)")
_BACKTICKS = re.compile(r"`+")
_ROLE = re.compile(r"[a-z][a-z0-9_-]*")
_WORD = re.compile(r"[A-Za-z0-9_.]+(?:-[A-Za-z0-9_.]+)*")
_RESERVED = ("turn", "part")
_IN_COMMENT = re.compile(r"[<>]|--")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One piece of a turn."""

    type: str = "text"
    """text, reasoning, tool_call, tool_result, retrieval, image, audio, file, refusal, event…"""
    text: str | None = None
    """Its text; None for parts that have none (an image)."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """JSON data: ``id``, ``name``, ``lang`` (json or text), ``file``, ``error``…"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one speaker said at once."""

    role: str
    """system, user, assistant, tool, or any other word."""
    parts: tuple[Part, ...] = ()
    """The pieces in order."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """JSON data: ``at``, ``ms``, ``model``, ``usage``, ``finish``, ``agent``, ``error``…

    A trace of several agents has ``thread``, the number of a conversation beside the main one, and
    ``context``, the turns that an answer was given, where that is not all its thread said before.
    """

    @property
    def is_aside(self) -> bool:
        """Whether it was said in another conversation than the one with the user.

        By a sub-agent, a router, or in a second try.
        """
        return "thread" in self.data

    @property
    def speaker(self) -> str:
        """Who speaks: the role, with who played it, or in an aside whose conversation it is."""
        actor = self.data.get("actor")
        if not self.is_aside:
            return f"{self.role} ({actor})" if isinstance(actor, str) else self.role
        agent, thread = self.data.get("agent"), f"thread {self.data['thread']}"
        return f"{self.role} ({agent}, {thread})" if agent else f"{self.role} ({thread})"


def digest(turns: tuple[Turn, ...]) -> str:
    """SHA-256 of the canonical JSON of the turns (sorted keys, ASCII, no blanks).

    Raises ValueError if data are nested deeper than MAX_DEPTH.
    """
    plain = [
        {
            "role": turn.role,
            "data": _sound(turn.data),
            "parts": [{"type": p.type, "text": p.text, "data": _sound(p.data)} for p in turn.parts],
        }
        for turn in turns
    ]
    canonical = json.dumps(plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _sound(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data as a dict. Raises ValueError if they are nested too deeply."""
    level: list[Any] = [data]
    for _ in range(MAX_DEPTH):
        level = [item for value in level for item in _inside(value)]
        if not level:
            return dict(data)
    raise ValueError(f"data of a trace may not be nested deeper than {MAX_DEPTH} levels")


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list | tuple) else ()


# ---------------------------------------------------------------- writing


def render(turns: tuple[Turn, ...]) -> str:
    """Write turns as Markdown blocks, a blank line between two."""
    blocks = [block for number, turn in enumerate(turns, 1) for block in _turn(number, turn)]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def decoration(text: str) -> str:
    """Escape a name for a heading or a bold line, where only people read it."""
    return re.sub(r"([\\`*_\[\]<>#|&!])", r"\\\1", replace_odd(text)).strip()


def _turn(number: int, turn: Turn) -> Iterator[str]:
    role = heading_role(turn.role)
    data = _with("role", turn.role if role != turn.role else None, turn.data)
    yield f"## {number}. {role}"
    if data:
        yield _comment("turn", data)
    bare = False  # whether the part before is a comment that still waits for its text
    for part in turn.parts:
        yield from _part(part, after_bare=bare)
        bare = part.text is None


def heading_role(role: str) -> str:
    """Return the word that stands for a role in the heading of a turn, and in its anchor."""
    return role if _ROLE.fullmatch(role) else slug(role, fallback="other")


def _with(key: str, value: str | None, data: Mapping[str, Any]) -> dict[str, Any]:
    """Put a key of the grammar into data; a key of the data that looks like it gets a ``=``."""
    escaped = {f"={name}" if _is_escaped(name, key) else name: data[name] for name in data}
    return escaped if value is None else {key: value, **escaped}


def _without(key: str, data: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Take the key of the grammar out again (None: it is absent)."""
    value = data.pop(key, None)
    return value, {
        name[1:] if name != key and _is_escaped(name, key) else name: data[name] for name in data
    }


def _is_escaped(name: str, key: str) -> bool:
    return name.lstrip("=") == key


def _part(part: Part, *, after_bare: bool) -> Iterator[str]:
    quotable = part.text is not None and part.text != "" and not is_odd(part.text)
    prose = part.type in PROSE
    if part.type != "text" or part.data or after_bare or not quotable:
        yield _head(part)
    if part.text is None:
        return
    if prose and quotable:
        yield _quote(part.text)
        return
    fence = _fence(part.text, "json" if part.data.get("lang") == "json" else "text")
    if len(part.text) > LONG:
        lines = part.text.count("\n") + 1
        summary = f"{len(part.text):,} characters, {lines:,} lines"
        yield f'<details markdown="1"><summary>{summary}</summary>'
        yield fence
        yield "</details>"
    else:
        yield fence


def _head(part: Part) -> str:
    if _WORD.fullmatch(part.type) and part.type not in _RESERVED:
        comment = _comment(part.type, part.data)
    else:
        comment = _comment("part", _with("type", part.type, part.data))
    name = part.data.get("name")
    name = decoration(name) if isinstance(name, str) else ""
    said = {"tool_call": "calls", "tool_result": "result of"}.get(part.type)
    if said and name:
        return f"{comment}\n**{said}** {name}"
    kind = decoration(part.type)
    return f"{comment}\n*{kind}*" if kind and kind != "text" else comment


def _comment(word: str, data: Mapping[str, Any]) -> str:
    text = json.dumps(_sound(data), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    text = ODD.sub(_escape, _IN_COMMENT.sub(_escape, text))
    return f"<!-- {word} {text} -->"


def _escape(hit: re.Match[str]) -> str:
    return "".join(f"\\u{ord(character):04x}" for character in hit.group())


def _quote(text: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))


def _fence(text: str, lang: str) -> str:
    if text == "" or is_odd(text):
        text, lang = json.dumps(text), "json-string"
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{lang}\n{text}\n{ticks}"


# ---------------------------------------------------------------- reading


def parse(source: Source, body: int) -> tuple[Turn, ...]:
    """Read the turns behind offset ``body``; what does not fit the grammar is reported."""
    reader = _Reader(source, source.text.count("\n", 0, body) + 1)
    lines = source.text[body:].split("\n")
    at = 0
    while at < len(lines):
        at = reader.take(lines, at)
    reader.end_turn()
    return tuple(reader.turns)


def outside_fences(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines, with their numbers from 1, that are not what a tool said."""
    closing: str | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if closing is not None:
            closing = None if line == closing else closing
        elif line.startswith("```") and (opened := _FENCE.fullmatch(line)):
            closing = opened[1]
        else:
            yield number, line


class _Reader:
    def __init__(self, source: Source, first_line: int) -> None:
        self.source = source
        self.first_line = first_line
        self.turns: list[Turn] = []
        self.role: str | None = None
        self.data: dict[str, Any] = {}
        self.parts: list[Part] = []
        self.pending: Part | None = None

    def take(self, lines: list[str], at: int) -> int:
        """Read the block that starts at a line; return the line behind it."""
        line = lines[at]
        if line.startswith(">"):
            end = at
            while end < len(lines) and lines[end].startswith(">"):
                end += 1
            self.text("\n".join(quoted[2:] for quoted in lines[at:end]), at)
            return end
        if line.startswith("```") and (opened := _FENCE.fullmatch(line)):
            return self.fence(lines, at, opened)
        if line.startswith("## ") and (heading := _HEADING.fullmatch(line)):
            self.heading(int(heading[1][:9]), heading[2], at)
        elif line.startswith("<!-- ") and (comment := _COMMENT.fullmatch(line)):
            self.comment(comment[1], comment[2], at)
        return at + 1

    def heading(self, number: int, role: str, at: int) -> None:
        self.end_turn()
        self.role = role
        if number != len(self.turns) + 1:
            self.report(f"turn {number} stands where turn {len(self.turns) + 1} is expected", at)

    def comment(self, word: str, text: str, at: int) -> None:
        try:
            data = _sound(json.loads(text))
        except (ValueError, RecursionError):
            self.report(f"the data of this {word!r} comment cannot be read as JSON", at)
            return
        self.flush()
        if word == "turn":
            self.turn_data(data, at)
        elif word == "part":
            kind, data = _without("type", data)
            if not isinstance(kind, str):
                self.report("a `part` comment needs a type", at)
            self.pending = Part(type=str(kind), data=data)
        else:
            self.pending = Part(type=word, data=data)

    def turn_data(self, data: dict[str, Any], at: int) -> None:
        role, data = _without("role", data)
        if self.role is None or self.parts or self.data:
            self.report("turn data stands outside the head of a turn", at)
        elif role is not None and not isinstance(role, str):
            self.report("the role of a turn must be a word", at)
        else:
            self.role, self.data = role if role is not None else self.role, data

    def fence(self, lines: list[str], at: int, opened: re.Match[str]) -> int:
        try:
            end = lines.index(opened[1], at + 1)
        except ValueError:
            self.report("this fence is never closed", at)
            return len(lines)
        text = "\n".join(lines[at + 1 : end])
        if opened[2] == "json-string":
            text = self.json_string(text, at)
        self.text(text, at)
        return end + 1

    def json_string(self, text: str, at: int) -> str:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, str):
            return value
        self.report("a json-string fence must hold one JSON string", at)
        return text

    def text(self, text: str, at: int) -> None:
        if self.role is None:
            self.report("text stands before the first turn", at)
        part = self.pending or Part()
        self.parts.append(Part(type=part.type, text=text, data=part.data))
        self.pending = None

    def flush(self) -> None:
        if self.pending is not None:
            self.parts.append(self.pending)
            self.pending = None

    def end_turn(self) -> None:
        self.flush()
        if self.role is not None:
            self.turns.append(Turn(role=self.role, parts=tuple(self.parts), data=self.data))
        self.role, self.data, self.parts = None, {}, []

    def report(self, message: str, at: int) -> None:
        remedy = "traces are written by the tool; restore the file from git"
        self.source.report_line("trace-grammar", message, self.first_line + at, remedy=remedy)
