"""The buffer in which queries are typed under their tuples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.dataset.writing import Typed, parse_buffer, render_buffer
from casefiles.documents.dataset import Tuple
from casefiles.errors import BadInputError
from hostile import texts

TUPLES = (
    Tuple(id="t01", values={"feature": "order"}),
    Tuple(id="t02", values={"feature": "return", "persona": "two\nlines"}),
)


def test_tuples_with_the_fewest_queries_come_first() -> None:
    """Their values stand on one line, with the number of queries they have."""
    lines = render_buffer(TUPLES, {"t01": 2}).split("\n")
    assert [line for line in lines if line.startswith("#| t0")] == [
        "#| t02: feature = return, persona = two lines",
        "#| t01: feature = order   (2 so far)",
    ]


def test_what_is_typed_belongs_to_the_tuple_above_it() -> None:
    """A blank line stands between two queries; a query may begin with a number sign."""
    text = "#| t02: x\n\n#1042 is late\nreally\n\nand this\n#| t01: y\nhello\r\n"
    assert parse_buffer(text, {"t01", "t02"}) == (
        Typed(tuple_id="t02", text="#1042 is late\nreally"),
        Typed(tuple_id="t02", text="and this"),
        Typed(tuple_id="t01", text="hello"),
    )


def test_a_query_under_no_tuple_is_refused() -> None:
    """With its line."""
    with pytest.raises(BadInputError, match="line 2: this query stands under no tuple: 'lost'"):
        parse_buffer("#| help\nlost\n", {"t01"})


@given(st.dictionaries(texts, texts, max_size=3))
def test_an_empty_buffer_holds_no_query_whatever_the_values_are(values: dict[str, str]) -> None:
    """And its last lines are ours: editors obey commands there."""
    buffer = render_buffer([Tuple(id="t01", values=values)], {})
    assert parse_buffer(buffer, {"t01"}) == ()
    assert all(line.startswith("#|") for line in buffer.rstrip("\n").split("\n")[-5:])
