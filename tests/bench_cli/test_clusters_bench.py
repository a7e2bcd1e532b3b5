"""Tests of casefiles.bench.clusters."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from casefiles.bench.clusters import main
from casefiles.bench.measures import (
    LEFT_OVER,
    Edits,
    Labels,
    adjusted_mutual_information,
    adjusted_rand,
    b_cubed,
    compared,
    edits,
    kept_together,
    numbered,
    one_offs_apart,
)

ROWS = [
    ("a1", "refunds without asking the user first", "unasked"),
    ("a2", "refunds the shoe without asking first", "unasked"),
    ("b1", "answers in English to a Spanish question", "language"),
    ("b2", "replies in English to a Spanish question", "language"),
    ("c1", "the link is dead", "dead link"),
]


def labels(*numbers: int) -> Labels:
    """Group numbers as an array."""
    return np.array(numbers, dtype=np.int64)


def written(folder: Path, *lines: str) -> Path:
    """A file with these lines."""
    file = folder / "notes.jsonl"
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


def example(folder: Path) -> Path:
    """The example rows as a file."""
    return written(
        folder, *(json.dumps({"id": i, "text": t, "label": label}) for i, t, label in ROWS)
    )


def test_adjusted_rand_by_hand() -> None:
    """Two halves against one half and two single texts, from the counts of pairs."""
    gold, found = labels(0, 0, 1, 1), labels(0, 0, 1, 2)
    # 2 gold pairs, 1 found pair, 1 shared; expected 2 * 1 / 6, highest (2 + 1) / 2.
    assert adjusted_rand(gold, found) == pytest.approx((1 - 1 / 3) / (3 / 2 - 1 / 3))


def test_adjusted_mutual_information_by_hand() -> None:
    """Two halves against one half and two single texts, with the expectation counted out."""
    gold, found = labels(0, 0, 1, 1), labels(0, 0, 1, 2)
    # The found pair falls into one gold half in 2 of 6 draws (information ln 2), and is split over
    # both in 4 of 6: then cells 1, 1 of the pair and 1, 1 single: ln 2 / 2 in all.
    expected = math.log(2) * (2 / 6 * 1 + 4 / 6 * 0.5)
    highest = (math.log(2) + 1.5 * math.log(2)) / 2
    by_hand = (math.log(2) - expected) / (highest - expected)
    assert adjusted_mutual_information(gold, found) == pytest.approx(by_hand)


def test_b_cubed_by_hand() -> None:
    """Found {0,1,2}, {3} for gold {0,1}, {2,3}: precision 2/3, 2/3, 1/3, 1; recall 1, 1, ½, ½."""
    precision, recall = b_cubed(labels(0, 0, 1, 1), labels(0, 0, 0, 1))
    assert precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert recall == pytest.approx(3 / 4)


def test_edits_by_hand() -> None:
    """One text to move, one left over to file, two groups to merge, one group to open."""
    gold = labels(0, 0, 0, 0, 0, 1, 1, 2, 2, 3)
    found = labels(0, 0, 0, 1, 1, 1, LEFT_OVER, LEFT_OVER, LEFT_OVER, LEFT_OVER)
    # Groups 0 and 1 both stand for gold 0 (merge); text 5 moves, 6, 7 and 8 are filed; gold 1 and
    # 2 are opened; text 9 is a one-off and rightly left over.
    assert edits(gold, found) == Edits(moves=4, merges=1, new_groups=2)


def test_a_group_of_one_offs_only_is_dissolved() -> None:
    """Two one-offs in one group are two moves, and nothing is opened for them."""
    assert edits(labels(0, 1, 2, 2), labels(0, 0, 1, 1)) == Edits(moves=2, merges=0, new_groups=0)


def test_effort_saved_compares_with_filing_everything() -> None:
    """By hand 5 texts are filed in 2 new groups, 7 edits; one move instead saves 6/7."""
    row = compared(labels(0, 0, 1, 1, 1), labels(0, 0, 1, 1, LEFT_OVER))
    assert (row.moves, row.merges, row.new_groups) == (1, 0, 0)
    assert row.effort_saved == pytest.approx(1 - 1 / 7, abs=1e-4)


def test_with_one_offs_only_there_is_no_effort_to_save() -> None:
    """A share of nothing is None, not a division by zero."""
    assert compared(labels(0, 1), labels(LEFT_OVER, LEFT_OVER)).effort_saved is None


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_the_gold_groups_themselves_are_perfect(numbers: list[int]) -> None:
    """Every coefficient is 1 and nothing is left to do, whatever the groups are called."""
    gold = numbered([str(number) for number in numbers])
    sizes = np.bincount(gold)
    row = compared(gold, np.where(sizes[gold] > 1, gold.max() - gold, LEFT_OVER))
    assert (row.ari, row.ami, row.f1) == (1, 1, 1)
    assert (row.moves, row.merges, row.new_groups) == (0, 0, 0)
    assert row.effort_saved in (1, None)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 4)), min_size=1, max_size=30))
def test_figures_stay_in_their_ranges(pairs: list[tuple[int, int]]) -> None:
    """Agreement is at most 1, shares lie between 0 and 1, edits are not negative."""
    gold = numbered([str(one) for one, _ in pairs])
    row = compared(gold, labels(*(other for _, other in pairs)))
    assert max(row.ari, row.ami) <= 1
    assert all(0 <= share <= 1 for share in (row.left_over, row.precision, row.recall, row.f1))
    assert min(row.moves, row.merges, row.new_groups) >= 0


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30))
def test_agreement_does_not_depend_on_which_side_is_gold(pairs: list[tuple[int, int]]) -> None:
    """ARI and AMI are symmetric; precision one way is recall the other way."""
    one, other = (numbered([str(pair[side]) for pair in pairs]) for side in (0, 1))
    assert adjusted_rand(one, other) == pytest.approx(adjusted_rand(other, one))
    assert adjusted_mutual_information(one, other) == pytest.approx(
        adjusted_mutual_information(other, one), abs=1e-9
    )
    assert b_cubed(one, other) == pytest.approx(b_cubed(other, one)[::-1])


def test_what_is_left_over_counts_as_groups_of_one() -> None:
    """Each text left over gets a number that no other text has."""
    apart = one_offs_apart(labels(LEFT_OVER, 0, 0, LEFT_OVER))
    assert len(np.unique(apart)) == 3


def test_kept_pairs_by_hand() -> None:
    """Of three pairs before, one is left; a new one makes four that were together at any time."""
    before, after = labels(0, 0, 0, LEFT_OVER), labels(0, 0, 1, 1)
    assert kept_together(before, after) == (1 / 3, 1 / 4)


def test_two_texts_left_over_are_not_together() -> None:
    """What is left over is nobody's pair."""
    assert kept_together(labels(LEFT_OVER, LEFT_OVER), labels(0, 0)) == (0, 0)


