"""How near proposed groups come to gold ones: `python -m casefiles.bench.clusters FILE`.

FILE has one JSON object a line, `{"id": …, "text": …, "label": …}`. The number of groups is never
given. What is left over counts as groups of one in the measures of agreement.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from casefiles.clusters.grouping import TIGHTNESS, Observed, group_observations
from casefiles.errors import BadInputError, CasefilesError

Labels = NDArray[np.int64]
"""The group of each text, a number from 0, or `LEFT_OVER`."""
Counts = NDArray[np.int64]

LEFT_OVER = -1
_TEXTS_A_GROUP = 10
_SHAPE = 'each line is {"id": "…", "text": "…", "label": "…"}'
_UNIQUE = "give each text an id of its own"
_EDITS_HEADER = "moves+merges+new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A text with its gold group."""

    id: str
    """What tells it from the others."""
    text: str
    """What is grouped."""
    label: str
    """Its gold group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """What a person does to make one grouping into another."""

    moves: int
    """Texts put into another group, or filed if left over, or left over if filed."""
    merges: int
    """Groups joined to another one."""
    new_groups: int
    """Groups that had to be opened."""

    @property
    def total(self) -> int:
        """All of them, each counting one."""
        return self.moves + self.merges + self.new_groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One row of the table. Shares and coefficients are rounded to 4 places."""

    groups: int
    """Groups proposed, one-offs not counted."""
    left_over: float
    """Share of texts in no group."""
    ari: float
    """Adjusted Rand index: 0 for chance, 1 for the gold groups."""
    ami: float
    """Adjusted mutual information: 0 for chance, 1 for the gold groups."""
    precision: float
    """B-cubed precision: share of a text's group that is of its gold group, mean over texts."""
    recall: float
    """B-cubed recall: share of a text's gold group that is in its group, mean over texts."""
    f1: float
    """Harmonic mean of the two."""
    moves: int
    """Texts to move to reach the gold groups."""
    merges: int
    """Groups to merge."""
    new_groups: int
    """Groups to open."""
    effort_saved: float | None
    """1 - edits / edits when nothing is grouped yet; None if there is nothing to group."""


