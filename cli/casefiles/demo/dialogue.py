"""What to answer: an open question first, then what the message wants, then a way out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from casefiles.demo import info_desk, order_desk, product_desk, return_desk
from casefiles.demo.intents import scores
from casefiles.demo.questions import Question, ask
from casefiles.demo.replies import say
from casefiles.demo.turn import Handler, Reply, Turn, reply

_POLITE = frozenset({"greet", "thanks", "bye", "complaint", "abilities"})

_HANDLERS: Mapping[str, Handler] = {
    "order_status": order_desk.order_status,
    "not_received": order_desk.not_received,
    "cancel_order": order_desk.cancel_order,
    "refund_status": order_desk.refund_status,
    "change_order": order_desk.change_order,
    "invoice": order_desk.invoice,
    "start_return": return_desk.start_return,
    "exchange": return_desk.exchange,
    "damaged": return_desk.damaged,
    "wrong_item": return_desk.wrong_item,
    "missing_item": return_desk.missing_item,
    "search_products": product_desk.search_products,
    "check_stock": product_desk.check_stock,
    "price": product_desk.price,
    "product_detail": product_desk.product_detail,
    "size_help": product_desk.size_help,
    "compare_products": product_desk.compare_products,
    "gift_card_balance": info_desk.gift_card_balance,
    "check_code": info_desk.check_code,
    "human": info_desk.human,
    "complaint": info_desk.complaint,
    "page.delivery_cost": partial(info_desk.delivery, topic="delivery_cost"),
    "page.delivery_countries": partial(info_desk.delivery, topic="delivery_countries"),
    "page.delivery_time": partial(info_desk.delivery, topic="delivery_time"),
    "page.how_to_return": info_desk.how_to_return,
    "page.opening_hours": info_desk.opening_hours,
}


def respond(turn: Turn) -> Reply:
    """The answer to a message in its conversation."""
    if not turn.reading.plain:
        return reply("empty", say("empty"))
    if turn.reading.language:
        return info_desk.foreign(turn)
    return _to_question(turn) or _to_wish(turn)


def _to_question(turn: Turn) -> Reply | None:
    """The answer if the message answers the open question; none if it does not."""
    question = turn.state.question
    answer = _ANSWERS.get(question.kind) if question else None
    return answer(turn, question) if answer and question else None


def _to_wish(turn: Turn) -> Reply:
    wanted = [name for name, _ in turn.reading.intents]
    serious = [name for name in wanted if name not in _POLITE]
    if not wanted:
        return _without_intent(turn)
    answer = handler(serious[0] if serious else wanted[0])(turn)
    if serious and "complaint" in wanted and not answer.text.startswith(say("sorry")):
        answer = replace(answer, text=f"{say('sorry')} {answer.text}")
    return _with_second_topic(turn, answer)


def handler(intent: str) -> Handler:
    """Who answers an intent."""
    if intent in _HANDLERS:
        return _HANDLERS[intent]
    if intent in info_desk.SMALL_TALK:
        return partial(info_desk.small_talk, intent=intent)
    return partial(info_desk.page, topic=intent.removeprefix("page."))


def _with_second_topic(turn: Turn, answer: Reply) -> Reply:
    """Add the shop's page on a second question, if another sentence asks for one."""
    topics = (_best(scores([sentence])) for sentence in turn.reading.sentences)
    others = [name for name in topics if name.startswith("page.") and name != answer.intent]
    if len(turn.reading.sentences) == 1 or not others:
        return answer
    second = handler(others[0])(turn)
    return replace(answer, text=f"{answer.text}\n{second.text}")


def _best(found: Mapping[str, int]) -> str:
    return max(found, key=lambda name: found[name], default="")


def _without_intent(turn: Turn) -> Reply:
    """A message of particulars only: an order number, a product, a size; or nothing known."""
    found, state = turn.reading.entities, turn.state
    particular = found.sizes or found.colours
    if found.orders or found.malformed or found.emails:
        return order_desk.order_status(turn)
    if found.products or (found.place is not None and state.shown):
        return product_desk.product_detail(turn)
    if particular and state.product and not found.things:
        return product_desk.check_stock(turn)
    if found.things or (state.search and (particular or found.price_to)):
        return product_desk.search_products(turn)
    return _bare_answer(turn)


def _bare_answer(turn: Turn) -> Reply:
    """A yes or a no to nothing, or words that fit no rule."""
    if turn.reading.yes:
        return reply("yes", say("nothing_open"))
    return reply("no", say("anything")) if turn.reading.no else info_desk.lost(turn)


def _order_given(turn: Turn, question: Question) -> Reply | None:
    found = turn.reading.entities
    given = found.orders or found.malformed or found.emails
    picked = question.kind == "one_of" and turn.order
    return handler(question.slots["intent"])(turn) if given or picked else None


def _cancel(turn: Turn, question: Question) -> Reply | None:
    if turn.reading.no:
        return reply("cancel_order", say("cancel.kept", order=question.slots["order"]))
    agreed = turn.reading.yes or turn.reading.intent == "cancel_order"
    return order_desk.do_cancel(turn, question.slots["order"]) if agreed else None


def _return(turn: Turn, question: Question) -> Reply | None:
    if turn.reading.no:
        return reply("start_return", say("return.dropped"))
    if not turn.reading.yes:
        return None
    return return_desk.do_return(turn, question.slots["order"], question.slots["items"])


def _items(turn: Turn, question: Question) -> Reply | None:
    if turn.reading.no:
        return reply("start_return", say("return.dropped"))
    return return_desk.choose_items(turn, question.slots["order"])


def _faulty_item(turn: Turn, question: Question) -> Reply | None:
    return return_desk.choose_faulty(turn, question.slots["order"])


def _remedy(turn: Turn, question: Question) -> Reply | None:
    said = set(turn.reading.plain)
    if said & {"money", "refund", "cash", "return"}:
        asked = ask("return", items=question.slots["items"], order=question.slots["order"])
        return reply("damaged", asked)
    if said & {"replacement", "replace", "new", "another", "exchange", "same"}:
        return return_desk.passed_on(turn, "damaged", "replacement of faulty goods")
    return None


def _human(turn: Turn, _: Question) -> Reply | None:
    if turn.reading.yes:
        return info_desk.handed(turn, "human", "the customer accepts the offer of a colleague")
    return reply("no", say("handed.not")) if turn.reading.no else None


def _wish(turn: Turn, _: Question) -> Reply | None:
    known = turn.reading.intent in (None, "search_products")
    return product_desk.search_products(turn) if known else None


_ANSWERS: Mapping[str, Callable[[Turn, Question], Reply | None]] = {
    "order_for": _order_given,
    "one_of": _order_given,
    "cancel": _cancel,
    "items": _items,
    "return": _return,
    "faulty_item": _faulty_item,
    "remedy": _remedy,
    "human": _human,
    "wish": _wish,
}
"""Who takes the answer to each kind of question."""
