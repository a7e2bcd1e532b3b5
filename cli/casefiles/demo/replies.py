"""What the assistant says: the rules it is meant to follow, sentence templates, and formats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from casefiles.demo.records import Json

_RULES = """\
You are the shop assistant of Larkfield Outdoor, an online shop with a showroom in Galway. \
Today is {today} 2026.
- Help with orders, returns, refunds, products, stock and the shop's policies; nothing else.
- Take facts only from the tools. If you do not know, say so; never guess.
- Before you cancel an order or start a return, say what will happen and ask for a yes.
- Answer every question of a message. Ask one question at a time, only for what is not known yet.
- All prices are in EUR and include VAT.
- Never tell addresses or e-mail addresses, nor anything about other people's orders.
- Answer in the customer's language if you can; if not, say so and offer a colleague.
- Hand over to a colleague when the customer asks for one, is upset, or needs what you cannot do.
- Be brief and friendly. Do not repeat an answer that did not help."""

_TEMPLATES = {
    # orders
    "order.head": "Order {order} of {placed} ({goods}, {total})",
    "order.processing": "{head} is being processed. It should be with you by {promised}.",
    "order.awaiting payment": "{head} is waiting for your payment by bank transfer.",
    "order.waiting for stock": "{head} is waiting for stock. It should be with you by {promised}.",
    "order.packed": "{head} is packed and leaves us next. It should be with you by {promised}.",
    "order.shipped": "{head} is on its way with {carrier} (tracking number {tracking}). "
    "It was last seen at: {place}. It should be with you by {promised}.",
    "order.out for delivery": "{head} is out for delivery today, tracking number {tracking}.",
    "order.ready for pick-up": "{head} is ready for pick-up in the Galway shop. "
    "Please bring the order number.",
    "order.delivered": "{head} was delivered on {delivered} ({place}).",
    "order.returned": "{head} was delivered on {delivered}, and return {back} was started.",
    "order.cancelled": "{head} is cancelled.",
    "order.in_time": "That is in time for {day}.",
    "order.not_in_time": "I cannot promise it for {day}, I am afraid.",
    "order.overdue": "It is later than promised, and I am sorry about that.",
    "order.not_found": "I cannot find order {order}. Please check the number; it is in the e-mail "
    "that confirms your order and looks like LF-10299.",
    "order.malformed": "“{given}” is not one of our order numbers. They look like LF-10299 and are "
    "in the e-mail that confirms the order.",
    "order.no_email": "I find no order with this e-mail address.",
    "orders.head": "These are your orders:",
    "orders.row": "{number} of {placed}: {goods} ({status})",
    # cancelling and changing
    "cancel.offer": "Order {order} ({goods}) is {status}, so it can still be cancelled. "
    "You would get {total} back to your {payment}.",
    "cancel.whole_only": "I can only cancel a whole order, not parts of it.",
    "cancel.too_late": "Order {order} is already {status}, so it can no longer be cancelled. "
    "You can refuse the parcel at the door, or send it back within 30 days.",
    "cancel.already": "Order {order} is already cancelled.",
    "cancel.done": "Done: order {order} is cancelled.",
    "cancel.money": "{amount} goes back to your {to} within 5 working days.",
    "cancel.kept": "All right, I leave order {order} as it is.",
    "change.possible": "Order {order} is still being processed. I cannot change it myself, "
    "but I have asked a colleague to do it (ticket {ticket}, answer within one working day).",
    "change.too_late": "Order {order} is already {status}, so it can no longer be changed.",
    # sending back
    "return.row": "{item}: until {until}",
    "return.refused_row": "{item}: not possible, {reason}",
    "return.head": "From order {order} you can send back:",
    "return.none": "I am sorry, nothing of order {order} can be sent back: {reason}.",
    "return.not_yet": "Order {order} has not arrived yet ({status}). "
    "You can send it back once it has.",
    "return.done": "Your return {number} is started. We e-mail you a label; please drop the parcel "
    "within 7 days. You get {amount} back when we have checked it.",
    "return.paid_label": "Please note that you pay the postage from your country yourself.",
    "return.dropped": "All right, I have not started a return.",
    "return.failed": "I could not start the return. {message}",
    "exchange.how": "We do not swap in one step: you send it back and order the new one.",
    "exchange.in_stock": "The {name} in {variant} is in stock.",
    "exchange.sold_out": "The {name} in {variant} is sold out.",
    # trouble
    "sorry": "I am sorry about that.",
    "fault.too_late": "The {days} days for a return are over, but you have a warranty of 2 years "
    "(5 on tents, backpacks and boots).",
    "trouble.passed_on": "I have passed this on to a colleague (ticket {ticket}), who will write "
    "to you within one working day. Please keep the packing and take a photo.",
    "trace.done": "I have opened trace {trace} with the carrier. You get an answer within "
    "5 working days; then we send it again or pay back.",
    "trace.wait": "It is due by {promised}. If it is not there 3 working days after that, "
    "write again and I open a trace.",
    "trace.where": "According to the carrier it was: {place}. Please ask there first.",
    # refunds and invoices
    "refund.none": "There is no refund for order {order}; it is {status}.",
    "refund.sent": "{amount} for order {order} went to your {to} on {date}.",
    "refund.being checked": "We are checking your return of order {order}, received on {received}. "
    "{amount} goes back to your {to} when that is done.",
    "refund.waiting for the parcel": "Your return of order {order} has not reached us yet. "
    "{amount} goes back to your {to} once we have checked it.",
    "refund.being prepared": "{amount} for order {order} goes back to your {to} within "
    "5 working days.",
    "invoice.sent": "I have sent the invoice of order {order} again, to the e-mail address of the "
    "order.",
    "invoice.not_yet": "The invoice of order {order} is made when it leaves us, and comes by "
    "e-mail.",
    # products
    "found.one": "I found this:",
    "found.some": "I found these:",
    "found.many": "I found {total} products; these fit best:",
    "found.none": "I found nothing for that.",
    "found.relaxed": "Nothing fits all of that. Close to it:",
    "stock.yes": "Yes, the {name} is in stock in {variant} ({pieces}).",
    "stock.no": "The {name} is sold out in {variant}.",
    "stock.other": "There is {others}.",
    "stock.all": "The {name} is in stock in {others}.",
    "stock.none": "The {name} is sold out in all sizes and colours.",
    "price": "The {name} costs {price}.",
    "price.reduced": "The {name} costs {price} instead of {was}.",
    "product": "{name}, {price}: {description}",
    "fact": "{name}, {fact}: {value}.",
    "fact.unknown": "I have no information on that for the {name}.",
    "size.fit": "{name}: {value}.",
    # the shop
    "delivery": "Delivery to {country} takes {days} working days and costs {standard}{free}.",
    "delivery.free": "; from {value} it is free",
    "delivery.express": "Express costs {express}.",
    "delivery.not": "We do not deliver to {country}, I am afraid.",
    "card.ok": "There are {balance} left on gift card {card}, valid until {expires}.",
    "card.expired": "Gift card {card} expired on {expires}.",
    "card.unknown": "I do not know gift card {card}. The number looks like GC-1234-5678.",
    "card.ask": "Please send me the number of the gift card; it looks like GC-1234-5678.",
    "code.valid": "The code {code} gives {percent} % off until {until}{minimum}{note}.",
    "code.expired": "The code {code} expired on {until}.",
    "code.not yet valid": "The code {code} is valid from {since}.",
    "code.unknown": "I do not know a code {code}.",
    "handed": "I have passed you on to a colleague (ticket {ticket}). You will hear from us within "
    "one working day.",
    "handed.not": "All right. What else can I do for you?",
    # small talk
    "greet": "Hello! I am the assistant of Larkfield Outdoor. I can help with orders, returns, "
    "products and questions about the shop. What can I do for you?",
    "bot": "I am a computer program, the assistant of Larkfield Outdoor. I can pass you on to a "
    "colleague if you like.",
    "abilities": "I can look up, cancel and return orders, tell you about refunds, search our "
    "products, check stock, and answer questions about delivery, payment, gift cards and so on.",
    "thanks": "You are welcome! Is there anything else?",
    "bye": "Goodbye, and thank you for writing.",
    "anything": "All right. What can I do for you?",
    "nothing_open": "I am not sure what you agree to. What can I do for you?",
    "complaint": "I am sorry that you are not happy with us.",
    "language": "I am sorry, I only speak English, and this looks like {language}.",
    "lost": "Sorry, I did not understand that.",
    "lost.help": "I can help with orders, returns, products and questions about the shop.",
    "lost.again": "I am sorry, I still do not understand.",
    "empty": "I see no words in your message. What can I do for you?",
}

_MONTHS = (
    "January February March April May June July August September October November December".split()
)
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def say(template: str, /, **slots: object) -> str:
    """The sentence of a template with its slots filled."""
    return _TEMPLATES[template].format(**slots)


def rules(today: date) -> str:
    """The system message: what a reviewer may hold the assistant to."""
    return _RULES.format(today=day(today))


def money(amount: float) -> str:
    """An amount as the shop writes it: `EUR 1,249.00`."""
    return f"EUR {amount:,.2f}"


def day(iso: str | date | None) -> str:
    """A day as the shop writes it: `Friday 20 March`; an unknown one in words."""
    if iso is None:
        return "a day not known yet"
    when = date.fromisoformat(iso) if isinstance(iso, str) else iso
    year = "" if when.year == 2026 else f" {when.year}"
    return f"{_WEEKDAYS[when.weekday()]} {when.day} {_MONTHS[when.month - 1]}{year}"


def listing(rows: Sequence[str]) -> str:
    """Rows as a numbered list."""
    return "\n".join(f"{number}. {row}" for number, row in enumerate(rows, start=1))


def either(parts: Sequence[str], *, word: str = "and") -> str:
    """Parts in one phrase: `S, M and L`."""
    return f" {word} ".join(filter(None, [", ".join(parts[:-1]), parts[-1]])) if parts else ""


def goods(lines: Sequence[Json]) -> str:
    """What is in an order: `2 × Plover Water Bottle (pink)`, several joined."""
    return either([article(line) for line in lines])


def article(line: Json) -> str:
    """One line of an order with how many, colour and size."""
    count = f"{line['quantity']} × " if line["quantity"] > 1 else ""
    return f"{count}{line['name']} ({variant(line)})"


def variant(line: Json) -> str:
    """Colour and size: `blue, M`; sizes only where there are several."""
    size = "" if line["size"] == "one size" else f", {line['size']}"
    return f"{line['colour']}{size}"


def price_tag(product: Json) -> str:
    """A product with its price: `Inish Sandal, EUR 65.00 (was EUR 79.00)`."""
    before = f" (was {money(product['was'])})" if "was" in product else ""
    return f"{product['name']}, {money(product['price'])}{before}"
