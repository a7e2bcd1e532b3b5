"""A proposal: what the tool (or a person) suggests for the taxonomy, edited before it is accepted.

The headings are the commands, run from top to bottom; moving, ticking and deleting lines is the
whole interface. A ticked line of an accepted proposal is a code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, cast, get_args

from casefiles.documents.fields import Source
from casefiles.documents.mode import Definition, section_title
from casefiles.documents.problem import Problem
from casefiles.documents.references import LabelRef, ObservationRef, parse_item
from casefiles.text import emit
from casefiles.text.names import fold, slug
from casefiles.text.odd import replace_odd
from casefiles.text.yaml_tree import Plain

KIND = "proposal/1"
ProposalStatus = Literal["open", "accepted", "rejected"]
STATUSES: tuple[ProposalStatus, ...] = get_args(ProposalStatus)
Verb = Literal["new", "add", "merge", "split", "redefine", "retire", "rename", "left over"]
VERBS: tuple[Verb, ...] = get_args(Verb)
_BOX = re.compile(r"\[([ xX])\]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line under a heading."""

    reference: ObservationRef | LabelRef
    """What it cites."""
    ticked: bool
    """Whether it is to become a code; a line without a box is not."""
    boxed: bool = True
    """Whether the line has a tick box."""
    line: int = field(default=0, compare=False)
    """Line in the file, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One command of a proposal with its lines."""

    verb: Verb
    """What to do."""
    names: tuple[str, ...] = ()
    """What it is done with: the name of a new mode, ids for the other verbs."""
    into: tuple[str, ...] = ()
    """What stands behind the arrow of merge, split and rename."""
    definition: Definition = field(default_factory=lambda: Definition(text=""))
    """The prose below the heading."""
    items: tuple[Item, ...] = ()
    """The lines, in order."""
    children: tuple[Section, ...] = ()
    """The ``###`` parts of a split, each with verb ``new``."""
    line: int = field(default=0, compare=False)
    """Line of the heading, from 1."""

    @property
    def mode(self) -> str:
        """Id of the mode this section codes for; empty for split and left over."""
        if self.verb == "new":
            return slug(self.names[0], fallback="mode")
        if self.verb in ("merge", "rename"):
            return self.into[0]
        return self.names[0] if self.verb in ("add", "redefine", "retire") else ""

    @property
    def key(self) -> str:
        """The key of this section in ``applied``."""
        return f"{self.verb} {self.mode}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposal file."""

    status: ProposalStatus = "open"
    """open, accepted (its ticked lines are codes) or rejected."""
    method: str | None = None
    """How it was made: ``embedded/lexical``, ``model``, …"""
    model: str | None = None
    """Which model, if any."""
    prompt_sha256: str | None = None
    """Hash of the prompts, if any."""
    basis: Mapping[str, Plain] = field(default_factory=dict)
    """What it was made from: counts of observations and reviewed traces, ``forced``."""
    applied: Mapping[str, str] = field(default_factory=dict)
    """Section key to ``mode@version``, written by accept."""
    intro: str = ""
    """Prose above the first section."""
    sections: tuple[Section, ...] = ()
    """The commands, in order."""
    extra: Mapping[str, Plain] = field(default_factory=dict)
    """Keys this version does not know; kept."""

    @property
    def items(self) -> tuple[Item, ...]:
        """All lines, those under the parts of a split included, in order."""
        parts = (part for section in self.sections for part in (section, *section.children))
        return tuple(item for part in parts for item in part.items)


def parse(text: str, path: str) -> tuple[Proposal | None, tuple[Problem, ...]]:
    """Read a proposal; None if it cannot be relied on."""
    source = Source(path, text)
    fields, body = source.front()
    if fields is None:
        return None, tuple(source.problems)
    kind = fields.text("kind", required=True)
    if kind is not None and kind != KIND:
        fields.report("kind", "kind", f"kind is {kind!r}, this version reads {KIND!r}")
    reader = _Reader(source)
    first = text.count("\n", 0, body) + 1
    for number, line in enumerate(text[body:].replace("\r\n", "\n").split("\n"), first):
        reader.take(line, number)
    reader.end_section()
    basis = fields.inner("basis")
    proposal = Proposal(
        status=cast("ProposalStatus", fields.choice("status", STATUSES) or "open"),
        method=fields.text("method"),
        model=fields.text("model"),
        prompt_sha256=fields.text("prompt_sha256"),
        basis=basis.extra() if basis else {},
        applied=fields.table("applied"),
        intro="\n".join(reader.intro).strip("\n"),
        sections=tuple(reader.sections),
        extra=fields.extra(),
    )
    return (None if source.broken else proposal), tuple(source.problems)


def render(proposal: Proposal) -> str:
    """Write a new proposal. Changes of an existing one are spliced.

    Names are put on one line; a line of prose that would read as a heading or as an item gets a
    backslash in front. Raises ValueError for a section without a name.
    """
    keys: dict[str, emit.Emittable | None] = {
        "kind": KIND,
        "status": proposal.status,
        "method": proposal.method,
        "model": proposal.model,
        "prompt_sha256": proposal.prompt_sha256,
        "basis": {key: _count(value) for key, value in proposal.basis.items()},
        "applied": proposal.applied,
    }
    known = {key: value for key, value in keys.items() if value not in (None, {})}
    blocks = [f"---\n{emit.block({**known, **proposal.extra})}---"]
    if proposal.intro:
        blocks.append(_prose(proposal.intro))
    blocks += [_section(section, "##") for section in proposal.sections]
    return "\n\n".join(blocks) + "\n"


