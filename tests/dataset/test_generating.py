"""Which queries are wanted, and which drafts are let in."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from casefiles.dataset.generating import AGAIN, AT_ONCE, Order, orders
from casefiles.dataset.replies import Draft
from casefiles.documents.dataset import Dataset, Query, Tuple
from casefiles.text.likeness import Texts

NAMES = ("t1", "t2", "t3", "t4")


def dataset(per_tuple: dict[str, int], *, dropped: tuple[str, ...] = ()) -> Dataset:
    """Four tuples with so many queries in use each."""
    queries = [name for name, count in per_tuple.items() for _ in range(count)]
    return Dataset(
        tuples=tuple(
            Tuple(id=name, values={}, keep=False if name in dropped else None) for name in NAMES
        ),
        queries=tuple(
            Query(id=f"q{n}", text=f"say {n}", tuple_id=name) for n, name in enumerate(queries)
        ),
    )


@given(
    st.dictionaries(st.sampled_from(NAMES), st.integers(0, 6)),
    st.integers(1, 40),
    st.sets(st.sampled_from(NAMES)),
)
def test_what_is_missing_goes_to_the_tuples_with_the_fewest(
    per_tuple: dict[str, int], count: int, dropped: set[str]
) -> None:
    """Together they make the count; no tuple gets one while another has two fewer."""
    found = orders(dataset(per_tuple, dropped=tuple(dropped)), count)
    wanted = Counter({order.item.id: order.wanted for order in found})
    open_ones = [name for name in NAMES if name not in dropped]
    has = Counter(per_tuple)

    assert wanted.total() == (max(0, count - has.total()) if open_ones else 0)
    assert set(wanted) <= set(open_ones)
    after = {name: has[name] + wanted[name] for name in open_ones}
    assert all(after[name] <= min(after.values()) + 1 for name in wanted)


def test_doubted_and_dropped_queries_count_for_nothing_but_are_not_written_again() -> None:
    """They are on file, so the model is told of them."""
    data = Dataset(
        tuples=(Tuple(id="t1", values={}),),
        queries=(
            Query(id="q1", tuple_id="t1", text="odd", doubt="no user"),
            Query(id="q2", tuple_id="t1", text="no", keep=False),
            Query(id="q3", tuple_id="t1", text="yes", keep=True),
        ),
    )
    (order,) = orders(data, 2)
    assert (order.wanted, order.written) == (1, ("odd", "no", "yes"))


def test_an_order_is_filled_with_what_is_new() -> None:
    """What repeats a known text, or another draft, is refused; what is too much is left."""
    order = Order(item=Tuple(id="t1", values={}), wanted=2, written=())
    known = Texts(["where is my order"])

    order.take(
        [Draft(text=t) for t in ("Where is my order?", "ropes", "ropes!", "socks", "x")], known
    )

    assert [draft.text for draft in order.drafts] == ["ropes", "socks"]
    assert [(r.text, r.like) for r in order.refused] == [
        ("Where is my order?", "where is my order"),
        ("ropes!", "ropes"),
    ]
    assert (order.missing, order.next_count, order.shortfalls) == (0, 0, 0)
    assert order.texts == ["ropes", "socks", "Where is my order?", "ropes!"]


def test_an_order_that_falls_short_is_given_up_after_a_while() -> None:
    """A reply that brought all it was asked for is no shortfall."""
    order = Order(item=Tuple(id="t1", values={}), wanted=AT_ONCE + 2, written=())
    known = Texts()
    order.take([Draft(text=f"{n} {'abcdefghijkl'[n] * 9}") for n in range(AT_ONCE)], known)
    assert (order.shortfalls, order.next_count) == (0, 2)

    for _ in range(AGAIN + 1):
        assert order.next_count == 2
        order.take([], known)
    assert (order.next_count, order.missing) == (0, 2)


def test_without_a_usable_reply_an_order_is_given_up_at_once() -> None:
    """The service has asked again already."""
    order = Order(item=Tuple(id="t1", values={}), wanted=2, written=())
    order.take(None, Texts())
    assert (order.next_count, order.missing) == (0, 2)
