"""The records of a file: JSON, a list of records, an envelope around one, or a record a line.

One bad record is a `Failure` with its line; the records around it are still read. The file is
taken as a sequence of JSON values (RFC 8259) with blanks between them, which covers JSON, JSON
lines (https://jsonlines.org) and indented records one after the other. Lines end at a line feed
only: U+2028 and its like may stand inside JSON strings.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

from casefiles.spans.foreign_json import DECODER, DEEPEST
from casefiles.spans.json_text import is_deeper

ENVELOPES = ("data", "records", "rows", "traces", "runs", "events", "samples", "conversations")
"""Keys under which an export may keep its list of records."""

_BLANK = re.compile(r"[ \t\r\n]*")
_TOO_DEEP = f"nested more than {DEEPEST} levels deep"
_NEXT_RECORD = re.compile(r"\n(?=[\[{])")
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
_CLOSED_BY = {"{": "}", "[": "]"}
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
"""What Python puts for bytes that are not UTF-8; a JSON escape is ASCII in the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One JSON value of a file."""

    line: int
    """The line it starts on, counted from 1."""
    value: Any
    """What it says (`casefiles.spans.foreign_json`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A record that cannot be read."""

    line: int
    """The line that is wrong, counted from 1."""
    why: str
    """What is wrong with it, for a person; never the record's own text."""


Found = Record | Failure
IsWhole = Callable[[Any], bool]
"""Tells of a value whether it is a record by itself, be it a list or hold lists of objects."""


def records(content: bytes, *, is_whole: IsWhole = lambda _: False) -> Iterator[Found]:
    """Yield the records of a file's content, gzipped or not, in order."""
    text = decoded(content)
    if text is None:
        kind = "a zip archive" if content.startswith(b"PK\x03\x04") else "no text"
        yield Failure(line=1, why=f"{kind}: a file of JSON or JSON lines (.gz or not) is wanted")
        return
    yield from _Reader(text, is_whole).sequence()


def decoded(content: bytes) -> str | None:
    """Return a file's text, gzipped or not; None if it is none."""
    try:
        return _decoded(content)
    except (UnicodeDecodeError, EOFError, OSError, zlib.error):
        return None


def _decoded(content: bytes) -> str:
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    if content.startswith(b"PK\x03\x04"):
        raise EOFError
    encoding = json.detect_encoding(content)
    # A byte that is not UTF-8 spoils its own record, not the file.
    return content.decode(encoding, "surrogateescape" if encoding.startswith("utf-8") else "strict")


class _Reader:
    """Walks through a text, value by value."""

    def __init__(self, text: str, is_whole: IsWhole) -> None:
        self.text = text
        self.is_whole = is_whole
        self.counted = (0, 1)  # an offset, and the line it is on

    def sequence(self) -> Iterator[Found]:
        at = self.behind_blank(0)
        while at < len(self.text):
            at = self.behind_blank((yield from self.value(at)))

    def value(self, at: int) -> Generator[Found, None, int]:
        """Read what starts at an offset; return the offset behind it."""
        if self.text[at] == "[":
            return (yield from self.elements(at))
        found, end = self.decode(at)
        key = self.envelope(found.value) if isinstance(found, Record) else None
        if key is not None:
            yield from self.elements(self.member(at, key))
        else:
            yield found
        return end or self.next_record(at)

    def elements(self, at: int) -> Generator[Found, None, int]:
        """Read a list: one record if it is a conversation, else a record an element."""
        start = at
        at = self.behind_blank(at + 1)
        if self.is_conversation(at):
            found, end = self.decode(start)
            yield found
            return end or self.next_record(start)
        while at < len(self.text) and self.text[at] != "]":
            found, end = self.decode(at)
            yield found
            at = self.behind_blank(end or self.behind_brackets(at) or self.next_record(at))
            following = self.text[at : at + 1]
            if following == ",":
                at = self.behind_blank(at + 1)
            elif end and following not in {"]", "{", "["}:  # a missing comma loses nothing
                yield self.failure(at, "the list of records breaks off here")
                at = self.next_record(at)
        return at + 1

    def is_conversation(self, at: int) -> bool:
        """Whether a list whose first element stands here is one record."""
        found, _ = self.decode(at)
        return isinstance(found, Record) and self.is_whole([found.value])

    def envelope(self, value: Any) -> str | None:
        """The key under which an object keeps records, if it is no record itself."""
        if not isinstance(value, dict):
            return None
        for key in ENVELOPES:
            inside = value.get(key)
            if not (isinstance(inside, list) and inside) or self.is_whole(inside):
                continue
            around = {name: other for name, other in value.items() if name != key}
            if all(isinstance(item, dict | list) for item in inside) and not self.is_whole(around):
                return key
        return None

    def member(self, at: int, key: str) -> int:
        """The offset of a key's value in the sound object at an offset; the last one counts."""
        place = at
        at = self.behind_blank(at + 1)
        while self.text[at] != "}":
            name, at = DECODER.raw_decode(self.text, at)
            at = self.behind_blank(self.behind_blank(at) + 1)  # over the colon
            place = at if name == key else place
            _, at = DECODER.raw_decode(self.text, at)
            at = self.behind_blank(at)
            at = self.behind_blank(at + 1) if self.text[at] == "," else at
        return place

    def decode(self, at: int) -> tuple[Found, int]:
        """Decode the value at an offset: it and the offset behind it, or a failure and 0."""
        try:
            value, end = DECODER.raw_decode(self.text, at)
        except json.JSONDecodeError as error:
            return self.failure(error.pos, f"not JSON: {error.msg.lower()}"), 0
        except RecursionError:
            return self.failure(at, _TOO_DEEP), 0
        except ValueError:  # Python's own limit on the digits of an integer
            return self.failure(at, "it holds a number of thousands of digits"), 0
        if _NOT_UTF8.search(self.text, at, end):
            return self.failure(at, "not UTF-8"), end
        if is_deeper(value, DEEPEST):
            return self.failure(at, _TOO_DEEP), end
        return Record(line=self.line(at), value=value), end

    def failure(self, at: int, why: str) -> Failure:
        return Failure(line=self.line(at), why=why)

    def line(self, at: int) -> int:
        counted, line = self.counted if self.counted[0] <= at else (0, 1)
        line += self.text.count("\n", counted, at)
        self.counted = (at, line)
        return line

    def behind_blank(self, at: int) -> int:
        blank = _BLANK.match(self.text, at)
        assert blank  # it matches nothing, too
        return blank.end()

    def next_record(self, at: int) -> int:
        """Where the next record of JSON lines may start, after what cannot be read."""
        found = _NEXT_RECORD.search(self.text, at)
        return found.end() if found else len(self.text)

    def behind_brackets(self, at: int) -> int:
        """The offset behind the brackets opened here; 0 if they do not match."""
        if self.text[at] not in _CLOSED_BY:
            return 0
        awaited: list[str] = []
        for token in _TOKEN.finditer(self.text, at):
            if token[0] in _CLOSED_BY:
                awaited.append(_CLOSED_BY[token[0]])
            elif not token[0].startswith('"') and awaited.pop() != token[0]:
                return 0
            if not awaited:
                return token.end()
        return 0
