r"""What a customer may want, and the cues that give it away.

A cue is a pattern over the plain words of one sentence (see `words`). An intent scores the
weights of its cues that occur in the message; a cue right after a "not" does not count. Cues are
written for what people write, not for what would be correct English.

They stand in `data/cues.txt`:

    my = (?:my|the|our)
    [cancel_order]
    5 cancel\w*
    4 stop <my> order
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("data") / "cues.txt"

_NOT_BEFORE = re.compile(
    r"\b(?:not|never|without|instead of)(?: (?:to|want|need|like|a|the|my|it|going)){0,3} $"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One sign of one intent."""

    intent: str
    """What it is a sign of."""
    weight: int
    """How strong a sign, from 1 (a hint) to 8 (hardly anything else)."""
    pattern: re.Pattern[str]
    """Where it is seen in the plain words of a sentence."""


def parse_cues(text: str) -> Iterator[Cue]:
    """The cues of a cue file, in its order; see the head of this module for the form."""
    names: dict[str, str] = {}
    intent = ""
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("["):
            intent = line.strip("[]")
        elif line[0].isdigit():
            weight, pattern = line.split(maxsplit=1)
            yield Cue(intent=intent, weight=int(weight), pattern=_compiled(pattern, names))
        elif not line.startswith("#"):
            name, pattern = line.split(" = ", maxsplit=1)
            names[f"<{name}>"] = pattern


def _compiled(pattern: str, names: dict[str, str]) -> re.Pattern[str]:
    for name, meaning in names.items():
        pattern = pattern.replace(name, meaning)
    return re.compile(rf"\b(?:{pattern})\b")


@cache
def cues() -> tuple[Cue, ...]:
    """All cues of the shop."""
    return tuple(parse_cues(_FILE.read_text(encoding="utf-8")))


def scores(sentences: Iterable[str]) -> dict[str, int]:
    """Score of each intent over the plain sentences of a message; each cue counts once."""
    found: dict[str, int] = {}
    sentences = tuple(sentences)
    for cue in cues():
        if any(_occurs(cue.pattern, sentence) for sentence in sentences):
            found[cue.intent] = found.get(cue.intent, 0) + cue.weight
    return found


def _occurs(pattern: re.Pattern[str], sentence: str) -> bool:
    return any(
        not _NOT_BEFORE.search(sentence[: hit.start()]) for hit in pattern.finditer(sentence)
    )
