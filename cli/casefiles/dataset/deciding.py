"""The buffer in which a person decides on many rows at once, in the style of ``git rebase -i``.

A word in front of each row's name says what happens to it; the row stands below, indented. Lines
of the tool start with ``#|``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from casefiles.dataset.writing import FOOT
from casefiles.errors import BadInputError
from casefiles.text.names import nearest
from casefiles.text.odd import inert, inert_line

Action = Literal["keep", "drop", "edit"]
_WORDS: Mapping[str, Action] = {
    "keep": "keep", "k": "keep", "drop": "drop", "d": "drop", "edit": "edit", "e": "edit",
}  # fmt: skip
_INDENT = "    "
_MARGIN = re.compile(r"\A(?:\t| {1,4})")
_HEAD = re.compile(r"(\w+)\s+(\S+)(?:\s+(.*))?")
_EDIT = "#|   edit {name}        change the text below it; the changed text is used\n"
_HELP = """\
#| One block a {what}. Change the word in front of its name, save and close.
#|   keep {name}        use it
#|   drop {name} WHY    do not use it; it stays on file with the reason
{edit}#| k, d and e are short for them. What you delete here stays undecided.
#| Lines that start with #| are ignored.
"""
_END = "#| Save and close to take these decisions; empty the file to take none.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What is to be decided on."""

    name: str
    """Its id."""
    text: str
    """What it says."""
    about: str = ""
    """What a person should know, on a line of its own above the first row that has it."""
    doubt: str = ""
    """Why it should be dropped; empty: nothing is said against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided."""

    name: str
    """The row."""
    keep: bool
    """Whether it is used."""
    why: str = ""
    """The reason they gave."""
    text: str | None = None
    """What it is to say from now on; None: what it said."""


def render_buffer(rows: Sequence[Row], *, what: str, editable: bool = True) -> str:
    """Write the buffer: doubted rows first, preset to be dropped, the others to be kept."""
    example = rows[0].name if rows else "x"
    edit = _EDIT.format(name=example) if editable else ""
    parts = [_HELP.format(what=what, name=example, edit=edit)]
    about = ""
    for row in sorted(rows, key=lambda row: not row.doubt):
        lines = [f"#| {inert_line(row.about)}\n"] if row.about != about else []
        about = row.about
        word = f"drop {row.name} {inert_line(row.doubt)}" if row.doubt else f"keep {row.name}"
        parts.append("".join([*lines, f"{word}\n", *_shown(row.text)]))
    return "\n".join([*parts, _END + FOOT])


def _shown(text: str) -> Iterator[str]:
    return (f"{_INDENT}{line}".rstrip(" ") + "\n" for line in inert(text).split("\n"))


def parse_buffer(
    text: str, rows: Sequence[Row], *, known: Collection[str] = (), editable: bool = True
) -> tuple[Decision, ...]:
    """Read the decisions, in the order of the buffer.

    ``known`` are names that may stand in it besides those of ``rows``, in an older draft. Raises
    BadInputError with the number of the line for what is no decision.
    """
    texts = {row.name: _read("".join(_shown(row.text))) for row in rows}
    found: dict[str, Decision] = {}
    for number, head, body in _blocks(text):
        word, name, why = _head(number, head, editable=editable)
        if name not in texts and name not in known:
            raise BadInputError(f"line {number}: there is nothing called {name!r} to decide on")
        if name in found:
            raise BadInputError(f"line {number}: {name} stands here twice")
        if word == "edit" and not body:
            message = f"line {number}: no text stands below {name}"
            raise BadInputError(message, remedy="write what it is to say, indented")
        changed = bool(body) and body != texts.get(name, body)
        if changed and word != "edit":
            raise BadInputError(
                f"line {number}: the text of {name} was changed",
                remedy=f"write `edit {name}` above it, or put the text back" if editable else None,
            )
        found[name] = Decision(
            name=name, keep=word != "drop", why=why, text=body if changed else None
        )
    return tuple(found.values())


def _blocks(text: str) -> Iterator[tuple[int, str, str]]:
    """Number of the line from 1, the line with the word, and the text below it."""
    head: tuple[int, str] | None = None
    body: list[str] = []
    for number, line in enumerate([*text.replace("\r\n", "\n").split("\n"), "end"], 1):
        if line.startswith("#|"):
            continue
        if not line.strip() or line[0] in " \t":
            if head is None and line.strip():
                raise BadInputError(f"line {number}: this text stands under no name: {line!r:.60}")
            body.append(line)
            continue
        if head is not None:
            yield *head, _read("\n".join(body))
        head, body = (number, line), []


def _read(body: str) -> str:
    """Take the indentation away, and blank lines around the text."""
    lines = [_MARGIN.sub("", line).rstrip() for line in body.split("\n")]
    return "\n".join(lines).strip("\n")


def _head(number: int, line: str, *, editable: bool) -> tuple[Action, str, str]:
    found = _HEAD.fullmatch(line.strip())
    word = _WORDS.get(found[1].lower()) if found else None
    if found is None or word is None:
        first = line.split(maxsplit=1)[0]
        near = nearest(first, ["keep", "drop", "edit"])
        remedy = f"did you mean {near!r}?" if near else "write keep, drop or edit, then the name"
        raise BadInputError(
            f"line {number}: {inert_line(first)!r:.60} decides nothing", remedy=remedy
        )
    if word == "edit" and not editable:
        raise BadInputError(
            f"line {number}: this cannot be edited here", remedy="edit it in its file"
        )
    return word, found[2], (found[3] or "").strip()
