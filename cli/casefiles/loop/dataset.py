"""The first dataset: dimensions, tuples that cover every feasible pair, queries by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from casefiles.dataset import tuples as covering
from casefiles.dataset import writing
from casefiles.documents import dataset_edit
from casefiles.documents.corpus import Corpus
from casefiles.documents.dataset import Query, Tuple
from casefiles.documents.paths import DIMENSIONS, QUERIES, TUPLES
from casefiles.documents.plan import Plan
from casefiles.errors import BadInputError
from casefiles.loop import desk
from casefiles.text.emit import Emittable
from casefiles.workspace.find import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueUse:
    """How often one value of a dimension is used."""

    dimension: str
    """The dimension."""
    value: str
    """The value."""
    weight: float
    """How common it is among users, relative to the other values."""
    tuples: int
    """Kept tuples with it."""
    queries: int
    """Used queries with it."""
    traces: int
    """Traces with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """What `tuples` did."""

    plan: Plan
    """The change of tuples.yaml."""
    new: tuple[Tuple, ...]
    """The tuples added."""
    total: int
    """Kept tuples, old and new."""
    covered: int
    """Feasible pairs of values that some kept tuple holds."""
    feasible: int
    """Pairs of values that the constraints allow."""
    infeasible: int
    """Pairs that they rule out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What `queries --write` did."""

    plan: Plan
    """The change of queries.yaml."""
    new: tuple[Query, ...]
    """The queries added."""


def value_uses(corpus: Corpus) -> tuple[ValueUse, ...]:
    """Count the use of every value of every dimension, in file order."""
    data = corpus.dataset
    kept = [item.values for item in data.tuples if item.keep is not False]
    used = [data.values_of(query) for query in data.queries if query.used]
    ran = [head.dimensions for head in corpus.traces.values()]
    counts = [
        Counter(pair for values in part for pair in values.items()) for part in (kept, used, ran)
    ]
    return tuple(
        ValueUse(
            dimension=dimension.name,
            value=value.name,
            weight=value.weight,
            tuples=counts[0][dimension.name, value.name],
            queries=counts[1][dimension.name, value.name],
            traces=counts[2][dimension.name, value.name],
        )
        for dimension in data.dimensions
        for value in dimension.values
    )


def cover(
    workspace: Workspace, *, count: int = 50, seed: int = 0, dry_run: bool = False
) -> Covered:
    """Add tuples until every feasible pair is covered, then up to ``count`` by weight.

    Tuples there are stay; dropped ones stay on file and cover nothing. Raises BadInputError
    without dimensions, or if a dataset file cannot be relied on.
    """
    corpus = desk.open_corpus(workspace)
    desk.insist(corpus, lambda path: path in (DIMENSIONS, TUPLES))
    data = corpus.dataset
    if not data.dimensions:
        raise BadInputError(
            "there are no dimensions yet",
            where=DIMENSIONS,
            remedy="name three or more there, then run `casefiles tuples` again",
        )
    found = covering.cover(
        data.dimensions,
        data.constraints,
        existing=[item.values for item in data.tuples if item.keep is not False],
        count=count,
        seed=seed,
    )
    names = _free_names("t", {item.id for item in data.tuples}, len(found.tuples), width=2)
    new = tuple(
        Tuple(id=name, values=values) for name, values in zip(names, found.tuples, strict=True)
    )
    plan = _appended(workspace, TUPLES, "tuples", [dataset_edit.tuple_row(item) for item in new])
    kept = sum(item.keep is not False for item in data.tuples)
    return Covered(
        plan=desk.carry_out(workspace, plan, dry_run=dry_run),
        new=new,
        total=kept + len(new),
        covered=found.covered,
        feasible=found.feasible,
        infeasible=found.infeasible,
    )


def write_queries(
    workspace: Workspace, edit: Callable[[str], str], *, dry_run: bool = False
) -> Written:
    """Let a person type queries under the tuples in one buffer, and add them to queries.yaml.

    ``edit`` shows a text and returns what became of it. Raises BadInputError without tuples, or
    for a buffer in which a query stands under no tuple.
    """
    corpus = desk.open_corpus(workspace)
    desk.insist(corpus, lambda path: path in (TUPLES, QUERIES))
    data = corpus.dataset
    kept = [item for item in data.tuples if item.keep is not False]
    if not kept:
        raise BadInputError("there are no tuples yet", remedy="run `casefiles tuples` first")
    per_tuple = Counter(query.tuple_id for query in data.queries if query.keep is not False)
    typed = writing.parse_buffer(
        edit(writing.render_buffer(kept, per_tuple)), {item.id for item in data.tuples}
    )
    names = _free_names("q", {query.id for query in data.queries}, len(typed), width=3)
    new = tuple(
        Query(id=name, tuple_id=line.tuple_id, text=line.text, origin={"by": "human"})
        for name, line in zip(names, typed, strict=True)
    )
    plan = _appended(workspace, QUERIES, "queries", [dataset_edit.query_row(q) for q in new])
    return Written(plan=desk.carry_out(workspace, plan, dry_run=dry_run), new=new)


def _free_names(prefix: str, taken: set[str], count: int, *, width: int) -> list[str]:
    """Return ids that go on behind the highest one: ``t07`` after ``t06``."""
    numbers = [int(name[1:]) for name in taken if name[:1] == prefix and name[1:].isdigit()]
    first = max(numbers, default=0) + 1
    return [f"{prefix}{number:0{width}d}" for number in range(first, first + count)]


def _appended(
    workspace: Workspace, path: str, key: str, rows: Sequence[dict[str, Emittable]]
) -> Plan:
    before = desk.read_text(workspace, path)
    if not rows:
        return Plan()
    try:
        after = dataset_edit.append_rows(before, key, rows)
    except ValueError as error:
        raise BadInputError(str(error), where=path, remedy="mend the file first") from error
    return Plan(changes=(desk.change(workspace, path, after),))
