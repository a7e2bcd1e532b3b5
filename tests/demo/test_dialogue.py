"""Conversations as customers hold them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from casefiles.demo.app import answer
from casefiles.demo.catalogue import catalogue

Answer = dict[str, Any]
Talk = Callable[..., list[Answer]]


def tools(reply: Answer) -> list[str]:
    """The tools called for an answer, in their order."""
    calls = (message.get("tool_calls") or [] for message in reply["messages"])
    return [call["function"]["name"] for found in calls for call in found]


def test_where_is_my_order_is_answered_from_the_order(talk: Talk) -> None:
    """Status, carrier and promised day come from the tool."""
    (reply,) = talk("Wheres my ordr lf10258??")
    assert tools(reply) == ["find_order"]
    assert "Athlone depot" in reply["output"]
    assert "later than promised" in reply["output"]


def test_every_order_has_an_answer_for_every_wish(talk: Talk) -> None:
    """Whatever state an order is in, each wish about it gets words of its own."""
    wishes = ("where is", "cancel", "return", "refund for", "not received", "broken:", "invoice")
    for number in catalogue().orders:
        for wish in wishes:
            (reply,) = talk(f"{wish} {number}")
            assert reply["metadata"]["intent"] != "lost", (wish, number)


def test_every_product_has_an_answer_for_every_question(talk: Talk) -> None:
    """Page, price and stock of each product are told under its full name."""
    for product in catalogue().products.values():
        for question in ("tell me about the", "how much is the", "is it in stock: the"):
            (reply,) = talk(f"{question} {product.name}")
            assert product.name in reply["output"], (question, product.name)


def test_a_wanted_day_is_compared_with_the_promised_one(talk: Talk) -> None:
    """Promised for Friday 20 March it is in time for Saturday, not for tomorrow."""
    assert "in time for Saturday" in talk("LF-10268, will it arrive by saturday?")[0]["output"]
    assert "cannot promise" in talk("LF-10268, will it arrive by tomorrow?")[0]["output"]


def test_the_assistant_asks_for_the_order_it_needs(talk: Talk) -> None:
    """A number alone answers the question, for the wish that led to it."""
    ask, offer, done = talk("i want to cancel", "10271", "yes")
    assert "Which order is it that you would like to cancel?" in ask["output"]
    assert tools(offer) == ["find_order"]
    assert tools(done) == ["cancel_order"]


def test_an_address_gives_a_choice_of_orders(talk: Talk) -> None:
    """The second of a customer's orders is meant by its place in the list."""
    _, choice, status = talk("where is my parcel", "bramble@example.com", "the second one")
    assert tools(choice) == ["list_orders"]
    assert "Achill Parka" in status["output"]


@pytest.mark.parametrize(
    ("given", "said"),
    [("order 1234", "not one of our order numbers"), ("LF-99999", "cannot find order LF-99999")],
)
def test_a_number_that_is_no_order_is_said(talk: Talk, given: str, said: str) -> None:
    """A malformed number is not looked up; a well-formed unknown one is."""
    assert said in talk(f"where is {given}")[0]["output"]


def test_nothing_is_cancelled_without_a_yes(talk: Talk) -> None:
    """The offer says what happens; a no leaves the order; a yes cancels it."""
    offer, kept = talk("please cancel LF-10271", "no")
    assert "cancel_order" not in tools(offer)
    assert "EUR 129.00" in offer["output"]
    assert "leave order LF-10271 as it is" in kept["output"]
    _, done, status = talk("please cancel LF-10271", "yes", "what is the status of LF-10271")
    assert "is cancelled" in done["output"]
    assert "is cancelled" in status["output"]


def test_an_order_that_left_cannot_be_cancelled(talk: Talk) -> None:
    """The customer hears what can be done instead."""
    (reply,) = talk("cancel LF-10258")
    assert "can no longer be cancelled" in reply["output"]
    assert tools(reply) == ["find_order"]


def test_a_return_asks_what_then_whether(talk: Talk) -> None:
    """Several articles: choose one; then a yes starts it, and it cannot be started again."""
    choose, confirm, done, again = talk(
        "I want to return something from 10241", "the hoodie", "yes", "return the hoodie please"
    )
    assert "What would you like to send back" in choose["output"]
    assert "Suir Hoodie (grey, L)" in confirm["output"]
    assert tools(done) == ["find_order", "start_return"]
    assert "RT-10241-1" in done["output"]
    assert "Suir Hoodie" not in again["output"].split("Shall I")[-1]


def test_what_cannot_be_sent_back_is_said(talk: Talk) -> None:
    """The reason is the shop's rule for that article."""
    _, reply = talk("return 10229", "the gas cartridges")
    assert "hazardous goods" in reply["output"]
    assert "start_return" not in tools(reply)


