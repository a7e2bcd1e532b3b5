"""`casefiles queries`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from casefiles.commands import output
from casefiles.commands.options import Options, common

if TYPE_CHECKING:
    from casefiles.documents.dataset import Query


@click.command("queries", epilog="Example: casefiles queries --write")
@click.option("--write", is_flag=True, help="Write queries in the editor, under their tuples.")
@common(writes=True)
def command(options: Options, *, write: bool) -> None:
    """List the queries, or write new ones by hand.

    Queries stand in traces/dataset/queries.yaml. One with `keep: no` is not used; `why` says why.
    """
    if write:
        _write(options)
    else:
        _list(options)


def _write(options: Options) -> None:
    from casefiles.loop import dataset
    from casefiles.loop.buffers import edited

    workspace = options.workspace
    with edited(workspace, "queries.txt", tell=output.story) as edit:
        found = dataset.write_queries(workspace, edit, dry_run=options.dry_run)
    if options.json:
        output.document({"new": [_document(query) for query in found.new]})
        return
    if options.dry_run:
        output.diff(found.plan)
    output.result(f"{output.plural(len(found.new), 'query', 'queries')} added")
    output.next_step("casefiles run", "send them through the application", quiet=options.quiet)


def _list(options: Options) -> None:
    from casefiles.loop import desk

    corpus = desk.open_corpus(options.workspace)
    desk.insist(corpus, lambda path: path.startswith("traces/dataset/"))
    queries = corpus.dataset.queries
    if options.json:
        output.document({"queries": [_document(query) for query in queries]})
        return
    rows = [(q.id, q.tuple_id or "–", _state(q), q.text) for q in queries]
    if rows:
        output.table(
            [("query", "left"), ("tuple", "left"), ("state", "left"), ("text", "left")], rows
        )
    used = sum(query.used for query in queries)
    waiting = sum(query.keep is None and query.doubt is not None for query in queries)
    said = f"{used} of {output.plural(len(queries), 'query', 'queries')} used"
    output.result(f"{said}, {waiting} wait for a decision" if waiting else said)
    if not queries:
        step = "casefiles queries --write"
        output.next_step(step, "write one for each tuple", quiet=options.quiet)


def _document(query: Query) -> dict[str, object]:
    return {
        "id": query.id,
        "tuple": query.tuple_id,
        "text": query.text,
        "used": query.used,
        "keep": query.keep,
        "doubt": query.doubt,
    }


def _state(query: Query) -> str:
    if query.keep is not None:
        return "kept" if query.keep else "dropped"
    return "doubted" if query.doubt is not None else "used"
