"""What each tool does, and what a call leaves behind."""

from __future__ import annotations

import json
from typing import Any

import pytest

from casefiles.demo.app import TOOLS
from casefiles.demo.catalogue import catalogue
from casefiles.demo.tools import Changes, Desk, Toolbox


def called(name: str, changes: Changes | None = None, **arguments: Any) -> dict[str, Any]:
    """The result of one call of a tool."""
    desk = Desk(catalogue=catalogue(), changes=changes or Changes())
    return Toolbox(TOOLS, desk=desk, calls_before=0).call(name, **arguments)


def test_a_call_leaves_the_call_and_its_result_in_the_conversation() -> None:
    """Numbers go on from the calls before; arguments and result are JSON texts."""
    box = Toolbox(TOOLS, desk=Desk(catalogue=catalogue(), changes=Changes()), calls_before=2)
    result = box.call("check_stock", product="P101", size="M", colour=None)
    asked, told = box.messages
    assert asked["tool_calls"][0]["id"] == told["tool_call_id"] == "call_3"
    assert json.loads(asked["tool_calls"][0]["function"]["arguments"]) == {
        "product": "P101",
        "size": "M",
    }
    assert json.loads(told["content"]) == result


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("find_order", {"order": "LF-99999"}, "not_found"),
        ("list_orders", {"email": "nobody@example.com"}, "not_found"),
        ("cancel_order", {"order": "LF-10258"}, "not_cancellable"),
        ("start_return", {"order": "LF-10258", "products": ["P159"]}, "not_returnable"),
        ("start_return", {"order": "LF-10241", "products": ["P101"]}, "not_returnable"),
        ("send_invoice", {"order": "LF-10270"}, "no_invoice_yet"),
        ("trace_parcel", {"order": "LF-10270"}, "not_dispatched"),
        ("trace_parcel", {"order": "LF-10265"}, "not_late"),
        ("get_product", {"product": "P999"}, "not_found"),
        ("check_stock", {"product": "P101", "size": "44"}, "no_such_size"),
        ("check_stock", {"product": "P101", "colour": "pink"}, "no_such_colour"),
        ("policy_lookup", {"topic": "unicorns"}, "not_found"),
        ("policy_lookup", {"query": "xylophone"}, "not_found"),
        ("quote_delivery", {"country": "Switzerland"}, "not_delivered"),
        ("gift_card_balance", {"card": "GC-0000-0000"}, "not_found"),
        ("check_code", {"code": "NOPE99"}, "not_found"),
    ],
)
def test_what_a_tool_cannot_do_is_a_result_with_an_error(
    name: str, arguments: dict[str, Any], error: str
) -> None:
    """The kind of the error is a word, and a sentence says what is wrong."""
    result = called(name, **arguments)
    assert result["error"] == error
    assert result["message"].endswith(".")


def test_an_order_is_told_without_the_customer() -> None:
    """Who ordered is not in the result; what and where it is, is."""
    order = called("find_order", order="LF-10258")["order"]
    assert "customer" not in order
    assert (order["status"], order["items"][0]["name"]) == ("shipped", "Curlew Headlamp")
    assert "example.com" not in json.dumps(order)


def test_orders_of_an_address_are_told_in_short() -> None:
    """Number, status, total and goods, newest first."""
    orders = called("list_orders", email="bramble@example.com")["orders"]
    assert [order["number"] for order in orders] == ["LF-10250", "LF-10207"]
    assert orders[1]["goods"] == "Achill Parka"


def test_cancelling_pays_back_what_was_paid() -> None:
    """An order that was not paid yet gives nothing back."""
    assert called("cancel_order", order="LF-10271")["refund"] == {"amount": 129, "to": "card"}
    assert called("cancel_order", order="LF-10277")["refund"]["amount"] == 0


