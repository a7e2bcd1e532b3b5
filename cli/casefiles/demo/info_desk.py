"""What the assistant does about the shop itself, small talk, and what it does not understand."""

from __future__ import annotations

from datetime import date

from casefiles.demo.product_desk import content_words
from casefiles.demo.questions import ask
from casefiles.demo.records import Json
from casefiles.demo.replies import day, money, say
from casefiles.demo.turn import Reply, Turn, hand_over, reply


def page(turn: Turn, topic: str) -> Reply:
    """What the shop says on a topic."""
    found = turn.tools.call("policy_lookup", topic=topic)["pages"][0]
    return reply(f"page.{topic}", found["text"])


def delivery(turn: Turn, topic: str) -> Reply:
    """What delivery to a country costs, or the page on it if none is named."""
    countries = turn.reading.entities.countries
    if not countries:
        return page(turn, topic)
    result = turn.tools.call("quote_delivery", country=countries[0])
    if "error" in result:
        return reply(f"page.{topic}", say("delivery.not", country=countries[0]))
    return reply(f"page.{topic}", _quote(result))


def _quote(quote: Json) -> str:
    above = quote["free_from"]
    free = say("delivery.free", value=money(above)) if above else ""
    told = say(
        "delivery",
        country=quote["country"],
        standard=money(quote["standard"]),
        free=free,
        days=quote["working_days"],
    )
    express = quote["express"]
    return f"{told} {say('delivery.express', express=money(express))}" if express else told


def how_to_return(turn: Turn) -> Reply:
    """How a return works, and the offer to start one."""
    told = page(turn, "how_to_return").text
    order = turn.order
    if order:
        return reply("page.how_to_return", told)
    return reply("page.how_to_return", told, ask("order_for", intent="start_return"))


def gift_card_balance(turn: Turn) -> Reply:
    """What is left on my gift card?"""
    cards = turn.reading.entities.gift_cards
    if not cards:
        return reply("gift_card_balance", say("card.ask"))
    result = turn.tools.call("gift_card_balance", card=cards[0])
    if "error" in result:
        return reply("gift_card_balance", say("card.unknown", card=cards[0]))
    told = say(
        "card.ok" if result["valid"] else "card.expired",
        card=cards[0],
        balance=money(result["balance"]),
        expires=day(result["expires"]),
    )
    return reply("gift_card_balance", told)


def check_code(turn: Turn) -> Reply:
    """Is this code valid?"""
    codes = turn.reading.entities.codes
    if not codes:
        return page(turn, "discounts")
    result = turn.tools.call("check_code", code=codes[0])
    if "error" in result:
        return reply("check_code", say("code.unknown", code=codes[0]))
    least, note = result["minimum"], result.get("note")
    told = say(
        f"code.{result['state']}",
        code=codes[0],
        percent=result["percent"],
        since=day(result["from"]),
        until=day(result["until"]),
        minimum=f" on orders from {money(least)}" if least else "",
        note=f" ({note})" if note else "",
    )
    return reply("check_code", told)


def opening_hours(turn: Turn) -> Reply:
    """When the shop is open; for a named day whether it is."""
    told = page(turn, "opening_hours").text
    days = turn.reading.entities.dates
    return reply("page.opening_hours", _that_day(days[0]) if days else "", told)


def _that_day(when: date) -> str:
    hours = ("10:00–18:00",) * 5 + ("10:00–16:00", None)
    open_then = hours[when.weekday()]
    return f"On {day(when)} the shop is open {open_then}." if open_then else (
        f"On {day(when)} the shop is closed."
    )  # fmt: skip


def human(turn: Turn) -> Reply:
    """I want to talk to a person."""
    return handed(turn, "human", "the customer asks for a person")


def handed(turn: Turn, intent: str, reason: str) -> Reply:
    """Hand the conversation over and end it."""
    told = say("handed", ticket=hand_over(turn, reason=reason))
    return Reply(text=told, intent=intent, needs_human=reason, done=True)


def complaint(_turn: Turn) -> Reply:
    """The customer is unhappy, and says no more."""
    return reply("complaint", say("complaint"), ask("human"))


SMALL_TALK = frozenset({"greet", "thanks", "bye", "bot", "abilities"})
"""What is always answered with the same words."""


def small_talk(_turn: Turn, intent: str) -> Reply:
    """The words for a greeting, thanks and the like; a goodbye ends the conversation."""
    return Reply(text=say(intent), intent=intent, done=intent == "bye")


def foreign(turn: Turn) -> Reply:
    """The message is in a language that the assistant does not speak."""
    return reply("language", say("language", language=turn.reading.language), ask("human"))


def lost(turn: Turn) -> Reply:
    """No rule fits: try the shop's pages, then its products, then say so."""
    asked_for = content_words(turn)
    if len(asked_for) > 1:
        result = turn.tools.call("policy_lookup", query=" ".join(asked_for))
        if "error" not in result and _telling(result, asked_for):
            return reply("lost", result["pages"][0]["text"])
    if turn.state.misses:
        return reply("lost", say("lost.again"), ask("human"))
    question = turn.state.question
    again = ask(question.kind, **question.slots) if question else say("lost.help")
    return reply("lost", say("lost"), again)


def _telling(result: Json, asked_for: list[str]) -> bool:
    """Whether the best page holds at least half of the words."""
    text = f"{result['pages'][0]['title']} {result['pages'][0]['text']}".casefold()
    return sum(word in text for word in asked_for) * 2 >= len(asked_for)
