"""What a span says, looked up by meaning in the table of `casefiles.spans.aliases`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from casefiles.spans.aliases import ALIASES, KINDS, Kind, Meaning
from casefiles.spans.foreign_json import opened
from casefiles.spans.span import Span

_LONGEST_PATH = 64
_MOST = 100_000
"""Places of a list that is written with numbers: a number beyond is a name."""


def values(span: Span, meaning: Meaning) -> Iterator[tuple[str, Any]]:
    """Yield every value a span has for a meaning, with the name it has it under, the best first."""
    for name in ALIASES[meaning]:
        value = _listed(span.attributes, name) if name.endswith(".") else span.attributes.get(name)
        if value is not None and value != "":
            yield name, value


def text(span: Span, meaning: Meaning) -> str | None:
    """Return the first value that is text; a list of one text counts as that text."""
    for _, value in values(span, meaning):
        said = opened(value) if isinstance(value, str) else value
        said = said[0] if isinstance(said, list) and said else said
        if isinstance(said, str) and said:
            return said
    return None


def number(span: Span, meaning: Meaning) -> float | int | None:
    """Return the first value that is a finite number, not below 0."""
    return next((v for _, v in values(span, meaning) if is_amount(v)), None)


def kind_of(span: Span) -> Kind:
    """Say what a span is; without a word for it, by what it knows."""
    for _, value in values(span, "kind"):
        kind = KINDS.get(value.lower()) if isinstance(value, str) else None
        if kind is not None:
            return kind
    if any(name.startswith(("gen_ai.", "llm.")) for name, _ in values(span, "input")):
        return "model"
    if any(name.startswith(("gen_ai.tool", "tool.")) for name, _ in values(span, "tool")):
        return "tool"
    is_search = any(name.startswith("gen_ai.retrieval") for name, _ in values(span, "documents"))
    return "retrieval" if is_search else "step"


def missing(span: Span, meaning: Meaning) -> int:
    """Count the places of numbered lists that a span lacks: what its maker left out."""
    lost = 0
    for name in ALIASES[meaning]:
        if name.endswith("."):
            places = _places(span.attributes, name)
            lost += (max(places) + 1 if places else 0) - len(places)
    return lost


def is_amount(value: Any) -> bool:
    """Tell whether a value is a finite number, not below 0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value < 1e15 and math.isfinite(value)


def _places(attributes: Mapping[str, Any], prefix: str) -> set[int]:
    heads = (n[len(prefix) :].partition(".")[0] for n in attributes if n.startswith(prefix))
    return {int(head) for head in heads if _is_place(head)}


def _is_place(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) <= 6 and int(word) < _MOST


def _listed(attributes: Mapping[str, Any], prefix: str) -> Any:
    """Put together what is written as a name for each leaf; None if there is nothing."""
    whole = attributes.get(prefix[:-1])
    if isinstance(whole, list):  # some exports keep the list as it was
        return whole
    tree: dict[str, Any] = {}
    for name, value in attributes.items():
        path = name[len(prefix) :].split(".") if name.startswith(prefix) else []
        if 0 < len(path) <= _LONGEST_PATH:
            _put(tree, path, value)
    return _grown(tree) if tree else None


def _put(tree: dict[str, Any], path: list[str], value: Any) -> None:
    for step in path[:-1]:
        inner = tree.setdefault(step, {})
        if not isinstance(inner, dict):
            inner = tree[step] = {"": inner}
        tree = inner
    last = path[-1]
    if isinstance(tree.get(last), dict):
        tree[last][""] = value
    else:
        tree[last] = value


def _grown(tree: dict[str, Any]) -> Any:
    inside = {key: _grown(v) if isinstance(v, dict) else v for key, v in tree.items()}
    if all(map(_is_place, inside)):
        return [inside[key] for key in sorted(inside, key=int)]
    return inside
