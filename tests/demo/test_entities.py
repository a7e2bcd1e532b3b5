"""Order numbers, prices, sizes and other particulars of a message."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles.demo.catalogue import catalogue
from casefiles.demo.entities import Entities, find_entities
from casefiles.demo.lexicon import lexicon
from casefiles.demo.words import words


def found_in(text: str) -> Entities:
    """The particulars of a message."""
    return find_entities(text, words(text), lexicon=lexicon(), today=catalogue().shop.today)


@pytest.mark.parametrize(
    "text",
    [
        "LF-10234",
        "lf10234",
        "LF 10234?",
        "order 10234",
        "order number: 10234",
        "order no. 10234",
        "#10234",
        "10234",
        "return RT-10234-1",
    ],
)
def test_an_order_number_is_found_in_any_spelling(text: str) -> None:
    """Prefix, hash, bare number or return number: it is the same order."""
    assert found_in(text).orders == ("LF-10234",)


@pytest.mark.parametrize("text", ["order 1234", "LF-123", "order number is 99", "#77"])
def test_what_cannot_be_an_order_number_is_kept_as_given(text: str) -> None:
    """A number of the wrong length is told back to the customer, not looked up."""
    assert found_in(text).orders == ()
    assert found_in(text).malformed


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("under 50", None, 50.0),
        ("less than €80", None, 80.0),
        ("budget is 99,50 euro", None, 99.5),
        ("between 20 and 40", 20.0, 40.0),
        ("from 40 to 20 eur", 20.0, 40.0),
        ("more than 100", 100.0, None),
        ("around 100", 75.0, 125.0),
        ("under 2 kg", None, None),
        ("for more than 3 people", None, None),
    ],
)
def test_prices_are_told_from_weights_and_people(
    text: str, low: float | None, high: float | None
) -> None:
    """A limit is a price unless another unit follows it."""
    found = found_in(text)
    assert (found.price_from, found.price_to) == (low, high)


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("size M", ("M",)),
        ("in 42", ("42",)),
        ("in a medium", ("M",)),
        ("uk 9", ("43",)),
        ("XL please", ("XL",)),
        ("blue, l", ("L",)),
        ("a small backpack", ()),
        ("i'm happy", ()),
        ("size 99", ()),
    ],
)
def test_sizes_are_given_as_the_catalogue_writes_them(text: str, sizes: tuple[str, ...]) -> None:
    """UK shoe sizes are converted; sizes that the shop does not have are left out."""
    assert found_in(text).sizes == sizes


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("a navy one", "colours", ("blue",)),
        ("write to Bramble@Example.com now", "emails", ("bramble@example.com",)),
        ("card gc 4821 7730", "gift_cards", ("GC-4821-7730",)),
        ("code spring10", "codes", ("SPRING10",)),
        ("to scotland", "countries", ("Great Britain",)),
        ("for my daughter", "people", "kids"),
        ("the second one", "place", 1),
        ("2", "place", 1),
        ("the last one", "place", -1),
        ("wellies and a rucksack", "things", ("wellies", "rucksack")),
        ("the tarn in green", "products", ("P101",)),
        ("the fastnet 4 tent", "products", ("P140",)),
        ("is it swift", "products", ()),
    ],
)
def test_other_particulars(text: str, field: str, value: Any) -> None:
    """Each kind of particular is found in what people write."""
    assert getattr(found_in(text), field) == value


@given(st.text(max_size=80))
def test_any_text_gives_particulars_in_the_shops_form(text: str) -> None:
    """No text makes it fail, and what is found can be looked up as it is."""
    found = found_in(text)
    assert all(len(order) == len("LF-10234") for order in found.orders)
    assert set(found.products) <= set(catalogue().products)
