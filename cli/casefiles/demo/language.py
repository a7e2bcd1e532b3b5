"""Whether a message is written in English, by its small words."""

from __future__ import annotations

from collections.abc import Sequence

_ENGLISH = frozenset(
    "the a an is are i my you your to for of and it in on with what where when how do does have "
    "has not can this that please hi hello order return".split()
)

_OTHERS = {
    "German": "ich und nicht bitte mein meine meinen wie ist habe eine einen das wo für mit hallo "
    "bestellung wann kann sie möchte paket zurück auch noch".split(),
    "French": "je est une mon ma pour vous bonjour où commande les des le la mes que quand pas "
    "merci suis avec sur votre colis s'il".split(),
    "Spanish": "hola mi pedido quiero está dónde donde por el los para con gracias cuándo una mis "
    "puedo tengo qué llegar".split(),
    "Italian": "ciao il mio ordine vorrei dove per con grazie quando una sono ho che non posso "
    "della".split(),
    "Dutch": "ik mijn bestelling waar het een niet hoe kan wil graag wanneer voor met heb".split(),
    "Portuguese": "olá meu pedido quero onde está por obrigado quando uma minha não posso".split(),
    "Polish": "moje zamówienie gdzie jest nie chcę proszę kiedy dzień dobry czy jak".split(),
}


def foreign_language(plain: Sequence[str]) -> str | None:
    """The language of the words if another one than English has two and more of them."""
    english = sum(word in _ENGLISH for word in plain)
    counts = {name: sum(word in small for word in plain) for name, small in _OTHERS.items()}
    name = max(counts, key=lambda language: counts[language])
    return name if counts[name] >= 2 and counts[name] > english else None
