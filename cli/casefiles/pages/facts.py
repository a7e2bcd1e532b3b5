"""What is known about a run, in the order and the words a reader wants it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from casefiles.documents.config import View
from casefiles.documents.trace import TraceHead
from casefiles.pages import words
from casefiles.review.arrangement import Fact

_RUN = ("query", "repetition", "session", "target", "app_version", "started", "ms", "usage")
_WORDS = {
    "app_version": "version",
    "ms": "took",
    "usage.in": "tokens in",
    "usage.out": "tokens out",
    "usage.cost_usd": "cost",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known about a run: (what, value) each."""

    uses: tuple[tuple[str, str], ...]
    """The dimensions of use."""
    run: tuple[tuple[str, str], ...]
    """When, how long, how much, of which version."""
    more: tuple[tuple[str, str], ...]
    """The rest, folded."""


def facts(head: TraceHead, found: Iterable[Fact], view: View) -> Facts:
    """Sort the facts of an arranged trace; status and error stand elsewhere on the page."""
    known = [fact for fact in found if fact.key not in ("status", "error")]
    uses = [fact for fact in known if fact.key in head.dimensions]
    run = sorted(
        (fact for fact in known if fact not in uses and _outer(fact) in _RUN and _open(fact, view)),
        key=lambda fact: _RUN.index(_outer(fact)),
    )
    more = [fact for fact in known if fact not in uses and fact not in run]
    return Facts(uses=tuple(_said(uses)), run=tuple(_said(run)), more=tuple(_said(more)))


def _outer(fact: Fact) -> str:
    return fact.key.partition(".")[0]


def _open(fact: Fact, view: View) -> bool:
    return not {fact.key, _outer(fact)} & set(view.fold)


def _said(found: Iterable[Fact]) -> Iterator[tuple[str, str]]:
    for fact in found:
        yield _WORDS.get(fact.key, fact.key), _value(fact)


def _value(fact: Fact) -> str:
    number = _number(fact.value)
    if fact.key == "ms" and number is not None:
        return words.duration(number)
    if fact.key == "usage.cost_usd" and number is not None:
        return f"{number:.4g} USD"
    if fact.key.startswith("usage.") and number is not None:
        return f"{number:,.0f}"
    if fact.key == "started":
        return fact.value[:16].replace("T", " ")
    return fact.value


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
