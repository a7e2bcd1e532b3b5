"""YAML read strictly: every scalar a string, every node with its place, nothing guessed.

YAML 1.1 loaders turn ``no`` into False, ``12:30`` into 750, and let the last duplicate key win.
Here scalars stay the strings a person typed (YAML 1.2 "failsafe" schema,
https://yaml.org/spec/1.2.2/#101-failsafe-schema); aliases, tags, several documents, keys that
are not scalars and duplicate keys are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from casefiles.text.yaml_lines import Lines, read_lines

_BOM = "\ufeff"
_BLANK = " \t\r\n\x85\u2028\u2029"  # with the line breaks of YAML 1.1, which libyaml reads
# What no YAML text may hold: https://yaml.org/spec/1.2.2/#51-character-set
_UNPRINTABLE = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"

MAX_DEPTH = 32
"""Deeper nesting is refused: no document of ours needs it, and a reader must not recurse on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A string at its place."""

    value: str
    """The string, quotes and escapes resolved."""
    start: int
    """Offset of its first character in the parsed text."""
    end: int
    """Offset behind its last character."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One ``key: value`` of a mapping."""

    key: Scalar
    """The key."""
    value: Node
    """The value; an empty one is a Scalar of no length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A mapping with its entries in file order."""

    entries: tuple[Entry, ...]
    """No two have the same key."""
    start: int
    """Offset of its first character."""
    end: int
    """Offset behind its last character (libyaml ends a block at the next token)."""
    flow: bool
    """Written ``{a: b}`` instead of line by line."""

    def get(self, key: str) -> Node | None:
        """Return the value of a key, or None."""
        return next((entry.value for entry in self.entries if entry.key.value == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """A list with its items in file order."""

    items: tuple[Node, ...]
    """The items."""
    start: int
    """Offset of its first character."""
    end: int
    """Offset behind its last character."""
    flow: bool
    """Written ``[a, b]`` instead of line by line."""


Node = Scalar | Mapping | Sequence
Plain = str | list[Any] | dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong in a text, and where."""

    code: str
    """A stable word: ``yaml``, ``duplicate-key``, ``front-matter``."""
    message: str
    """What is wrong, in a person's words."""
    offset: int
    """Offset in the parsed text."""


class _FaultError(Exception):
    def __init__(self, code: str, message: str, offset: int) -> None:
        super().__init__(message)
        self.fault = Fault(code=code, message=message, offset=offset)


def parse_yaml(text: str) -> tuple[Node | None, Fault | None]:
    """Parse one YAML document; offsets count characters of ``text``.

    Returns the root node (None for an empty document) and no fault, or no node and the first
    fault. Never raises.
    """
    lines = read_lines(text)
    if lines is not None:
        return nodes_of(lines), None
    import yaml  # not needed by commands that read no other document

    shift = len(text) - len(text.lstrip(_BOM))  # libyaml does not count byte order marks
    try:
        return _Reader(text, shift, yaml).document(), None
    except _FaultError as error:
        return None, error.fault
    except yaml.MarkedYAMLError as error:
        return None, _syntax_fault(error, shift)
    except (yaml.reader.ReaderError, UnicodeEncodeError):
        # libyaml counts bytes here and names no lone surrogate, so the place is looked up.
        return None, _unprintable(text)


def nodes_of(lines: Lines) -> Mapping:
    """Turn lines that were read fast into the nodes that a YAML reader finds there."""
    entries = []
    for name, value in lines.values.items():
        begin, first, last = lines.places[name]
        key = Scalar(value=name, start=begin, end=begin + len(name))
        if isinstance(value, Lines):
            entries.append(Entry(key=key, value=nodes_of(value)))
        else:
            entries.append(Entry(key=key, value=Scalar(value=value, start=first, end=last)))
    return Mapping(entries=tuple(entries), start=lines.start, end=lines.end, flow=False)


def plain(node: Node | None) -> Plain:
    """Drop the places: strings, lists and dicts. None (an empty document) is an empty string."""
    if node is None:
        return ""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {entry.key.value: plain(entry.value) for entry in node.entries}


def _unprintable(text: str) -> Fault:
    found = re.search(_UNPRINTABLE, text)  # compiling so large a class takes milliseconds
    name = f"U+{ord(found.group()):04X}" if found else "in this text"
    message = f"the character {name} must not stand here unescaped"
    return Fault(code="yaml", message=message, offset=found.start() if found else 0)


def _syntax_fault(error: Any, shift: int) -> Fault:
    mark = error.problem_mark or error.context_mark
    said = ", ".join(part for part in (error.context, error.problem) if part)
    offset = mark.index + shift if mark else 0
    return Fault(code="yaml", message=f"not valid YAML ({said})", offset=offset)


class _Reader:
    """Builds nodes from libyaml's events; the event parser itself does not recurse."""

    def __init__(self, text: str, shift: int, yaml: Any) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self.text = text
        self.shift = shift
        self.yaml = yaml
        self.events: Iterator[Any] = iter(yaml.parse(text[shift:], Loader=loader))

    def document(self) -> Node | None:
        root: Node | None = None
        documents = 0
        for event in self.events:
            if isinstance(event, self.yaml.DocumentStartEvent):
                documents += 1
                if documents > 1 or event.version or event.tags:
                    place = event.start_mark.index + self.shift
                    raise _FaultError("yaml", "only one YAML document may stand here", place)
            elif isinstance(event, self.yaml.NodeEvent):
                root = self.node(event, 0)
        empty = isinstance(root, Scalar) and root.start == root.end
        return None if empty else root

    def node(self, event: Any, depth: int) -> Node:
        start = event.start_mark.index + self.shift
        if isinstance(event, self.yaml.AliasEvent) or event.anchor:
            raise _FaultError("yaml", "anchors and aliases are not supported; write it out", start)
        if event.tag:
            raise _FaultError("yaml", f"tags such as {event.tag} are not supported", start)
        if depth > MAX_DEPTH:
            raise _FaultError("yaml", f"nested deeper than {MAX_DEPTH} levels", start)
        if isinstance(event, self.yaml.ScalarEvent):
            return self.scalar(event)
        if isinstance(event, self.yaml.SequenceStartEvent):
            return self.sequence(event, depth)
        return self.mapping(event, depth)

    def scalar(self, event: Any) -> Scalar:
        start, end = event.start_mark.index + self.shift, event.end_mark.index + self.shift
        if event.style in ("|", ">"):  # ends at the next token: past blank lines that are no text
            blank = "\r\n" if event.value.rstrip("\n").endswith((" ", "\t")) else _BLANK
            end = start + len(self.text[start:end].rstrip(blank))
        return Scalar(value=event.value, start=start, end=end)

    def sequence(self, event: Any, depth: int) -> Sequence:
        items = []
        for following in self.events:
            if isinstance(following, self.yaml.SequenceEndEvent):
                break
            items.append(self.node(following, depth + 1))
        return Sequence(
            items=tuple(items),
            start=event.start_mark.index + self.shift,
            end=following.end_mark.index + self.shift,
            flow=bool(event.flow_style),
        )

    def mapping(self, event: Any, depth: int) -> Mapping:
        entries: dict[str, Entry] = {}
        for following in self.events:
            if isinstance(following, self.yaml.MappingEndEvent):
                break
            key = self.node(following, depth + 1)
            if not isinstance(key, Scalar):
                raise _FaultError("yaml", "a key must be one word or string", key.start)
            if key.value in entries:
                message = f"the key {key.value!r} stands twice"
                raise _FaultError("duplicate-key", message, key.start)
            value = self.node(next(self.events), depth + 1)
            entries[key.value] = Entry(key=key, value=value)
        return Mapping(
            entries=tuple(entries.values()),
            start=event.start_mark.index + self.shift,
            end=following.end_mark.index + self.shift,
            flow=bool(event.flow_style),
        )