@click.command(name="python -m casefiles.bench.clusters")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--embed", type=click.Choice(["lexical"]), default="lexical", show_default=True)
@click.option("--tightness", type=float, default=TIGHTNESS, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the random baselines.")
def main(file: Path, embed: str, tightness: float, seed: int) -> None:
    """Group the texts of FILE and compare the groups with its labels.

    FILE holds one object a line: {"id": ..., "text": ..., "label": ...}. The last line of the
    output is one JSON object with all figures.
    """
    try:
        texts = read_labelled(file)
    except CasefilesError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
    gold = numbered([text.label for text in texts])
    rows = {name: compared(gold, found) for name, found in _groupings(texts, gold, tightness, seed)}
    sizes = np.bincount(gold)
    about = {"texts": len(texts), "gold_groups": int((sizes > 1).sum())}
    about["gold_one_offs"] = int((sizes == 1).sum())
    options = {"file": str(file), "embed": embed, "tightness": tightness, "seed": seed}
    figures = {name: asdict(row) for name, row in rows.items()}
    click.echo("\n".join(_table(about, rows)))
    click.echo(json.dumps({**options, **about, "rows": figures}))


def read_labelled(file: Path) -> list[Labelled]:
    """The texts of a JSONL file; raises BadInputError with `path:line` at the first bad one."""
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise BadInputError(f"cannot be read: {error.strerror}", where=str(file)) from error
    texts: dict[str, Labelled] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{file}:{number}"
        text = _labelled(line, where=where)
        if text.id in texts:
            raise BadInputError(f"id {text.id!r} is there twice", where=where, remedy=_UNIQUE)
        texts[text.id] = text
    if not texts:
        raise BadInputError("no texts", where=str(file), remedy=_SHAPE)
    return list(texts.values())


def numbered(labels: Sequence[str]) -> Labels:
    """Labels as numbers from 0 in the order of the labels."""
    return np.unique(np.array(labels, dtype=object), return_inverse=True)[1].astype(np.int64)


def compared(gold: Labels, found: Labels) -> Figures:
    """All figures of one grouping against the gold one."""
    apart = one_offs_apart(found)
    precision, recall = b_cubed(gold, apart)
    needed = edits(gold, found)
    by_hand = edits(gold, np.full_like(gold, LEFT_OVER)).total
    return Figures(
        groups=len(np.unique(found[found != LEFT_OVER])),
        left_over=round(float((found == LEFT_OVER).mean()), 4),
        ari=round(adjusted_rand(gold, apart), 4),
        ami=round(adjusted_mutual_information(gold, apart), 4),
        precision=round(precision, 4),
        recall=round(recall, 4),
        f1=round(2 * precision * recall / (precision + recall), 4),
        moves=needed.moves,
        merges=needed.merges,
        new_groups=needed.new_groups,
        effort_saved=round(1 - needed.total / by_hand, 4) if by_hand else None,
    )


def one_offs_apart(found: Labels) -> Labels:
    """A grouping in which every text that was left over is a group of its own."""
    apart = found.copy()
    alone = found == LEFT_OVER
    apart[alone] = found.max(initial=LEFT_OVER) + 1 + np.arange(alone.sum())
    return apart


def contingency(gold: Labels, found: Labels) -> Counts:
    """How many texts each pair of a found group (row) and a gold group (column) shares."""
    rows, columns = (np.unique(labels, return_inverse=True)[1] for labels in (found, gold))
    table = np.zeros((rows.max(initial=-1) + 1, columns.max(initial=-1) + 1), dtype=np.int64)
    np.add.at(table, (rows, columns), 1)
    return table


def adjusted_rand(gold: Labels, found: Labels) -> float:
    """The Rand index corrected for chance (Hubert & Arabie 1985), 1 for the same groups."""
    table = contingency(gold, found)
    both = _pairs(table)
    of_found, of_gold = _pairs(table.sum(axis=1)), _pairs(table.sum(axis=0))
    expected = of_found * of_gold / max(1.0, _pairs(table.sum()))
    highest = (of_found + of_gold) / 2
    return 1.0 if highest == expected else (both - expected) / (highest - expected)


def adjusted_mutual_information(gold: Labels, found: Labels) -> float:
    """Mutual information corrected for chance (Vinh, Epps & Bailey 2010), 1 for the same groups.

    It is scaled by the arithmetic mean of the two entropies.
    """
    table = contingency(gold, found)
    of_found, of_gold = table.sum(axis=1), table.sum(axis=0)
    highest = (_entropy(of_found) + _entropy(of_gold)) / 2
    mutual = _entropy(of_found) + _entropy(of_gold) - _entropy(table[table > 0])
    expected = _expected_mutual_information(of_found, of_gold)
    same = len(of_found) == len(of_gold) == np.count_nonzero(table)
    return 1.0 if same else (mutual - expected) / (highest - expected)


def b_cubed(gold: Labels, found: Labels) -> tuple[float, float]:
    """B-cubed precision and recall (Bagga & Baldwin 1998), means over the texts."""
    table = contingency(gold, found).astype(np.float64)
    squares = table**2
    precision = (squares / table.sum(axis=1, keepdims=True)).sum() / table.sum()
    recall = (squares / table.sum(axis=0, keepdims=True)).sum() / table.sum()
    return float(precision), float(recall)


def edits(gold: Labels, found: Labels) -> Edits:
    """What it takes to reach the gold groups, each found group standing for its commonest one.

    A gold group of one is a one-off: right if left over, and nothing has to be opened for it.
    """
    sizes = np.bincount(gold)
    in_group = sizes[gold] > 1
    filed = found != LEFT_OVER
    table = np.zeros((found.max(initial=LEFT_OVER) + 1, len(sizes)), dtype=np.int64)
    np.add.at(table, (found[filed & in_group], gold[filed & in_group]), 1)
    kept = table.max(axis=1, initial=0)
    stands_for = table.argmax(axis=1)[kept > 0]
    reached = len(np.unique(stands_for))
    return Edits(
        moves=int(filed.sum() - kept.sum() + (~filed & in_group).sum()),
        merges=len(stands_for) - reached,
        new_groups=int((sizes > 1).sum()) - reached,
    )


def _labelled(line: bytes, *, where: str) -> Labelled:
    """One line of the file; raises BadInputError if it is not of the expected shape."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"not JSON: {error}", where=where, remedy=_SHAPE) from error
    if not isinstance(record, dict):
        raise BadInputError("not a JSON object", where=where, remedy=_SHAPE)
    for key in ("id", "text", "label"):
        if not isinstance(record.get(key), str) or not record[key].strip():
            raise BadInputError(f"{key!r} is not a text", where=where, remedy=_SHAPE)
    return Labelled(id=record["id"], text=record["text"], label=record["label"])


def _groupings(
    texts: Sequence[Labelled], gold: Labels, tightness: float, seed: int
) -> Iterator[tuple[str, Labels]]:
    """The proposal and what it has to beat, by name."""
    proposal = _proposed(texts, tightness)
    yield "proposal", proposal
    yield "one cluster", np.zeros_like(gold)
    yield "random", np.random.default_rng(seed).permutation(proposal)
    if importlib.util.find_spec("sklearn"):
        yield "k-means n/10", _k_means([text.text for text in texts], seed)


def _proposed(texts: Sequence[Labelled], tightness: float) -> Labels:
    """The groups that `propose` would make without a model."""
    observed = [Observed(ref=text.id, text=text.text) for text in texts]
    groups = group_observations(observed, tightness=tightness).groups
    places = {one.ref: at for at, group in enumerate(groups) for one in group.members}
    return np.array([places.get(text.id, LEFT_OVER) for text in texts], dtype=np.int64)


def _k_means(texts: Sequence[str], seed: int) -> Labels:
    """scikit-learn's k-means over TF-IDF with a tenth as many groups as texts."""
    vectors = importlib.import_module("sklearn.feature_extraction.text").TfidfVectorizer(
        token_pattern=r"\w+|[^\w\s]",  # noqa: S106 (a pattern, no password)
    )
    means = importlib.import_module("sklearn.cluster").KMeans(
        n_clusters=max(1, len(texts) // _TEXTS_A_GROUP), n_init=10, random_state=seed
    )
    return np.asarray(means.fit_predict(vectors.fit_transform(texts)), dtype=np.int64)


def _table(about: dict[str, int], rows: dict[str, Figures]) -> Iterator[str]:
    """The figures for people, a line a grouping."""
    yield "{texts} texts, {gold_groups} gold groups and {gold_one_offs} one-offs".format(**about)
    yield ""
    yield (
        f"{'':14}{'groups':>7}{'left over':>11}{'ARI':>7}{'AMI':>7}{'B3 P':>7}{'R':>6}{'F':>6}"
        f"{_EDITS_HEADER:>18}{'saved':>8}"
    )
    for name, row in rows.items():
        changes = f"{row.moves}+{row.merges}+{row.new_groups}"
        saved = "-" if row.effort_saved is None else f"{row.effort_saved:.2f}"
        yield (
            f"{name:14}{row.groups:>7}{row.left_over:>11.0%}{row.ari:>7.2f}{row.ami:>7.2f}"
            f"{row.precision:>7.2f}{row.recall:>6.2f}{row.f1:>6.2f}{changes:>18}{saved:>8}"
        )


def _pairs(counts: Counts) -> float:
    """How many pairs can be made inside each count, added up."""
    return float((counts * (counts - 1) // 2).sum())


def _entropy(counts: Counts) -> float:
    """The entropy in nats of a split into these counts."""
    shares = counts / counts.sum()
    return float(-(shares * np.log(shares)).sum())


def _expected_mutual_information(rows: Counts, columns: Counts) -> float:
    """The mean mutual information, in nats, of random splits into groups of these sizes."""
    total = int(rows.sum())
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, total + 1)))])
    expected = 0.0
    for row, row_times in zip(*np.unique(rows, return_counts=True), strict=True):
        for column, column_times in zip(*np.unique(columns, return_counts=True), strict=True):
            shared = np.arange(max(1, row + column - total), min(row, column) + 1)
            chance = np.exp(
                log_factorial[[row, column, total - row, total - column]].sum()
                - log_factorial[total]
                - log_factorial[shared]
                - log_factorial[row - shared]
                - log_factorial[column - shared]
                - log_factorial[total - row - column + shared]
            )
            information = shared / total * np.log(total * shared / (row * column))
            expected += row_times * column_times * float((information * chance).sum())
    return expected


if __name__ == "__main__":
    main()
