"""Changes of a mode file that a person wrote: only the bytes concerned, the rest as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from casefiles.documents.mode import MEMO, Definition, append_to_section
from casefiles.documents.references import VersionedMode
from casefiles.errors import BadInputError
from casefiles.text import front_matter
from casefiles.text.emit import Emittable, scalar

_HEADING = re.compile(r"^##[^\S\n]+\S", re.MULTILINE)


def with_keys(text: str, **keys: Emittable) -> str:
    """Set keys of the front matter, in the order given.

    Raises BadInputError if that is impossible without touching what else a person wrote.
    """
    try:
        return front_matter.set_keys(text, {(key,): value for key, value in keys.items()})
    except ValueError as error:
        remedy = "write the front matter as plain lines of `key: value` first"
        raise BadInputError(str(error), remedy=remedy) from error


def without_key(text: str, key: str) -> str:
    """Remove a key of the front matter.

    Raises BadInputError if that is impossible without touching what else a person wrote.
    """
    try:
        return front_matter.remove_key(text, (key,))
    except ValueError as error:
        remedy = f"remove the key {key!r} by hand"
        raise BadInputError(str(error), remedy=remedy) from error


def with_version(text: str, version: int, stamp: str) -> str:
    """Set the version and, on the line after it, the hash of the definition it is given to.

    The two lines stand together so that two branches which both redefine a mode conflict.
    """
    text = with_keys(text, version=version)
    front, _ = front_matter.read(text)
    assert front is not None
    assert front.root is not None
    if front.root.get("defined") is not None or front.root.flow:
        return with_keys(text, defined=stamp)
    entry = next(entry for entry in front.root.entries if entry.key.value == "version")
    line_start = text.rfind("\n", 0, front.start + entry.key.start) + 1
    indent = text[line_start : front.start + entry.key.start]
    after = text.index("\n", front.start + entry.value.end) + 1
    line = f"{indent}defined: {scalar(stamp)}{_newline(text)}"
    return text[:after] + line + text[after:]


def with_definition(text: str, definition: Definition) -> str:
    """Replace the definition, which stands between the front matter and the first heading."""
    start = front_matter.body_offset(text)
    heading = _HEADING.search(text, start)
    end = heading.start() if heading else len(text)
    old = text[start:end]
    newline = _newline(text)
    written = definition.text.replace("\n", newline)
    if not old.strip():
        return text[:start] + written + newline + (newline if heading else "") + text[end:]
    lead = len(old) - len(old.lstrip())
    return text[: start + lead] + written + text[start + len(old.rstrip()) :]


def with_memo(text: str, line: str) -> str:
    """Add a line to the memo."""
    return append_to_section(text, MEMO, line)


def listed(modes: Sequence[VersionedMode]) -> list[str]:
    """Write modes as a key of the front matter holds them."""
    return [str(mode) for mode in modes]


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
