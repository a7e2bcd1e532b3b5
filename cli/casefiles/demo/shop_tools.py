"""Tools over the catalogue and the shop's pages: search, stock, delivery prices, hand-over."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import date

from casefiles.demo.catalogue import Filters
from casefiles.demo.records import Json, Page, Product, Zone
from casefiles.demo.tools import Desk, Tool, ToolError, retrieved

_SHOWN = 4


def search_products(
    desk: Desk,
    *,
    words: Sequence[str] = (),
    price_from: float | None = None,
    price_to: float | None = None,
    colour: str | None = None,
    size: str | None = None,
    people: str | None = None,
    reduced: bool = False,
) -> Json:
    """The four best products for the words among those that fit the rest, and how many fit."""
    filters = Filters(
        price_from=price_from,
        price_to=price_to,
        colour=colour,
        size=size,
        people=people,
        reduced=reduced,
    )
    found = retrieved("products", words, lambda: desk.catalogue.find_products(words, filters))
    shown = [_row(desk.catalogue.products[name]) for name in found[:_SHOWN]]
    return {"total": len(found), "products": shown}


def _row(product: Product) -> Json:
    row: Json = {"id": product.id, "name": product.name, "price": product.price}
    return row | ({"was": product.was} if product.was else {})


def get_product(desk: Desk, *, product: str) -> Json:
    """Everything on the page of a product."""
    found = _product(desk, product)
    return {
        "product": _row(found)
        | {
            "description": found.description,
            "facts": dict(found.facts),
            "colours": list(found.stock),
            "sizes": list(next(iter(found.stock.values()))),
            "for": found.people,
        }
    }


def _product(desk: Desk, product: str) -> Product:
    found = desk.catalogue.products.get(product)
    if found is None:
        raise ToolError("not_found", f"There is no product {product}.")
    return found


def check_stock(
    desk: Desk, *, product: str, size: str | None = None, colour: str | None = None
) -> Json:
    """Pieces in stock of the variants of a product in a size and a colour, or in all of them."""
    found = _product(desk, product)
    sizes = list(next(iter(found.stock.values())))
    if size and size not in sizes:
        raise ToolError("no_such_size", f"The {found.name} comes in {_span(sizes)}.")
    if colour and colour not in found.stock:
        raise ToolError("no_such_colour", f"The {found.name} comes in {', '.join(found.stock)}.")
    variants = [
        {"colour": tone, "size": one, "stock": pieces}
        for tone, row in found.stock.items()
        for one, pieces in row.items()
        if colour in (None, tone) and size in (None, one)
    ]
    return {"product": _row(found), "variants": variants}


def _span(sizes: Sequence[str]) -> str:
    return sizes[0] if len(sizes) == 1 else f"sizes {sizes[0]} to {sizes[-1]}"


def policy_lookup(desk: Desk, *, topic: str | None = None, query: str | None = None) -> Json:
    """The page of a topic, or the pages that hold the words of a query, best first."""
    words = (topic or query or "").replace("_", " ").split()
    pages = desk.catalogue.pages
    if topic is not None:
        found = [topic] if topic in pages else []
    else:
        found = retrieved("pages", words, lambda: desk.catalogue.find_pages(words))
    if not found:
        raise ToolError("not_found", "No page of the shop is about this.")
    return {"pages": [_page(pages[name]) for name in found[:2]]}


def _page(page: Page) -> Json:
    return {"id": page.id, "title": page.title, "text": page.text}


def quote_delivery(desk: Desk, *, country: str) -> Json:
    """Prices and time of delivery to a country."""
    zone = _zone(desk, country)
    return {
        "country": country,
        "standard": zone.standard,
        "free_from": zone.free_from,
        "express": zone.express,
        "working_days": zone.days,
    }


def _zone(desk: Desk, country: str) -> Zone:
    for zone in desk.catalogue.shop.zones:
        if country in zone.countries:
            return zone
    raise ToolError("not_delivered", f"We do not deliver to {country}.")


def gift_card_balance(desk: Desk, *, card: str) -> Json:
    """What is left on a gift card, and until when it is valid."""
    found = desk.catalogue.shop.gift_cards.get(card)
    if found is None:
        raise ToolError("not_found", f"There is no gift card {card}.")
    valid = date.fromisoformat(found["expires"]) >= desk.catalogue.shop.today
    return {"card": card, **found, "valid": valid}


def check_code(desk: Desk, *, code: str) -> Json:
    """Whether a discount code is valid today, and what it gives."""
    found = desk.catalogue.shop.codes.get(code)
    if found is None:
        raise ToolError("not_found", f"There is no code {code}.")
    today = desk.catalogue.shop.today.isoformat()
    state = "expired" if today > found["until"] else "valid"
    return {"code": code, **found, "state": "not yet valid" if today < found["from"] else state}


def hand_over(desk: Desk, *, reason: str, summary: str, order: str | None = None) -> Json:
    """Pass the conversation on to a colleague; the ticket number follows from what is passed on."""
    shop = desk.catalogue.shop
    ticket = zlib.crc32(f"{reason}|{summary}|{order}".encode("utf-8", "replace")) % 100_000
    return {"ticket": f"T-{ticket:05}", "answer": "within one working day", "shop": shop.name}


SHOP_TOOLS = (
    Tool(
        name="search_products",
        description="Search the catalogue by words, price, colour, size and whom it is for.",
        run=search_products,
    ),
    Tool(name="get_product", description="Read the page of one product.", run=get_product),
    Tool(
        name="check_stock",
        description="Look up the stock of a product by size and colour.",
        run=check_stock,
    ),
    Tool(
        name="policy_lookup",
        description="Read the shop's page on a topic, or search its pages.",
        run=policy_lookup,
    ),
    Tool(
        name="quote_delivery",
        description="Tell price and time of delivery to a country.",
        run=quote_delivery,
    ),
    Tool(
        name="gift_card_balance",
        description="Tell what is left on a gift card.",
        run=gift_card_balance,
    ),
    Tool(name="check_code", description="Check a discount code.", run=check_code),
    Tool(
        name="hand_over",
        description="Pass the conversation on to a colleague.",
        run=hand_over,
    ),
)
"""The tools over catalogue, pages and settings."""
