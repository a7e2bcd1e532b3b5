"""How near a grouping comes to gold groups: agreement, and the edits that are left to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]
"""The group of each text, a number from 0, or `LEFT_OVER`."""
Counts = NDArray[np.int64]

LEFT_OVER = -1


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


def kept_together(before: Labels, after: Labels) -> tuple[float, float]:
    """What becomes of the pairs that are together when more texts are grouped.

    Both say where the same texts are. The first share is of the pairs together before, those
    still together; the second of the pairs together at any time, those together both times.
    """
    was, now = (_together(one_offs_apart(labels)) for labels in (before, after))
    both = float((was & now).sum())
    return both / max(1.0, float(was.sum())), both / max(1.0, float((was | now).sum()))


def _together(labels: Labels) -> NDArray[np.bool_]:
    """For each pair of texts whether they are together."""
    same: NDArray[np.bool_] = labels[:, None] == labels[None, :]
    return same[np.triu_indices(len(labels), 1)]


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
