from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.review.queue import matches, unreviewed

REFERENCES = [f"round-{r}/q{n}" for r in (1, 2, 10) for n in range(1, 13)]
names = st.lists(st.from_regex(r"round-\d{1,2}/q\d{1,3}", fullmatch=True), unique=True)


@given(names, st.integers(0, 99))
def test_random_order_is_a_permutation_that_does_not_hang_on_the_order_of_files(
    references: list[str], seed: int
) -> None:
    """However the disk lists them, the same traces come in the same order, each once."""
    queue = unreviewed(references, set(), seed=seed)
    assert sorted(queue) == sorted(references)
    assert queue == unreviewed(reversed(references), set(), seed=seed)


def test_random_order_is_stable_when_traces_are_added() -> None:
    """New traces go in between; those that were there keep their order among themselves."""
    few = unreviewed(REFERENCES[:20], set(), seed=3)
    more = unreviewed(REFERENCES, set(), seed=3)
    assert [reference for reference in more if reference in few] == few
    assert more[:20] != few  # they do not all go to the end


def test_seed_and_annotator_change_the_random_order() -> None:
    """Everybody reads in the same order unless told otherwise."""
    shared = unreviewed(REFERENCES, set(), seed=1)
    assert shared == unreviewed(REFERENCES, set(), seed=1)
    assert shared != unreviewed(REFERENCES, set(), seed=2)
    assert shared != unreviewed(REFERENCES, set(), seed=1, annotator="ben")


def test_noted_traces_are_left_out() -> None:
    """What has a note of mine is not given again."""
    noted = set(REFERENCES[::2])
    assert sorted(unreviewed(REFERENCES, noted)) == sorted(REFERENCES[1::2])


def test_path_order_counts_numbers() -> None:
    """q2 comes before q10, round-2 before round-10."""
    assert unreviewed(REFERENCES[::-1], set(), order="path") == REFERENCES


def test_newest_order_begins_with_the_last_round() -> None:
    """The newest round comes first, its traces in path order."""
    queue = unreviewed(REFERENCES, set(), order="newest")
    assert queue == REFERENCES[24:] + REFERENCES[12:24] + REFERENCES[:12]


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("round-1/q042", ("round-1/q042",)),
        ("traces/round-1/q042.md", ("round-1/q042",)),
        ("./traces/round-1/q042.md", ("round-1/q042",)),
        ("042", ("round-1/q042",)),
        ("q1", ("round-1/q1",)),
        ("q007", ("round-1/q007", "round-2/q007")),
        ("round-2/", ("round-2/q007",)),
        ("nothing", ()),
        ("", ()),
    ],
)
def test_a_word_means_the_traces_it_fits_best(word: str, found: tuple[str, ...]) -> None:
    """A full name beats a part of one; several traces of one name are all returned."""
    known = ["round-1/q042", "round-1/q1", "round-1/q10", "round-1/q007", "round-2/q007"]
    assert matches(word, known) == found