def test_an_exchange_looks_for_the_other_size(talk: Talk) -> None:
    """The wanted size is looked up, and the return is offered, not started."""
    (reply,) = talk("The boots from order 10218 are too small, can I swap for a 44?")
    assert "check_stock" in tools(reply)
    assert "start_return" not in tools(reply)
    assert "Shall I start the return" in reply["output"]


def test_faulty_goods_give_a_choice_and_a_replacement_goes_to_a_colleague(talk: Talk) -> None:
    """Money back leads to a return, a replacement to a person."""
    choice, passed_on = talk("zip broke on my backpack, order LF-10221", "a replacement please")
    assert "money back or a replacement" in choice["output"]
    assert passed_on["needs_human"] == "replacement of faulty goods"
    _, back, done = talk("zip broke on my backpack, order LF-10221", "money back", "yes")
    assert "Shall I start the return" in back["output"]
    assert "start_return" in tools(done)


def test_a_late_parcel_is_traced_and_an_early_complaint_is_not(talk: Talk) -> None:
    """The trace depends on the promised day."""
    assert "TR-10242" in talk("my parcel LF-10242 never arrived")[0]["output"]
    assert "write again and I open a trace" in talk("LF-10265 still not here")[0]["output"]


def test_a_refund_is_told_by_its_state(talk: Talk) -> None:
    """Sent, being checked, waiting for the parcel, or none at all."""
    outputs = [
        talk(f"where is my refund for {number}")[0]["output"]
        for number in ("LF-10224", "LF-10233", "LF-10252", "LF-10207")
    ]
    for output, said in zip(
        outputs, ["went to your card", "checking", "not reached us", "no refund"], strict=True
    ):
        assert said in output


def test_a_product_is_talked_about_without_its_name(talk: Talk) -> None:
    """Search, pick by place, ask for a fact, a variant and the price."""
    found, second, weight, stock, price = talk(
        "do you have any tents", "the second one", "how heavy is it", "is it in stock", "how much"
    )
    assert "1. Fastnet 2 Tent" in found["output"]
    assert second["output"].startswith("Fastnet 4 Tent")
    assert "6.9 kg" in weight["output"]
    assert tools(stock) == ["check_stock"]
    assert "EUR 399.00 instead of EUR 449.00" in price["output"]


def test_a_search_can_be_narrowed(talk: Talk) -> None:
    """A price or a colour alone is added to the search before."""
    _, cheaper = talk("show me backpacks", "under 60")
    (call,) = [m for m in cheaper["messages"] if m.get("tool_calls")]
    arguments = json.loads(call["tool_calls"][0]["function"]["arguments"])
    assert arguments == {"words": ["backpacks"], "price_to": 60.0}


def test_a_search_without_a_hit_is_relaxed(talk: Talk) -> None:
    """Nothing under 5 EUR: what comes close is shown as such."""
    (reply,) = talk("do you have a tent under 5 euros")
    assert "Nothing fits all of that" in reply["output"]
    assert tools(reply) == ["search_products", "search_products"]


def test_two_questions_about_the_shop_are_both_answered(talk: Talk) -> None:
    """A second sentence with another topic gets its page, too."""
    (reply,) = talk("How much is delivery to Spain? And can I pay with amex?")
    assert "Spain" in reply["output"]
    assert "American Express" in reply["output"]


def test_the_way_to_a_person_is_open(talk: Talk) -> None:
    """Asked for, offered after a complaint, in another language, and after two failures."""
    assert talk("let me talk to a real person")[0]["needs_human"]
    assert talk("this is ridiculous", "yes")[1]["done"]
    assert "German" in talk("Ich möchte bitte meine Bestellung")[0]["output"]
    assert "pass you on" in talk("blub blub", "blah blah")[1]["output"]


def test_an_open_question_is_asked_again_when_the_answer_is_not_understood(talk: Talk) -> None:
    """The customer still knows what the assistant waits for."""
    _, again = talk("cancel LF-10271", "qwertz")
    assert again["output"].endswith("Shall I cancel order LF-10271? (yes or no)")


def test_words_alone_carry_the_conversation() -> None:
    """Where a caller keeps only texts, no tool calls, the confirmation still works."""
    offer = answer("cancel LF-10271", [])
    history = [
        {"role": "user", "content": "cancel LF-10271"},
        {"role": "assistant", "content": offer["output"]},
    ]
    assert "is cancelled" in answer("yes", history)["output"]


@pytest.mark.parametrize(
    ("said", "intent", "done"),
    [
        ("hello", "greet", False),
        ("thanks a lot", "thanks", False),
        ("bye", "bye", True),
        ("are you a bot", "bot", False),
        ("what can you do", "abilities", False),
        ("❤️", "empty", False),
        ("yes", "yes", False),
        ("no", "no", False),
    ],
)
def test_small_talk(talk: Talk, said: str, intent: str, *, done: bool) -> None:
    """Only a goodbye ends the conversation."""
    (reply,) = talk(said)
    assert (reply["metadata"]["intent"], reply["done"]) == (intent, done)
