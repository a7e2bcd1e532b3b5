"""The shop's data and its full-text search."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from casefiles.demo.catalogue import Filters, catalogue
from casefiles.demo.policy import ARRIVED
from casefiles.demo.records import Product


def names(words: Sequence[str], filters: Filters | None = None) -> list[str]:
    """Names of the products found, best first."""
    hits = catalogue().find_products(words, filters or Filters())
    return [catalogue().products[hit.id].name for hit in hits]


def test_all_words_count_before_any_word() -> None:
    """Products that hold every word are found alone, others only if there are none."""
    assert names(["laptop", "backpack"]) == ["Mask Laptop Backpack"]
    assert "Killary Backpack 25" in names(["unicorn", "backpack"])


def test_words_are_found_in_other_forms_and_by_what_customers_call_them() -> None:
    """Plural and synonym lead to the same boots."""
    assert "Swilly Wellington Boot" in names(["wellies"])
    assert names(["tents"]) == names(["tent"])


def test_filters_leave_out_what_does_not_fit() -> None:
    """Price, colour, size, people and reduction are conditions, not wishes."""
    for name in names(["jacket"], Filters(price_to=100, colour="blue", size="M", people="women")):
        product = next(p for p in catalogue().products.values() if p.name == name)
        assert product.price <= 100
        assert product.stock["blue"]["M"] > 0
        assert product.people in ("women", "unisex")
    assert all("Kids" not in name for name in names(["rucksack"], Filters(people="men")))


def test_childrens_goods_come_last_unless_asked_for() -> None:
    """An adult's rain jacket stands before a child's."""
    assert names(["rain", "jacket"])[0] == "Tarn Rain Jacket"
    assert names(["rain", "jacket"], Filters(people="kids"))[0] == "Gosling Kids Rain Jacket"


def test_without_words_everything_that_fits_is_listed_by_price() -> None:
    """A search by conditions alone is possible."""
    prices = [p.price for n in names([], Filters(reduced=True)) for p in _called(n)]
    assert prices == sorted(prices)
    assert all(p.was for n in names([], Filters(reduced=True)) for p in _called(n))


def _called(name: str) -> list[Product]:
    return [p for p in catalogue().products.values() if p.name == name]


@given(st.lists(st.from_regex(r"\A[^\W_]{1,12}\Z"), max_size=5))
def test_no_words_break_the_search(words: list[str]) -> None:
    """Words of the query language, such as AND or NEAR, are only words."""
    catalogue().find_products(words, Filters())
    catalogue().find_pages(words)


def test_threads_share_one_catalogue() -> None:
    """Several requests at a time get what one alone gets."""
    with ThreadPoolExecutor(max_workers=8) as pool:
        found = list(pool.map(lambda _: tuple(names(["tent"])), range(40)))
    assert set(found) == {tuple(names(["tent"]))}


def test_orders_are_listed_by_address_newest_first() -> None:
    """A customer's orders are found by e-mail address, others' are not among them."""
    found = catalogue().orders_of("bramble@example.com")
    assert [order.number for order in found] == ["LF-10250", "LF-10207"]
    assert catalogue().orders_of("nobody@example.com") == ()


def test_the_data_agree_with_one_another() -> None:
    """Every line is a variant of the catalogue, every total adds up, no day is impossible."""
    shop = catalogue()
    for order in shop.orders.values():
        goods = sum(line.price * line.quantity for line in order.items)
        assert order.total == round(goods + order.delivery.cost, 2), order.number
        for line in order.items:
            assert line.name == shop.products[line.product].name
            assert line.size in shop.products[line.product].stock[line.colour]
        days = [order.placed, order.delivery.dispatched, order.delivery.delivered]
        told = [date.fromisoformat(day) for day in days if day]
        assert told == sorted(told)
        assert told[-1] <= shop.shop.today
        assert (order.delivery.delivered is not None) == (order.status in ARRIVED)
