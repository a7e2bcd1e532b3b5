"""`casefiles queries`."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

import click

from casefiles.commands import output
from casefiles.commands.asking import Allowed, limits
from casefiles.commands.options import Options, common
from casefiles.errors import BadInputError

if TYPE_CHECKING:
    from casefiles.documents.dataset import Query

Method = Literal["model", "prompt"]


@click.command("queries", epilog="Example: casefiles queries --method model --count 100")
@click.option("--write", is_flag=True, help="Write queries in the editor, under their tuples.")
@click.option("--review", is_flag=True, help="Keep, drop or edit the undecided ones in the editor.")
@click.option(
    "--method",
    type=click.Choice(["model", "prompt"]),
    help="Let a model write them: over its API, or with a prompt to paste into any chat.",
)
@click.option(
    "--answers",
    type=click.File("r", encoding="utf-8", errors="replace"),
    metavar="FILE",
    help="What the chat replied to the prompt (- reads it from stdin).",
)
@click.option(
    "--from",
    "table",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Bring in queries of a CSV, TSV, JSON or JSONL file, with their kinds of use.",
)
@click.option("--text", metavar="PATH", help="Where a row of that file has the query.")
@click.option(
    "--dimension",
    "dimensions",
    multiple=True,
    metavar="NAME=PATH",
    help="Where it has a dimension, such as persona=meta.persona; may be repeated.",
)
@click.option("--filter", "only_filter", is_flag=True, help="Only ask which ones are unrealistic.")
@click.option(
    "--count",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="Queries in use to have in all.",
)
@click.option("--multi-turn", is_flag=True, help="Ask for a persona plan with each query.")
@click.option(
    "--batch",
    type=click.IntRange(1, 20),
    default=1,
    show_default=True,
    help="Tuples in one request.",
)
@limits
@common(writes=True)
def command(  # noqa: PLR0913  one argument an option
    options: Options,
    method: Method | None,
    answers: IO[str] | None,
    allowed: Allowed,
    *,
    table: Path | None,
    text: str | None,
    dimensions: tuple[str, ...],
    count: int,
    batch: int,
    write: bool,
    review: bool,
    only_filter: bool,
    multi_turn: bool,
) -> None:
    """List the queries, write new ones by hand or by a model, and decide on them.

    Queries stand in traces/dataset/queries.yaml. A model writes them for the tuples that have the
    fewest; near-duplicates are refused, and a second pass says in `doubt` which ones look
    unrealistic. `keep: yes` or `keep: no` is a person's word: what has neither `keep: no` nor a
    `doubt` is used. Stopped at any moment, the same command goes on; no answer is paid for twice.
    """
    from casefiles.commands import queries_model

    if sum((write, review, answers is not None, method is not None, table is not None)) > 1:
        raise BadInputError("choose one of --write, --review, --method, --answers and --from")
    if table is not None:
        from casefiles.commands import queries_import

        queries_import.command(options, table, text=text, dimensions=dimensions)
    elif write:
        _write(options)
    elif review:
        _review(options)
    elif answers is not None:
        queries_model.take(options, answers.read(), only_filter=only_filter)
    elif method == "prompt":
        queries_model.prompt(options, count=count, plans=multi_turn, only_filter=only_filter)
    elif method == "model" or only_filter:
        queries_model.ask(
            options,
            allowed,
            count=count,
            plans=multi_turn,
            batch=batch,
            only_filter=only_filter,
        )
    else:
        _list(options)


def _write(options: Options) -> None:
    from casefiles.loop import queries
    from casefiles.loop.buffers import edited

    workspace = options.workspace
    with edited(workspace, "queries.txt", tell=output.story) as edit:
        found = queries.write_queries(workspace, edit, dry_run=options.dry_run)
    if options.json:
        output.document({"new": [document(query) for query in found.new]})
        return
    if options.dry_run:
        output.diff(found.plan)
    output.result(f"{output.plural(len(found.new), 'query', 'queries')} added")
    output.next_step("casefiles run", "send them through the application", quiet=options.quiet)


def _review(options: Options) -> None:
    from casefiles.commands.deciding import agree, print_decided
    from casefiles.loop.buffers import edited
    from casefiles.loop.decide import decide_queries

    workspace = options.workspace
    with edited(workspace, "queries-review.txt", tell=output.story) as edit:
        found = decide_queries(workspace, edit, agree=agree(options), dry_run=options.dry_run)
    print_decided(found, options, step=("casefiles run", "send them through the application"))


def _list(options: Options) -> None:
    from casefiles.loop.dataset_files import open_dataset

    queries = open_dataset(options.workspace).dataset.queries
    if options.json:
        output.document({"queries": [document(query) for query in queries]})
        return
    rows = [(q.id, q.tuple_id or "–", _state(q), q.text) for q in queries]
    if rows:
        output.table(
            [("query", "left"), ("tuple", "left"), ("state", "left"), ("text", "left")], rows
        )
    used = sum(query.used for query in queries)
    waiting = sum(query.waits for query in queries)
    said = f"{used} of {output.plural(len(queries), 'query', 'queries')} used"
    output.result(f"{said}, {waiting} wait for a decision" if waiting else said)
    if waiting:
        output.next_step("casefiles queries --review", "decide on them", quiet=options.quiet)
    elif not queries:
        step = "casefiles queries --write"
        output.next_step(step, "write one for each tuple", quiet=options.quiet)


def document(query: Query) -> dict[str, object]:
    """Return a query for machines."""
    return {
        "id": query.id,
        "tuple": query.tuple_id,
        "text": query.text,
        "used": query.used,
        "keep": query.keep,
        "why": query.why,
        "doubt": query.doubt,
        "origin": dict(query.origin),
        "plan": query.plan is not None,
    }


def _state(query: Query) -> str:
    if query.keep is not None:
        return "kept" if query.keep else "dropped"
    return "doubted" if query.doubt is not None else "used"
