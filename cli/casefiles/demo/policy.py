"""The shop's rules on returns and lateness, as pure functions of an order and today's date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from casefiles.demo.records import Line, Order, Product, Shop

CANCELLABLE = frozenset({"processing", "awaiting payment", "waiting for stock"})
"""States in which an order can be cancelled: it is not packed yet."""

ARRIVED = frozenset({"delivered", "returned"})
"""States in which the customer has had the goods."""

_WEEKEND = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether one line of an order may be sent back."""

    allowed: bool
    """Whether it may."""
    until: date | None
    """Last day of the return period; none if there is none."""
    reason: str | None
    """Why it may not; none if it may."""


def working_days(start: date, end: date) -> int:
    """Working days (Monday to Friday) after `start` up to and including `end`; 0 if none."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(day.weekday() < _WEEKEND for day in days)


def is_late(order: Order, shop: Shop) -> bool:
    """Whether a parcel on its way is so late that a trace may be opened."""
    promised = order.delivery.promised
    if order.status in ARRIVED or promised is None:
        return False
    return working_days(date.fromisoformat(promised), shop.today) > shop.late_working_days


def may_return(order: Order, line: Line, *, product: Product, shop: Shop) -> Verdict:
    """Whether a line may be sent back today for any reason."""
    if order.status not in ARRIVED or order.delivery.delivered is None:
        return Verdict(allowed=False, until=None, reason=f"the order is {order.status}")
    if order.sent_back and line.product in order.sent_back.products:
        return Verdict(allowed=False, until=None, reason="its return was already started")
    if product.no_return:
        return Verdict(allowed=False, until=None, reason=product.no_return)
    days = shop.return_days if product.was is None else shop.reduced_return_days
    until = date.fromisoformat(order.delivery.delivered) + timedelta(days=days)
    if shop.today > until:
        reason = f"the {days} days to return it ended on {until.isoformat()}"
        return Verdict(allowed=False, until=until, reason=reason)
    return Verdict(allowed=True, until=until, reason=None)
