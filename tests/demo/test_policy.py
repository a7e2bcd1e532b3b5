"""The shop's rules on returns and lateness."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from casefiles.demo.catalogue import catalogue
from casefiles.demo.policy import Verdict, is_late, may_return, working_days

SHOP = catalogue()


def verdict(number: str, place: int = 0, *, today: date | None = None) -> Verdict:
    """Whether a line of an order may come back on a day."""
    order = SHOP.orders[number]
    line = order.items[place]
    shop = replace(SHOP.shop, today=today or SHOP.shop.today)
    return may_return(order, line, product=SHOP.products[line.product], shop=shop)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2026, 3, 13), date(2026, 3, 16), 1),
        (date(2026, 3, 16), date(2026, 3, 18), 2),
        (date(2026, 3, 18), date(2026, 3, 18), 0),
        (date(2026, 3, 20), date(2026, 3, 18), 0),
    ],
)
def test_working_days_leave_out_weekends(start: date, end: date, days: int) -> None:
    """From Friday to Monday it is one working day; never less than none."""
    assert working_days(start, end) == days


def test_thirty_days_after_delivery_is_the_last_day_of_a_return() -> None:
    """Delivered on 18 February 2026, boots may come back until 20 March, not on the 21st."""
    assert verdict("LF-10218", today=date(2026, 3, 20)).allowed
    late = verdict("LF-10218", today=date(2026, 3, 21))
    assert not late.allowed
    assert late.until == date(2026, 3, 20)


def test_reduced_goods_have_fourteen_days() -> None:
    """Reduced trainers delivered on 2 March may come back until the 16th."""
    assert verdict("LF-10231", today=date(2026, 3, 16)).allowed
    assert not verdict("LF-10231", today=date(2026, 3, 17)).allowed


def test_gas_cannot_be_sent_back() -> None:
    """Hazardous goods are refused whatever the day."""
    assert verdict("LF-10229", 2).reason == "hazardous goods cannot be sent back"


def test_nothing_can_be_sent_back_before_it_arrived_or_twice() -> None:
    """A parcel on its way and a return already started are refused."""
    assert verdict("LF-10258").reason == "the order is shipped"
    assert verdict("LF-10224").reason == "its return was already started"


def test_a_parcel_is_late_after_more_than_three_working_days() -> None:
    """Promised on Thursday the 12th it is late on Wednesday the 18th; on the 16th it is not."""
    assert is_late(SHOP.orders["LF-10242"], SHOP.shop)
    assert not is_late(SHOP.orders["LF-10258"], SHOP.shop)
    assert not is_late(SHOP.orders["LF-10207"], SHOP.shop)
