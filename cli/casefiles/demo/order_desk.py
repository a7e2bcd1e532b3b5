"""What the assistant does about orders: where they are, cancelling, refunds, invoices, trouble."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from casefiles.demo.policy import ARRIVED, CANCELLABLE
from casefiles.demo.questions import ask
from casefiles.demo.records import Json
from casefiles.demo.replies import day, goods, listing, money, say
from casefiles.demo.turn import Reply, Turn, hand_over, reply

WithOrder = Callable[[Turn, Json], Reply]
"""Answers a turn with the order it is about, as `find_order` gives it."""


def about_order(turn: Turn, intent: str, then: WithOrder) -> Reply:
    """Find the order that is meant and go on with it, or ask for it."""
    found = turn.reading.entities
    if found.malformed and not found.orders:
        return reply(intent, say("order.malformed", given=found.malformed[0].strip()))
    if found.emails and not found.orders:
        return _by_email(turn, intent, then)
    if turn.order is None:
        return reply(intent, ask("order_for", intent=intent))
    result = turn.tools.call("find_order", order=turn.order)
    if "error" in result:
        return reply(intent, say("order.not_found", order=turn.order))
    return then(turn, result["order"])


def _by_email(turn: Turn, intent: str, then: WithOrder) -> Reply:
    result = turn.tools.call("list_orders", email=turn.reading.entities.emails[0])
    if "error" in result:
        return reply(intent, say("order.no_email"), ask("order_for", intent=intent))
    orders = result["orders"]
    if len(orders) == 1:
        order = turn.tools.call("find_order", order=orders[0]["number"])["order"]
        return then(turn, order)
    rows = [say("orders.row", **row | {"placed": day(row["placed"])}) for row in orders]
    text = f"{say('orders.head')}\n{listing(rows)}\n{ask('one_of', intent=intent)}"
    return Reply(text=text, intent=intent)


def head(order: Json) -> str:
    """An order in short: number, day, goods and total."""
    return say(
        "order.head",
        order=order["number"],
        placed=day(order["placed"]),
        goods=goods(order["items"]),
        total=money(order["total"]),
    )


def standing(order: Json) -> str:
    """Where an order stands, in a sentence or two."""
    travel = order["delivery"]
    slots = {key: travel.get(key) for key in ("carrier", "tracking", "place")}
    return say(
        f"order.{order['status']}",
        **slots,
        head=head(order),
        promised=day(travel.get("promised")),
        delivered=day(travel.get("delivered")),
        back=(order.get("sent_back") or {}).get("number"),
    )


def order_status(turn: Turn) -> Reply:
    """Where is my order, and will it be here in time?"""
    return about_order(turn, "order_status", _status)


def _status(turn: Turn, order: Json) -> Reply:
    if order["status"] in (*ARRIVED, "cancelled"):
        return reply("order_status", standing(order))
    return reply("order_status", standing(order), _overdue(turn, order), _in_time(turn, order))


def _overdue(turn: Turn, order: Json) -> str:
    promised = order["delivery"].get("promised")
    late = promised and date.fromisoformat(promised) < turn.shop.today
    return say("order.overdue") if late and order["status"] == "shipped" else ""


def _in_time(turn: Turn, order: Json) -> str:
    promised = order["delivery"].get("promised")
    wanted = [when for when in turn.reading.entities.dates if when >= turn.shop.today]
    if not wanted or not promised:
        return ""
    fits = date.fromisoformat(promised) <= wanted[-1]
    return say("order.in_time" if fits else "order.not_in_time", day=day(wanted[-1]))


def not_received(turn: Turn) -> Reply:
    """My parcel is late, lost, or said to be delivered."""
    return about_order(turn, "not_received", _missing)


def _missing(turn: Turn, order: Json) -> Reply:
    result = turn.tools.call("trace_parcel", order=order["number"])
    if result.get("error") == "not_dispatched":
        return reply("not_received", standing(order))
    if result.get("error") == "not_late":
        due = day(order["delivery"]["promised"])
        return reply("not_received", standing(order), say("trace.wait", promised=due))
    where = say("trace.where", place=order["delivery"]["place"])
    traced = say("trace.done", trace=result["trace"])
    delivered = order["status"] in ARRIVED
    return reply("not_received", say("sorry"), where if delivered else "", traced)


def cancel_order(turn: Turn) -> Reply:
    """I do not want the order any more."""
    return about_order(turn, "cancel_order", _offer_cancelling)


def _offer_cancelling(turn: Turn, order: Json) -> Reply:
    number, status = order["number"], order["status"]
    if status == "cancelled":
        return reply("cancel_order", say("cancel.already", order=number))
    if status not in CANCELLABLE:
        return reply("cancel_order", say("cancel.too_late", order=number, status=status))
    offer = say(
        "cancel.offer",
        order=number,
        goods=goods(order["items"]),
        status=status,
        total=money(order["total"]),
        payment=order["payment"],
    )
    part = bool(turn.reading.entities.products) and len(order["items"]) > 1
    whole = say("cancel.whole_only") if part else ""
    return reply("cancel_order", whole, offer, ask("cancel", order=number))


def do_cancel(turn: Turn, order: str) -> Reply:
    """The customer agreed: cancel."""
    result = turn.tools.call("cancel_order", order=order)
    if "error" in result:
        return reply("cancel_order", result["message"])
    back = result["refund"]
    amount = say("cancel.money", amount=money(back["amount"]), to=back["to"])
    done = say("cancel.done", order=order)
    return reply("cancel_order", done, amount if back["amount"] else "")


def refund_status(turn: Turn) -> Reply:
    """Where is my money?"""
    return about_order(turn, "refund_status", _refund)


def _refund(turn: Turn, order: Json) -> Reply:
    result = turn.tools.call("refund_status", order=order["number"])
    refund = result.get("refund")
    if refund is None:
        return reply("refund_status", say("refund.none", order=order["number"], **_only(order)))
    told = say(
        f"refund.{refund['status']}",
        amount=money(refund["amount"]),
        order=order["number"],
        to=refund["to"],
        date=day(refund["date"]),
        received=day(result.get("return", {}).get("received")),
    )
    return reply("refund_status", told)


def _only(order: Json) -> dict[str, str]:
    return {"status": order["status"]}


def change_order(turn: Turn) -> Reply:
    """Another address, size or article in an order."""
    return about_order(turn, "change_order", _change)


def _change(turn: Turn, order: Json) -> Reply:
    number, status = order["number"], order["status"]
    if status not in CANCELLABLE:
        return reply("change_order", say("change.too_late", order=number, status=status))
    ticket = hand_over(turn, reason="change of an order")
    told = say("change.possible", order=number, ticket=ticket)
    return Reply(text=told, intent="change_order", needs_human="change of an order")


def invoice(turn: Turn) -> Reply:
    """Please send me the invoice."""
    return about_order(turn, "invoice", _invoice)


def _invoice(turn: Turn, order: Json) -> Reply:
    result = turn.tools.call("send_invoice", order=order["number"])
    told = "invoice.not_yet" if "error" in result else "invoice.sent"
    return reply("invoice", say(told, order=order["number"]))
