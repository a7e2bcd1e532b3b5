"""What a conversation is about, recovered from its messages alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from casefiles.demo.catalogue import Catalogue
from casefiles.demo.messages import calls_of, object_of, text_of
from casefiles.demo.questions import Question, asked
from casefiles.demo.records import Json
from casefiles.demo.replies import say
from casefiles.demo.tools import Changes

_ORDER = re.compile(r"\bLF-\d{5}\b")


_FILTERS = ("price_from", "price_to", "colour", "size", "people")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A conversation just before the customer's new message."""

    first: bool
    """Whether this is the customer's first message."""
    order: str | None
    """The order last talked about."""
    product: str | None
    """Article number of the product last talked about."""
    shown: tuple[str, ...]
    """Article numbers of the list shown last, in its order."""
    orders_shown: tuple[str, ...]
    """Orders named in the last reply, in its order."""
    search: Json
    """Arguments of the last product search."""
    question: Question | None
    """What the assistant asked last and waits for."""
    misses: int
    """How many of the assistant's last replies said that it did not understand, in a row."""
    changes: Changes
    """Orders cancelled and returns started in this conversation."""
    calls: int
    """Tool calls so far."""
    said: tuple[str, ...]
    """The customer's messages so far, without the new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """A tool call with its result."""

    name: str
    arguments: Json
    result: Json


def recover(history: Sequence[Json], *, catalogue: Catalogue) -> State:
    """The state after a history in OpenAI style; tool calls in it may be missing."""
    calls = list(_calls(history))
    replies = [text_of(m) for m in history if m.get("role") == "assistant" and text_of(m)]
    names = {product.name: product.id for product in catalogue.products.values()}
    shown, search = _list_shown(calls, replies, names)
    return State(
        first=not any(m.get("role") in ("assistant", "system") for m in history),
        order=_last_order(history, known=catalogue),
        product=_last_product(history, names),
        shown=shown,
        orders_shown=tuple(dict.fromkeys(_ORDER.findall(replies[-1]))) if replies else (),
        search=search,
        question=asked(replies[-1]) if replies else None,
        misses=_misses(replies),
        changes=_changes(calls),
        calls=sum(len(calls_of(message)) for message in history),
        said=tuple(text_of(m) for m in history if m.get("role") == "user"),
    )


def _calls(history: Sequence[Json]) -> Iterator[_Call]:
    """The tool calls whose results are in the history, in its order."""
    asked_for = {call[0]: call for message in history for call in calls_of(message)}
    for message in history:
        call = asked_for.get(str(message.get("tool_call_id")))
        if message.get("role") == "tool" and call:
            _, name, arguments = call
            yield _Call(
                name=name, arguments=object_of(arguments), result=object_of(text_of(message))
            )


def _last_order(history: Sequence[Json], *, known: Catalogue) -> str | None:
    """The last order that a tool was asked for or a reply names alone, if the shop has it."""
    orders = (name for message in history for name in _orders_of(message) if name in known.orders)
    return next(reversed([*orders]), None)


def _orders_of(message: Json) -> Iterator[str]:
    yield from (str(object_of(given).get("order")) for _, _, given in calls_of(message))
    named = set(_ORDER.findall(text_of(message))) if message.get("role") == "assistant" else ()
    yield from named if len(named) == 1 else ()


def _last_product(history: Sequence[Json], names: Mapping[str, str]) -> str | None:
    """The last product that a tool was asked for or a reply names alone."""
    found = (
        name for message in history for name in _products_of(message, names)
        if name in names.values()
    )  # fmt: skip
    return next(reversed([*found]), None)


def _products_of(message: Json, names: Mapping[str, str]) -> Iterator[str]:
    yield from (str(object_of(given).get("product")) for _, _, given in calls_of(message))
    named = _named(text_of(message), names) if message.get("role") == "assistant" else ()
    yield from named if len(named) == 1 else ()


def _named(text: str, names: Mapping[str, str]) -> list[str]:
    """Article numbers of the products whose full name is in a text, in the order of the text."""
    found = [(text.find(name), product) for name, product in names.items() if name in text]
    return [product for _, product in sorted(found)]


def _list_shown(
    calls: Sequence[_Call], replies: Sequence[str], names: Mapping[str, str]
) -> tuple[tuple[str, ...], Json]:
    """The last list of products shown, and the search it came from."""
    searches = [call for call in calls if call.name == "search_products"]
    search = _search_of(searches[-1].arguments) if searches else {}
    lists = [reply for reply in replies if re.search(r"^1\. ", reply, re.MULTILINE)]
    return tuple(_named(lists[-1], names)) if lists else (), search


def _search_of(arguments: Json) -> Json:
    """The arguments of a search as far as they are those of this version's tool."""
    words = arguments.get("words")
    words = [word for word in words if str(word).isalnum()] if isinstance(words, list) else []
    kept = {
        key: arguments[key] for key in _FILTERS if isinstance(arguments.get(key), (str, int, float))
    }
    return kept | ({"words": words} if words else {})


def _misses(replies: Sequence[str]) -> int:
    lost = (say("lost"), say("lost.again"))
    count = 0
    for reply in reversed(replies):
        if not reply.startswith(lost):
            break
        count += 1
    return count


def _changes(calls: Sequence[_Call]) -> Changes:
    sent_back: dict[str, tuple[str, ...]] = {}
    for call in calls:
        products = call.result.get("products")
        if call.name == "start_return" and "return" in call.result and isinstance(products, list):
            order = str(call.result.get("order"))
            sent_back[order] = sent_back.get(order, ()) + tuple(map(str, products))
    cancelled = (call.result.get("cancelled") for call in calls if call.name == "cancel_order")
    return Changes(
        cancelled=frozenset(order for order in cancelled if isinstance(order, str)),
        sent_back=sent_back,
    )
