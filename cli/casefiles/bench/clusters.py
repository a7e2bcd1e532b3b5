"""How near proposed groups come to gold ones: `python -m casefiles.bench.clusters FILE`.

FILE has one JSON object a line, `{"id": …, "text": …, "label": …}`. The number of groups is never
given, except to k-means. What is left over counts as groups of one in the measures of agreement.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from casefiles.bench.labelled import Labelled, read_labelled
from casefiles.bench.measures import LEFT_OVER, Figures, Labels, compared, kept_together, numbered
from casefiles.bench.open_set import OpenFigures, open_set
from casefiles.clusters.grouping import Embed, Observed, group_observations
from casefiles.errors import CasefilesError
from casefiles.models.embedding import minilm

_EDITS_HEADER = "moves+merges+new"
_TENTHS = 5
_NEW = 1 / 11
"""Share of the texts that are added: a tenth of those before."""


@click.command(name="python -m casefiles.bench.clusters")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--embed",
    type=click.Choice(["lexical", "minilm"]),
    default="lexical",
    show_default=True,
    help="minilm adds what the texts mean; its weights must be installed.",
)
@click.option(
    "--tighter",
    type=float,
    default=0.0,
    show_default=True,
    help="Above 0: more and smaller groups; below: fewer and larger ones.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of baselines and draws.")
def main(file: Path, embed: str, tighter: float, seed: int) -> None:
    """Group the texts of FILE and compare the groups with its labels.

    FILE holds one object a line: {"id": ..., "text": ..., "label": ...}. The last line of the
    output is one JSON object with all figures.
    """
    try:
        texts = read_labelled(file)
        port = _port(texts) if embed == "minilm" else None
    except CasefilesError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
    gold = numbered([text.label for text in texts])
    found = _groupings(texts, gold, port, tighter, seed)
    rows = {name: compared(gold, labels) for name, labels in found}
    kept, same = _stability(texts, port, tighter, seed)
    offered = open_set(texts, gold, port, seed)
    about = _about(texts, gold)
    click.echo("\n".join((*_table(about, rows), *_more(kept, same, offered))))
    figures = {
        "file": str(file),
        "embed": embed,
        "tighter": tighter,
        "seed": seed,
        **about,
        "rows": {name: asdict(row) for name, row in rows.items()},
        "stability": {"kept": kept, "same": same},
        "open_set": {name: asdict(row) for name, row in offered.items()} if offered else None,
    }
    click.echo(json.dumps(figures))


def _port(texts: Sequence[Labelled]) -> Embed:
    """MiniLM, each text computed once."""
    unique = sorted({text.text for text in texts})
    vectors = dict(zip(unique, minilm()(unique), strict=True))

    def embed(wanted: Sequence[str]) -> NDArray[np.float32]:
        return np.array([vectors[text] for text in wanted])

    return embed


def _about(texts: Sequence[Labelled], gold: Labels) -> dict[str, int]:
    """What the file holds."""
    sizes = np.bincount(gold)
    return {
        "texts": len(texts),
        "gold_groups": int((sizes > 1).sum()),
        "gold_one_offs": int((sizes == 1).sum()),
    }


def _groupings(
    texts: Sequence[Labelled], gold: Labels, embed: Embed | None, tighter: float, seed: int
) -> Iterator[tuple[str, Labels]]:
    """The proposal and what it has to beat, by name."""
    proposal = _proposed(texts, embed, tighter)
    yield "proposal", proposal
    yield "one cluster", np.zeros_like(gold)
    yield "random", np.random.default_rng(seed).permutation(proposal)
    if importlib.util.find_spec("sklearn"):
        count = len(np.unique(gold))
        yield "k-means, true k", _k_means([text.text for text in texts], count, seed)


def _proposed(texts: Sequence[Labelled], embed: Embed | None, tighter: float) -> Labels:
    """The groups that `propose` would make without a model."""
    observed = [Observed(ref=text.id, text=text.text) for text in texts]
    groups = group_observations(observed, embed, tighter=tighter).groups
    places = {one.ref: at for at, group in enumerate(groups) for one in group.members}
    return np.array([places.get(text.id, LEFT_OVER) for text in texts], dtype=np.int64)


def _stability(
    texts: Sequence[Labelled], embed: Embed | None, tighter: float, seed: int
) -> tuple[float, float]:
    """What becomes of pairs when a tenth more texts come: means of `kept_together` over draws."""
    numbers = np.random.default_rng(seed)
    whole = _proposed(texts, embed, tighter)
    shares = []
    for _ in range(_TENTHS):
        old = np.sort(numbers.permutation(len(texts))[round(_NEW * len(texts)) :])
        before = _proposed([texts[at] for at in old], embed, tighter)
        shares.append(kept_together(before, whole[old]))
    kept, same = np.mean(shares, axis=0)
    return round(float(kept), 4), round(float(same), 4)


def _k_means(texts: Sequence[str], count: int, seed: int) -> Labels:
    """scikit-learn's k-means over TF-IDF, told the number of groups."""
    vectors = importlib.import_module("sklearn.feature_extraction.text").TfidfVectorizer(
        token_pattern=r"\w+|[^\w\s]",  # noqa: S106 (a pattern, no password)
    )
    means = importlib.import_module("sklearn.cluster").KMeans(
        n_clusters=count, n_init=10, random_state=seed
    )
    return np.asarray(means.fit_predict(vectors.fit_transform(texts)), dtype=np.int64)


def _table(about: dict[str, int], rows: dict[str, Figures]) -> Iterator[str]:
    """The figures for people, a line a grouping."""
    yield "{texts} texts, {gold_groups} gold groups and {gold_one_offs} one-offs".format(**about)
    yield ""
    yield (
        f"{'':16}{'groups':>7}{'left over':>11}{'ARI':>7}{'AMI':>7}{'B3 P':>7}{'R':>6}{'F':>6}"
        f"{_EDITS_HEADER:>18}{'saved':>8}"
    )
    for name, row in rows.items():
        changes = f"{row.moves}+{row.merges}+{row.new_groups}"
        saved = "-" if row.effort_saved is None else f"{row.effort_saved:.2f}"
        yield (
            f"{name:16}{row.groups:>7}{row.left_over:>11.0%}{row.ari:>7.2f}{row.ami:>7.2f}"
            f"{row.precision:>7.2f}{row.recall:>6.2f}{row.f1:>6.2f}{changes:>18}{saved:>8}"
        )


def _more(kept: float, same: float, offered: dict[str, OpenFigures] | None) -> Iterator[str]:
    """The figures on stability and on the open-set task."""
    yield ""
    yield (
        f"A tenth more texts: {kept:.0%} of the pairs stay together, "
        f"{same:.0%} of the pairs of either time are the same."
    )
    if offered is None:
        return
    yield ""
    yield "Existing mode or none of these, three in ten modes unknown:"
    yield f"{'':18}{'top 1':>7}{'top 3':>7}{'right':>7}{'forced':>8}{'new modes surfaced':>20}"
    for name, row in offered.items():
        yield (
            f"{name:18}{row.top1:>7.2f}{row.top3:>7.2f}{row.accuracy:>7.2f}{row.forced:>8.2f}"
            f"{row.surfaced:>20.2f}"
        )


if __name__ == "__main__":
    main()