def test_the_last_line_holds_all_figures(tmp_path: Path) -> None:
    """The table is for people; the last line is JSON with the same rows."""
    done = subprocess.run(
        [sys.executable, "-m", "casefiles.bench.clusters", str(example(tmp_path))],
        capture_output=True,
        text=True,
        check=True,
    )
    table, last = done.stdout.rstrip("\n").rsplit("\n", 1)
    figures = json.loads(last)
    assert (figures["texts"], figures["gold_groups"], figures["gold_one_offs"]) == (5, 2, 1)
    assert figures["rows"]["proposal"]["ari"] == 1
    assert figures["rows"]["proposal"]["effort_saved"] == 1
    assert figures["rows"]["one cluster"]["ari"] == 0
    assert figures["rows"]["random"]["groups"] == figures["rows"]["proposal"]["groups"]
    assert "proposal" in table
    assert 0 <= figures["stability"]["same"] <= figures["stability"]["kept"] <= 1
    assert figures["open_set"] is None  # too few texts to hold any back
    assert "0+0+0" in table


TRAVEL = Path(__file__).parents[1] / "clusters" / "data" / "travel.jsonl"


def test_existing_or_none_is_measured_beside_the_plain_way() -> None:
    """On notes written for these tests fewer are forced into a mode than by a mere threshold."""
    figures = json.loads(CliRunner().invoke(main, [str(TRAVEL)]).stdout.splitlines()[-1])
    offers, plain = (figures["open_set"][name] for name in ("offers", "nearest centroid"))
    for row in (offers, plain):
        assert row["top1"] <= row["top3"]
        assert row["accuracy"] + row["forced"] <= 1
    assert offers["accuracy"] > plain["accuracy"]
    assert offers["forced"] < plain["forced"]
    assert figures["rows"]["proposal"]["ari"] > figures["rows"]["k-means, true k"]["ari"]


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    """Also the random baseline, which has a seed."""
    file = str(example(tmp_path))
    once, again = (CliRunner().invoke(main, [file, "--embed", "lexical"]) for _ in range(2))
    assert once.exit_code == 0
    assert once.output == again.output


GOOD = json.dumps({"id": "a", "text": "too long", "label": "length"})


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1]", "not a JSON object"),
        ('{"id": "b", "text": "x"}', "'label' is not a text"),
        ('{"id": "b", "text": "  ", "label": "y"}', "'text' is not a text"),
        ('{"id": 7, "text": "x", "label": "y"}', "'id' is not a text"),
        (GOOD, "id 'a' is there twice"),
    ],
)
def test_a_bad_line_is_one_error_with_its_place(tmp_path: Path, line: str, what: str) -> None:
    """Exit 2, the file and line on stderr, and nothing on stdout."""
    file = written(tmp_path, GOOD, "", line)
    result = CliRunner().invoke(main, [str(file)])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"{file}:3: {what}")
    assert result.stderr.count("\n") == 1


def test_bytes_that_are_no_text_are_a_bad_line(tmp_path: Path) -> None:
    """Latin-1 in a file that should be UTF-8 is said with its line."""
    file = tmp_path / "notes.jsonl"
    file.write_bytes(b'{"id": "a", "text": "caf\xe9", "label": "x"}\n')
    result = CliRunner().invoke(main, [str(file)])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{file}:1: not JSON")


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_a_file_without_texts_is_an_error(tmp_path: Path, content: str) -> None:
    """There is nothing to compare."""
    file = tmp_path / "notes.jsonl"
    file.write_text(content)
    result = CliRunner().invoke(main, [str(file)])
    assert (result.exit_code, result.stderr.startswith(f"{file}: no texts")) == (2, True)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """One line, no traceback."""
    result = CliRunner().invoke(main, [str(tmp_path / "none.jsonl")])
    assert result.exit_code == 2
    assert "cannot be read" in result.stderr
