"""Scenarios for people to play: what each is told, and who gets which."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from casefiles.documents.dataset import Query
from casefiles.text.names import fold
from casefiles.text.odd import inert_line

_HEADING = re.compile(r"^## (\S+)$", re.MULTILINE)


def deal(queries: Sequence[str], people: int, each: int, seed: str) -> tuple[tuple[str, ...], ...]:
    """Hand out scenarios: so many people, so many each, all different for one person.

    Every scenario is played by nearly as many people as every other. A pure function: ids are
    ranked by a hash of the seed and dealt round and round, so the order in the file does not count.
    Raises ValueError if there are fewer scenarios than one person is to get.
    """
    if each > len(queries):
        raise ValueError(f"there are {len(queries)} scenarios, fewer than {each}")
    ranked = sorted(queries, key=lambda name: hashlib.sha256(f"{seed} {name}".encode()).digest())
    return tuple(
        tuple(ranked[(person * each + n) % len(ranked)] for n in range(each))
        for person in range(people)
    )


def card(query: Query, variables: Mapping[str, str]) -> str:
    """Say what a person is to play, as lines of Markdown."""
    plan = query.plan
    who = ", ".join(f"{name}: {value}" for name, value in variables.items())
    lines = [f"You are: {who}"] if who else []
    if plan is None:
        lines.append(f"You want what this message asks for: {query.text}")
        lines.append("Say it in your own words, and go on until you have it or give up.")
        return _listed(lines)
    lines.append(f"You want: {plan.goal}")
    lines += [f"You know, and tell only when asked: {fact}" for fact in plan.facts]
    lines += [f"You never say: {secret}" for secret in plan.never_says]
    lines.append(f"You might begin with: {query.text}")
    return _listed(lines)


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"- {inert_line(fold(line))}" for line in lines)


def render_sheet(number: int, cards: Mapping[str, str], round_name: str, app: str) -> str:
    """Write one person's sheet: how to play, then a card a scenario."""
    said = f" of {inert_line(fold(app))}" if app else ""
    head = (
        f"# Sheet {number}\n\n"
        f"{len(cards)} conversations as a user{said}.\n"
        f"Start with `casefiles record {round_name} --sheet {number}`: it shows one card after "
        "another, and what you have played is never asked for again.\n"
        "Be the person on the card, in your own words; there is no right answer.\n"
    )
    return head + "".join(f"\n## {name}\n\n{text}\n" for name, text in cards.items())


def scenarios_of(sheet: str) -> tuple[str, ...]:
    """Return the ids of the queries on a sheet, in order."""
    return tuple(_HEADING.findall(sheet))
