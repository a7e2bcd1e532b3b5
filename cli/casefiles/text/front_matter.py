"""Split a Markdown file into front matter and body, and change single keys of the front matter.

A file begins with a line ``---``; the front matter ends at the next such line. A change splices
only the bytes of the value it sets, so comments, spacing, order and line endings of a file that
a person wrote stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as AbcMapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from casefiles.text import emit, splice
from casefiles.text.splice import SpliceError, content_end
from casefiles.text.yaml_lines import Lines, read_lines
from casefiles.text.yaml_tree import Fault, Mapping, nodes_of, parse_yaml, plain

if TYPE_CHECKING:
    from frontmatter.default_handlers import YAMLHandler

__all__ = [
    "FrontMatter",
    "SpliceError",
    "body_offset",
    "content_end",
    "read",
    "remove_key",
    "set_key",
    "set_keys",
]

_BOM = "\ufeff"
_OPEN = re.compile(r"\ufeff?---[ \t]*\r?\n")
_CLOSE = re.compile(r"^---[ \t]*(?:\r?\n|\Z)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """Where the two halves of a file are. Offsets count characters of the whole text."""

    start: int
    """First character of the YAML (behind the opening line)."""
    end: int
    """First character of the closing line."""
    body: int
    """First character of the body."""
    keys: Mapping | Lines | None
    """The parsed keys, their offsets relative to ``start``; None if there are none."""

    @property
    def root(self) -> Mapping | None:
        """The keys as nodes of YAML, as edits need them."""
        return nodes_of(self.keys) if isinstance(self.keys, Lines) else self.keys


@cache
def _handler() -> YAMLHandler:
    """python-frontmatter's handler, strict and with positions."""
    from frontmatter.default_handlers import YAMLHandler

    class StrictHandler(YAMLHandler):
        """Splits at whole ``---`` lines only, and loads strings with their places."""

        FM_BOUNDARY = _CLOSE

        def detect(self, text: str) -> bool:
            return _OPEN.match(text) is not None

        def split(self, text: str) -> tuple[str, str]:
            opened = _OPEN.match(text)
            closed = _CLOSE.search(text, opened.end()) if opened else None
            if opened is None or closed is None:
                return "", text
            return text[opened.end() : closed.start()], text[closed.end() :]

        def load(self, fm: str, **kwargs: object) -> dict[str, Any]:
            del kwargs
            node, fault = parse_yaml(fm)
            values = plain(node)
            return values if fault is None and isinstance(values, dict) else {}

    return StrictHandler()


def read(text: str) -> tuple[FrontMatter | None, Fault | None]:
    """Find and parse the front matter. None and no fault: the file has none.

    A fault's offset counts characters of the whole text.
    """
    opened = _OPEN.match(text)
    if opened is None:
        return None, None
    if (simple := _simple(text, opened.end())) is not None:
        return simple, None
    yaml_text, body = _handler().split(text)
    if len(body) == len(text):
        message = "the front matter is not closed by a line with only ---"
        return None, Fault(code="front-matter", message=message, offset=0)
    root, fault = parse_yaml(yaml_text)
    if fault is not None:
        return None, _moved(fault, opened.end())
    if root is not None and not isinstance(root, Mapping):
        message = "the front matter must be lines of `key: value`"
        return None, Fault(code="front-matter", message=message, offset=opened.end())
    return FrontMatter(
        start=opened.end(),
        end=opened.end() + len(yaml_text),
        body=len(text) - len(body),
        keys=root,
    ), None


def _simple(text: str, start: int) -> FrontMatter | None:
    """Read front matter that can mean only one thing without importing a YAML reader."""
    closed = _CLOSE.search(text, start)
    lines = read_lines(text[start : closed.start()]) if closed else None
    if closed is None or lines is None:
        return None
    return FrontMatter(start=start, end=closed.start(), body=closed.end(), keys=lines)


def body_offset(text: str) -> int:
    """Return where the body starts without parsing the keys (0 if there is no front matter)."""
    opened = _OPEN.match(text)
    closed = _CLOSE.search(text, opened.end()) if opened else None
    return closed.end() if closed else 0


def _moved(fault: Fault, by: int) -> Fault:
    return Fault(code=fault.code, message=fault.message, offset=fault.offset + by)


def set_key(text: str, path: tuple[str, ...], value: emit.Emittable) -> str:
    """Return the text with one key (or a key inside mappings) set; every other byte stays.

    ``path`` is the key and the keys inside it, outermost first. What is missing is appended to
    its mapping; a file without front matter gets one; a list that ``value`` only continues is
    continued. Raises SpliceError (a ValueError) when the front matter cannot be read, a step of
    the path is no mapping, or a comment would be lost.
    """
    front = _readable(text)
    newline = "\r\n" if "\r\n" in text[: text.find("\n") + 1] else "\n"
    if front is None:
        mark = _BOM if text.startswith(_BOM) else ""
        written = splice.set_in("", None, path, value, newline=newline)
        return f"{mark}---{newline}{written}---{newline}{text[len(mark) :]}"
    yaml_text = text[front.start : front.end]
    changed = splice.set_in(yaml_text, front.root, path, value, newline=newline)
    return text[: front.start] + changed + text[front.end :]


def set_keys(text: str, values: AbcMapping[tuple[str, ...], emit.Emittable]) -> str:
    """Set several keys, one after another, in the order given."""
    for path, value in values.items():
        text = set_key(text, path, value)
    return text


def remove_key(text: str, path: tuple[str, ...]) -> str:
    """Return the text without the lines of one key; the text as it is if the key is absent.

    A mapping goes with its last key. Only keys of block mappings (one a line) can be removed;
    raises SpliceError (a ValueError) otherwise, and when the front matter cannot be read.
    """
    front = _readable(text)
    if front is None:
        return text
    changed = splice.remove_in(text[front.start : front.end], front.root, path)
    return text[: front.start] + changed + text[front.end :]


def _readable(text: str) -> FrontMatter | None:
    front, fault = read(text)
    if fault is not None:
        line = text.count("\n", 0, fault.offset) + 1
        raise SpliceError(f"{fault.message} (line {line})", remedy="mend the front matter first")
    return front
