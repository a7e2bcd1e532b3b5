"""What a message is taken for."""

from __future__ import annotations

from functools import partial

import pytest

from casefiles.demo.catalogue import catalogue
from casefiles.demo.dialogue import handler
from casefiles.demo.intents import cues, parse_cues, scores
from casefiles.demo.lexicon import lexicon
from casefiles.demo.understand import Reading, read


def understood(text: str) -> Reading:
    """A message, understood."""
    return read(text, lexicon=lexicon(), today=catalogue().shop.today)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("wheres my ordr lf10234??", "order_status"),
        ("my parcel still hasn't arrived", "not_received"),
        ("pls cancel my order", "cancel_order"),
        ("I want to retrun these boots", "start_return"),
        ("can I swap them for a bigger size", "exchange"),
        ("where is my refund", "refund_status"),
        ("the zip broke", "damaged"),
        ("you sent me the wrong jacket", "wrong_item"),
        ("one sock is missing", "missing_item"),
        ("I need to change the delivery address", "change_order"),
        ("can i have an invoice", "invoice"),
        ("do you have waterproof jackets under 100", "search_products"),
        ("is the Tarn jacket in stock", "check_stock"),
        ("how much is the Tarn jacket", "price"),
        ("how heavy is the Tory tent", "product_detail"),
        ("what size should I take", "size_help"),
        ("difference between Lambay and Saltee", "compare_products"),
        ("how much is delivery to Spain", "page.delivery_cost"),
        ("when do you open today, opening hours?", "page.opening_hours"),
        ("do gift cards expire", "page.gift_cards"),
        ("let me talk to a real person", "human"),
        ("are you a robot", "bot"),
        ("this is ridiculous", "complaint"),
        ("hello there", "greet"),
    ],
)
def test_messages_are_taken_for_what_they_ask(text: str, intent: str) -> None:
    """The common wishes of a shop's customers are told apart."""
    assert understood(text).intent == intent


def test_a_cue_after_not_does_not_count() -> None:
    """Who writes "I do not want to cancel it" does not wish to cancel."""
    assert "cancel_order" not in scores(["i do not want to cancel it"])
    assert "cancel_order" in scores(["i want to cancel it"])


def test_a_cue_counts_once_however_often_it_is_said() -> None:
    """Repeating oneself does not outweigh another wish."""
    assert scores(["cancel cancel cancel", "cancel"]) == scores(["cancel"])


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [("Yes please", True, False), ("ok", True, False), ("nope", False, True), ("hm", False, False)],
)
def test_agreement_and_refusal_are_heard(text: str, *, yes: bool, no: bool) -> None:
    """A message that starts with a yes or a no says so."""
    assert (understood(text).yes, understood(text).no) == (yes, no)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ich möchte meine Bestellung stornieren bitte", "German"),
        ("Bonjour, où est ma commande ?", "French"),
        ("¿Dónde está mi pedido?", "Spanish"),
        ("Where is my order?", None),
        ("der tent is nice", None),
    ],
)
def test_other_languages_are_noticed(text: str, language: str | None) -> None:
    """Two small words of another language, and no more English ones, tell it."""
    assert understood(text).language == language


def test_every_cue_of_the_shop_can_be_answered() -> None:
    """No cue leads to an intent that nobody answers, nor to a page that is not there."""
    for intent in {cue.intent for cue in cues()}:
        answers = handler(intent)
        if isinstance(answers, partial) and "topic" in answers.keywords:
            assert answers.keywords["topic"] in catalogue().pages, intent


def test_a_cue_file_names_patterns_and_weighs_signs() -> None:
    """`<name>` in a pattern stands for the pattern defined above it."""
    text = "# comment\nmy = (?:my|our)\n[cancel]\n5 stop <my> order\n"
    (cue,) = parse_cues(text)
    assert (cue.intent, cue.weight) == ("cancel", 5)
    assert cue.pattern.search("please stop our order now")
