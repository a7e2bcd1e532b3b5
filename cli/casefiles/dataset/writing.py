"""The buffer in which a person writes queries: a commented line per tuple, queries under it.

Lines of the tool start with ``#|``, so that a query may start with ``#`` ("#1042 is late").
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from casefiles.documents.dataset import Tuple
from casefiles.errors import BadInputError
from casefiles.text.odd import inert_line

_TUPLE = re.compile(r"#\|\s*(\S+):.*")
_HELP = """\
#| Write one query, or several, under each tuple, as that user would really type it.
#| A blank line stands between two queries; a query may have several lines.
#| Lines that start with #| are ignored. Save and close to add the queries.
"""
FOOT = "#|\n" * 5
"""The end of every buffer: an editor obeys commands ("modelines") in the last five lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """One query as it was typed."""

    tuple_id: str
    """The tuple it stands under."""
    text: str
    """What was typed, line breaks kept."""


def render_buffer(tuples: Sequence[Tuple], per_tuple: Mapping[str | None, int]) -> str:
    """Write the empty buffer: tuples with the fewest queries first."""
    ordered = sorted(tuples, key=lambda item: per_tuple.get(item.id, 0))
    blocks = [_HELP]
    for item in ordered:
        count = per_tuple.get(item.id, 0)
        has = f"   ({count} so far)" if count else ""
        blocks.append(f"#| {item.id}: {values_of(item)}{has}\n\n")
    return "\n".join([*blocks, FOOT])


def values_of(item: Tuple) -> str:
    """``feature = return, persona = child``, on one line whatever the values hold."""
    values = (f"{dimension} = {value}" for dimension, value in item.values.items())
    return inert_line(", ".join(values))


def parse_buffer(text: str, known: Collection[str]) -> tuple[Typed, ...]:
    """Read what was typed. Raises BadInputError for a query that stands under no known tuple."""
    typed: list[Typed] = []
    current: str | None = None
    lines: list[str] = []
    for number, line in enumerate([*text.replace("\r\n", "\n").split("\n"), ""], 1):
        if line.startswith("#|"):
            _flush(typed, current, lines)
            found = _TUPLE.fullmatch(line)
            current = found[1] if found and found[1] in known else current
        elif line.strip():
            if current is None:
                message = f"line {number}: this query stands under no tuple: {line[:60]!r}"
                raise BadInputError(message, remedy="move it below a line such as `#| t01: …`")
            lines.append(line.rstrip())
        else:
            _flush(typed, current, lines)
    return tuple(typed)


def _flush(typed: list[Typed], current: str | None, lines: list[str]) -> None:
    if lines and current is not None:
        typed.append(Typed(tuple_id=current, text="\n".join(lines)))
    lines.clear()