def test_a_change_of_this_conversation_is_seen_by_later_calls() -> None:
    """A cancelled order is cancelled, and an article is sent back only once."""
    cancelled = Changes(cancelled=frozenset({"LF-10271"}))
    assert called("find_order", cancelled, order="LF-10271")["order"]["status"] == "cancelled"
    assert called("cancel_order", cancelled, order="LF-10271")["error"] == "not_cancellable"
    sent = Changes(sent_back={"LF-10241": ("P113",)})
    again = called("start_return", sent, order="LF-10241", products=["P113"])
    assert again["error"] == "not_returnable"
    other = called("start_return", sent, order="LF-10241", products=["P109"])
    assert other["return"] == "RT-10241-2"


def test_each_line_of_an_order_is_judged_for_a_return() -> None:
    """Tent and mats may come back until 30 March, the gas may not."""
    tent, mat, gas = called("check_return", order="LF-10229")["items"]
    assert (tent["allowed"], tent["until"], mat["allowed"]) == (True, "2026-03-30", True)
    assert not gas["allowed"]


def test_a_return_is_worth_what_was_paid_and_free_from_ireland() -> None:
    """Two of three lines: their prices times pieces; from abroad the label costs."""
    result = called("start_return", order="LF-10229", products=["P139", "P146"])
    assert (result["amount"], result["label_free"]) == (407, True)
    abroad = called("start_return", order="LF-10244", products=["P166"])
    assert not abroad["label_free"]
    faulty = called("start_return", order="LF-10244", products=["P166"], reason="faulty")
    assert faulty["label_free"]


def test_a_refund_is_told_with_its_return() -> None:
    """What was sent back, when it came in, and how far the money is."""
    result = called("refund_status", order="LF-10233")
    assert result["refund"]["status"] == "being checked"
    assert result["return"]["received"] == "2026-03-16"
    assert "refund" not in called("refund_status", order="LF-10207")


def test_late_and_lost_parcels_are_traced() -> None:
    """One that is more than three working days late, and one said to be delivered."""
    assert called("trace_parcel", order="LF-10242")["trace"] == "TR-10242"
    assert called("trace_parcel", order="LF-10261")["trace"] == "TR-10261"


def test_a_search_shows_four_and_counts_all() -> None:
    """More than four products are counted, not listed."""
    result = called("search_products", words=["jacket"])
    assert len(result["products"]) == 4
    assert result["total"] > 4


def test_a_products_page_and_stock() -> None:
    """The page has facts, colours and sizes; the stock has every variant of what is asked."""
    page = called("get_product", product="P101")["product"]
    assert page["facts"]["weight"] == "340 g"
    rows = called("check_stock", product="P101", colour="blue")["variants"]
    assert [row["size"] for row in rows] == ["S", "M", "L", "XL", "XXL"]
    assert {row["colour"] for row in rows} == {"blue"}


def test_pages_are_found_by_topic_and_by_words() -> None:
    """Both ways lead to the page on gift cards."""
    by_topic = called("policy_lookup", topic="gift_cards")["pages"]
    by_words = called("policy_lookup", query="gift card expire")["pages"]
    assert by_topic[0] == by_words[0]


def test_delivery_gift_cards_and_codes_are_told() -> None:
    """Prices by country, a balance with its last day, and a code by the shop's day."""
    assert called("quote_delivery", country="Spain")["standard"] == 9.95
    assert called("gift_card_balance", card="GC-4821-7730")["balance"] == 50
    assert not called("gift_card_balance", card="GC-6602-9914")["valid"]
    states = {code: called("check_code", code=code)["state"] for code in catalogue().shop.codes}
    assert states == {
        "SPRING10": "valid",
        "WINTER20": "expired",
        "HELLO10": "valid",
        "CAMP15": "not yet valid",
    }


def test_the_invoice_is_sent_after_dispatch() -> None:
    """The address is not told."""
    assert called("send_invoice", order="LF-10258")["to"] == "the e-mail address of the order"


def test_the_same_matter_gets_the_same_ticket() -> None:
    """A ticket number follows from what is handed over."""
    first = called("hand_over", reason="r", summary="s", order="LF-10258")
    assert first == called("hand_over", reason="r", summary="s", order="LF-10258")
    assert first["ticket"] != called("hand_over", reason="r", summary="other")["ticket"]
