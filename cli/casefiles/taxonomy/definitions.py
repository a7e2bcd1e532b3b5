"""Binary definitions: when the answer is yes and when it is no, put together and insisted on."""

from __future__ import annotations

import re

from casefiles.documents.mode import STUB, Definition
from casefiles.taxonomy.working_copy import RefusedError
from casefiles.text.names import fold

_BLANK_LINES = re.compile(r"\n\s*\n\s*\n")
_HEADING = re.compile(r"^#{1,6}\s", re.MULTILINE)
_YES, _NO = "Yes if", "No if"
_START = re.compile(r"\s*(yes|no)\s+(?:if\b|otherwise)", re.IGNORECASE)


def defined(yes_if: str, no_if: str) -> Definition:
    """Write a definition from its halves, with or without `Yes if` and `No if` before them.

    A half that is empty is left out; ``otherwise`` makes `No otherwise.`
    """
    halves = (_half(_YES, yes_if), _half(_NO, no_if))
    return Definition(text="\n".join(half for half in halves if half))


def amended(definition: Definition, yes_if: str, no_if: str) -> Definition:
    """Replace the halves that are given; the lines of a half that is empty stay as they are."""
    given = {"yes": _half(_YES, yes_if), "no": _half(_NO, no_if)}
    halves: dict[str, list[str]] = {"": [], "yes": [], "no": []}
    at = ""
    for line in definition.text.split("\n"):
        start = _START.match(line)
        at = start[1].lower() if start else at
        halves[at].append(line)
    kept = [given.get(half) or "\n".join(lines) for half, lines in halves.items()]
    return tidy(Definition(text="\n".join(text for text in kept if text.strip())))


def tidy(definition: Definition) -> Definition:
    """Leave out blank lines around a definition, and more than one at a time within."""
    return Definition(text=_BLANK_LINES.sub("\n\n", definition.text).strip("\n"))


def insist_complete(definition: Definition) -> None:
    """Raise RefusedError, saying what lacks, unless both halves of a definition stand."""
    text = definition.text
    if _HEADING.search(text):
        message = "a definition holds no headings"
    elif definition.is_complete:
        return
    elif not text.strip():
        message = "there is no definition"
    elif STUB in text:
        message = f"the definition is not completed: it still holds {STUB!r}"
    else:
        message = "the definition lacks a half"
    remedy = "write a line that starts with `Yes if` and one that starts with `No if`"
    raise RefusedError("definition", message, remedy=remedy)


def _half(start: str, text: str) -> str:
    text = fold(text)
    if not text:
        return ""
    if text.rstrip(".").lower() in ("otherwise", "no otherwise"):
        return "No otherwise."
    if text.lower().startswith(f"{start.lower()} "):
        text = text[len(start) + 1 :]
    return f"{start} {text}" if text.endswith((".", "!", "?")) else f"{start} {text}."