def _count(value: Plain) -> emit.Emittable:
    """Counts and flags are written bare; they read back as the strings all scalars are."""
    if value in ("yes", "no"):
        return value == "yes"
    if isinstance(value, str) and value.isascii() and value.isdigit() and str(int(value)) == value:
        return int(value)
    return value


def heading(section: Section) -> str:
    """Write a section's command without the number signs."""
    if section.verb == "left over":
        return section.verb
    names = " + ".join(map(_name, section.names))
    arrow = f" -> {' + '.join(section.into)}" if section.into else ""
    return f"{section.verb}: {names}{arrow}"


def _name(text: str) -> str:
    name = fold(replace_odd(text))
    if not name:
        raise ValueError("a section of a proposal needs a name")
    return name


def _section(section: Section, marks: str) -> str:
    title = _name(section.names[0]) if marks == "###" else heading(section)
    parts = [f"{marks} {title}"]
    if section.definition.text:
        parts[0] += f"\n{_prose(section.definition.text)}"
    if section.items:
        parts.append("\n".join(map(_item, section.items)))
    if not section.definition.text and section.items:
        parts = ["\n".join(parts)]
    parts += [_section(child, "###") for child in section.children]
    return "\n\n".join(parts)


def _prose(text: str) -> str:
    """Write prose so that no line of it is taken for a heading or an item."""
    return "\n".join(f"\\{line}" if _is_grammar(line) else line for line in text.split("\n"))


def _is_grammar(line: str) -> bool:
    return bool(section_title(line) or _part_title(line) or _bullet(line))


def _part_title(line: str) -> str | None:
    return section_title(line[1:]) if line.startswith("#") else None


def _bullet(line: str) -> str | None:
    """Return what stands behind a list marker; None if the line has none.

    Indented or with another marker it is still an item: as prose it would vanish from the codes.
    """
    stripped = line.strip()
    behind = stripped[1:]
    if stripped[:1] not in ("-", "*", "+") or not behind.startswith((" ", "\t", "[")):
        return None
    return behind.lstrip() or None


def _item(item: Item) -> str:
    box = f"[{'x' if item.ticked else ' '}] " if item.boxed else ""
    return f"- {box}{item.reference}"


class _Reader:
    """Collects sections line by line."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.sections: list[Section] = []
        self.intro: list[str] = []
        self.head: Section | None = None
        self.child: Section | None = None
        self.children: list[Section] = []
        self.prose: list[str] = []
        self.items: list[Item] = []
        self.skipping = False  # under a heading that could not be read

    def take(self, line: str, number: int) -> None:
        if (child := _part_title(line)) and self.head is not None:
            self.end_child()
            self.child = Section(verb="new", names=(child,), line=number)
        elif title := section_title(line):
            self.end_section()
            self.head = self.command(title, number)
            self.skipping = self.head is None
        elif self.head is None:
            if not self.skipping:
                self.intro.append(line)
        elif text := _bullet(line):
            self.item(text, number)
        else:
            self.prose.append(line)

    def command(self, text: str, number: int) -> Section | None:
        section = parse_command(text)
        if section is None:
            message = f"this heading is no command: {text!r}"
            remedy = f"it must start with one of {', '.join(VERBS)}, as in `## new: Too long`"
            self.source.report_line("proposal-heading", message, number, remedy=remedy)
            return None
        return Section(verb=section.verb, names=section.names, into=section.into, line=number)

    def item(self, text: str, number: int) -> None:
        box = _BOX.match(text)
        reference = parse_item(text[box.end() :] if box else text)
        if reference is None:
            message = f"this line cites no observation: {text[:60]!r}"
            remedy = 'write for example `- [x] ana:round-1/q042#1 "its text"`'
            self.source.report_line("proposal-line", message, number, remedy=remedy)
            return
        ticked = box is not None and box[1] != " "
        self.items.append(
            Item(reference=reference, ticked=ticked, boxed=box is not None, line=number)
        )

    def end_child(self) -> None:
        if self.child is not None:
            self.children.append(self.filled(self.child))
        elif self.head is not None:
            self.head = self.filled(self.head)
        self.prose, self.items, self.child = [], [], None

    def end_section(self) -> None:
        self.end_child()
        if self.head is not None:
            self.sections.append(replace(self.head, children=tuple(self.children)))
        self.head, self.children = None, []

    def filled(self, section: Section) -> Section:
        definition = Definition(text="\n".join(self.prose).strip("\n").rstrip())
        return replace(section, definition=definition, items=tuple(self.items))


def parse_command(text: str) -> Section | None:
    """Read a heading such as ``merge: a + b -> c``; None if it is no command."""
    verb, colon, rest = text.partition(":")
    verb = verb.strip().lower()
    if verb == "left over":
        return Section(verb="left over")
    if not colon or verb not in VERBS or not rest.strip():
        return None
    if verb == "new":  # its name may hold anything
        return Section(verb=verb, names=(rest.strip(),))
    source, arrow, target = rest.partition("->")
    into = _words(target)
    names = _words(source) if verb == "merge" else (source.strip(),)
    needs = {"merge": len(into) == 1, "split": len(into) >= 2, "rename": len(into) == 1}
    if not names or not names[0] or not needs.get(verb, not arrow):
        return None
    return Section(verb=verb, names=names, into=into)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split("+") if word.strip())
