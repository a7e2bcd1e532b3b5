"""What the assistant does about products: search, price, stock, details, sizes, comparison."""

from __future__ import annotations

from collections.abc import Sequence

from casefiles.demo.lexicon import PEOPLE, lexicon
from casefiles.demo.questions import ask
from casefiles.demo.records import Json
from casefiles.demo.replies import either, listing, money, price_tag, say, variant
from casefiles.demo.turn import Reply, Turn, reply

_FILLERS = frozenset(
    """i you we me my your a an the do does did have has had is are was be been am can could would
    will shall should may might want wants need needs like looking look search searching find show
    buy get got getting order purchase sell selling stock carry any some anything something one ones
    for to of in on at with without from by about and or but if so that this these those it them
    they there what which who how when where please thanks thank hi hello hey good morning evening
    afternoon really very quite just also too more most best nice great perfect new under below over
    above between than less up max maximum around about euro euros eur budget cheap cheaper cheapest
    price prices cost costs sale reduced offer offers deal deals size sizes colour colours uk eu
    recommend suggest suggestion advice idea ideas product products item items shop store
    anybody know help people person going go trip next week month year not no yes maybe possibly
    options option available tell lf think im us our thing things stuff gift present birthday
    """.split()
)

_FACTS = {
    "waterproof": ("waterproof", "rain", "wet", "water"),
    "weight": ("weigh", "weight", "heavy", "light", "grams"),
    "material": ("material", "made", "fabric", "cotton", "wool", "leather", "vegan", "synthetic"),
    "care": ("wash", "washed", "washable", "washing", "tumble", "clean", "care", "dishwasher"),
    "capacity": ("capacity", "litres", "litre", "liters", "people", "persons", "big", "hold"),
    "temperature": ("temperature", "degrees", "warm", "cold", "comfort", "winter", "minus"),
    "packed size": ("packed", "pack", "dimensions", "folded"),
    "battery": ("battery", "batteries", "charge", "rechargeable", "last"),
    "fit": ("fit", "fits", "fitting", "true", "runs"),
    "fuel": ("fuel", "gas", "petrol"),
}


def the_product(turn: Turn) -> str | None:
    """The product that is meant: named, picked from the list shown, or talked about."""
    found, state = turn.reading.entities, turn.state
    if len(found.products) == 1:
        return found.products[0]
    place = found.place
    if place is not None and -len(state.shown) <= place < len(state.shown):
        return state.shown[place]
    if found.products or found.things:
        return _of_list(turn)
    return state.product


def _of_list(turn: Turn) -> str | None:
    """The one product of the list shown that has a word of the message in its name."""
    names = lexicon().names
    candidates = turn.reading.entities.products or turn.state.shown
    said = set(turn.reading.plain)
    fitting = [product for product in candidates if said & set(names[product])]
    known = turn.state.product
    if known and said & set(names[known]):
        return known
    return fitting[0] if len(fitting) == 1 else None


def search_products(turn: Turn) -> Reply:
    """I am looking for something; or the customer picks one of those found."""
    found = turn.reading.entities
    if found.place is not None and turn.state.shown:
        return check_stock(turn) if found.sizes or found.colours else product_detail(turn)
    wish = _wish(turn)
    if not wish:
        return reply("search_products", ask("wish"))
    result = turn.tools.call("search_products", **wish)
    if result["total"]:
        return _found(result)
    return _relaxed(turn, wish)


def _wish(turn: Turn) -> Json:
    """The arguments of a search: from the message, else what it adds to the search before."""
    found = turn.reading.entities
    wish = {
        "words": content_words(turn),
        "price_from": found.price_from,
        "price_to": found.price_to,
        "colour": next(iter(found.colours), None),
        "size": next(iter(found.sizes), None),
        "people": found.people,
        "reduced": bool({"sale", "reduced", "offers", "deals"} & set(turn.reading.plain)) or None,
    }
    wish = {key: value for key, value in wish.items() if value}
    if "words" not in wish and turn.state.search:
        return turn.state.search | wish | _cheaper(turn)
    return wish


def content_words(turn: Turn) -> list[str]:
    """The words of a message that say what is wanted, without particulars and small words."""
    colours = lexicon().colours
    sizes = {size.lower() for size in turn.reading.entities.sizes}
    return [
        word
        for word in dict.fromkeys(turn.reading.plain)
        if word not in _FILLERS
        and word not in colours
        and word not in PEOPLE
        and word not in sizes
        and not word.isdigit()
    ]


def _cheaper(turn: Turn) -> Json:
    """A highest price below what was shown, if something cheaper is wanted."""
    if not {"cheaper", "cheapest", "expensive"} & set(turn.reading.plain) or not turn.state.shown:
        return {}
    prices = [turn.tools.desk.catalogue.products[name].price for name in turn.state.shown]
    return {"price_to": round(min(prices) - 0.01, 2)}


def _found(result: Json, intro: str | None = None) -> Reply:
    products, total = result["products"], result["total"]
    some = "found.one" if total == 1 else "found.some"
    told = intro or say("found.many" if total > len(products) else some, total=total)
    rows = listing([price_tag(product) for product in products])
    return Reply(text=f"{told}\n{rows}", intent="search_products")


