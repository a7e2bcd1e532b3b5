"""Queries in their file: typed by hand under their tuples, or added by whoever wrote them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from casefiles.dataset import writing
from casefiles.documents.dataset import Query
from casefiles.documents.dataset_edit import Changes, query_row
from casefiles.documents.paths import QUERIES
from casefiles.documents.plan import Plan
from casefiles.errors import BadInputError
from casefiles.loop import desk
from casefiles.loop.dataset_files import changed, free_names, open_dataset
from casefiles.workspace.find import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was added."""

    plan: Plan
    """The change of queries.yaml."""
    new: tuple[Query, ...]
    """The queries added."""


def write_queries(
    workspace: Workspace, edit: Callable[[str], str], *, dry_run: bool = False
) -> Written:
    """Let a person type queries under the tuples in one buffer, and add them to queries.yaml.

    ``edit`` shows a text and returns what became of it. Raises BadInputError without tuples, or
    for a buffer in which a query stands under no tuple.
    """
    data = open_dataset(workspace).dataset
    if not data.used_tuples:
        raise BadInputError("there are no tuples yet", remedy="run `casefiles tuples` first")
    per_tuple = Counter(query.tuple_id for query in data.queries if query.keep is not False)
    buffer = writing.render_buffer(data.used_tuples, per_tuple)
    typed = writing.parse_buffer(edit(buffer), {item.id for item in data.tuples})
    return add_queries(
        workspace,
        [
            Query(id="", tuple_id=line.tuple_id, text=line.text, origin={"by": "human"})
            for line in typed
        ],
        dry_run=dry_run,
    )


def add_queries(
    workspace: Workspace,
    new: Sequence[Query],
    *,
    changes: Changes | None = None,
    dry_run: bool = False,
) -> Written:
    """Add queries under the next free ids, and change some that are there.

    The file is read anew: a long job may have begun hours ago. Changes of queries that are gone
    or decided by now are left out. Raises BadInputError if the file cannot be changed so.
    """
    known = open_dataset(workspace).dataset.queries
    undecided = {query.id for query in known if query.keep is None}
    wanted = {name: found for name, found in (changes or {}).items() if name in undecided}
    names = free_names("q", {query.id for query in known}, len(new), width=3)
    named = tuple(replace(query, id=name) for query, name in zip(new, names, strict=True))
    rows = [query_row(query) for query in named]
    plan = Plan(changes=(changed(workspace, QUERIES, changes=wanted, rows=rows),))
    return Written(plan=desk.carry_out(workspace, plan, dry_run=dry_run), new=named)
