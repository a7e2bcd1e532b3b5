"""What the shop knows: products, orders, policy pages and its own settings, as read from disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

Json = dict[str, Any]
"""A JSON object: the arguments or the result of a tool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One article of the catalogue, with the stock of each variant."""

    id: str
    """Article number, such as `P101`."""
    name: str
    """Full name; no two products share one."""
    category: str
    """One of the eight departments, such as `jackets`."""
    kind: str
    """What it is, such as `rain jacket`."""
    people: str
    """Whom it is cut for: women, men, kids or unisex."""
    price: float
    """Today's price of one piece in EUR, VAT included."""
    was: float | None = None
    """The price before a reduction in EUR; none if not reduced."""
    tags: str
    """Further words that customers use for it, for the full-text search."""
    description: str
    """One or two sentences of the product page."""
    facts: Mapping[str, str]
    """Measured properties by name, such as `weight` or `waterproof`."""
    stock: Mapping[str, Mapping[str, int]]
    """Pieces in stock by colour, then size."""
    no_return: str | None = None
    """Why it cannot be sent back; none if it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an order: a variant and how many of it."""

    product: str
    """Article number."""
    name: str
    """Product name at the time of the order."""
    colour: str
    """Colour ordered."""
    size: str
    """Size ordered; `one size` where there are none."""
    quantity: int
    """Pieces."""
    price: float
    """Price of one piece in EUR."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How and when an order travels. Dates are ISO dates."""

    method: str
    """standard, express or pick-up."""
    country: str
    """Two-letter code of the country of delivery."""
    cost: float
    """Delivery cost in EUR."""
    carrier: str | None = None
    """Who carries it, once dispatched."""
    tracking: str | None = None
    """The carrier's number."""
    promised: str | None = None
    """Latest day promised to the customer."""
    dispatched: str | None = None
    """Day it left the warehouse."""
    delivered: str | None = None
    """Day it was delivered."""
    place: str | None = None
    """Where it was last seen, or to whom it was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBack:
    """A return that was started. Dates are ISO dates."""

    number: str
    """Return number, such as `RT-10224-1`."""
    started: str
    """Day the customer asked for it."""
    received: str | None
    """Day it reached the warehouse; none while on its way."""
    products: tuple[str, ...]
    """Article numbers sent back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money going back to the customer."""

    amount: float
    """EUR."""
    status: str
    """waiting for the parcel, being checked, or sent."""
    date: str | None
    """ISO date of the payment; none before it."""
    to: str
    """Way of payment the money goes to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order of one customer."""

    number: str
    """Order number, such as `LF-10234`."""
    customer: str
    """Customer number."""
    placed: str
    """ISO date of the order."""
    status: str
    """Where it stands: processing, packed, shipped, delivered, returned, cancelled and so on."""
    items: tuple[Line, ...]
    """What was ordered."""
    delivery: Delivery
    """How it travels."""
    payment: str
    """How it was paid."""
    total: float
    """EUR, delivery and VAT included."""
    sent_back: SentBack | None = None
    """The return, if one was started."""
    refund: Refund | None = None
    """The refund, if there is one."""
    cancelled: str | None = None
    """ISO date of the cancellation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the shop's policies."""

    id: str
    """Topic, such as `gift_cards`."""
    title: str
    """Heading."""
    keywords: str
    """Further words that customers use for it, for the full-text search."""
    text: str
    """What the shop says about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """Countries that share delivery prices."""

    name: str
    """Name of the zone."""
    countries: tuple[str, ...]
    """English names of the countries."""
    standard: float
    """Price of standard delivery in EUR."""
    free_from: float | None
    """Value of goods in EUR from which it is free; none if never."""
    express: float | None
    """Price of express delivery in EUR; none if not offered."""
    days: str
    """Working days, such as `2 to 3`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """The shop's own settings; `today` is fixed, so answers never depend on the clock."""

    name: str
    """Name of the shop."""
    today: date
    """The day on which all conversations take place."""
    return_days: int
    """Days after delivery in which goods may come back."""
    reduced_return_days: int
    """The same for goods bought at a reduced price."""
    late_working_days: int
    """Working days after the promised day from which a parcel counts as late."""
    zones: tuple[Zone, ...]
    """Where the shop delivers."""
    gift_cards: Mapping[str, Mapping[str, Any]]
    """Gift cards by number: `balance` in EUR, `expires` as an ISO date."""
    codes: Mapping[str, Mapping[str, Any]]
    """Discount codes: `percent`, `from` and `until` as ISO dates, `minimum` in EUR, `note`."""


def product_of(raw: Json) -> Product:
    """A product from its object in `products.json`."""
    return Product(**raw)


def order_of(raw: Json) -> Order:
    """An order from its object in `orders.json`, where `return` holds what was sent back."""
    plain = {key: value for key, value in raw.items() if key != "return"}
    back = raw.get("return")
    return Order(
        **plain
        | {
            "items": tuple(Line(**line) for line in raw["items"]),
            "delivery": Delivery(**raw["delivery"]),
            "refund": Refund(**raw["refund"]) if "refund" in raw else None,
            "sent_back": SentBack(**back | {"products": tuple(back["products"])}) if back else None,
        }
    )


def shop_of(raw: Json) -> Shop:
    """The settings from the object in `shop.json`."""
    zones = tuple(Zone(**zone | {"countries": tuple(zone["countries"])}) for zone in raw["zones"])
    return Shop(**raw | {"today": date.fromisoformat(raw["today"]), "zones": zones})


def json_of(record: Order | Product | Page | Line) -> Json:
    """The JSON object of a record, without what is not known."""
    return {key: value for key, value in asdict(record).items() if value is not None}
