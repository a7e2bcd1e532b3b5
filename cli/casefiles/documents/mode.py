"""One failure mode: a binary definition, where it came from, and evidence. A person's file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast, get_args

from casefiles.documents.fields import Fields, Source
from casefiles.documents.problem import Problem
from casefiles.documents.references import (
    Example,
    VersionedMode,
    parse_example,
    parse_versioned,
)
from casefiles.text import emit, front_matter
from casefiles.text.names import fold, is_safe_name, short_hash
from casefiles.text.yaml_tree import Plain

ModeStatus = Literal["active", "retired"]
STATUSES: tuple[ModeStatus, ...] = get_args(ModeStatus)
YES_EXAMPLES = "Yes examples"
NO_EXAMPLES = "No examples"
BORDERLINE = "Borderline"
MEMO = "Memo"
STUB = "…"
"""A definition that still holds this character was never completed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """When the answer is yes, and when it is no."""

    text: str
    """The lines as written, the first and last blank lines left out."""

    @property
    def is_complete(self) -> bool:
        """Whether both halves stand and nothing of the stub is left."""
        starts = [line.strip().lower() for line in self.text.split("\n")]
        has = [any(re.match(rf"{word} if\b", line) for line in starts) for word in ("yes", "no")]
        no_otherwise = any(line.startswith("no otherwise") for line in starts)
        return has[0] and (has[1] or no_otherwise) and STUB not in self.text

    @property
    def hash(self) -> str:
        """12 hexadecimal digits of the SHA-256 of the text, white space folded."""
        return short_hash(fold(self.text), length=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """A failure mode; its id is the file's name."""

    name: str
    """What people call it; behaviour, not cause."""
    status: ModeStatus = "active"
    """``retired`` modes are tombstones: they keep old references readable."""
    version: int = 1
    """Rises only when the meaning changes."""
    defined: str | None = None
    """Hash of the definition this version was given to; notices a hand edit."""
    group: str | None = None
    """Group of modes on the site."""
    key: str | None = None
    """Key in the review screen."""
    aliases: tuple[str, ...] = ()
    """Ids it had before."""
    merged_from: tuple[VersionedMode, ...] = ()
    """Modes (at their last version) merged into this one."""
    merged_into: VersionedMode | None = None
    """Where a retired mode went."""
    split_from: VersionedMode | None = None
    """The mode it was split off from."""
    split_into: tuple[VersionedMode, ...] = ()
    """The modes a retired mode was split into."""
    definition: Definition
    """The binary definition."""
    yes_examples: tuple[Example, ...] = ()
    """Evidence of yes."""
    no_examples: tuple[Example, ...] = ()
    """Evidence of no."""
    borderline: tuple[Example, ...] = ()
    """Hard cases and how they were decided."""
    memo: str = ""
    """Why it is as it is."""
    extra: Mapping[str, Plain] = field(default_factory=dict)
    """Keys this version does not know; kept."""
    example_lines: Mapping[Example, int] = field(default_factory=dict, compare=False)
    """Line of each example in the file, for messages."""

    @property
    def examples(self) -> tuple[Example, ...]:
        """All evidence, yes, no and borderline."""
        return self.yes_examples + self.no_examples + self.borderline


def parse(text: str, path: str) -> tuple[Mode | None, tuple[Problem, ...]]:
    """Read a mode; None if it cannot be relied on."""
    source = Source(path, text)
    fields, body = source.front()
    if fields is None:
        return None, tuple(source.problems)
    sections = _sections(text[body:], text.count("\n", 0, body) + 1)
    lines: dict[Example, int] = {}
    examples = {
        title: _examples(source, sections.get(title, []), lines)
        for title in (YES_EXAMPLES, NO_EXAMPLES, BORDERLINE)
    }
    mode = Mode(
        name=fields.text("name", required=True) or "",
        status=cast("ModeStatus", fields.choice("status", STATUSES) or "active"),
        version=fields.integer("version", least=1) or 1,
        defined=fields.text("defined"),
        group=fields.text("group"),
        key=fields.text("key"),
        aliases=_ids(fields, "aliases"),
        merged_from=_versioned(fields, "merged_from"),
        merged_into=_one(fields, "merged_into"),
        split_from=_one(fields, "split_from"),
        split_into=_versioned(fields, "split_into"),
        definition=Definition(text=_join(sections.get("", []))),
        yes_examples=examples[YES_EXAMPLES],
        no_examples=examples[NO_EXAMPLES],
        borderline=examples[BORDERLINE],
        memo=_join(sections.get(MEMO, [])),
        extra=fields.extra(),
        example_lines=lines,
    )
    return (None if source.broken else mode), tuple(source.problems)


def render(mode: Mode) -> str:
    """Write a new mode file. Changes of an existing one are spliced.

    A line of its prose that would read as a section gets a backslash in front.
    """
    keys: dict[str, emit.Emittable | None] = {
        "name": mode.name,
        "status": mode.status,
        "version": mode.version,
        "defined": mode.defined or mode.definition.hash,
        "group": mode.group,
        "key": mode.key,
        "aliases": list(mode.aliases),
        "merged_from": [str(source) for source in mode.merged_from],
        "merged_into": str(mode.merged_into) if mode.merged_into else None,
        "split_from": str(mode.split_from) if mode.split_from else None,
        "split_into": [str(child) for child in mode.split_into],
    }
    known = {key: value for key, value in keys.items() if value not in (None, [])}
    front = emit.block({**known, **mode.extra})
    blocks = [f"---\n{front}---\n{_prose(mode.definition.text)}"]
    for title, examples in (
        (YES_EXAMPLES, mode.yes_examples),
        (NO_EXAMPLES, mode.no_examples),
        (BORDERLINE, mode.borderline),
    ):
        if examples:
            blocks.append(f"## {title}\n" + "\n".join(f"- {example}" for example in examples))
    if mode.memo:
        blocks.append(f"## {MEMO}\n{_prose(mode.memo)}")
    return "\n\n".join(blocks) + "\n"


def _prose(text: str) -> str:
    return "\n".join(f"\\{line}" if section_title(line) else line for line in text.split("\n"))


def append_to_section(text: str, title: str, line: str) -> str:
    """Return a mode file's text with one line added at the end of a section (made if absent).

    It goes below the section's last line that is not blank; every other byte stays.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    at = _end_of_section(text, title)
    if at is not None:
        tail = text[at:] or newline
        return f"{text[:at]}{newline}{line}{tail}"
    if text and not text.endswith("\n"):
        text += newline
    gap = "" if not text or text.endswith(newline * 2) else newline
    return f"{text}{gap}## {title}{newline}{line}{newline}"


def _end_of_section(text: str, title: str) -> int | None:
    """Return the offset behind the last line of a section that is not blank, line end left out."""
    end: int | None = None
    at = front_matter.body_offset(text)
    for line in text[at:].split("\n"):
        heading = section_title(line)
        if end is None:
            end = at + len(line.rstrip("\r")) if heading == title else None
        elif heading is not None:
            break
        elif line.strip():
            end = at + len(line.rstrip("\r"))
        at += len(line) + 1
    return end


def section_title(line: str) -> str | None:
    """Return the title of a ``## Title`` line; None for any other line."""
    return line[3:].strip() or None if line.startswith(("## ", "##\t")) else None


_Lines = list[tuple[int, str]]


def _sections(body: str, first_line: int) -> dict[str, _Lines]:
    sections: dict[str, _Lines] = {"": []}
    title = ""
    for number, line in enumerate(body.replace("\r\n", "\n").split("\n"), first_line):
        if head := section_title(line):
            title = head
            sections.setdefault(title, [])
        else:
            sections[title].append((number, line))
    return sections


def _join(lines: _Lines) -> str:
    return "\n".join(line for _, line in lines).strip("\n").rstrip()


def _examples(source: Source, lines: _Lines, places: dict[Example, int]) -> tuple[Example, ...]:
    examples = []
    for number, line in lines:
        if not line.startswith("- "):
            continue
        example = parse_example(line[2:])
        if example is None:
            message = f"this example names no trace: {line[2:60]!r}"
            remedy = 'write for example `- round-1/q042 at 5: "quote"`'
            source.report_line("example", message, number, remedy=remedy)
        else:
            examples.append(example)
            places[example] = number
    return tuple(examples)


def _ids(fields: Fields, key: str) -> tuple[str, ...]:
    ids = fields.strings(key)
    for name in ids:
        if not is_safe_name(name):
            fields.report(key, "schema", f"{name!r} cannot be the id of a failure mode")
    return ids


def _versioned(fields: Fields, key: str) -> tuple[VersionedMode, ...]:
    found = [(text, parse_versioned(text)) for text in fields.strings(key)]
    for text, mode in found:
        if mode is None:
            fields.report(key, "schema", f"{key!r} must name modes like too-long@3: {text!r}")
    return tuple(mode for _, mode in found if mode is not None)


def _one(fields: Fields, key: str) -> VersionedMode | None:
    found = _versioned(fields, key)
    return found[0] if found else None
