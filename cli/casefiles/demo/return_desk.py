"""What the assistant does about goods that come back: returns, exchanges, faults, wrong parcels."""

from __future__ import annotations

from collections.abc import Sequence

from casefiles.demo.lexicon import singular
from casefiles.demo.order_desk import about_order
from casefiles.demo.policy import ARRIVED
from casefiles.demo.questions import ask
from casefiles.demo.records import Json
from casefiles.demo.replies import article, day, goods, listing, money, say
from casefiles.demo.turn import Reply, Turn, hand_over, reply
from casefiles.demo.words import words

_REASONS = {
    "too small": ("small", "tight", "narrow", "short"),
    "too large": ("big", "large", "loose", "wide", "long"),
    "does not fit": ("fit", "fits", "size"),
    "faulty": ("broken", "faulty", "damaged", "defect", "defective", "torn", "hole"),
    "not liked": ("like", "mind", "colour", "ugly", "disappointed"),
}


def start_return(turn: Turn) -> Reply:
    """I want to send something back."""
    return about_order(turn, "start_return", _offer_return)


def _offer_return(turn: Turn, order: Json) -> Reply:
    number = order["number"]
    if order["status"] not in ARRIVED:
        return reply("start_return", say("return.not_yet", order=number, status=order["status"]))
    items = turn.tools.call("check_return", order=number)["items"]
    allowed = [item for item in items if item["allowed"]]
    chosen = [item for item in meant(turn, items) if item["allowed"]]
    if not allowed:
        return reply("start_return", say("return.none", order=number, reason=items[0]["reason"]))
    if chosen or len(allowed) == 1:
        return _confirm(number, chosen or allowed)
    told = f"{say('return.head', order=number)}\n{listing([_row(item) for item in items])}"
    return Reply(text=f"{told}\n{ask('items', order=number)}", intent="start_return")


def _confirm(number: str, items: Sequence[Json]) -> Reply:
    return reply("start_return", ask("return", items=goods(items), order=number))


def _row(item: Json) -> str:
    if item["allowed"]:
        return say("return.row", item=article(item), until=day(item["until"]))
    return say("return.refused_row", item=article(item), reason=item["reason"])


def meant(turn: Turn, items: Sequence[Json]) -> list[Json]:
    """The lines of an order that a message means: by place, by name, by kind, or all."""
    place, said = turn.reading.entities.place, turn.reading.plain
    if place is not None and -len(items) <= place < len(items):
        return [items[place]]
    if {"all", "everything", "both"} & set(said):
        return list(items)
    spoken = {singular(word) for word in said}
    return [item for item in items if spoken & {singular(w) for w in words(item["name"])}]


def choose_items(turn: Turn, order: str) -> Reply | None:
    """The answer to which items shall go back; none if it names none of them."""
    items = turn.tools.call("check_return", order=order)["items"]
    wanted = meant(turn, items)
    allowed = [item for item in wanted if item["allowed"]]
    if wanted and not allowed:
        rows = "\n".join(_row(item) for item in wanted)
        return Reply(text=f"{rows}\n{ask('items', order=order)}", intent="start_return")
    return _confirm(order, allowed) if allowed else None


def do_return(turn: Turn, order: str, named: str) -> Reply:
    """The customer agreed: start the return of the articles named in the question."""
    found = turn.tools.call("find_order", order=order)["order"]
    products = [line["product"] for line in found["items"] if line["name"] in named]
    told = _reason(turn)
    result = turn.tools.call("start_return", order=order, products=products, reason=told)
    if "error" in result:
        return reply("start_return", say("return.failed", message=result["message"]))
    done = say("return.done", number=result["return"], amount=money(result["amount"]))
    return reply("start_return", done, "" if result["label_free"] else say("return.paid_label"))


def _reason(turn: Turn) -> str | None:
    """The reason for a return that the customer gave in any message."""
    said = {word for text in (*turn.state.said, turn.reading.text) for word in words(text)}
    return next((reason for reason, signs in _REASONS.items() if said & set(signs)), None)


def exchange(turn: Turn) -> Reply:
    """I need another size or colour."""
    return about_order(turn, "exchange", _exchange)


def _exchange(turn: Turn, order: Json) -> Reply:
    found = turn.reading.entities
    lines = meant(turn, order["items"]) or order["items"]
    stock = ""
    if len(lines) == 1 and (found.sizes or found.colours):
        stock = _other_variant(turn, lines[0])
    offer = _offer_return(turn, order)
    text = " ".join(filter(None, [say("exchange.how"), stock, offer.text]))
    return Reply(text=text, intent="exchange")


def _other_variant(turn: Turn, line: Json) -> str:
    found = turn.reading.entities
    size = found.sizes[-1] if found.sizes else line["size"]
    colour = found.colours[-1] if found.colours else line["colour"]
    result = turn.tools.call("check_stock", product=line["product"], size=size, colour=colour)
    if "error" in result:
        return str(result["message"])
    told = "exchange.in_stock" if result["variants"][0]["stock"] else "exchange.sold_out"
    return say(told, name=line["name"], variant=f"{colour}, {size}")


def damaged(turn: Turn) -> Reply:
    """Something is broken."""
    return about_order(turn, "damaged", _damaged)


def _damaged(turn: Turn, order: Json) -> Reply:
    number = order["number"]
    lines = meant(turn, order["items"]) or order["items"]
    if len(lines) > 1:
        rows = listing([article(line) for line in lines])
        question = ask("faulty_item", order=number)
        return Reply(text=f"{say('sorry')}\n{rows}\n{question}", intent="damaged")
    return _remedy(turn, number, lines[0])


def choose_faulty(turn: Turn, order: str) -> Reply | None:
    """The answer to which article is faulty; none if it names none of the order."""
    found = turn.tools.call("find_order", order=order)["order"]
    lines = meant(turn, found["items"])
    return _remedy(turn, order, lines[0]) if lines else None


def _remedy(turn: Turn, order: str, line: Json) -> Reply:
    """Money or replacement within the return period, else the warranty and a colleague."""
    items = turn.tools.call("check_return", order=order)["items"]
    item = next(item for item in items if item["product"] == line["product"])
    if item["allowed"]:
        question = ask("remedy", items=article(line), order=order)
        return reply("damaged", say("sorry"), question)
    over = say("fault.too_late", days=turn.shop.return_days) if "until" in item else ""
    return passed_on(turn, "damaged", "faulty goods", over)


def passed_on(turn: Turn, intent: str, reason: str, *before: str) -> Reply:
    """Say sorry and pass the matter on to a colleague."""
    told = say("trouble.passed_on", ticket=hand_over(turn, reason=reason))
    text = " ".join(filter(None, [say("sorry"), *before, told]))
    return Reply(text=text, intent=intent, needs_human=reason)


def wrong_item(turn: Turn) -> Reply:
    """I got something that I did not order."""
    return about_order(turn, "wrong_item", lambda t, _: passed_on(t, "wrong_item", "wrong goods"))


def missing_item(turn: Turn) -> Reply:
    """Something is missing in the parcel."""
    return about_order(
        turn, "missing_item", lambda t, _: passed_on(t, "missing_item", "missing goods")
    )
