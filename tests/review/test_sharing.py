from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casefiles.documents.config import Review
from casefiles.review.queue import random_order
from casefiles.review.sharing import readers, share_of

TRACES = [f"round-1/q{n:03}" for n in range(200)]
people = st.lists(st.sampled_from(["ana", "ben", "cy", "dee"]), unique=True, max_size=4).map(tuple)
reviews = st.builds(Review, annotators=people, overlap=st.integers(0, 250), seed=st.integers(0, 9))


def _shares(review: Review) -> dict[str, frozenset[str]]:
    return {name: share_of(name, TRACES, review) for name in review.annotators}


@given(reviews)
def test_every_trace_is_read_and_the_overlap_by_everyone(review: Review) -> None:
    """As many as asked for by all, each of the others by exactly one."""
    shares = _shares(review)
    counts = [sum(trace in share for share in shares.values()) for trace in TRACES]
    if len(shares) > 1:
        assert counts.count(len(shares)) == min(review.overlap, len(TRACES))
        assert counts.count(1) == len(TRACES) - min(review.overlap, len(TRACES))
    assert all(found for found in readers(TRACES, review).values()) == bool(shares)


@given(reviews)
def test_shares_do_not_hang_on_the_order_of_files(review: Review) -> None:
    """However the disk lists them."""
    assert readers(TRACES, review) == readers(list(reversed(TRACES)), review)


def test_what_all_read_comes_first_in_the_random_order() -> None:
    """So that agreement can be looked at early."""
    review = Review(annotators=("ana", "ben"), overlap=20, seed=3)
    first = set(random_order(TRACES, seed=3)[:20])
    assert share_of("ana", TRACES, review) & share_of("ben", TRACES, review) == first


def test_one_annotator_and_strangers_read_everything() -> None:
    """Nothing is shared out until there are two to share."""
    alone = Review(annotators=("ana",))
    assert share_of("ana", TRACES, alone) == frozenset(TRACES)
    assert share_of("zoe", TRACES, Review(annotators=("ana", "ben"))) == frozenset(TRACES)
    assert share_of("ana", TRACES, Review()) == frozenset(TRACES)


def test_shares_are_about_equal() -> None:
    """Four people, 200 traces: about 50 each (binomial, sd 6)."""
    shares = _shares(Review(annotators=("ana", "ben", "cy", "dee"), seed=1))
    assert all(30 < len(share) < 70 for share in shares.values())


def test_a_new_annotator_takes_traces_over_and_moves_no_others() -> None:
    """What ana kept, ana had before."""
    before = _shares(Review(annotators=("ana", "ben"), seed=1))
    after = _shares(Review(annotators=("ana", "ben", "cy"), seed=1))
    assert after["ana"] < before["ana"]
    assert after["ben"] < before["ben"]
    assert after["cy"] == frozenset(TRACES) - after["ana"] - after["ben"]


def test_new_traces_move_no_old_ones() -> None:
    """A second round is shared out beside the first."""
    review = Review(annotators=("ana", "ben"), seed=1)
    more = [*TRACES, *(f"round-2/q{n}" for n in range(50))]
    assert share_of("ana", TRACES, review) == share_of("ana", more, review) & frozenset(TRACES)
