"""The shop's data in an SQLite database in memory, with full-text search (FTS5).

Built once per process from the JSON files beside this module; read-only afterwards.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from casefiles.demo.records import (
    Json,
    Order,
    Page,
    Product,
    Shop,
    order_of,
    product_of,
    shop_of,
)

Row = tuple[Any, ...]
"""One row as SQLite gives it; its columns are those of the query."""

_DATA = Path(__file__).with_name("data")

_SCHEMA = """
create table product (id text primary key, people text, price real, was real);
create table variant (product text, colour text, size text, stock integer);
create table purchase (number text primary key, email text, placed text);
create virtual table product_text using fts5 (
  id unindexed, name, kind, category, tags, description, tokenize = 'porter unicode61');
create virtual table page_text using fts5 (
  id unindexed, title, keywords, text, tokenize = 'porter unicode61');
"""

# Children's goods come last unless they were asked for.
_FITTING = """
select id from product
where (:price_from is null or price >= :price_from)
  and (:price_to is null or price <= :price_to)
  and (:people is null or people in (:people, 'unisex'))
  and (:reduced = 0 or was is not null)
  and ((:colour is null and :size is null) or exists (
    select 1 from variant where variant.product = product.id and stock > 0
      and (:colour is null or colour = :colour) and (:size is null or size = :size)))
order by :people is null and people = 'kids', price, id
"""

_MATCHING_PRODUCTS = """
select id, bm25(product_text, 0, 6, 5, 3, 4, 1) as rank from product_text
where product_text match ? order by rank, id
"""

_MATCHING_PAGES = """
select id, bm25(page_text, 0, 4, 3, 1) as rank from page_text
where page_text match ? order by rank, id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a product must be besides matching the words; none means anything."""

    price_from: float | None = None
    """Lowest price in EUR."""
    price_to: float | None = None
    """Highest price in EUR."""
    colour: str | None = None
    """A colour that must be in stock."""
    size: str | None = None
    """A size that must be in stock."""
    people: str | None = None
    """women, men or kids; unisex always fits."""
    reduced: bool = False
    """Only reduced goods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One result of a full-text search."""

    id: str
    """Article number or topic."""
    score: float
    """BM25 as SQLite gives it, sign turned: higher is better."""


class Catalogue:
    """Read access to products, orders, pages and settings; safe to share between threads."""

    def __init__(
        self,
        *,
        products: Sequence[Product],
        orders: Sequence[Order],
        pages: Sequence[Page],
        emails: dict[str, str],
        shop: Shop,
    ) -> None:
        """Fill the database; `emails` gives the address of each customer number."""
        self.products = {product.id: product for product in products}
        self.orders = {order.number: order for order in orders}
        self.pages = {page.id: page for page in pages}
        self.shop = shop
        self._emails = emails
        self._lock = Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._fill()

    def _fill(self) -> None:
        insert = self._database.executemany
        self._database.executescript(_SCHEMA)
        products = self.products.values()
        insert(
            "insert into product values (?, ?, ?, ?)",
            ((p.id, p.people, p.price, p.was) for p in products),
        )
        insert("insert into variant values (?, ?, ?, ?)", _variants(products))
        insert(
            "insert into product_text values (?, ?, ?, ?, ?, ?)",
            ((p.id, p.name, p.kind, p.category, p.tags, p.description) for p in products),
        )
        insert(
            "insert into page_text values (?, ?, ?, ?)",
            ((p.id, p.title, p.keywords, p.text) for p in self.pages.values()),
        )
        insert(
            "insert into purchase values (?, ?, ?)",
            ((o.number, self._emails[o.customer], o.placed) for o in self.orders.values()),
        )

    def find_products(self, words: Sequence[str], filters: Filters) -> tuple[Hit, ...]:
        """Products that hold all words, else any of them, best first; without words by price.

        Words are plain: letters, digits and apostrophes.
        """
        fitting = [name for (name,) in self._rows(_FITTING, asdict(filters))]
        if not words:
            return tuple(Hit(id=name, score=0.0) for name in fitting)
        hits = self._matching(_MATCHING_PRODUCTS, words, among=frozenset(fitting))
        asked = filters.people is not None
        return tuple(sorted(hits, key=lambda hit: not asked and self._for_kids(hit.id)))

    def find_pages(self, words: Sequence[str]) -> tuple[Hit, ...]:
        """Policy pages that hold all words, else any of them, best first."""
        return self._matching(_MATCHING_PAGES, words, among=self.pages.keys())

    def orders_of(self, email: str) -> tuple[Order, ...]:
        """The orders of an e-mail address, newest first."""
        rows = self._rows(
            "select number from purchase where email = ? order by placed desc, number desc",
            (email,),
        )
        return tuple(self.orders[number] for (number,) in rows)

    def _for_kids(self, product: str) -> bool:
        return self.products[product].people == "kids"

    def _matching(
        self, query: str, words: Sequence[str], *, among: AbstractSet[str]
    ) -> tuple[Hit, ...]:
        for operator in (" AND ", " OR "):
            match = operator.join(f'"{word}"' for word in words)
            rows = self._rows(query, (match,)) if words else []
            hits = (Hit(id=name, score=round(-rank, 3)) for name, rank in rows if name in among)
            if found := tuple(hits):
                return found
        return ()

    def _rows(self, query: str, values: tuple[str, ...] | Json) -> list[Row]:
        with self._lock:
            return self._database.execute(query, values).fetchall()


def _variants(products: Iterable[Product]) -> Iterable[tuple[str, str, str, int]]:
    for product in products:
        for colour, sizes in product.stock.items():
            for size, pieces in sizes.items():
                yield product.id, colour, size, pieces


def _load(name: str) -> Any:
    return json.loads((_DATA / f"{name}.json").read_text(encoding="utf-8"))


@cache
def catalogue() -> Catalogue:
    """The catalogue of this process."""
    return Catalogue(
        products=[product_of(raw) for raw in _load("products")],
        orders=[order_of(raw) for raw in _load("orders")],
        pages=[Page(**raw) for raw in _load("pages")],
        emails={raw["id"]: raw["email"] for raw in _load("customers")},
        shop=shop_of(_load("shop")),
    )


def common_words() -> list[str]:
    """Everyday English words that are no slips of a word the shop knows."""
    return (_DATA / "common_words.txt").read_text(encoding="utf-8").split()
