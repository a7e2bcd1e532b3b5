"""From YAML strings to typed values, collecting a problem for each that does not fit."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container
from collections.abc import Sequence as AbcSequence

from casefiles.documents.problem import Level, Problem, line_and_column
from casefiles.text import front_matter
from casefiles.text.names import nearest
from casefiles.text.yaml_lines import Lines
from casefiles.text.yaml_tree import (
    Entry,
    Fault,
    Mapping,
    Node,
    Plain,
    Scalar,
    Sequence,
    nodes_of,
    parse_yaml,
    plain,
)

_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?|\.[0-9]+([eE][+-]?[0-9]+)?")
_FLAGS = {"yes": True, "true": True, "no": False, "false": False}


class Source:
    """A file being read: its path and text, and the problems found so far."""

    def __init__(self, path: str, text: str) -> None:
        """Start reading ``text`` as the content of ``path``."""
        self.path = path
        self.text = text
        self.problems: list[Problem] = []
        self._starts: list[int] = []  # where each line starts, once it is asked for

    def line(self, offset: int) -> int:
        """Return the line of an offset, counted from 1."""
        if not self._starts:
            self._starts = [0, *(found.end() for found in re.finditer("\n", self.text))]
        return bisect_right(self._starts, offset)

    def report(
        self,
        code: str,
        message: str,
        offset: int = 0,
        *,
        remedy: str | None = None,
        level: Level = "error",
    ) -> None:
        """Note a problem at an offset of the text."""
        line, column = line_and_column(self.text, offset)
        self.problems.append(
            Problem(
                level=level,
                code=code,
                message=message,
                path=self.path,
                line=line,
                column=column,
                remedy=remedy,
            )
        )

    def report_line(self, code: str, message: str, line: int, *, remedy: str | None = None) -> None:
        """Note an error at a line, counted from 1."""
        problem = Problem(
            level="error", code=code, message=message, path=self.path, line=line, remedy=remedy
        )
        self.problems.append(problem)

    def front(self) -> tuple[Fields | None, int]:
        """Read the front matter: its fields (None if broken) and the offset of the body."""
        front, fault = front_matter.read(self.text)
        if fault is not None:
            self.fault(fault)
            return None, front_matter.body_offset(self.text)
        if front is None:
            return Fields(self, None), 0
        return Fields(self, front.keys, front.start), front.body

    def yaml(self) -> Fields | None:
        """Read the whole text as one YAML mapping; None if it is broken."""
        node, fault = parse_yaml(self.text)
        if fault is not None:
            self.fault(fault)
            return None
        if node is not None and not isinstance(node, Mapping):
            self.report("schema", "the file must be lines of `key: value`", node.start)
            return None
        return Fields(self, node)

    def fault(self, fault: Fault) -> None:
        """Turn a fault of the YAML reader into a problem."""
        self.report(fault.code, fault.message, fault.offset)

    @property
    def broken(self) -> bool:
        """Whether an error was found."""
        return any(problem.level == "error" for problem in self.problems)


class Fields:
    """The keys of one mapping, read by name; what no one asked for is left in `extra`."""

    def __init__(self, source: Source, found: Mapping | Lines | None, base: int = 0) -> None:
        """Read ``found`` (None: no keys), whose offsets are relative to ``base``."""
        self._source = source
        self._base = base
        # Most files are lines read fast: nodes are made of them only where one is asked for.
        self._lines = found if isinstance(found, Lines) else None
        entries = found.entries if isinstance(found, Mapping) else ()
        self._entries: dict[str, Entry] = {entry.key.value: entry for entry in entries}
        self._known: Container[str] = self._lines.values if self._lines else self._entries
        self._asked: set[str] = set()
        self.start = base + (found.start if found else 0)

    def report(
        self,
        key: str,
        code: str,
        message: str,
        *,
        remedy: str | None = None,
        level: Level = "error",
    ) -> None:
        """Note a problem at the value of a key (at the mapping if the key is absent)."""
        self._source.report(code, message, self._value_start(key), remedy=remedy, level=level)

    def _value_start(self, key: str) -> int:
        if key not in self._known:
            return self.start
        if self._lines:
            return self._base + self._lines.places[key][1]
        return self._base + self._entries[key].value.start

    def _key_start(self, key: str) -> int:
        if self._lines:
            return self._base + self._lines.places[key][0]
        return self._base + self._entries[key].key.start

    def __contains__(self, key: str) -> bool:
        """Whether the key is there, even with an empty value."""
        return key in self._known

    @property
    def keys(self) -> list[str]:
        """All keys in file order."""
        return list(self._lines.values if self._lines else self._entries)

    @property
    def first_line(self) -> int:
        """Line on which the mapping starts, counted from 1."""
        return self._source.line(self.start)

    def line(self, key: str) -> int:
        """Line of a key in the file, counted from 1."""
        return self._source.line(self._key_start(key))

    def lines(self) -> dict[str, int]:
        """Return every key with its line in the file, counted from 1."""
        keys = self.keys
        lines: dict[str, int] = {}
        at, line = 0, 1
        for key in sorted(keys, key=self._key_start):
            start = self._key_start(key)
            line += self._source.text.count("\n", at, start)
            at, lines[key] = start, line
        return {key: lines[key] for key in keys}

    def node(self, key: str) -> Node | None:
        """Return the value of a key; None if it is absent or empty."""
        self._asked.add(key)
        if self._lines:
            return self._made_node(key)
        entry = self._entries.get(key)
        if entry is None or (isinstance(entry.value, Scalar) and _empty(entry.value)):
            return None
        return entry.value

    def _made_node(self, key: str) -> Node | None:
        value = self._lines.values.get(key) if self._lines else None
        if self._lines is None or value is None:
            return None
        if isinstance(value, Lines):
            return nodes_of(value)
        _, start, end = self._lines.places[key]
        return Scalar(value=value, start=start, end=end)

    def _said(self, key: str) -> str | None:
        """Return a value that is one string, without making a node of it; None if it is not."""
        self._asked.add(key)
        value = self._lines.values.get(key) if self._lines else None
        return value if isinstance(value, str) else None

    def text(self, key: str, *, required: bool = False) -> str | None:
        """Read a string; None if absent or empty (for a required one, blank is missing too)."""
        value = self._said(key)
        node = self.node(key) if value is None else None
        if node is not None and not isinstance(node, Scalar):
            self.report(key, "schema", f"{key!r} must be one value")
            return None
        value = node.value if node else value
        if required and not (value and value.strip()):
            said = "is empty" if key in self else "is missing"
            self.report(key, "missing-key", f"the key {key!r} {said}")
        return value

    def integer(self, key: str, *, least: int = 0) -> int | None:
        """Read a whole number of at least ``least``."""
        value = self.text(key)
        if value is None:
            return None
        if not _is_integer(value) or int(value) < least:
            self.report(key, "schema", f"{key!r} must be a whole number from {least}: {value!r}")
            return None
        return int(value)

    def number(self, key: str) -> float | int | None:
        """Read a finite number that is not negative; whole ones as int."""
        value = self.text(key)
        if value is None:
            return None
        number = _number(value)
        if number is None:
            self.report(key, "schema", f"{key!r} must be a number of 0 or more: {value!r}")
        return number

    def choice(self, key: str, choices: AbcSequence[str], *, code: str = "schema") -> str | None:
        """Read one of a few words; the nearest is offered for a wrong one."""
        value = self.text(key)
        if value is None or value in choices:
            return value
        near = nearest(value, tuple(choices))
        remedy = f"did you mean {near!r}?" if near else None
        said = " | ".join(choices)
        self.report(key, code, f"{key!r} is {value!r}, not one of {said}", remedy=remedy)
        return None

    def flag(self, key: str) -> bool | None:
        """Read yes or no."""
        value = self.text(key)
        if value is None:
            return None
        if value.lower() not in _FLAGS:
            self.report(key, "schema", f"{key!r} must be yes or no: {value!r}")
            return None
        return _FLAGS[value.lower()]

    def strings(self, key: str) -> tuple[str, ...]:
        """Read a list of strings; one bare string is a list of one."""
        if (value := self._said(key)) is not None:
            return (value,)
        node = self.node(key)
        if node is None:
            return ()
        if isinstance(node, Scalar):
            return (node.value,)
        if isinstance(node, Sequence) and all(isinstance(item, Scalar) for item in node.items):
            return tuple(item.value for item in node.items if isinstance(item, Scalar))
        self.report(key, "schema", f"{key!r} must be a list of words")
        return ()

    def table(self, key: str) -> dict[str, str]:
        """Read a mapping of strings to strings."""
        inner = self.inner(key)
        if inner is None:
            return {}
        return {name: value for name in inner.keys if (value := inner.text(name)) is not None}

    def inner(self, key: str) -> Fields | None:
        """Read a mapping; None if absent or empty."""
        if self._lines and isinstance(lines := self._lines.values.get(key), Lines):
            self._asked.add(key)
            return Fields(self._source, lines, self._base)
        node = self.node(key)
        if node is None:
            return None
        if not isinstance(node, Mapping):
            self.report(key, "schema", f"{key!r} must hold lines of `key: value`")
            return None
        return Fields(self._source, node, self._base)

    def rows(self, key: str) -> list[Fields]:
        """Read a list of mappings."""
        node = self.node(key)
        if node is None:
            return []
        if not isinstance(node, Sequence):
            self.report(key, "schema", f"{key!r} must be a list")
            return []
        rows = []
        for item in node.items:
            if isinstance(item, Mapping):
                rows.append(Fields(self._source, item, self._base))
            else:
                place = self._base + item.start
                self._source.report("schema", f"each of {key!r} must have keys", place)
        return rows

    def extra(self) -> dict[str, Plain]:
        """Return the keys nobody asked for, with plain values: unknown keys are kept."""
        left = [key for key in self.keys if key not in self._asked]
        if self._lines:
            return {key: plain(self._made_node(key)) for key in left}
        return {key: plain(self._entries[key].value) for key in left}


def _empty(node: Scalar) -> bool:
    return node.start == node.end


def _is_integer(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 18


def _number(value: str) -> float | int | None:
    if _is_integer(value):
        return int(value)
    if not _NUMBER.fullmatch(value):
        return None
    number = float(value)
    return number if number < float("inf") else None