def _relaxed(turn: Turn, wish: Json) -> Reply:
    """Try again with the words alone when nothing fits the rest."""
    if set(wish) <= {"words"} or not wish.get("words"):
        return reply("search_products", say("found.none"), ask("wish"))
    result = turn.tools.call("search_products", words=wish["words"])
    if result["total"]:
        return _found(result, say("found.relaxed"))
    return reply("search_products", say("found.none"), ask("wish"))


def check_stock(turn: Turn) -> Reply:
    """Do you have it in this size and colour?"""
    product = the_product(turn)
    if product is None:
        return _search_or_ask(turn, "check_stock")
    found = turn.reading.entities
    size, colour = next(iter(found.sizes), None), next(iter(found.colours), None)
    result = turn.tools.call("check_stock", product=product, size=size, colour=colour)
    if "error" in result:
        return reply("check_stock", result["message"])
    return reply("check_stock", _stock(turn, result, asked_for=bool(size or colour)))


def _search_or_ask(turn: Turn, intent: str) -> Reply:
    if turn.reading.entities.things:
        return search_products(turn)
    return reply(intent, ask("product"))


def _stock(turn: Turn, result: Json, *, asked_for: bool) -> str:
    name, rows = result["product"]["name"], result["variants"]
    there = [row for row in rows if row["stock"]]
    if len(rows) == 1 and there:
        pieces = f"{there[0]['stock']} left"
        return say("stock.yes", name=name, variant=variant(rows[0]), pieces=pieces)
    if not there:
        return _sold_out(turn, result, asked_for=asked_for)
    return say("stock.all", name=name, others=_variants(there))


def _variants(rows: Sequence[Json]) -> str:
    """Variants in stock by colour: `blue (S, L) and red (M)`."""
    by_colour: dict[str, list[str]] = {}
    for row in rows:
        by_colour.setdefault(row["colour"], []).append(row["size"])
    plain = [sizes == ["one size"] for sizes in by_colour.values()]
    if all(plain):
        return either(list(by_colour))
    return either([f"{colour} ({', '.join(sizes)})" for colour, sizes in by_colour.items()])


def _sold_out(turn: Turn, result: Json, *, asked_for: bool) -> str:
    product = result["product"]
    if not asked_for:
        return say("stock.none", name=product["name"])
    everything = turn.tools.call("check_stock", product=product["id"])
    there = [row for row in everything["variants"] if row["stock"]]
    wanted = either([variant(row) for row in result["variants"]], word="or")
    gone = say("stock.no", name=product["name"], variant=wanted)
    return f"{gone} {say('stock.other', others=_variants(there))}" if there else gone


def price(turn: Turn) -> Reply:
    """How much is it?"""
    product = the_product(turn)
    if product is None:
        return _search_or_ask(turn, "price")
    shown = turn.tools.call("get_product", product=product)["product"]
    if "was" in shown:
        before = money(shown["was"])
        told = say("price.reduced", name=shown["name"], price=money(shown["price"]), was=before)
        return reply("price", told)
    return reply("price", say("price", name=shown["name"], price=money(shown["price"])))


def product_detail(turn: Turn) -> Reply:
    """Is it waterproof, how heavy is it, tell me more."""
    product = the_product(turn)
    if product is None:
        return _search_or_ask(turn, "product_detail")
    fact = _fact(turn)
    if fact is None and (turn.reading.entities.sizes or turn.reading.entities.colours):
        return check_stock(turn)
    shown = turn.tools.call("get_product", product=product)["product"]
    if fact is None:
        return reply("product_detail", _page(shown))
    if fact not in shown["facts"]:
        return reply("product_detail", say("fact.unknown", name=shown["name"]), _page(shown))
    value = shown["facts"][fact]
    return reply("product_detail", say("fact", name=shown["name"], fact=fact, value=value))


def _fact(turn: Turn) -> str | None:
    """Which property is asked for, by the words that tell most."""
    said = set(turn.reading.plain)
    return next((fact for fact, signs in _FACTS.items() if said & set(signs)), None)


def _page(shown: Json) -> str:
    described = say(
        "product",
        name=shown["name"],
        price=money(shown["price"]),
        description=shown["description"],
    )
    facts = "; ".join(f"{fact}: {value}" for fact, value in shown["facts"].items())
    return f"{described} ({facts})" if facts else described


def size_help(turn: Turn) -> Reply:
    """Which size do I need?"""
    product = the_product(turn)
    guide = turn.tools.call("policy_lookup", topic="sizes")["pages"][0]["text"]
    if product is None:
        return reply("size_help", guide)
    shown = turn.tools.call("get_product", product=product)["product"]
    fit = shown["facts"].get("fit")
    told = say("size.fit", name=shown["name"], value=fit) if fit else ""
    return reply("size_help", told, guide)


def compare_products(turn: Turn) -> Reply:
    """What is the difference between these two?"""
    named = turn.reading.entities.products
    products = named if len(named) > 1 else turn.state.shown[:2]
    if len(products) < 2:
        return reply("compare_products", ask("product"))
    pages = [turn.tools.call("get_product", product=name)["product"] for name in products]
    rows = listing([_page(page) for page in pages])
    return Reply(text=rows, intent="compare_products")
