"""`casefiles queries --from FILE`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from casefiles.commands import output
from casefiles.commands.options import Options
from casefiles.errors import BadInputError
from casefiles.text.names import shorten

if TYPE_CHECKING:
    from casefiles.loop.queries_import import Imported

_MOST = 10


def command(options: Options, file: Path, *, text: str | None, dimensions: Sequence[str]) -> None:
    """Add the queries of a file, and say what came with them."""
    from casefiles.loop.queries_import import Columns, import_queries

    columns = Columns(text=text, dimensions=_paths(dimensions))
    found = import_queries(options.workspace, file, columns=columns, dry_run=options.dry_run)
    if options.json:
        output.document(_document(found))
        return
    if options.dry_run:
        output.diff(found.plan)
    _print(found)
    output.next_step(
        "casefiles status --coverage", "see which kinds of use they cover", quiet=options.quiet
    )


def _paths(given: Sequence[str]) -> dict[str, list[str]]:
    paths: dict[str, list[str]] = {}
    for pair in given:
        name, equals, path = pair.partition("=")
        if not (name and equals and path):
            remedy = "for example persona=meta.persona"
            raise BadInputError(f"--dimension {pair!r} is not NAME=PATH", remedy=remedy)
        paths.setdefault(name, []).append(path)
    return paths


def _print(found: Imported) -> None:
    for line in found.failed[:_MOST]:
        output.story(line)
    if len(found.failed) > _MOST:
        output.story(f"… and {len(found.failed) - _MOST} more rows that could not be used")
    for text, like in found.alike[:_MOST]:
        output.story(f"nearly the same: {shorten(text, 90)!r} and {shorten(like, 90)!r}")
    added = (
        output.plural(found.queries, "query", "queries"),
        output.plural(found.tuples, "tuple"),
        output.plural(found.dimensions, "dimension"),
        output.plural(found.values, "value"),
    )
    output.result(f"added: {', '.join(added)}")
    for count, what in (
        (found.repeated, "left out, being there already"),
        (len(found.alike), "nearly repeat another (all the same added)"),
        (found.redacted, "secrets or personal data hidden"),
        (len(found.failed), "rows that could not be used"),
    ):
        if count:
            output.result(f"{count} {what}")


def _document(found: Imported) -> dict[str, object]:
    return {
        "queries": found.queries,
        "tuples": found.tuples,
        "dimensions": found.dimensions,
        "values": found.values,
        "repeated": found.repeated,
        "alike": [{"text": text, "like": like} for text, like in found.alike],
        "redacted": found.redacted,
        "failed": list(found.failed),
    }
