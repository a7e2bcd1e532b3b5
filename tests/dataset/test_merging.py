"""Queries from elsewhere find their place in the dataset."""

from __future__ import annotations

from casefiles.dataset.merging import Foreign, merge
from casefiles.documents.dataset import Dataset, Dimension, Query, Tuple, Value

THERE = Dataset(
    all_dimensions=(Dimension(name="persona", values=(Value(name="upset"),)),),
    tuples=(
        Tuple(id="t1", values={"persona": "upset"}),
        Tuple(id="t2", values={"persona": "upset"}),
        Tuple(id="t3", values={"persona": "brief"}, keep=False),
    ),
    queries=(Query(id="q1", text="where is it", tuple_id="t1"),),
)


def test_a_query_goes_to_the_tuple_with_its_values() -> None:
    """The first of two; one that was dropped too, so that the decision holds."""
    found = merge(
        THERE,
        [
            Foreign(text="ropes", values={"persona": "upset"}, origin={"by": "import"}),
            Foreign(text="socks", values={"persona": "brief"}),
            Foreign(text="tent"),
        ],
    )
    assert [(query.text, place) for query, place in found.queries] == [
        ("ropes", "t1"), ("socks", "t3"), ("tent", None),
    ]  # fmt: skip
    assert found.queries[0][0].origin == {"by": "import"}
    assert (found.tuples, found.dimensions, dict(found.values)) == ((), (), {})


def test_what_is_lacking_is_added_once() -> None:
    """A tuple, its new dimension, a new value of one that was there."""
    values = {"persona": "shy", "feature": "return"}
    found = merge(
        THERE, [Foreign(text="ropes", values=values), Foreign(text="socks", values=dict(values))]
    )
    assert [tuple(item.values.items()) for item in found.tuples] == [tuple(values.items())]
    assert [place for _, place in found.queries] == [0, 0]
    assert found.dimensions == (Dimension(name="feature", values=(Value(name="return"),)),)
    assert found.values == {"persona": ("shy",)}


def test_what_is_there_for_the_same_kind_of_use_is_left_out() -> None:
    """In the dataset or in the file; the same words for another kind of use are not."""
    found = merge(
        THERE,
        [
            Foreign(text="where is it", values={"persona": "upset"}),
            Foreign(text="where is it", values={"persona": "shy"}),
            Foreign(text="where is it", values={"persona": "shy"}),
        ],
    )
    assert found.repeated == 2
    assert len(found.queries) == 1
    assert found.alike == (("where is it", "where is it"),)


def test_near_duplicates_are_named_and_taken() -> None:
    """They were asked as they are."""
    found = merge(THERE, [Foreign(text="Where is it?"), Foreign(text="ropes")])
    assert len(found.queries) == 2
    assert found.alike == (("Where is it?", "where is it"),)
