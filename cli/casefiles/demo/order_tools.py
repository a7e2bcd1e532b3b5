"""Tools over orders: look up, cancel, send back, refund, invoice, trace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from casefiles.demo.policy import ARRIVED, CANCELLABLE, is_late, may_return
from casefiles.demo.records import Json, Line, Order, Refund, SentBack, json_of
from casefiles.demo.tools import Desk, Tool, ToolError


def order_now(desk: Desk, number: str) -> Order:
    """An order with what was changed in this conversation; ToolError if there is none."""
    order = desk.catalogue.orders.get(number)
    if order is None:
        raise ToolError("not_found", f"There is no order {number}.")
    if number in desk.changes.cancelled:
        order = replace(order, status="cancelled", refund=_refund(order, order.total))
    if products := desk.changes.sent_back.get(number):
        order = replace(order, sent_back=_sent_back(order, products, today=_today(desk)))
    return order


def _today(desk: Desk) -> str:
    return desk.catalogue.shop.today.isoformat()


def _sent_back(order: Order, products: Sequence[str], *, today: str) -> SentBack:
    before = order.sent_back.products if order.sent_back else ()
    return SentBack(
        number=f"RT-{order.number[3:]}-{2 if before else 1}",
        started=today,
        received=None,
        products=(*before, *products),
    )


def _refund(order: Order, amount: float) -> Refund:
    return Refund(amount=amount, status="being prepared", date=None, to=order.payment)


def find_order(desk: Desk, *, order: str) -> Json:
    """The order as a JSON object, without the customer's number."""
    found = json_of(order_now(desk, order))
    return {"order": {key: value for key, value in found.items() if key != "customer"}}


def list_orders(desk: Desk, *, email: str) -> Json:
    """Number, date, status, total and goods of each order of an e-mail address, newest first."""
    orders = desk.catalogue.orders_of(email)
    if not orders:
        raise ToolError("not_found", "There is no order with this e-mail address.")
    return {"orders": [_summary(order_now(desk, order.number)) for order in orders]}


def _summary(order: Order) -> Json:
    goods = ", ".join(line.name for line in order.items)
    return {
        "number": order.number,
        "placed": order.placed,
        "status": order.status,
        "total": order.total,
        "goods": goods,
    }


def cancel_order(desk: Desk, *, order: str) -> Json:
    """Cancel an order that is not packed yet."""
    found = order_now(desk, order)
    if found.status not in CANCELLABLE:
        raise ToolError("not_cancellable", f"Order {order} is {found.status}.")
    paid = found.status != "awaiting payment"
    amount = found.total if paid else 0
    return {"cancelled": order, "refund": {"amount": amount, "to": found.payment}}


def check_return(desk: Desk, *, order: str) -> Json:
    """For each line of an order whether it may be sent back, until when, or why not."""
    found = order_now(desk, order)
    return {
        "order": order,
        "items": [_returnable(desk, found, line) for line in found.items],
    }


def _returnable(desk: Desk, order: Order, line: Line) -> Json:
    product = desk.catalogue.products[line.product]
    verdict = may_return(order, line, product=product, shop=desk.catalogue.shop)
    until = verdict.until.isoformat() if verdict.until else None
    told = {"allowed": verdict.allowed, "until": until, "reason": verdict.reason}
    return json_of(line) | {key: value for key, value in told.items() if value is not None}


def start_return(
    desk: Desk, *, order: str, products: Sequence[str], reason: str = "not given"
) -> Json:
    """Start the return of some articles of an order."""
    found = order_now(desk, order)
    lines = [line for line in found.items if line.product in products]
    refused = [row for row in (_returnable(desk, found, line) for line in lines) if _no(row)]
    if refused or not lines:
        why = refused[0]["reason"] if refused else "none of this is in the order"
        raise ToolError("not_returnable", f"This cannot be sent back: {why}.")
    back = _sent_back(found, products, today=_today(desk))
    amount = round(sum(line.price * line.quantity for line in lines), 2)
    return {
        "return": back.number,
        "order": order,
        "products": list(products),
        "reason": reason,
        "amount": amount,
        "label_free": found.delivery.country == "IE" or reason == "faulty",
    }


def _no(row: Json) -> bool:
    return not row["allowed"]


def refund_status(desk: Desk, *, order: str) -> Json:
    """The refund of an order, and the return it belongs to."""
    found = order_now(desk, order)
    record: dict[str, Any] = {"order": order, "status": found.status}
    if found.refund:
        record["refund"] = json_of_refund(found.refund)
    if found.sent_back:
        record["return"] = {
            "number": found.sent_back.number,
            "started": found.sent_back.started,
            "received": found.sent_back.received,
        }
    return record


def json_of_refund(refund: Refund) -> Json:
    """The JSON object of a refund."""
    return {
        "amount": refund.amount,
        "status": refund.status,
        "date": refund.date,
        "to": refund.to,
    }


def send_invoice(desk: Desk, *, order: str) -> Json:
    """Send the invoice again to the address of the order; there is none before dispatch."""
    found = order_now(desk, order)
    if found.delivery.dispatched is None:
        raise ToolError("no_invoice_yet", "The invoice is made on dispatch.")
    return {"sent": order, "to": "the e-mail address of the order"}


def trace_parcel(desk: Desk, *, order: str) -> Json:
    """Ask the carrier to look for a parcel that is late or not where it should be."""
    found = order_now(desk, order)
    if found.delivery.tracking is None:
        raise ToolError("not_dispatched", f"Order {order} is {found.status}; nothing to trace.")
    if found.status not in ARRIVED and not is_late(found, desk.catalogue.shop):
        raise ToolError("not_late", f"Order {order} is not late enough for a trace.")
    return {"trace": f"TR-{order[3:]}", "order": order, "answer_within_working_days": 5}


ORDER_TOOLS = (
    Tool(name="find_order", description="Look up one order by its number.", run=find_order),
    Tool(name="list_orders", description="List the orders of an e-mail address.", run=list_orders),
    Tool(
        name="cancel_order",
        description="Cancel an order that is not packed. Only after the customer agreed.",
        run=cancel_order,
    ),
    Tool(
        name="check_return",
        description="Tell which lines of an order may be sent back, and until when.",
        run=check_return,
    ),
    Tool(
        name="start_return",
        description="Start a return and e-mail the label. Only after the customer agreed.",
        run=start_return,
    ),
    Tool(
        name="refund_status",
        description="Tell how far the refund of an order is.",
        run=refund_status,
    ),
    Tool(name="send_invoice", description="Send the invoice of an order again.", run=send_invoice),
    Tool(
        name="trace_parcel",
        description="Open a trace with the carrier for a late or lost parcel.",
        run=trace_parcel,
    ),
)
"""The tools over orders."""
